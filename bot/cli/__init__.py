"""One file per way of starting; each imports what it needs when it is called, so that `--help` is fast."""

from __future__ import annotations

import click

from bot.cli.policy import policy


def _address(_: click.Context, __: click.Parameter, listen: str) -> str:
    """Refuse what is no HOST:PORT before anything is started."""
    host, _colon, port = listen.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or int(port) >= 65536:  # noqa: PLR2004 - ports end there
        raise click.BadParameter(f"{listen!r} is no HOST:PORT")
    return listen


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option("0.1.0", prog_name="k8s-bot")
def main() -> None:
    """Run Kubernetes from Slack: permissioned, previewed, followed to its end, and on the record."""


@main.command()
def serve() -> None:
    """Serve Slack, with the settings of the environment."""
    from bot.cli.serve import serve as run

    raise SystemExit(run())


@main.group()
def simulate() -> None:
    """Start one of the two outside worlds on its own."""


@simulate.command("kubernetes")
@click.option(
    "--listen",
    default="127.0.0.1:8001",
    show_default=True,
    callback=_address,
    help="HOST:PORT; port 0 takes a free one",
)
@click.option(
    "--pace",
    type=click.FloatRange(0.001, 1000),
    default=1.0,
    show_default=True,
    help="0.1 is ten times faster than life",
)
@click.option(
    "--load-balancer/--no-load-balancer", default=False, help="give LoadBalancer services an address"
)
@click.option(
    "--older-kubelets",
    is_flag=True,
    help="a crashed container shows CrashLoopBackOff for all of its back-off, not only at its end",
)
@click.option(
    "--scenario", default="", help="a YAML file of objects and faults that are there from the start"
)
def simulate_kubernetes(
    listen: str,
    pace: float,
    load_balancer: bool,  # noqa: FBT001 - click gives it so
    older_kubelets: bool,  # noqa: FBT001 - click gives it so
    scenario: str,
) -> None:
    """A simulated Kubernetes API, as plain HTTP."""
    from bot.cli.simulate import kubernetes

    raise SystemExit(
        kubernetes(
            listen,
            pace=pace,
            load_balancer=load_balancer,
            older_kubelets=older_kubelets,
            scenario=scenario or None,
        )
    )


@simulate.command("slack")
@click.option(
    "--listen",
    default="127.0.0.1:8002",
    show_default=True,
    callback=_address,
    help="HOST:PORT; port 0 takes a free one",
)
@click.option("--request-url", default="", help="where signed HTTP deliveries go, when no socket is open")
@click.option("--bot-token", default="xoxb-demo", show_default=True)
@click.option("--app-token", default="xapp-demo", show_default=True)
@click.option("--signing-secret", default="demo-signing-secret", show_default=True)
@click.option("--manifest", default="", help="FILE with the app's manifest; else an app with usual scopes")
@click.option("--cluster", default="", help="URL of a simulated Kubernetes, for the page to trouble")
def simulate_slack(**settings: str) -> None:
    """A simulated Slack workspace, with a page to be its people."""
    from bot.cli.simulate import slack

    raise SystemExit(slack(**settings))


@main.command()
@click.option(
    "--listen",
    default="127.0.0.1:8000",
    show_default=True,
    callback=_address,
    help="HOST:PORT of the page; port 0 takes a free one",
)
@click.option(
    "--kubeconfig", default="", help="a real cluster instead of the simulated one; its context is asked first"
)
@click.option("--yes", is_flag=True, help="with --kubeconfig: the context is the right one, do not ask")
@click.option(
    "--scenario",
    default="",
    help="a YAML file of objects and faults for the simulated cluster, beside the shop",
)
def demo(listen: str, kubeconfig: str, yes: bool, scenario: str) -> None:  # noqa: FBT001 - click gives it so
    """Both simulators and the bot, at one address, with a small shop to run."""
    if kubeconfig and scenario:
        raise click.UsageError("--scenario is for the simulated cluster, and --kubeconfig takes a real one")
    from bot.cli.demo import demo as run

    raise SystemExit(run(listen, kubeconfig=kubeconfig, sure=yes, scenario=scenario or None))


@main.group()
def audit() -> None:
    """Read the record without Slack."""


@audit.command("verify")
def audit_verify() -> None:
    """Walk the whole chain of records; exit 1 when one of them does not hold."""
    from bot.cli.audit import verify

    raise SystemExit(verify())


main.add_command(policy)


@main.group()
def code() -> None:
    """People's one-time codes, for what the policy asks one for."""


@code.command("enrol")
@click.argument("user_id")
@click.option("--name", default="", help="what the authenticator app shows beside the code; else the id")
def code_enrol(user_id: str, name: str) -> None:
    """Make a secret for somebody, and print it this once."""
    from bot.cli.code import enrol

    raise SystemExit(enrol(user_id, name))


@code.command("revoke")
@click.argument("user_id")
def code_revoke(user_id: str) -> None:
    """Take no code of theirs any more."""
    from bot.cli.code import revoke

    raise SystemExit(revoke(user_id))


@code.command("list")
def code_list() -> None:
    """Print the ids of those who are enrolled."""
    from bot.cli.code import show

    raise SystemExit(show())


@main.command()
@click.option("--socket-mode/--http", default=True, show_default=True, help="how Slack will reach the bot")
@click.option("--url", default="https://k8s-bot.example.com", help="with --http: the public address")
@click.option("--config", default="", help="the policy's file: some rules need more scopes")
def manifest(socket_mode: bool, url: str, config: str) -> None:  # noqa: FBT001 - click gives it so
    """Print the Slack app manifest, with the scopes that are used and no more."""
    from bot.cli.manifest import show

    raise SystemExit(show(config, socket_mode=socket_mode, url=url))
