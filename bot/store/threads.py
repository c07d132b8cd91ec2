"""What each thread of ours is about, so that a word in it need not say so again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from bot.domain.resources import ObjectRef
from bot.store.tables import threads

if TYPE_CHECKING:
    from bot.store.db import Database
    from bot.store.transaction import Transaction


class Threads:
    """One row a card: its channel and `ts`, and the object."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(
        self, channel: str, ts: str, about: ObjectRef, *, now: float, transaction: Transaction
    ) -> None:
        gone = threads.delete().where(threads.c.channel == channel, threads.c.ts == ts)
        await transaction.change(gone)
        row = {"channel": channel, "ts": ts, "about": about.model_dump_json(), "created_at": now}
        await transaction.change(threads.insert().values(row))

    async def about(self, channel: str, ts: str) -> ObjectRef | None:
        wanted = sa.select(threads.c.about).where(threads.c.channel == channel, threads.c.ts == ts)
        async with self._database.read() as transaction:
            found = (await transaction.rows(wanted)).scalar_one_or_none()
        return ObjectRef.model_validate_json(found) if found else None

    async def sweep(self, before: float) -> None:
        """Forget threads that were begun before this instant."""
        async with self._database.write() as transaction:
            await transaction.change(threads.delete().where(threads.c.created_at < before))
