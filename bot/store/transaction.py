"""Statements that take hold together.

The database is asked in threads, each statement with its rows in one way there and back: a commit may wait
for the disk, and the loop must not. The statement that begins the transaction and the one that is its first
go together, and so do the commit and the giving back of the connection.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from concurrent.futures import Executor
from typing import Any, TypeAlias, TypeVar

import sqlalchemy as sa

from bot.store.unbroken import unbroken

T = TypeVar("T")
Values: TypeAlias = Mapping[str, Any] | None

_PORTION = 200
"""Rows that are fetched at once of what may be long."""


class Transaction:
    """One, from its first statement on. Made by `Database.read` and `Database.write`, which end it."""

    def __init__(self, engine: sa.Engine, threads: Executor, *, writes: bool) -> None:
        self._engine = engine
        self._threads = threads
        self._writes = writes
        self._connection: sa.Connection | None = None
        self._streamed: list[sa.CursorResult[Any]] = []

    @property
    def dialect(self) -> str:
        return self._engine.dialect.name

    async def rows(self, statement: sa.Executable, values: Values = None) -> sa.Result[Any]:
        """What the statement finds with these values, all of it."""
        found = await self._in_thread(lambda: self._ask(statement, values).freeze())
        return found()

    async def change(self, statement: sa.Executable, values: Values = None) -> int:
        """How many rows the statement changed with these values."""
        return await self._in_thread(lambda: self._ask(statement, values).rowcount)

    async def stream(self, statement: sa.Executable) -> AsyncGenerator[sa.Row[Any], None]:
        """What the statement finds, a portion in memory at a time."""
        asked = await self._in_thread(lambda: self._begin_stream(statement))
        while portion := await self._in_thread(lambda: asked.fetchmany(_PORTION)):
            for row in portion:
                yield row

    async def end(self, *, keep: bool) -> None:
        """Commit, or roll back; the connection is free afterwards in either case."""
        if connection := self._connection:
            await self._in_thread(lambda: _end(connection, self._streamed, keep=keep))

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await unbroken(asyncio.get_running_loop().run_in_executor(self._threads, work))

    def _begin_stream(self, statement: sa.Executable) -> sa.CursorResult[Any]:
        asked = self._ask(statement)
        self._streamed.append(asked)
        return asked

    def _ask(self, statement: sa.Executable, values: Values = None) -> sa.CursorResult[Any]:
        if self._connection is None:
            self._connection = self._engine.connect().execution_options(writes=self._writes)
        return self._connection.execute(statement, values)


def _end(connection: sa.Connection, streamed: list[sa.CursorResult[Any]], *, keep: bool) -> None:
    """A result that was not read to its end would keep its connection at the state of that moment."""
    with connection:  # what is not committed when it is closed is rolled back
        for one in streamed:
            one.close()
        if keep:
            connection.commit()
