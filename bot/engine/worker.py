"""Claims what is due, steps it while holding its lease, and hands it on when it dies.

A step is one async function a kind. It is called with the operation in whatever state it was left in, by
this process or by one that is no more, and brings it further; it never relies on what an earlier step kept
in memory.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from bot.domain.errors import AuditUnavailableError
from bot.domain.model import Json
from bot.domain.operation import Kind, Operation, State
from bot.engine.tasks import Tasks
from bot.store.operations import LeaseLostError, Operations
from bot.store.statements import LEASE_SECONDS
from bot.store.transaction import Transaction

log = logging.getLogger(__name__)

_IDLE_SECONDS = 2.0
"""The net under the wake-ups: how long a due operation can go unseen at most."""
_MOST_AT_ONCE = 256


class Hold:
    """An operation and the lease on it."""

    def __init__(self, operations: Operations, held: Operation, clock: Callable[[], float]) -> None:
        self._operations = operations
        self._clock = clock
        self.operation = held

    @property
    def data(self) -> Json:
        return self.operation.data

    @property
    def state(self) -> State:
        return self.operation.state

    async def save(
        self, state: State, data: Json, *, wake_at: float | None = None, release: bool = False,
        transaction: Transaction | None = None,
    ) -> None:  # fmt: skip
        """Write the next state. Raises `LeaseLostError` when the operation is somebody else's by now."""
        self.operation = await self._operations.save(
            self.operation, state=state, data=data, wake_at=wake_at, now=self._clock(), release=release,
            transaction=transaction,
        )  # fmt: skip


Step: TypeAlias = Callable[[Hold], Awaitable[None]]


class Worker:
    """One per process."""

    def __init__(self, operations: Operations, clock: Callable[[], float], tasks: Tasks) -> None:
        self._operations = operations
        self._clock = clock
        self._tasks = tasks
        self._steps: dict[Kind, Step] = {}
        self._endless: set[Kind] = set()
        self._held: dict[str, Operation] = {}
        self._failures: dict[str, int] = {}
        self._hurried: set[str] = set()
        self._poke = asyncio.Event()
        self._stopping = False

    def on(self, kind: Kind, step: Step, *, endless: bool = False) -> None:
        """Register a kind's step; an `endless` one is broken off at the end, and carried on later."""
        self._steps[kind] = step
        if endless:
            self._endless.add(kind)

    def start(self) -> None:
        self._tasks.keep(self._claim_forever, "claims")
        self._tasks.keep(self._renew_forever, "leases")

    def poke(self) -> None:
        """Something became due: look now."""
        self._poke.set()

    def hasten(self, operation: str) -> None:
        """Step this one as soon as it has no hand on it, however long it meant to sleep."""
        self._hurried.add(operation)
        self._poke.set()

    def take(self, held: Operation) -> None:
        """Step an operation that was inserted with its lease: no claim is needed."""
        self._spawn(held)

    @property
    def idle(self) -> bool:
        return not self._held

    def stop(self) -> None:
        """Claim nothing more; what is held goes on until the tasks are drained."""
        self._stopping = True
        self._poke.set()

    async def _claim_forever(self) -> None:
        while not self._stopping:
            self._poke.clear()
            try:
                wait = await self._claim_due()
            except AuditUnavailableError:
                log.warning("the database cannot be used; trying again in %s s", _IDLE_SECONDS)
                wait = _IDLE_SECONDS
            try:
                async with asyncio.timeout(wait):
                    await self._poke.wait()
            except TimeoutError:
                continue

    async def _claim_due(self) -> float:
        """Claim all that is due; give the seconds until the next one is.

        What is held here is never claimed again, whatever became of its lease: it has one hand at a time.
        """
        for hurried in tuple(self._hurried - self._held.keys()):
            self._hurried.discard(hurried)
            if held := await self._operations.claim(self._clock(), only=hurried, besides=self._held):
                self._spawn(held)
        while len(self._held) < _MOST_AT_ONCE and not self._stopping:
            due = await self._operations.next_due(besides=self._held)
            now = self._clock()
            if due is None or due > now:
                return _IDLE_SECONDS if due is None else min(_IDLE_SECONDS, due - now)
            if held := await self._operations.claim(now, besides=self._held):
                self._spawn(held)
        return _IDLE_SECONDS

    def _spawn(self, held: Operation) -> None:
        self._held[held.id] = held
        self._tasks.start(self._work(held), f"{held.kind} {held.id}", endless=held.kind in self._endless)

    async def _work(self, held: Operation) -> None:
        hold = Hold(self._operations, held, self._clock)
        try:
            await self._steps[held.kind](hold)
            self._failures.pop(held.id, None)
        except LeaseLostError:
            log.warning("%s %s was taken over by another holder", held.kind, held.id)
        except asyncio.CancelledError:
            await self._operations.release(hold.operation)
            raise
        except Exception:
            log.exception("%s %s failed in state %s", held.kind, held.id, hold.state)
            await self._put_off(hold)
        finally:
            self._held.pop(held.id, None)
            self._poke.set()

    async def _put_off(self, hold: Hold) -> None:
        """After an error nobody expected: try again, later and later, from the stored state."""
        failures = self._failures[hold.operation.id] = self._failures.get(hold.operation.id, 0) + 1
        later = self._clock() + min(60.0, 2.0**failures)
        try:
            await hold.save(hold.state, hold.data, wake_at=later, release=True)
        except (LeaseLostError, AuditUnavailableError):
            log.warning(
                "%s %s could not be put off; its lease will end", hold.operation.kind, hold.operation.id
            )

    async def _renew_forever(self) -> None:
        while True:
            await asyncio.sleep(LEASE_SECONDS / 3)
            if not self._held:
                continue
            try:
                await self._operations.renew(tuple(self._held))
            except AuditUnavailableError:
                log.warning("the leases could not be renewed")
