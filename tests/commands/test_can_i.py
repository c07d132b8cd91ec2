"""can-i: what the policy says to a line, with what is near, and nothing of it done."""

from __future__ import annotations

import pytest

from bot.domain.access import Actor
from bot.domain.errors import UnknownVerbError, UsageError
from bot.engine.grammar import parse
from bot.engine.registry import Registry
from commands import COMMANDS, can_i
from commands.can_i import CanIArgs
from tests.commands.bot_context import ANA, RULES, bot_context

BY = {"groups": {"S0SRE": "sre"}, "channel": {"C0OPS": "ops"}}
PROD = {"name": "prod", "clusters": "demo", "verbs": ["restart"], "effect": "approve", "by": BY, "code": True}
NIGHT = {"name": "night", "oncall": "shop", "verbs": ["rollback"], "effect": "review", "by": BY}
FEW = {"name": "few", "verbs": ["autoscale"], "limits": {"replicas": 4}, "effect": "allow"}
OPS = {"name": "ops", "channels": {"C0OPS": "ops"}, "verbs": ["delete"], "effect": "confirm"}
MORE = (*RULES, PROD, NIGHT, FEW, OPS)
ONCALL: Actor = ANA.model_copy(update={"oncall": frozenset({"shop"})})


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("scale web 5", CanIArgs(line=("scale", "web", "5"))),
        ("scale web 5 -n shop", CanIArgs(line=("scale", "web", "5", "-n", "shop"))),
        ("-n other scale", CanIArgs(line=("scale",), namespace="other")),
        ("exec web -- ls -l", CanIArgs(line=("exec", "web", "--", "ls", "-l"))),
    ],
)
def test_grammar(line, expected):
    assert parse(CanIArgs, tuple(line.split())) == expected


def test_kubectls_spelling_is_understood():
    command, args = Registry(COMMANDS).read(("auth", "can-i", "list", "pods", "-n", "shop"))
    assert (command.name, args.line) == ("can-i", ("list", "pods", "-n", "shop"))


@pytest.mark.parametrize("line", ["", "--list"])
def test_refused_text(line):
    with pytest.raises(UsageError):
        parse(CanIArgs, tuple(line.split()), name="can-i")


async def said(db, line, shown, **parts):
    message = await can_i.COMMAND.run(
        bot_context(db, rules=MORE, **parts), CanIArgs(line=tuple(line.split()))
    )
    return message, shown(message).splitlines()


@pytest.mark.parametrize(
    ("line", "headline"),
    [
        ("get pods", "Yes, at once: get in shop on demo."),
        ("list pods", "Yes, at once: get in shop on demo."),
        ("get pods -A", "Yes, at once: get in all namespaces on demo."),
        ("scale web 5", "Yes, after a confirm: scale in shop on demo."),
        ("scale", "Yes, after a confirm: scale in shop on demo."),
        ("create deployments", "Yes, after a confirm: deploy in shop on demo."),
        (
            "restart web",
            "Yes, once it is approved by @sre in #ops, with a one-time code: restart in shop on demo.",
        ),
        ("autoscale", "Yes, at once: autoscale in shop on demo."),
        ("scale web 5 -n other", "No: scale in other on demo."),
        ("rollback web", "No: rollback in shop on demo."),
        ("delete pods", "No: delete in shop on demo."),
        ("exec web -- ls", "No: exec in shop on demo."),
        ("whoami", "Yes: whoami answers every full member."),
    ],
)
async def test_the_answer(db, shown, line, headline):
    assert (await said(db, line, shown))[1][0].lstrip("✅❌ ") == headline


async def test_what_is_reviewed_afterwards(db, shown):
    _, lines = await said(db, "rollback web", shown, actor=ONCALL)
    assert lines[0].endswith("Yes, at once; @sre signs it off afterwards: rollback in shop on demo.")


@pytest.mark.parametrize(
    ("line", "more"),
    [
        ("scale web 5 -n other", ["No rule allows it.", "Rule changes covers shop, not other."]),
        ("label deploy web a=b", ["Rule no-labels forbids it."]),
        ("rollback web", ["No rule allows it.", "Whoever is on call (shop) can do it (rule night)."]),
        ("delete deploy web", ["No rule allows it.", "Rule ops would allow you in #ops."]),
        ("autoscale", ["What it changes may decide otherwise: that is known once it is planned.",
                       "That is for the verb; a whole line is answered more exactly."]),
    ],
)  # fmt: skip
async def test_what_is_said_beside_it(db, shown, line, more):
    _, lines = await said(db, line, shown)
    for one in more:
        assert any(one in shown_line for shown_line in lines), lines


async def test_a_whole_line_that_is_allowed_can_be_run(db, shown):
    message, lines = await said(db, "scale web 5 -n shop", shown)
    assert [button.command for button in message.buttons] == ["scale web 5 -n shop"]
    assert any(line.startswith("Rule changes, policy ") for line in lines)
    assert (await said(db, "scale", shown))[0].buttons == ()
    assert (await said(db, "label deploy web a=b", shown))[0].buttons == ()


@pytest.mark.parametrize("line", ["fly", "patch deploy web", "create widgets"])
async def test_what_is_no_verb(db, shown, line):
    with pytest.raises(UnknownVerbError):
        await said(db, line, shown)
