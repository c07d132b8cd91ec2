"""`policy`: a policy looked at before it is in force, and after; each imports what it needs late."""

from __future__ import annotations

import click

_CONFIG = click.option("--config", default=None, help="the configuration FILE; else BOT_CONFIG")
_CONTEXT = click.option(
    "--context", default="", help="the cluster; else the channel's, else the kubeconfig's"
)
_NAMESPACE = click.option("-n", "--namespace", default="", help="the namespace; else the channel's")


@click.group()
def policy() -> None:
    """Look at a policy before it is in force, and after."""


@policy.command("check")
@click.argument("path", required=False)
def check(path: str | None) -> None:
    """Validate a configuration file (default: BOT_CONFIG); exit 2 with every problem when it is wrong.

    What can never do what it seems to be there for is told as a warning; with KUBECONFIG set also clusters
    that are no contexts, with SLACK_BOT_TOKEN set also names that are no longer those of their ids.
    """
    from bot.cli.policy_check import check as run

    raise SystemExit(run(path))


@policy.command("explain")
@click.argument("user")
@click.argument("command")
@_CONFIG
@_CONTEXT
@_NAMESPACE
@click.option("--channel", default="", help="the channel's id")
@click.option("--group", "groups", multiple=True, help="a user group's id; without any, Slack is asked")
@click.option("--domain", default="", help="of their e-mail address")
@click.option("--oncall", multiple=True, help="a schedule by which they are on call")
@click.option("--replicas", default="", help="BEFORE:AFTER of the change; AFTER alone of what is made")
@click.option("--image", "images", multiple=True, help="an image that the change brings")
@click.option("--label", "labels", multiple=True, help="KEY=VALUE that the object bears")
@click.option("--service-type", default="", help="of a service that is made or changed")
def explain(
    user: str, command: str, config: str | None, context: str, namespace: str, **told: object
) -> None:
    """Say what each rule says to COMMAND of USER (an id), and what comes of it.

    With SLACK_BOT_TOKEN set, and no group given, their groups and standing are Slack's.
    """
    from bot.cli.policy_explain import Told, explain as run

    said = Told(user=user, **told)  # type: ignore[arg-type]  # by click's own declarations above
    raise SystemExit(run(command, said, config=config, context=context, namespace=namespace))


@policy.command("test")
@click.argument("path")
@_CONFIG
def test(path: str, config: str | None) -> None:
    """Decide a table of cases; exit 1 with a line for each that is not as it should be."""
    from bot.cli.policy_cases import test as run

    raise SystemExit(run(path, config))


@policy.command("replay")
@click.argument("path", required=False)
@click.option("--since", default="", help="only what was asked since then, such as 30d")
def replay(path: str | None, since: str) -> None:
    """Say what a configuration file would have decided otherwise over the recorded past."""
    from bot.cli.policy_past import replay as run

    raise SystemExit(run(path, since))


@policy.command("who-can")
@click.argument("verb")
@click.argument("target", default="")
@_CONFIG
@_CONTEXT
@_NAMESPACE
def who_can(verb: str, target: str, config: str | None, context: str, namespace: str) -> None:
    """Say by which rules people may use VERB on TARGET: CLUSTER/NAMESPACE/KIND, or the first of these."""
    from bot.cli.policy_who import who

    raise SystemExit(who(verb, target, config=config, context=context, namespace=namespace))


@policy.command("table")
@_CONFIG
def table(config: str | None) -> None:
    """Say who may what: for each subject the verbs by their effect, and within what."""
    from bot.cli.policy_who import show_table

    raise SystemExit(show_table(config))


@policy.command("show")
@click.argument("hash_start", metavar="HASH")
def show(hash_start: str) -> None:
    """Print the policy that was in force under a HASH, or the start of one, as the database keeps it."""
    from bot.cli.policy_past import show as run

    raise SystemExit(run(hash_start))
