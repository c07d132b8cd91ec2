"""The database: one file, one process, one writer at a time.

SQLite is kept honest by four settings: a lock beside the file so that a second process refuses to start,
WAL so that readers never wait, `synchronous=FULL` so that what was committed survives a power cut, and
`BEGIN IMMEDIATE` so that two writers queue instead of meeting.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import sqlite3
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bot.domain.errors import AuditUnavailableError, SettingsError
from bot.store import tables
from bot.store.transaction import Transaction

if TYPE_CHECKING:
    from sqlalchemy.engine.interfaces import DBAPIConnection

_AT_ONCE = 5
"""Transactions that are open at the same time, each with its connection; one of them may write."""
_PATIENCE_SECONDS = 30.0
"""For so long a transaction waits for its turn."""
_LAST_SECONDS = 5.0
"""For so long a database that is closed waits for what is under way."""
_MISTAKES = (sa.exc.IntegrityError, sa.exc.ProgrammingError, sa.exc.DataError)
"""What the statement is to blame for; every other error is the database's own."""


class Database:
    """An open database. Made by `Database.open`; close it at the end."""

    def __init__(self, engine: sa.Engine, lock: int | None, patience: float = _PATIENCE_SECONDS) -> None:
        self._engine = engine
        self._lock = lock
        self._patience = patience
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="database")
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._writing = asyncio.Lock()
        self._regardless: list[sa.Executable] = []
        self._is_closing = False

    @classmethod
    async def open(cls, url: str, *, patience: float = _PATIENCE_SECONDS) -> Database:
        """Open, lock and bring up the tables. Raises `SettingsError` in a sentence when that cannot be.

        `patience` are the seconds that a transaction waits for its turn.
        """
        parsed, path = _parse(url)
        lock = _take(path)
        try:
            await asyncio.to_thread(_bring_up, path)
        except SettingsError:
            os.close(lock)
            raise
        return cls(_engine(parsed.set(drivername="sqlite+pysqlite"), _on_connect), lock, patience)

    @classmethod
    def reading(cls, path: Path) -> Database:
        """For looking only, also beside the process that holds the lock."""
        url = sa.engine.make_url(f"sqlite+pysqlite:///file:{path.absolute()}?mode=ro&uri=true")
        return cls(_engine(url, _on_connect_to_read), None)

    @contextlib.asynccontextmanager
    async def write(self) -> AsyncIterator[Transaction]:
        """One transaction that may write; committed at the end, rolled back by an exception.

        Raises `AuditUnavailableError` when the database cannot take it: then nothing was kept.
        """
        async with self._writing:
            self._check_open()
            try:
                try:
                    async with self._begun(writes=True) as transaction:
                        yield transaction
                finally:
                    await self._write_regardless()
            except sa.exc.DatabaseError as error:
                if isinstance(error, _MISTAKES):
                    raise
                raise AuditUnavailableError(
                    "The bot cannot write its records.", hint="Nothing was done. Try again in a minute."
                ) from error

    def regardless(self, *statements: sa.Executable) -> None:
        """Within a write: what is committed right after it in a transaction of its own, before anybody else
        writes, also where the write itself is rolled back.
        """
        self._regardless.extend(statements)

    async def _write_regardless(self) -> None:
        statements, self._regardless = self._regardless, []
        if statements:
            async with self._begun(writes=True) as transaction:
                for statement in statements:
                    await transaction.change(statement)

    @contextlib.asynccontextmanager
    async def _begun(self, *, writes: bool) -> AsyncIterator[Transaction]:
        """A transaction that is over, and its connection back, whenever its writer is cancelled."""
        await self._turn()
        try:
            transaction = Transaction(self._engine, self._threads, writes=writes)
            try:
                yield transaction
            except BaseException:
                await transaction.end(keep=False)
                raise
            await transaction.end(keep=True)
        finally:
            self._turns.release()

    async def _turn(self) -> None:
        try:
            async with asyncio.timeout(self._patience):
                await self._turns.acquire()
        except TimeoutError as error:
            raise AuditUnavailableError(
                "The bot's database is too busy.", hint="Nothing was done. Try again in a minute."
            ) from error

    @contextlib.asynccontextmanager
    async def read(self) -> AsyncIterator[Transaction]:
        """One transaction that only reads; it never waits for a writer."""
        self._check_open()
        try:
            async with self._begun(writes=False) as transaction:
                yield transaction
        except sa.exc.DatabaseError as error:
            if isinstance(error, _MISTAKES):
                raise
            raise AuditUnavailableError(
                "The bot cannot read its records.", hint="Try again in a minute."
            ) from error

    async def ready(self) -> bool:
        """Whether a transaction can be had now."""
        try:
            async with self.read() as transaction:
                await transaction.rows(sa.select(tables.schema.c.version))
        except AuditUnavailableError:
            return False
        return True

    def _check_open(self) -> None:
        if self._is_closing:
            raise AuditUnavailableError(
                "The bot is stopping.", hint="Nothing was done. Try again in a minute."
            )

    async def close(self) -> None:
        """What is under way ends first: left behind, it would hold the file. Nothing begins any more."""
        self._is_closing = True
        async with contextlib.AsyncExitStack() as all_of_it:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_LAST_SECONDS):
                    await all_of_it.enter_async_context(self._writing)
                    for _ in range(_AT_ONCE):
                        await all_of_it.enter_async_context(self._turns)
            await asyncio.to_thread(self._engine.dispose)
        self._threads.shutdown()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def _engine(url: sa.URL, on_connect: Callable[..., None]) -> sa.Engine:
    """A connection is used by one thread after another, never by two at once."""
    engine = sa.create_engine(
        url,
        pool_size=_AT_ONCE,
        max_overflow=0,
        hide_parameters=True,
        connect_args={"check_same_thread": False},
    )
    sa.event.listen(engine, "connect", on_connect)
    sa.event.listen(engine, "begin", _on_begin)
    return engine


