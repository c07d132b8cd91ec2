"""Whoever is cancelled leaves neither a lock on the file nor a transaction behind."""

import asyncio
import contextlib
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.domain.errors import AuditUnavailableError
from bot.store.db import Database
from bot.store.tables import wrong_codes
from bot.store.unbroken import unbroken

_ROUNDS = 25


async def write(database: Database) -> None:
    async with database.write() as transaction:
        await transaction.change(wrong_codes.insert().values(user="U0ANA", at=1.0))
        await transaction.rows(sa.select(sa.func.count()).select_from(wrong_codes))


async def read(database: Database) -> None:
    async with database.read() as transaction:
        for _ in range(3):
            await transaction.rows(sa.select(wrong_codes))


def lock_at_once(path: Path) -> None:
    """Raises where anybody still holds the file."""
    with contextlib.closing(sqlite3.connect(path, timeout=0)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.rollback()


async def test_a_writer_who_is_cancelled_twice_anywhere_holds_nothing_any_more(tmp_path: Path):
    path = tmp_path / "bot.db"
    others = asyncio.all_tasks()
    for steps in range(_ROUNDS):
        database = await Database.open(f"sqlite:///{path}")
        writers = [asyncio.create_task(write(database)) for _ in range(3)]
        for _ in range(steps):
            await asyncio.sleep(0.0002)
        for _ in range(2):
            for writer in writers:
                writer.cancel()
            await asyncio.sleep(0)
        await asyncio.gather(*writers, return_exceptions=True)
        await database.close()
        lock_at_once(path)
        assert asyncio.all_tasks() == others


async def test_a_database_that_is_closed_while_busy_ends_what_it_began_and_begins_nothing(tmp_path: Path):
    path = tmp_path / "bot.db"
    for steps in range(_ROUNDS):
        database = await Database.open(f"sqlite:///{path}")
        writers = [asyncio.create_task(write(database)) for _ in range(8)]
        readers = [asyncio.create_task(read(database)) for _ in range(8)]
        for _ in range(steps):
            await asyncio.sleep(0.0002)
        await database.close()
        lock_at_once(path)
        outcomes = await asyncio.gather(*writers, *readers, return_exceptions=True)
        assert {type(one) for one in outcomes} <= {type(None), AuditUnavailableError}
        lock_at_once(path)


async def test_what_is_broken_off_within_its_rows_leaves_no_old_state_to_the_next(tmp_path: Path):
    path = tmp_path / "bot.db"
    database = await Database.open(f"sqlite:///{path}")
    async with database.write() as transaction:
        for at in range(500):
            await transaction.change(wrong_codes.insert().values(user="U0ANA", at=float(at)))
    async with database.read() as transaction:
        rows = transaction.stream(sa.select(wrong_codes))
        await anext(rows)
    with contextlib.closing(sqlite3.connect(path)) as other, other:
        other.execute("DELETE FROM wrong_codes")
    async with database.read() as transaction:
        count = sa.select(sa.func.count()).select_from(wrong_codes)
        assert (await transaction.rows(count)).scalar_one() == 0
    await write(database)
    await rows.aclose()
    await database.close()


async def test_what_was_cancelled_is_whole_and_the_cancellation_comes_after_it():
    done: list[str] = []

    async def work() -> str:
        await asyncio.sleep(0.02)
        done.append("work")
        return "its outcome"

    async def waits() -> None:
        done.append(await unbroken(work()))

    task = asyncio.create_task(waits())
    for _ in range(2):
        await asyncio.sleep(0.001)
        task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert task.cancelled()
    assert done == ["work"]


async def test_a_timeout_about_it_is_still_a_timeout_and_nobody_behind_it_is_cancelled():
    began = asyncio.get_running_loop().time()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.005):
            await unbroken(asyncio.sleep(0.05))
    assert asyncio.get_running_loop().time() - began >= 0.05
    await asyncio.sleep(0)
