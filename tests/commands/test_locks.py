"""locks: what must not be changed now, by whom, why, and until when."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.errors import UsageError
from bot.domain.locks import CONFIGURED, Lock
from bot.engine.grammar import parse
from commands import locks
from commands.locks import LocksArgs
from tests.commands.bot_context import bot_context
from tests.factories import NOW


def lock(**parts) -> Lock:
    given = {"id": "a1", "reason": "load test", "owner": "U0ANA", "owner_name": "ana", "since": NOW} | parts
    return Lock.model_validate(given)


def test_grammar():
    assert parse(LocksArgs, ("--context", "prod")).context == "prod"


def test_refused_text():
    with pytest.raises(UsageError):
        parse(LocksArgs, ("web",), name="locks")


class Book:
    def __init__(self, *found):
        self.found = found

    async def all(self):
        return self.found

    async def set(self, _found):
        raise AssertionError("looking sets nothing")

    async def lift(self, _found):
        raise AssertionError("looking lifts nothing")


async def said(db, *found):
    return await locks.COMMAND.run(replace(bot_context(db), locks=Book(*found)), LocksArgs())


async def test_none(db, shown):
    assert shown(await said(db)).splitlines() == ["Nothing is locked on demo."]
    assert "Nothing is locked" in shown(await said(db, lock(cluster="other")))


async def test_who_why_and_until_when(db, shown):
    message = await said(db, lock(), lock(id="b2", owner="U0BEN", owner_name="ben", until=NOW + 60))
    lines = shown(message).splitlines()
    assert lines[0] == "🔒 2 locks on demo"
    assert lines[1] == "• a1 everything: load test, by ana, until it is lifted"
    assert lines[2].startswith("• b2 everything: load test, by ben, until ")
    assert [button.command for button in message.buttons] == ["unlock a1"]


async def test_the_configurations_has_no_button(db):
    assert (await said(db, lock(id=CONFIGURED))).buttons == ()


async def test_more_than_fit_are_counted(db, shown):
    many = [lock(id=f"{number:08x}") for number in range(40)]
    assert "10 more locks not shown." in shown(await said(db, *many))
