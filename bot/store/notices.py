"""The locks of everything whose beginning or end is still to be told, as rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from bot.domain.locks import Lock
from bot.domain.notices import Notice
from bot.store.tables import notices

if TYPE_CHECKING:
    from bot.store.db import Database
    from bot.store.transaction import Transaction


class NoticeTable:
    """Each column has one writer, so that nobody's news is lost over somebody else's."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> tuple[Notice, ...]:
        """The oldest first."""
        async with self._database.read() as transaction:
            rows = (await transaction.rows(sa.select(notices).order_by(notices.c.since))).mappings()
            return tuple(
                Notice(
                    id=row["id"],
                    lock=Lock.model_validate_json(row["lock"]),
                    channel=row["channel"],
                    told=row["told"],
                    lifted=row["lifted"],
                    by=row["by"],
                    by_name=row["by_name"],
                )
                for row in rows
            )

    async def add(self, transaction: Transaction, notice: Notice, now: float) -> None:
        row = notice.model_dump() | {"lock": notice.lock.model_dump_json(), "since": now}
        await transaction.change(notices.insert().values(row))

    async def lift(self, transaction: Transaction, notice: str, *, by: str, by_name: str) -> None:
        """Whoever lifted its lock; what is no lock of everything has no row."""
        lifted = notices.update().where(notices.c.id == notice)
        await transaction.change(lifted.values(lifted=True, by=by, by_name=by_name))

    async def told(self, notice: str) -> None:
        async with self._database.write() as transaction:
            await transaction.change(notices.update().where(notices.c.id == notice).values(told=True))

    async def remove(self, transaction: Transaction, notice: str) -> None:
        await transaction.change(notices.delete().where(notices.c.id == notice))
