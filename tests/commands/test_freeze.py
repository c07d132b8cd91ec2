"""freeze: when the calendar lets nothing be changed, now and next."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.domain.errors import UsageError
from bot.domain.locks import Freeze
from bot.engine.grammar import parse
from commands import freeze
from commands.freeze import FreezeArgs
from tests.commands.bot_context import bot_context

FRIDAY = datetime.fromisoformat("2026-11-27T12:00+00:00").timestamp()
SATURDAY = FRIDAY + 24 * 3600
MONDAY = datetime.fromisoformat("2026-11-30T08:00+00:00").timestamp()


def calendar(name: str = "weekend", **parts) -> Freeze:
    given = {"name": name} | parts
    if "once" not in parts:
        given["weekly"] = parts.get("weekly", ("Fri 17:00", "Mon 08:00"))
    return Freeze.model_validate(given)


def test_grammar():
    assert parse(FreezeArgs, ("--context", "prod")).context == "prod"


def test_refused_text():
    with pytest.raises(UsageError):
        parse(FreezeArgs, ("web",), name="freeze")


async def said(db, *found, now: float = SATURDAY):
    return await freeze.COMMAND.run(bot_context(db, freezes=found, now=lambda: now), FreezeArgs())


async def test_none_and_none_to_come(db, shown):
    nothing = ["No freeze holds on demo, and none comes within a year."]
    past = calendar("past", once=("2026-01-01T00:00", "2026-01-02T00:00"))
    for found in ((), (calendar(clusters=["prod-*"]),), (past,)):
        assert shown(await said(db, *found)).splitlines() == nothing


async def test_what_holds_with_its_end_its_reach_and_what_may_go_on(db, shown):
    message = await said(
        db, calendar(reason="nobody is here", namespaces=["shop", "pay-*"], allows=["rollback", "restart"])
    )
    lines = shown(message).splitlines()
    assert lines[0] == "🔒 1 freeze holds on demo now"
    assert lines[1].startswith("• weekend: nobody is here · now, until ")
    assert lines[1].endswith(" · in shop, pay-* · rollback, restart may go on")
    instants = [span.id for part in message.parts for item in part.items for span in item.spans if span.id]
    assert instants == [str(int(MONDAY))]


async def test_what_comes_the_soonest_first(db, shown):
    holidays = calendar("holidays", once=("2026-12-23T12:00", "2027-01-02T08:00"))
    lines = shown(await said(db, holidays, calendar(), now=FRIDAY)).splitlines()
    assert lines[0] == "No freeze holds on demo now, 2 to come"
    assert lines[1].startswith("• weekend · from ")
    assert lines[1].endswith(" · everywhere")
    assert lines[2].startswith("• holidays · from ")
    both = shown(await said(db, holidays, calendar())).splitlines()
    assert both[0] == "🔒 1 freeze holds on demo now, 1 to come"


async def test_an_exception_is_no_freeze(db, shown):
    free = Freeze.model_validate(
        {"name": "weekend", "weekly": ("Fri 17:00", "Mon 08:00"), "except": ["2026-11-28"]}
    )
    assert shown(await said(db, free)).splitlines()[0] == "No freeze holds on demo now, 1 to come"


async def test_more_than_fit_are_counted(db, shown):
    many = [calendar(f"one-{number}") for number in range(33)]
    told = shown(await said(db, *many))
    assert "🔒 33 freezes hold on demo now" in told
    assert "3 more freezes not shown." in told
