"""What people chose for themselves, and nobody else: the cluster that their lines in a channel mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from bot.store.tables import choices

if TYPE_CHECKING:
    from bot.store.db import Database

MOST = 100
"""Channels in which one person's choice is kept; the oldest go."""


class Choices:
    """The rows, one for each person and channel."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, user: str, channel: str) -> str:
        """The cluster that this person chose here; empty where they chose none."""
        wanted = sa.select(choices.c.cluster).where(choices.c.user == user, choices.c.channel == channel)
        async with self._database.read() as transaction:
            return (await transaction.rows(wanted)).scalar_one_or_none() or ""

    async def choose(self, user: str, channel: str, cluster: str, now: float) -> None:
        """Keep a choice in place of the one before."""
        async with self._database.write() as transaction:
            await transaction.change(keep(transaction.dialect, user, channel, cluster, now))
            newest = (
                sa.select(choices.c.channel)
                .where(choices.c.user == user)
                .order_by(choices.c.chosen_at.desc(), choices.c.channel)
                .limit(MOST)
            )
            await transaction.change(
                choices.delete().where(choices.c.user == user, choices.c.channel.not_in(newest))
            )

    async def forget(self, user: str, channel: str) -> None:
        async with self._database.write() as transaction:
            await transaction.change(
                choices.delete().where(choices.c.user == user, choices.c.channel == channel)
            )


def keep(dialect: str, user: str, channel: str, cluster: str, now: float) -> sa.Insert:
    """One statement, so that two at once leave one of the two."""
    row = {"user": user, "channel": channel, "cluster": cluster, "chosen_at": now}
    newer = {"cluster": cluster, "chosen_at": now}
    if dialect == "postgresql":
        from sqlalchemy.dialects import postgresql

        insert = postgresql.insert(choices).values(row)
        return insert.on_conflict_do_update(index_elements=["user", "channel"], set_=newer)
    other = sqlite.insert(choices).values(row)
    return other.on_conflict_do_update(index_elements=["user", "channel"], set_=newer)
