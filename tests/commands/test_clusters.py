"""clusters: which there are for somebody, whether each answers, and which one is meant."""

from __future__ import annotations

import pytest

from bot.domain.errors import AccessDeniedError, UsageError
from bot.domain.whereabouts import Because, Sighting, Usual
from bot.engine.grammar import parse
from bot.engine.registry import Registry
from commands import COMMANDS, clusters
from commands.clusters import ClustersArgs, render
from tests.commands.bot_context import bot_context

UP = Sighting(cluster="staging", took=0.031, version="v1.36.2", nodes=3, ready=3)
DOWN = Sighting(cluster="prod", took=2.0, problem="cluster `prod` gives no answer within 2 s")
HERE = Usual(cluster="staging", namespace="shop", because=Because.CONTEXT)


def test_grammar():
    assert parse(ClustersArgs, ()) == ClustersArgs()
    assert Registry(COMMANDS).read(("config", "get-contexts"))[0] is clusters.COMMAND


@pytest.mark.parametrize("line", ["staging", "-A"])
def test_refused_text(line):
    with pytest.raises(UsageError) as refused:
        parse(ClustersArgs, (line,), name="clusters")
    assert refused.value.hint == "Usage: `/k8s clusters [-n NAMESPACE]`"


async def test_each_that_is_visible_is_looked_at_and_no_other(db):
    looked = []

    async def look(name: str) -> Sighting:
        looked.append(name)
        return UP.model_copy(update={"cluster": name})

    ctx = bot_context(db, clusters=("a", "b", "c"), visible=("a", "c"), look=look)
    message = await clusters.COMMAND.run(ctx, ClustersArgs())
    assert looked == ["a", "c"]
    assert [row[0] for row in message.parts[0].rows] == ["a", "c"]


async def test_a_great_many_are_not_all_looked_at(db):
    names = tuple(f"cluster-{n}" for n in range(60))
    message = await clusters.COMMAND.run(bot_context(db, clusters=names, cluster=names[0]), ClustersArgs())
    assert len(message.parts[0].rows) == 50
    assert message.plain().startswith("60 clusters · ")
    assert message.parts[1].items[-1].plain() == "10 more clusters not looked at."


async def test_the_usual_one_is_not_named_to_whom_it_gives_nothing(db):
    message = await clusters.COMMAND.run(bot_context(db, visible=("staging",)), ClustersArgs())
    assert message.plain() == "1 cluster"
    assert "The policy gives you nothing on the cluster that is meant here." in str(message.parts)
    assert "demo" not in str(message)


async def test_whom_the_policy_gives_nothing_is_told_of_none(db):
    with pytest.raises(AccessDeniedError, match="No cluster is open to you from here"):
        await clusters.COMMAND.run(bot_context(db, visible=()), ClustersArgs())


def test_message(shown):
    assert shown(render((UP,), HERE)) == (
        "1 cluster · here you are in shop on staging\n"
        "CLUSTER | ANSWERS | DEFAULT | NODES | VERSION\n"
        "staging | in 31 ms | the kubeconfig's | 3 of 3 ready | v1.36.2\n"
        "staging is the default here: the kubeconfig names it."
    )


def test_message_with_one_that_is_down(shown):
    test = Sighting(cluster="test", took=1.5, version="", nodes=None)
    channel = HERE.model_copy(update={"because": Because.CHANNEL})
    assert shown(render((UP, DOWN, test), channel)) == (
        "⚠️ 3 clusters · 1 does not answer · here you are in shop on staging\n"
        "CLUSTER | ANSWERS | DEFAULT | NODES | VERSION\n"
        "staging | in 31 ms | the channel's | 3 of 3 ready | v1.36.2\n"
        "prod | ⚠️ no |  | – | –\n"
        "test | in 1.5 s |  | – | –\n"
        "• Cluster prod gives no answer within 2 s.\n"
        "• staging is the default here: it is this channel's. cluster use chooses another for you alone.\n"
        "[Use test] cluster use test"
    )


def test_message_of_ones_own_choice(shown):
    mine = HERE.model_copy(update={"because": Because.YOURS})
    many = UP.model_copy(update={"cluster": "large", "nodes": 700, "ready": None})
    lines = shown(render((UP, many), mine)).splitlines()
    assert lines[2:] == [
        "staging | in 31 ms | yours | 3 of 3 ready | v1.36.2",
        "large | in 31 ms |  | 700 | v1.36.2",
        "staging is the default here: you chose it. cluster use chooses another for you alone.",
        "[Use large] cluster use large",
        "[Forget my choice] cluster use --clear",
    ]
