"""Locks and freezes as the engine asks for them; what sets or lifts one records it in the same commit."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from bot.domain.locks import CONFIGURED, Lock, in_the_way, refusal
from bot.domain.records import Entry, RecordKind
from bot.domain.resources import ObjectRef
from bot.service.audit import Ledger
from bot.service.in_force import InForce
from bot.store.db import Database, Transaction

if TYPE_CHECKING:
    from bot.store.locks import LockTable


class LockBook:
    """Implements `bot.engine.ports.Locks`, once it is bound to the line that asks."""

    def __init__(
        self,
        table: LockTable,
        database: Database,
        ledger: Ledger,
        in_force: InForce,
        clock: Callable[[], float],
    ) -> None:
        self._table = table
        self._database = database
        self._ledger = ledger
        self._in_force = in_force
        self._clock = clock

    async def all(self) -> tuple[Lock, ...]:
        """The locks that hold now; the switch of the configuration first, should it be on."""
        switch = self._in_force.read_only
        own = (_switch(switch),) if switch else ()
        return (*own, *await self._table.all(self._clock()))

    async def check(self, targets: tuple[ObjectRef, ...], verb: str) -> None:
        """Raise `LockedError` where something keeps the verb from any of these objects."""
        now = self._clock()
        found = in_the_way(targets, verb, now, locks=await self.all(), freezes=self._in_force.freezes)
        if found is not None:
            raise refusal(found)

    async def set(self, lock: Lock, entry: Entry) -> None:
        async with self._database.write() as connection:
            await self._table.add(connection, lock)
            detail = {"outcome": "locked", "lock": lock.model_dump(mode="json")}
            await self._ledger.append(connection, entry.of(RecordKind.SET, detail))

    async def put(self, lock: Lock, connection: Transaction) -> None:
        """Set a lock in the commit of the change that it comes with, whose record has it.

        An earlier one of the same workload that came by itself goes: there is one question, whether what runs
        now is fixed.
        """
        await self._table.replace(connection, lock)

    async def lift(self, lock: Lock, entry: Entry) -> bool:
        """False, and nothing is recorded, where somebody was faster."""
        async with self._database.write() as connection:
            lifted = await self._table.remove(connection, lock.id)
            if lifted:
                detail = {"outcome": "lifted", "lock": lock.model_dump(mode="json")}
                await self._ledger.append(connection, entry.of(RecordKind.SET, detail))
        return lifted

    async def sweep(self) -> None:
        await self._table.sweep(self._clock())


def _switch(reason: str) -> Lock:
    return Lock(id=CONFIGURED, reason=reason, owner="", owner_name="the configuration", since=0.0)
