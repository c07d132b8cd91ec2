"""Every policy that was ever in force, by its hash: what a decision was made under can be read again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from bot.store.tables import policies

if TYPE_CHECKING:
    from bot.store.db import Database

_HEX = re.compile(r"[0-9a-f]{1,64}")
_SHOWN = 2


class Policies:
    """The rows, one for each policy. They are never changed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, digest: str, text: str, now: float) -> None:
        """Keep a policy under its hash; one that is there already stays as it was first seen.

        Raises `AuditUnavailableError` when it cannot be written.
        """
        async with self._database.write() as transaction:
            await transaction.change(insert(transaction.dialect, digest, text, now))

    async def beginning_with(self, start: str) -> list[str]:
        """The texts of those whose hash begins so, no more than two of them; the empty start is none's."""
        if not _HEX.fullmatch(start):
            return []
        wanted = sa.select(policies.c.text).where(policies.c.hash.startswith(start)).limit(_SHOWN)
        async with self._database.read() as transaction:
            return list((await transaction.rows(wanted)).scalars())


def insert(dialect: str, digest: str, text: str, now: float) -> sa.Insert:
    row = {"hash": digest, "first_seen": now, "text": text}
    if dialect == "postgresql":
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(policies).values(row).on_conflict_do_nothing(index_elements=["hash"])
    return sqlite.insert(policies).values(row).on_conflict_do_nothing(index_elements=["hash"])
