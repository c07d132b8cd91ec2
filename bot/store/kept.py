"""What is kept of the ConfigMaps and Secrets of revisions, as rows: sealed, and gone after their end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from bot.domain.keeping import KEPT_SECONDS, MOST_OF_ONE_WORKLOAD, Kept
from bot.domain.model import Frozen
from bot.store.tables import kept

if TYPE_CHECKING:
    from bot.store.db import Database
    from bot.store.secrets import Sealer
    from bot.store.transaction import Transaction


class Of(Frozen):
    """One revision of one workload."""

    cluster: str
    namespace: str
    uid: str
    template: str


class KeptTable:
    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    async def of(self, one: Of, now: float) -> tuple[Kept, ...]:
        """What has not ended; what another key sealed is as good as gone."""
        wanted = sa.select(kept.c.sealed).where(*_is(one), kept.c.until > now).order_by(kept.c.reference)
        async with self._database.read() as transaction:
            rows = (await transaction.rows(wanted)).scalars().all()
        opened = (self._sealer.open(row) for row in rows)
        return tuple(Kept.model_validate_json(value) for value in opened if value)

    async def keep(self, one: Of, found: tuple[Kept, ...], now: float, *, anew: bool = False) -> None:
        """Keep what is not kept yet; of the rest only the end is moved. With `anew` all is replaced."""
        async with self._database.write() as transaction:
            for each in found:
                await self._put(transaction, one, each, now, anew=anew)
            mine = (kept.c.cluster == one.cluster, kept.c.namespace == one.namespace, kept.c.uid == one.uid)
            place = sa.tuple_(kept.c.template, kept.c.reference)
            newest = (
                sa.select(kept.c.template, kept.c.reference)
                .where(*mine)
                .order_by(kept.c.until.desc(), kept.c.template, kept.c.reference)
                .limit(MOST_OF_ONE_WORKLOAD)
            )
            await transaction.change(kept.delete().where(*mine, place.not_in(newest)))

    async def _put(self, transaction: Transaction, one: Of, each: Kept, now: float, *, anew: bool) -> None:
        place = (*_is(one), kept.c.reference == each.reference)
        over = sa.true() if anew else kept.c.until <= now
        await transaction.change(kept.delete().where(*place, over))
        longer = kept.update().where(*place).values(until=now + KEPT_SECONDS)
        if await transaction.change(longer):
            return
        row = {"reference": each.reference, "sealed": self._sealer.seal(each.model_dump_json())}
        ends = {"kept_at": now, "until": now + KEPT_SECONDS}
        await transaction.change(kept.insert().values(one.model_dump() | row | ends))

    async def sweep(self, now: float) -> None:
        async with self._database.write() as transaction:
            await transaction.change(kept.delete().where(kept.c.until <= now))


def _is(one: Of) -> tuple[sa.ColumnElement[bool], ...]:
    return tuple(kept.c[name] == value for name, value in one.model_dump().items())
