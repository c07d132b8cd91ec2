"""help: what you can do here, and how a verb is spelled."""

from __future__ import annotations

import pytest

from bot.domain.errors import UnknownVerbError, UsageError
from bot.engine.grammar import parse
from commands import COMMANDS, help as helping
from commands.help import HelpArgs
from tests.commands.bot_context import ANA, bot_context


@pytest.mark.parametrize(("line", "verb"), [("", ()), ("scale", ("scale",)), ("set image", ("set", "image"))])
def test_grammar(line, verb):
    assert parse(HelpArgs, tuple(line.split())).verb == verb


def test_refused_text():
    with pytest.raises(UsageError) as refused:
        parse(HelpArgs, ("--all",), name="help")
    assert refused.value.hint == "Usage: `/k8s help [VERB …] [-n NAMESPACE]`"


async def said(db, line: str = "", **parts):
    return await helping.COMMAND.run(bot_context(db, **parts), parse(HelpArgs, tuple(line.split())))


async def test_what_one_may_do_stands_apart_from_what_one_may_not(db, shown):
    lines = shown(await said(db)).splitlines()
    assert lines[0] == "What you can do here, in shop on demo"
    apart = lines.index("Not for you here:")
    for name in ("get", "scale", "whoami", "help"):
        summary = next(command.summary for command in COMMANDS if command.name == name)
        assert f"{name}: {summary}" in lines[:apart]
    assert "label: Rule no-labels forbids it." in lines[apart:]
    assert "audit: No rule allows it." in lines[apart:]


async def test_where_all_is_allowed_only_programs_without_a_profile_are_set_apart(db, shown):
    everything = ({"name": "all", "verbs": "*", "effect": "allow"},)
    lines = shown(await said(db, rules=everything)).splitlines()
    apart = lines[lines.index("Not for you here:") + 1 :]
    assert [line for line in apart if line.partition(":")[0] in {c.name for c in COMMANDS}] == [
        "exec: No rule allows it."
    ]


async def test_where_all_is_allowed_with_a_profile_nothing_is_set_apart(db, shown):
    everything = ({"name": "all", "verbs": "*", "effect": "allow", "exec": "any"},)
    profiles = {"any": {"programs": "*"}}
    assert "Not for you here:" not in shown(await said(db, rules=everything, profiles=profiles)).splitlines()


async def test_every_verb_is_there_once(db):
    facts = [part for part in (await said(db)).parts if part.part == "facts"]
    assert sorted(name for part in facts for name, _ in part.rows) == sorted(c.name for c in COMMANDS)


async def test_the_examples_are_of_what_is_allowed(db, shown):
    message = await said(db)
    assert [line for line in shown(message).splitlines() if line.startswith("• ")] == [
        "• /k8s get pods",
        "• /k8s deploy web --image web:1.1",
        "• /k8s events",
    ]
    assert [button.command for button in message.buttons] == ["get pods", "events"]
    elsewhere = await said(db, namespace="other")
    assert "• /k8s deploy web --image web:1.1" not in shown(elsewhere).splitlines()


async def test_one_verb(db, shown):
    lines = shown(await said(db, "deploy")).splitlines()
    assert lines[0].startswith("deploy: Run an image")
    assert lines[0].endswith("Also written create deployment.")
    assert lines[1].startswith("/k8s deploy NAME ")
    assert "[-n NAMESPACE] --image IMAGE" in lines[1]
    assert "--image IMAGE: the image to run; of several, each CONTAINER=IMAGE" in lines
    assert "• /k8s deploy web --image web:1.1" in lines
    assert lines[-1] == "You may use it here, after a confirm."


async def test_a_verb_that_one_may_use_can_be_filled_in(db):
    there = "-n shop --context demo"
    assert [b.form for b in (await said(db, "deploy")).buttons] == [f"deploy {there}"]
    assert (await said(db, "label")).buttons == ()
    assert (await said(db, "whoami")).buttons == ()


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        ("get", "You may use it here, at once."),
        ("rollout undo", "Not from here. No rule allows it."),
        ("label", "Not from here. Rule no-labels forbids it."),
        ("whoami", "You may use it here, at once."),
    ],
)
async def test_whether_one_may(db, line, verdict):
    assert (await said(db, line)).footer.plain().startswith(verdict)


async def test_who_can_is_said_where_one_may_not(db):
    assert "@ben can do it (rule auditors)." in (await said(db, "audit")).footer.plain()
    ben = ANA.model_copy(update={"id": "U0BEN"})
    assert (await said(db, "audit", actor=ben)).footer.plain() == "You may use it here, at once."


@pytest.mark.parametrize(
    ("line", "message", "suggestions"),
    [
        ("deplo", "There is no verb `deplo`.", ("help deploy",)),
        ("xyzzy", "There is no verb `xyzzy`.", ("help",)),
        ("rollout", "`rollout` needs one of: history, pause, restart, resume, status, undo.",
         ("help rollout history", "help rollout pause", "help rollout restart", "help rollout resume")),
    ],
)  # fmt: skip
async def test_an_unknown_verb(db, line, message, suggestions):
    with pytest.raises(UnknownVerbError) as refused:
        await said(db, line)
    assert refused.value.message == message
    assert refused.value.suggestions[: len(suggestions)] == suggestions


async def test_every_verb_can_be_asked_about(db, shown):
    for command in COMMANDS:
        for name in command.names:
            assert shown(await said(db, name)).startswith(f"{command.name}: ")


@pytest.mark.parametrize(
    ("rule", "verdict"),
    [
        ({"effect": "approve", "by": {"groups": {"S0SRE": "sre"}, "count": 2}, "code": True},
         "You may use it here, once it is approved by 2 of @sre, with a one-time code."),
        ({"effect": "review", "users": {"U0ANA": "ana"}, "by": {"groups": {"S0SRE": "sre"}}},
         "You may use it here, at once; @sre signs it off afterwards."),
        ({"effect": "allow", "limits": {"replicas": 4}},
         "You may use it here, at once. What it changes may decide otherwise."),
    ],
)  # fmt: skip
async def test_what_else_a_verb_needs_is_said(db, rule, verdict):
    message = await said(db, "scale", rules=({"name": "r", "verbs": "scale"} | rule,))
    assert message.footer.plain() == verdict
