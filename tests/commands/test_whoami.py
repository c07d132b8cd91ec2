"""whoami: who you are here, and what you may do."""

from __future__ import annotations

import pytest

from bot.domain.access import Standing
from bot.domain.errors import ClusterUnknownError, UsageError
from bot.domain.verdicts import OnCallUntil
from bot.domain.whereabouts import Because, Usual
from bot.engine.grammar import parse
from commands import whoami
from commands.whoami import WhoamiArgs
from tests.commands.bot_context import ANA, bot_context
from tests.factories import NOW


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", WhoamiArgs()),
        ("-n shop", WhoamiArgs(namespace="shop")),
        ("--context prod", WhoamiArgs(context="prod")),
    ],
)
def test_grammar(line, expected):
    assert parse(WhoamiArgs, tuple(line.split())) == expected


@pytest.mark.parametrize("line", ["ana", "--user ana"])
def test_refused_text(line):
    with pytest.raises(UsageError) as refused:
        parse(WhoamiArgs, tuple(line.split()), name="whoami")
    assert refused.value.hint == "Usage: `/k8s whoami [-n NAMESPACE]`"


async def test_what_it_says(db, shown):
    message = await whoami.COMMAND.run(bot_context(db), WhoamiArgs())
    *lines, denied = shown(message).splitlines()
    assert lines == [
        "You are ana, in shop on demo",
        "Slack id: U0ANA",
        "user groups: none of those that the policy names",
        "at once: get, logs, events",
        "with a confirm: deploy, scale",
    ]
    assert denied.startswith("not from here: describe, ")
    assert {"rollback", "label", "audit"} < set(denied.split(", "))


async def test_it_speaks_of_the_namespace_that_is_meant(db, shown):
    message = await whoami.COMMAND.run(bot_context(db, namespace="other"), WhoamiArgs())
    assert message.plain() == "You are ana, in other on demo"
    assert "with a confirm: nothing" in shown(message)


async def test_groups_are_named_and_who_may_nothing_is_told(db, shown):
    guest = ANA.model_copy(update={"standing": Standing.GUEST, "groups": frozenset({"S0SRE", "S0DEV"})})
    said = shown(await whoami.COMMAND.run(bot_context(db, actor=guest), WhoamiArgs()))
    assert "user groups: S0DEV, S0SRE" in said
    assert "at once: nothing" in said


USUAL = Usual(cluster="demo", namespace="shop", because=Because.CONTEXT)
BY = {"groups": {"S0SRE": "sre"}, "channel": {"C0OPS": "ops"}}
EACH = (
    {"name": "prod", "verbs": ["deploy", "scale"], "effect": "approve", "by": BY},
    {"name": "risk", "verbs": ["deploy"], "effect": "approve", "by": {"users": {"U0BEN": "ben"}}},
    {"name": "night", "oncall": "shop", "verbs": "restart", "effect": "review", "by": BY},
    {"name": "few", "verbs": "autoscale", "limits": {"replicas": 4}, "effect": "allow"},
)


async def test_verbs_are_told_by_what_they_need(db, shown):
    oncall = ANA.model_copy(update={"oncall": frozenset({"shop"})})
    message = await whoami.COMMAND.run(bot_context(db, rules=EACH, actor=oncall), WhoamiArgs())
    lines = shown(message).splitlines()[3:-1]
    assert lines == [
        "at once: nothing",
        "with a confirm: nothing",
        "at once, signed off later: restart",
        "approved by @sre in #ops and by @ben: deploy",
        "approved by @sre in #ops: scale",
        "at once, depending on what it changes: autoscale",
    ]


async def test_until_when_somebody_is_on_call_is_told(db, shown):
    turns = (OnCallUntil(schedule="data"), OnCallUntil(schedule="shop", until=NOW))
    for parts in ({}, {"visible": ()}):
        message = await whoami.COMMAND.run(bot_context(db, on_call=turns, **parts), WhoamiArgs())
        assert shown(message).splitlines()[-1].startswith("You are on call: data, shop until ")


async def test_of_a_cluster_that_is_not_for_them_nothing_is_told(db, shown):
    there = {"clusters": ("demo", "vault"), "visible": ("demo",)}
    with pytest.raises(ClusterUnknownError) as refused:
        await whoami.COMMAND.run(bot_context(db, **there, cluster="vault", usual=USUAL), WhoamiArgs())
    assert refused.value.message == "there is no cluster `vault`; known: `demo`"
    said = shown(await whoami.COMMAND.run(bot_context(db, visible=()), WhoamiArgs())).splitlines()
    assert said == [
        "You are ana",
        "Slack id: U0ANA",
        "user groups: none of those that the policy names",
        "here: nothing, on the cluster that is meant",
    ]
