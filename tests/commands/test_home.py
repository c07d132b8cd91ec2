"""home: what waits, what runs, and where to begin."""

from __future__ import annotations

import pytest

from bot.domain.access import Standing
from bot.domain.errors import UsageError
from bot.domain.message import Button, text
from bot.engine.command import UnderWay, Waiting
from bot.engine.grammar import parse
from bot.slack.blocks import render
from commands import home
from commands.home import HomeArgs
from tests import factories
from tests.commands.bot_context import ANA, bot_context

THERE = "-n shop --context demo"


def test_grammar():
    assert parse(HomeArgs, ("-n", "shop")) == HomeArgs(namespace="shop")


def test_refused_text():
    with pytest.raises(UsageError) as refused:
        parse(HomeArgs, ("sweet",), name="home")
    assert refused.value.hint == "Usage: `/k8s home [-n NAMESPACE]`"


async def said(db, **parts):
    return await home.COMMAND.run(bot_context(db, **parts), HomeArgs())


async def test_it_says_what_one_may(db, shown):
    lines = shown(await said(db)).splitlines()
    assert lines[0] == "What you can do in shop on demo"
    assert "at once: get, logs, events" in lines
    assert "with a confirm: deploy, scale" in lines
    assert any(line.startswith("not from here: ") and "label" in line for line in lines)


async def test_only_what_one_may_do_is_a_button(db):
    buttons = (await said(db)).buttons
    assert [(b.label, b.form) for b in buttons if b.form] == [
        ("Deploy…", f"deploy {THERE}"),
        ("Scale…", f"scale {THERE}"),
        ("Logs…", f"logs {THERE}"),
    ]
    assert [b.command for b in buttons if b.command] == [f"get pods {THERE}", f"events {THERE}", "help"]


async def test_a_guest_is_offered_nothing_but_help(db):
    guest = ANA.model_copy(update={"standing": Standing.GUEST})
    assert [b.label for b in (await said(db, actor=guest)).buttons] == ["Help"]


def question(sign: str, said: str = "Scale web to 4?", label: str = "Scale to 4") -> Waiting:
    yes = Button(label=label, press=f"{sign * 32}:confirm", style="primary")
    no = Button(label="Cancel", press=f"{sign * 32}:cancel")
    return Waiting(said=text(said), until=factories.NOW + 60, buttons=(yes, no))


async def test_what_waits_comes_first_with_its_buttons(db, shown):
    one = question("a")
    message = await said(db, waiting=(one,))
    assert shown(message).splitlines()[1:3] == [
        "⏸ Waiting for your answer:",
        "• Scale web to 4? Until later.",
    ]
    assert [(b.label, b.press, b.style) for b in message.buttons[:2]] == [
        ("Scale to 4", f"{'a' * 32}:confirm", "primary"),
        ("Cancel", f"{'a' * 32}:cancel", ""),
    ]
    assert "at once" in shown(await said(db))
    assert "at once" not in shown(message)  # nothing stands between a question and its buttons


async def test_questions_whose_buttons_look_the_same_are_numbered(db, shown):
    message = await said(db, waiting=(question("a"), question("b")))
    assert "• 1. Scale web to 4? Until later." in shown(message)
    assert [button.label for button in message.buttons[:4]] == [
        "1. Scale to 4", "1. Cancel: Scale to 4", "2. Scale to 4", "2. Cancel: Scale to 4",
    ]  # fmt: skip


async def test_of_several_that_wait_each_cancel_says_which(db):
    waiting = tuple(question(sign, label=f"Do {sign}") for sign in "ab")
    labels = [button.label for button in (await said(db, waiting=waiting)).buttons[:4]]
    assert labels == ["Do a", "Cancel: Do a", "Do b", "Cancel: Do b"]


async def test_an_answer_says_what_it_is_about_where_the_first_button_does_not(db):
    ask = Button(label="Ask @sre: Do a…", press=f"{'a' * 32}:confirm", style="primary")
    no = Button(label="Cancel", press=f"{'a' * 32}:cancel")
    asks = question("a").model_copy(update={"buttons": (ask, no), "about": "Do a"})
    labels = [button.label for button in (await said(db, waiting=(asks, question("b")))).buttons[:2]]
    assert labels == ["Ask @sre: Do a…", "Cancel: Do a"]


async def test_what_may_be_signed_off_is_said_and_where(db, shown):
    mine = Waiting(said=text("ana: web is back"), until=0.0, buttons=(Button(label="Sign off…"),))
    others = mine.model_copy(update={"buttons": ()})
    assert "⚠️ 1 change to be signed off: /k8s audit review lists them." in shown(
        await said(db, reviews=(mine, others))
    ).replace("`", "")
    assert "signed off" not in shown(await said(db, reviews=(others,)))


async def test_what_is_under_way_is_named_with_its_channel(db, shown):
    one = UnderWay(what=text("shop/web · 2 → 4 replicas"), channel="C0SHOP")
    lines = shown(await said(db, under_way=(one,))).splitlines()
    assert lines[1] == "⏳ 1 change of yours under way:"
    assert lines[2].startswith("• shop/web · 2 → 4 replicas, in ")


async def test_as_many_are_answered_here_as_have_room_and_where_the_rest_is_is_told(db, shown):
    places = ["C0SHOP"] * 24 + ["C0OPS"] * 6
    waiting = tuple(
        question("a", said=f"Do {place}?", label=f"Do {place}").model_copy(update={"channel": channel})
        for place, channel in enumerate(places)
    )
    message = await said(db, waiting=waiting)
    lines = shown(message).splitlines()
    assert "• Do 21? Until later." in lines
    assert "• Do 22? Until later." not in lines
    labels = [button.label for button in message.buttons]
    assert len(labels) == 50
    assert labels[:2] == ["Do 0", "Cancel: Do 0"]
    assert labels[42:44] == ["Do 21", "Cancel: Do 21"]
    assert labels[44:] == ["Deploy…", "Scale…", "Logs…", "Pods", "Events", "Help"]
    more = next(line for line in lines if "more questions not shown" in line)
    assert more.startswith("8 more questions not shown: 2 in ")
    assert "6 in " in more
    blocks = render(message).blocks
    assert sum(len(block["elements"]) for block in blocks if block["type"] == "actions") == 50
