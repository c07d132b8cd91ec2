"""What must never end goes on after any error; what was claimed has one hand."""

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest
import sqlalchemy as sa

from bot.domain.operation import Kind, State
from bot.engine import worker as rooms
from bot.engine.tasks import Tasks
from bot.engine.worker import Hold, Worker
from bot.store.db import Database
from bot.store.operations import Operations
from bot.store.secrets import Sealer
from bot.store.statements import epoch
from bot.store.tables import operations as rows
from tests.factories import NOW, SEALER, operation


@pytest.fixture
async def tasks() -> AsyncIterator[Tasks]:
    found = Tasks()
    yield found
    await found.drain(0.0)


@pytest.fixture
def ours(db: Database) -> Operations:
    return Operations(db, "ours", SEALER)


class Steps:
    """Notes what is stepped; lets each go on only when told."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.begun = asyncio.Event()
        self.go = asyncio.Event()

    async def step(self, hold: Hold) -> None:
        self.seen.append(hold.operation.id)
        self.begun.set()
        await self.go.wait()
        await hold.save(State.DONE, {}, release=True)


def working(ours: Operations, tasks: Tasks, steps: Steps) -> Worker:
    worker = Worker(ours, lambda: NOW, tasks)
    worker.on(Kind.FOLLOW, steps.step)
    worker.start()
    return worker


async def rests(worker: Worker) -> None:
    """Wait until nothing is held and nothing more is looked for."""
    async with asyncio.timeout(5):
        while not worker.idle:  # noqa: ASYNC110 - a worker that rests tells nobody
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.05)


async def test_what_is_kept_begins_anew_after_an_error_and_after_its_end(tasks: Tasks, caplog):
    begun: list[int] = []
    again = asyncio.Event()

    async def work() -> None:
        begun.append(len(begun))
        if len(begun) == 1:
            raise RuntimeError("nobody expected this")
        again.set()

    kept = tasks.keep(work, "watchman")
    await asyncio.wait_for(again.wait(), 5)
    assert begun == [0, 1]
    assert not kept.done()
    assert "watchman failed, and begins anew" in caplog.text
    assert "nobody expected this" in caplog.text


async def test_what_is_kept_ends_with_the_program(tasks: Tasks):
    kept = tasks.keep(asyncio.Event().wait, "watchman")  # type: ignore[arg-type]
    await asyncio.sleep(0)
    await tasks.drain(0.0)
    assert kept.cancelled()


async def test_an_error_of_a_task_is_logged_and_not_kept(tasks: Tasks, caplog):
    async def fail() -> None:
        raise RuntimeError("nobody waits for this")

    done = tasks.start(fail(), "errand")
    await asyncio.wait({done})
    assert "task errand failed" in caplog.text


async def test_a_row_that_cannot_be_read_stops_no_other(ours: Operations, db: Database, tasks: Tasks, caplog):
    strange = Operations(db, "theirs", Sealer("another key"))
    await strange.add(operation("strange", Kind.FOLLOW, State.MOVING, wake_at=NOW - 9))
    await ours.add(operation("ours", Kind.FOLLOW, State.MOVING))
    steps = Steps()
    steps.go.set()
    worker = working(ours, tasks, steps)
    await asyncio.wait_for(steps.begun.wait(), 5)
    await rests(worker)
    assert steps.seen == ["ours"]
    assert "claims failed, and begins anew" in caplog.text


async def test_what_is_stepped_is_not_claimed_again_when_its_lease_ends(
    ours: Operations, db: Database, tasks: Tasks, caplog
):
    caplog.set_level(logging.WARNING, rooms.__name__)
    await ours.add(operation("a", Kind.FOLLOW, State.MOVING, wake_at=NOW - 5))
    steps = Steps()
    worker = working(ours, tasks, steps)
    await asyncio.wait_for(steps.begun.wait(), 5)
    for newer in "bc":
        async with db.write() as transaction:
            await transaction.change(rows.update().values(lease_until=epoch() - 1))
            await ours.add(operation(newer, Kind.FOLLOW, State.MOVING), transaction=transaction)
        worker.poke()
        await asyncio.sleep(0.05)
    steps.go.set()
    await rests(worker)
    assert steps.seen == ["a", "b", "c"]
    found = await ours.get("a")
    assert found is not None
    assert found.state is State.DONE
    assert "taken over" not in caplog.text


async def test_a_lease_that_ends_under_a_step_keeps_nobody_busy(ours: Operations, db: Database, tasks: Tasks):
    await ours.add(operation("a", Kind.FOLLOW, State.MOVING))
    steps = Steps()
    worker = working(ours, tasks, steps)
    await asyncio.wait_for(steps.begun.wait(), 5)
    async with db.write() as transaction:
        await transaction.change(rows.update().values(lease_until=epoch() - 1))
    asked: list[object] = []
    sa.event.listen(db._engine, "before_execute", lambda _c, statement, *_: asked.append(statement))
    worker.poke()
    await asyncio.sleep(0.2)
    assert len(asked) <= 2
    steps.go.set()
    await rests(worker)