def _parse(url: str) -> tuple[sa.URL, Path]:
    try:
        parsed = sa.engine.make_url(url)
    except (sa.exc.ArgumentError, ValueError) as error:
        raise SettingsError(
            ("BOT_DATABASE_URL is no address of a database: a SQLite file is needed, as sqlite:///PATH",)
        ) from error
    named = parsed.get_backend_name()
    if named != "sqlite" or not parsed.database:
        raise SettingsError((f"BOT_DATABASE_URL names {named}: a SQLite file is needed, as sqlite:///PATH",))
    return parsed, Path(parsed.database)


def _take(path: Path) -> int:
    """Hold the lock file beside the database for as long as the process lives."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise SettingsError((f"the database {path} cannot be used: {error.strerror}",)) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(lock)
        raise SettingsError((f"the database {path} is in use by another process",)) from error
    return lock


def _bring_up(path: Path) -> None:
    """Look at the file plainly, before any machinery starts on it, and make the tables that it lacks.

    One thread and one transaction do it: every way to and fro costs more than a table.
    """
    try:
        with contextlib.closing(sqlite3.connect(path)) as connection:
            _on_connect(connection, None)
            connection.execute("BEGIN IMMEDIATE")
            there = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
            for table, statements in tables.made_by().items():
                for statement in statements if table not in there else ():
                    connection.execute(statement)
            connection.execute(
                f"INSERT INTO {tables.schema} SELECT ? WHERE NOT EXISTS (SELECT * FROM {tables.schema})",  # noqa: S608 - the table is ours
                (tables.VERSION,),
            )
            [(found,)] = connection.execute(f"SELECT version FROM {tables.schema}")  # noqa: S608 - the table is ours
            if found != tables.VERSION:
                raise SettingsError(
                    (f"the database is of version {found}, this program needs {tables.VERSION}",)
                )
            connection.execute("COMMIT")
    except sqlite3.Error as error:
        raise SettingsError((f"the database {path} cannot be used: {error}",)) from error


def _on_connect(connection: DBAPIConnection | sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # our own BEGIN decides, see _on_begin
    cursor = connection.cursor()
    try:
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "busy_timeout=5000",
            "secure_delete=ON",
        ):
            cursor.execute(f"PRAGMA {pragma}")
    except Exception:
        connection.close()  # the pool does not own it yet, and its thread would live on
        raise
    cursor.close()


def _on_connect_to_read(connection: DBAPIConnection, _record: Any) -> None:
    connection.isolation_level = None


def _on_begin(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
