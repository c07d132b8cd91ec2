"""unlock: lift a lock; one's own always, anybody's where the policy says so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.access import Decision, Effect
from bot.domain.errors import AccessDeniedError, TargetNotFoundError, UsageError
from bot.domain.locks import CONFIGURED, Lock
from bot.engine.grammar import parse
from commands import unlock
from commands.unlock import UnlockArgs
from tests.commands.bot_context import bot_context
from tests.factories import NOW


def lock(**parts) -> Lock:
    given = {"id": "a1", "reason": "load test", "owner": "U0ANA", "owner_name": "ana", "since": NOW} | parts
    return Lock.model_validate(given)


def test_grammar():
    assert parse(UnlockArgs, ("a1",)).lock == "a1"


def test_refused_text():
    with pytest.raises(UsageError):
        parse(UnlockArgs, (), name="unlock")


class Book:
    def __init__(self, *locks, raced=False):
        self.locks, self.raced = list(locks), raced

    async def all(self):
        return tuple(self.locks)

    async def set(self, found):
        self.locks.append(found)

    async def lift(self, found):
        self.locks.remove(found)
        return not self.raced


async def unlocked(db, book, effect=Effect.DENY):
    def may_at(_cluster, _namespace):
        return Decision(effect=effect, reason="No rule allows it.")

    context = replace(bot_context(db), locks=book, may_at=may_at)
    return await unlock.COMMAND.run(context, UnlockArgs(lock="a1"))


async def test_ones_own_is_lifted(db, shown):
    book = Book(lock())
    assert shown(await unlocked(db, book)).startswith("✅ Lifted: the lock of everything")
    assert book.locks == []


async def test_anothers_only_by_a_rule(db):
    book = Book(lock(owner="U0BEN", owner_name="ben"))
    with pytest.raises(AccessDeniedError) as refused:
        await unlocked(db, book)
    assert refused.value.hint == "Ask ben. No rule allows it."
    await unlocked(db, book, Effect.ALLOW)
    assert book.locks == []


async def test_the_configurations_is_lifted_by_nobody(db):
    context = replace(bot_context(db), locks=Book(lock(id=CONFIGURED)))
    with pytest.raises(AccessDeniedError) as refused:
        await unlock.COMMAND.run(context, UnlockArgs(lock=CONFIGURED))
    assert refused.value.hint == "An operator lifts it there."


@pytest.mark.parametrize("book", [Book(), Book(lock(id="b2")), Book(lock(), raced=True)])
async def test_one_that_is_not_there_any_more(db, book):
    with pytest.raises(TargetNotFoundError):
        await unlocked(db, book)


@pytest.mark.parametrize("effect", [Effect.CONFIRM, Effect.ALLOW, Effect.DENY])
async def test_what_the_rules_say_to_it_is_asked_of_where_the_lock_is(db, effect):
    asked = []

    def may_at(*place):
        asked.append(place)
        return Decision(effect=effect)

    mine = lock(cluster="prod", namespace="shop")
    context = replace(bot_context(db), locks=Book(mine), may_at=may_at)
    decision, about = await unlock.decide(context, UnlockArgs(lock="a1"))
    assert (decision.effect, asked) == (effect, [("prod", "shop")])
    assert about.plain() == "It keeps shop on prod from being changed: load test, by ana."


async def test_nobody_is_asked_about_what_is_not_theirs_to_lift(db):
    def may_at(_cluster, _namespace):
        return Decision(effect=Effect.DENY, reason="No rule allows it.")

    context = replace(bot_context(db), locks=Book(lock(owner="U0BEN")), may_at=may_at)
    with pytest.raises(AccessDeniedError):
        await unlock.decide(context, UnlockArgs(lock="a1"))
