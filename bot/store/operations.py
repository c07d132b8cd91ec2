"""Operations as rows: claimed by lease, written only by the holder of the newest fence."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bot.domain.changes import canonical
from bot.domain.errors import SettingsError
from bot.domain.operation import Kind, Operation, State, check_step
from bot.store.statements import (
    ADD,
    ADD_HELD,
    CLAIM_DUE,
    CLAIM_ONE,
    LEASED,
    OVER,
    SAVE,
    SAVE_AND_RELEASE,
    SOONEST,
)
from bot.store.tables import operations

if TYPE_CHECKING:
    from bot.domain.model import Json
    from bot.store.db import Database
    from bot.store.secrets import Sealer
    from bot.store.transaction import Transaction

_MOST_OPEN = 200


class LeaseLostError(Exception):
    """Somebody else holds the operation now; whatever was being written must not be."""


class Operations:
    """The rows, for one process that names itself `owner` on the leases it takes."""

    def __init__(self, database: Database, owner: str, sealer: Sealer) -> None:
        self._database = database
        self._owner = owner
        self._sealer = sealer

    async def check_key(self) -> None:
        """Raise `SettingsError` when what is under way was sealed under another key than ours."""
        query = sa.select(operations.c.data).where(operations.c.state.not_in(OVER)).limit(1)
        async with self._database.read() as transaction:
            kept = (await transaction.rows(query)).scalar_one_or_none()
        if kept is not None and not self._sealer.open(kept):
            raise SettingsError(
                ("BOT_SECRET_KEY is not the key that the database's operations were sealed with",)
            )

    async def add(
        self,
        operation: Operation,
        *,
        dedupe: str | None = None,
        hold: bool = False,
        transaction: Transaction | None = None,
    ) -> bool:
        """Insert; False when one with this `dedupe` is already there. With `hold` it comes leased."""
        sealed = await self._sealed(operation.kind, operation.data)
        values = {
            "id": operation.id,
            "kind": operation.kind.value,
            "state": operation.state.value,
            "owner": operation.owner,
            "dedupe": dedupe,
            "data": sealed,
            "fence": operation.fence,
            "wake_at": operation.wake_at,
            "created_at": operation.created_at,
            "updated_at": operation.created_at,
            "lease_owner": self._owner if hold else None,
        }
        statement = ADD_HELD if hold else ADD
        if transaction is not None:
            await transaction.change(statement, values)
            return True
        try:
            async with self._database.write() as own:
                await own.change(statement, values)
        except sa.exc.IntegrityError:
            return False
        return True

    async def get(self, operation_id: str) -> Operation | None:
        async with self._database.read() as transaction:
            row = (
                await transaction.rows(sa.select(operations).where(operations.c.id == operation_id))
            ).one_or_none()
        if row is None:
            return None
        return await asyncio.to_thread(self._open, row) if row.kind == Kind.RESULT else self._open(row)

    async def free_all(self) -> None:
        """End every lease: the file is ours alone, so whoever held one is no more."""
        async with self._database.write() as transaction:
            await transaction.change(operations.update().values(lease_owner=None, lease_until=None))

    async def claim(
        self, now: float, *, only: str | None = None, besides: Collection[str] = ()
    ) -> Operation | None:
        """Take the next one that is due and free (or `only` that one), with a lease and a new fence."""
        statement = CLAIM_ONE if only else CLAIM_DUE
        which = {"only": only} if only else {"now": now}
        async with self._database.write() as transaction:
            values = {"holder": self._owner, "besides": tuple(besides), **which}
            row = (await transaction.rows(statement, values)).one_or_none()
        return self._open(row) if row else None

    async def next_due(self, *, besides: Collection[str] = ()) -> float | None:
        """When the next one that nobody holds is due, `besides` those named."""
        async with self._database.read() as transaction:
            found = await transaction.rows(SOONEST, {"besides": tuple(besides)})
            soonest: float | None = found.scalar_one()
        return soonest

    async def save(
        self,
        held: Operation,
        *,
        state: State,
        data: Json,
        wake_at: float | None,
        now: float,
        release: bool = False,
        transaction: Transaction | None = None,
    ) -> Operation:
        """Write the next state of an operation that is held. Raises `LeaseLostError` when it no longer is."""
        check_step(held.kind, held.state, state)
        values = {
            "held": held.id,
            "at_fence": held.fence,
            "state": state.value,
            "data": self._seal(data),
            "wake_at": wake_at,
            "updated_at": now,
        }
        statement = SAVE_AND_RELEASE if release else SAVE
        if transaction is not None:
            saved = await transaction.change(statement, values)
        else:
            async with self._database.write() as own:
                saved = await own.change(statement, values)
        if not saved:
            raise LeaseLostError
        return held.model_copy(update={"state": state, "data": data, "wake_at": wake_at})

    async def renew(self, held: Collection[str]) -> None:
        """Prolong the leases of what this process holds; one taken by another since is not touched."""
        async with self._database.write() as transaction:
            await transaction.change(
                operations.update()
                .where(operations.c.id.in_(held), operations.c.lease_owner == self._owner)
                .values(lease_until=LEASED)
            )

    async def release(self, held: Operation) -> None:
        """Let go of a lease early, so that the next one need not wait for its end."""
        async with self._database.write() as transaction:
            await transaction.change(
                operations.update()
                .where(operations.c.id == held.id, operations.c.fence == held.fence)
                .values(lease_owner=None, lease_until=None)
            )

    async def move(
        self,
        operation: Operation,
        new: State,
        *,
        data: Json,
        wake_at: float | None,
        now: float,
        transaction: Transaction,
        exactly: bool = False,
    ) -> bool:
        """Compare and set, for a press: exactly one of any number at once is told True.

        `exactly` compares the whole row, for what depends on more of it than its state.
        """
        check_step(operation.kind, operation.state, new)
        sealed = await self._sealed(operation.kind, data)
        same = (operations.c.id == operation.id, operations.c.state == operation.state.value)
        done = await transaction.change(
            operations.update()
            .where(*same, *((operations.c.fence == operation.fence,) if exactly else ()))
            .values(
                state=new.value,
                data=sealed,
                wake_at=wake_at,
                updated_at=now,
                fence=operations.c.fence + 1,
                lease_owner=None,
                lease_until=None,
            )
        )
        return bool(done)

    async def waiting(self, owner: str) -> list[Operation]:
        """The plans that wait for this person, oldest first."""
        waits = operations.c.state.in_((State.WAITING.value, State.ASKING.value))
        theirs = (operations.c.owner == owner, operations.c.kind == Kind.PLAN.value, waits)
        wanted = sa.select(operations).where(*theirs).order_by(operations.c.created_at)
        return await self._read(wanted)

    async def open_to_others(self, kind: Kind, state: State) -> list[Operation]:
        """The plans that wait for the yes of others, or the reviews that nobody has signed, oldest first."""
        there = (operations.c.kind == kind.value, operations.c.state == state.value)
        wanted = sa.select(operations).where(*there).order_by(operations.c.created_at).limit(_MOST_OPEN)
        return await self._read(wanted)

    async def going(self, owner: str) -> list[Operation]:
        """The follows and sessions of this person that are not over, oldest first."""
        kinds = operations.c.kind.in_((Kind.FOLLOW.value, Kind.SESSION.value))
        going = (operations.c.owner == owner, kinds, operations.c.state.not_in(OVER))
        wanted = sa.select(operations).where(*going).order_by(operations.c.created_at).limit(10)
        return await self._read(wanted)

    async def _read(self, wanted: sa.Select[Any]) -> list[Operation]:
        async with self._database.read() as transaction:
            return [self._open(row) for row in await transaction.rows(wanted)]

    async def sweep(self, before: float) -> int:
        """Remove operations that ended before this instant; the record keeps what they did."""
        async with self._database.write() as transaction:
            return await transaction.change(
                operations.delete().where(operations.c.state.in_(OVER), operations.c.updated_at < before)
            )

    def _seal(self, data: Json) -> str:
        """What is under way may hold what people typed, a password among it: it is kept unreadable."""
        return self._sealer.seal(canonical(data))

    async def _sealed(self, kind: Kind, data: Json) -> str:
        """A result may be a megabyte, and is sealed beside the loop."""
        return await asyncio.to_thread(self._seal, data) if kind is Kind.RESULT else self._seal(data)

    def _open(self, row: sa.Row[Any]) -> Operation:
        return Operation(
            id=row.id,
            kind=Kind(row.kind),
            state=State(row.state),
            owner=row.owner,
            data=json.loads(self._sealer.open(row.data)),
            fence=row.fence,
            wake_at=row.wake_at,
            created_at=row.created_at,
        )
