"""The records: inserted and selected, nothing else; triggers refuse the rest."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bot.domain.ages import iso
from bot.domain.model import Frozen
from bot.domain.records import GENESIS, Entry, Record, RecordKind, digest, seal
from bot.store.tables import records

_INDEX = ("kind", "operation", "actor", "verb", "cluster", "namespace", "target")
"""Columns that repeat what the text says, to search by."""
_LAST = sa.select(records.c.seq, records.c.hash).order_by(records.c.seq.desc()).limit(1)

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from bot.store.db import Database
    from bot.store.transaction import Transaction


class RecordFilter(Frozen):
    """Which records are wanted; empty fields do not narrow."""

    actor: str = ""
    verb: str = ""
    namespace: str = ""
    target: str = ""
    kinds: tuple[RecordKind, ...] = ()
    since: float = 0.0


class AuditTable:
    """The chain, in its one table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def append(self, transaction: Transaction, entry: Entry, at: float) -> Record:
        """Add to the end of the chain, in the transaction of whatever the record speaks of."""
        last = (await transaction.rows(_LAST)).one_or_none()
        record = seal(entry, last.seq + 1 if last else 1, iso(at), last.hash if last else GENESIS)
        filed = entry.model_dump(mode="json", include=set(_INDEX))
        await transaction.change(records.insert(), record.model_dump() | filed)
        return record

    async def get(self, seq: int) -> Record | None:
        async with self._database.read() as transaction:
            row = (await transaction.rows(sa.select(records).where(records.c.seq == seq))).one_or_none()
        return _record(row) if row else None

    async def search(self, wanted: RecordFilter, limit: int) -> list[Record]:
        """The newest first."""
        conditions = [records.c.at >= iso(wanted.since)] if wanted.since else []
        columns = ("actor", "verb", "namespace", "target")
        conditions.extend(records.c[c] == getattr(wanted, c) for c in columns if getattr(wanted, c))
        if wanted.kinds:
            conditions.append(records.c.kind.in_([kind.value for kind in wanted.kinds]))
        query = sa.select(records).where(*conditions).order_by(records.c.seq.desc()).limit(limit)
        async with self._database.read() as transaction:
            return [_record(row) for row in await transaction.rows(query)]

    async def has(self, operation: str, kind: RecordKind) -> bool:
        query = sa.select(records.c.seq).where(records.c.operation == operation, records.c.kind == kind.value)
        async with self._database.read() as transaction:
            return (await transaction.rows(query.limit(1))).one_or_none() is not None

    async def open_intents(self) -> list[str]:
        """Operations that have an intent and no conclusion."""
        concluded = sa.select(records.c.operation).where(records.c.kind == RecordKind.CONCLUSION.value)
        query = sa.select(records.c.operation).where(
            records.c.kind == RecordKind.INTENT.value, records.c.operation.not_in(concluded)
        )
        async with self._database.read() as transaction:
            return list((await transaction.rows(query)).scalars())

    async def chain(self) -> AsyncGenerator[tuple[Record, dict[str, str]], None]:
        """Every record with what it is filed under, oldest first."""
        async with self._database.read() as transaction:
            async for row in transaction.stream(sa.select(records).order_by(records.c.seq)):
                yield _record(row), {column: getattr(row, column) for column in _INDEX}


def broken(record: Record, filed: dict[str, str], previous: Record | None) -> str:
    """Why this record does not follow from the one before it; empty when it does."""
    if digest(record.text) != record.hash:
        return f"record {record.seq} does not have the content its hash was made of"
    if record.previous != (previous.hash if previous else GENESIS):
        return f"record {record.seq} does not follow the one before it"
    if record.seq != (previous.seq + 1 if previous else 1):
        return f"a record is missing before {record.seq}"
    said = json.loads(record.text)
    if any(said.get(part) != getattr(record, part) for part in ("seq", "at", "previous")):
        return f"record {record.seq} is not in the place that it names"
    if any(said.get(column, "") != value for column, value in filed.items()):
        return f"record {record.seq} is filed under something else than it says"
    return ""


def _record(row: Any) -> Record:
    return Record(seq=row.seq, at=row.at, text=row.text, previous=row.previous, hash=row.hash)
