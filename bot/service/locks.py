"""Locks and freezes as the engine asks for them; what sets or lifts one records it in the same commit."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING

from bot.domain.locks import CONFIGURED, Lock, in_the_way, refusal
from bot.domain.notices import Notice
from bot.domain.records import Entry, RecordKind
from bot.domain.resources import ObjectRef
from bot.service.audit import Ledger
from bot.service.in_force import InForce
from bot.store.db import Database
from bot.store.transaction import Transaction

if TYPE_CHECKING:
    from bot.store.locks import LockTable
    from bot.store.notices import NoticeTable


class LockBook:
    """Implements `bot.engine.ports.Locks`, once it is bound to the line that asks."""

    def __init__(
        self,
        tables: tuple[LockTable, NoticeTable],
        database: Database,
        ledger: Ledger,
        in_force: InForce,
        clock: Callable[[], float],
    ) -> None:
        self._table, self.notices = tables
        """What is still to be told before everybody."""
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
        async with self._database.write() as transaction:
            await self._table.add(transaction, lock)
            if lock.is_of_everything:
                notice = Notice(id=lock.id, lock=lock, channel=entry.channel)
                await self.notices.add(transaction, notice, self._clock())
            detail = {"outcome": "locked", "lock": lock.model_dump(mode="json")}
            await self._ledger.append(transaction, entry.of(RecordKind.SET, detail))

    async def put(self, lock: Lock, transaction: Transaction) -> None:
        """Set a lock in the commit of the change that it comes with, whose record has it.

        An earlier one of the same workload that came by itself goes: there is one question, whether what runs
        now is fixed.
        """
        await self._table.replace(transaction, lock)

    async def lift(self, lock: Lock, entry: Entry) -> bool:
        """False, and nothing is recorded, where somebody was faster."""
        async with self._database.write() as transaction:
            lifted = await self._table.remove(transaction, lock.id)
            if lifted:
                await self.notices.lift(transaction, lock.id, by=entry.actor, by_name=entry.actor_name)
                detail = {"outcome": "lifted", "lock": lock.model_dump(mode="json")}
                await self._ledger.append(transaction, entry.of(RecordKind.SET, detail))
        return lifted

    async def note_switch(self) -> None:
        """Have it told when the configuration's own switch was turned on or off, or gives another reason."""
        reason = self._in_force.read_only
        standing = [one for one in await self.notices.all() if one.lock.id == CONFIGURED and not one.lifted]
        stale = [one for one in standing if one.lock.reason != reason]
        if not stale and (standing or not reason):
            return
        async with self._database.write() as transaction:
            for one in stale:
                if reason:
                    await self.notices.remove(transaction, one.id)
                else:
                    await self.notices.lift(transaction, one.id, by="", by_name="")
            if reason:
                told = Notice(id=secrets.token_hex(4), lock=_switch(reason))
                await self.notices.add(transaction, told, self._clock())

    async def forget(self, notice: Notice) -> None:
        """Its end was told."""
        async with self._database.write() as transaction:
            await self.notices.remove(transaction, notice.id)

    async def sweep(self) -> None:
        await self._table.sweep(self._clock())


def _switch(reason: str) -> Lock:
    return Lock(id=CONFIGURED, reason=reason, owner="", owner_name="the configuration", since=0.0)
