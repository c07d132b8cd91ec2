"""cluster use: one's own default in a channel, kept and forgotten."""

from __future__ import annotations

import re

import pytest

from bot.domain.errors import ClusterUnknownError, UsageError
from bot.domain.whereabouts import Because, Usual
from bot.engine.grammar import parse
from bot.engine.registry import Registry
from commands import COMMANDS, cluster_use
from commands.cluster_use import ClusterUseArgs
from tests.commands.bot_context import bot_context


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("staging", ClusterUseArgs(name="staging")),
        ("arn:aws:eks:eu:1:cluster/prod", ClusterUseArgs(name="arn:aws:eks:eu:1:cluster/prod")),
        ("--clear", ClusterUseArgs(clear=True)),
        ("-", ClusterUseArgs(name="-")),
    ],
)
def test_grammar(line, expected):
    assert parse(ClusterUseArgs, tuple(line.split())) == expected
    assert expected.forgets is (line in {"-", "--clear"})


def test_kubectls_own_words_mean_it():
    command, args = Registry(COMMANDS).read(("config", "use-context", "staging"))
    assert (command, args.name) == (cluster_use.COMMAND, "staging")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "Which cluster?"),
        ("staging --clear", "Either a cluster, or"),
        ("staging -n shop", "Only a cluster is chosen"),
        ("staging --context prod", "Only a cluster is chosen"),
        ("staging prod", "unexpected"),
    ],
)
def test_refused_text(line, said):
    with pytest.raises(UsageError, match=f"(?i){re.escape(said)}"):
        parse(ClusterUseArgs, tuple(line.split()), name="cluster use")


async def test_one_that_is_not_there_or_not_for_them_is_not_chosen(db):
    async def choose(name: str) -> Usual:
        raise AssertionError(name)

    ctx = bot_context(db, clusters=("staging", "prod"), visible=("staging",), choose=choose)
    for name, near in (("prod", ("cluster use staging",)), ("stagin", ("cluster use staging",))):
        with pytest.raises(
            ClusterUnknownError, match=f"There is no cluster `{name}` for you here"
        ) as unknown:
            await cluster_use.COMMAND.run(ctx, ClusterUseArgs(name=name))
        assert unknown.value.suggestions == near


async def test_message(db, shown):
    ctx = bot_context(db, clusters=("demo", "staging"))
    assert shown(await cluster_use.COMMAND.run(ctx, ClusterUseArgs(name="staging"))) == (
        "✅ Here, your lines now mean shop on staging.\n"
        "Yours alone, in this channel alone. -n and --context on a line still come first.\n"
        "[Cluster info] cluster-info --context staging\n"
        "[Forget my choice] cluster use --clear"
    )


@pytest.mark.parametrize("args", [ClusterUseArgs(clear=True), ClusterUseArgs(name="-")], ids=["--clear", "-"])
async def test_message_when_it_is_forgotten(db, shown, args):
    mine = Usual(cluster="staging", namespace="shop", because=Because.YOURS)
    assert shown(await cluster_use.COMMAND.run(bot_context(db, usual=mine), args)) == (
        "Forgotten. Here, your lines mean shop on demo again.\nIt is the kubeconfig's default."
    )
    assert (await cluster_use.COMMAND.run(bot_context(db), args)).plain() == (
        "You had chosen none. Here, your lines mean shop on demo."
    )
