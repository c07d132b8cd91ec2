"""The ledger: what was asked, decided and done, written before it counts and never changed after."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable

from bot.domain.records import Entry, Made, Record, RecordKind, made
from bot.domain.resources import ObjectRef
from bot.store.audit import AuditTable, RecordFilter, broken
from bot.store.transaction import Transaction

_MADE = 10


class Ledger:
    """Appends in the transaction of what it speaks of; finds and verifies."""

    def __init__(self, table: AuditTable, clock: Callable[[], float]) -> None:
        self._table = table
        self._clock = clock

    async def append(self, transaction: Transaction, entry: Entry) -> Record:
        """Raises `AuditUnavailableError` (from the transaction) when it cannot be written."""
        return await self._table.append(transaction, entry, self._clock())

    async def show(self, seq: int) -> Record | None:
        return await self._table.get(seq)

    async def search(
        self,
        *,
        actor: str = "",
        verb: str = "",
        namespace: str = "",
        target: str = "",
        since: float = 0.0,
        kinds: tuple[RecordKind, ...] = (),
        limit: int = 20,
    ) -> list[Record]:
        wanted = RecordFilter(
            actor=actor, verb=verb, namespace=namespace, target=target, since=since, kinds=kinds
        )
        return await self._table.search(wanted, limit)

    async def made(self, ref: ObjectRef) -> tuple[Made, ...]:
        """The last changes of an object that were applied through the bot, the newest first."""
        found = await self.search(
            namespace=ref.namespace or "", target=ref.name, kinds=(RecordKind.CONCLUSION,), limit=_MADE
        )
        here = [record for record in found if json.loads(record.text).get("cluster") == ref.cluster]
        return tuple(one for one in map(made, here) if one is not None)

    async def has(self, operation: str, kind: RecordKind) -> bool:
        """Whether a record of this kind speaks of this operation."""
        return await self._table.has(operation, kind)

    async def intended(self, operation: str) -> bool:
        """Whether an intent of this operation is on the record."""
        return await self.has(operation, RecordKind.INTENT)

    async def unconcluded(self) -> list[str]:
        """Operations with an intent and no conclusion: a process died there, or is there now."""
        return await self._table.open_intents()

    async def verify(self) -> tuple[int, str]:
        """Walk the whole chain: how many records hold, and why the first that does not does not."""
        previous: Record | None = None
        count = 0
        async with contextlib.aclosing(self._table.chain()) as chain:
            async for record, filed in chain:
                if why := broken(record, filed, previous):
                    return count, why
                previous, count = record, count + 1
        return count, ""
