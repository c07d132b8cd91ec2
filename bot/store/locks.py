"""The locks that people have set, as rows; those that have ended or were lifted are gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from bot.domain.locks import Lock
from bot.store.tables import locks

if TYPE_CHECKING:
    from bot.store.db import Database
    from bot.store.transaction import Transaction


class LockTable:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self, now: float) -> tuple[Lock, ...]:
        """Those that hold, the oldest first."""
        holding = sa.or_(locks.c.until.is_(None), locks.c.until > now)
        wanted = sa.select(locks.c.lock).where(holding).order_by(locks.c.since)
        async with self._database.read() as transaction:
            rows = (await transaction.rows(wanted)).scalars()
            return tuple(Lock.model_validate_json(row) for row in rows)

    async def add(self, transaction: Transaction, lock: Lock) -> None:
        row = {"id": lock.id, "lock": lock.model_dump_json(), "since": lock.since, "until": lock.until}
        await transaction.change(locks.insert().values(row))

    async def replace(self, transaction: Transaction, lock: Lock) -> None:
        """Put an automatic lock in the place of those of the same object."""
        rows = (await transaction.rows(sa.select(locks.c.lock))).scalars().all()
        there = [found for row in rows if (found := Lock.model_validate_json(row)).automatic]
        for found in there:
            if found.reach == lock.reach:
                await self.remove(transaction, found.id)
        await self.add(transaction, lock)

    async def remove(self, transaction: Transaction, lock: str) -> bool:
        """False where it was lifted meanwhile."""
        return bool(await transaction.change(locks.delete().where(locks.c.id == lock)))

    async def sweep(self, now: float) -> None:
        async with self._database.write() as transaction:
            await transaction.change(locks.delete().where(locks.c.until < now))
