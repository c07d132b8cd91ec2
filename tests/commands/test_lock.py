"""lock: nothing is changed there until it ends or is lifted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.errors import UsageError
from bot.domain.locks import Lock
from bot.engine.grammar import parse
from commands import lock
from commands.lock import LockArgs
from tests.commands.bot_context import bot_context
from tests.factories import NOW


@pytest.mark.parametrize(
    ("words", "reach"),
    [
        (("web", "--reason", "load test"), ""),
        (("deploy/web", "--reason", "load test", "-n", "shop"), "shop"),
        (("statefulset", "db", "--reason", "load test"), ""),
        (("--namespace-wide", "-m", "incident"), ""),
        (("--cluster-wide", "-m", "incident"), "*"),
        (("--everything", "-m", "incident"), "*"),
    ],
)
def test_grammar(words, reach):
    assert parse(LockArgs, words).reach() == reach


@pytest.mark.parametrize(
    "words",
    [
        ("web",),
        ("web", "--reason", " x "),
        ("web", "--reason", "y" * 201),
        ("--reason", "nothing named"),
        ("web", "--everything", "--reason", "two at once"),
        ("web", "--reason", "too long", "--for", "31d"),
        ("web", "--reason", "never", "--for", "soon"),
        ("pod/web", "--reason", "no workload"),
    ],
)
def test_refused_text(words):
    with pytest.raises(UsageError):
        parse(LockArgs, words, name="lock")


class Book:
    """What was set."""

    def __init__(self):
        self.locks: list[Lock] = []

    async def all(self):
        return tuple(self.locks)

    async def set(self, lock):
        self.locks.append(lock)

    async def lift(self, lock):
        self.locks.remove(lock)
        return True


async def locked(db, *words):
    book = Book()
    context = replace(bot_context(db), locks=book)
    return await lock.COMMAND.run(context, parse(LockArgs, words)), book.locks[0]


async def test_what_it_covers_and_until_when(db, shown):
    said, found = await locked(db, "web", "--reason", "load test", "--for", "2h")
    assert (found.cluster, found.namespace, found.kind, found.name) == ("demo", "shop", "deployments", "web")
    assert (found.owner, found.until) == ("U0ANA", NOW + 7200)
    assert shown(said).startswith("🔒 Locked: shop/web on demo")
    assert [button.command for button in said.buttons] == [f"unlock {found.id}"]


async def test_everything_until_it_is_lifted(db, shown):
    said, found = await locked(db, "--everything", "--reason", "incident")
    assert (found.cluster, found.namespace, found.until) == ("*", "*", None)
    assert "everything, until it is lifted" in shown(said)
