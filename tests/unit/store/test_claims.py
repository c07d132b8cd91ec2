"""One hand on each operation: what a process holds it does not claim again, whatever became of the lease."""

import pytest

from bot.domain.operation import Kind, Operation, State
from bot.store.db import Database
from bot.store.operations import Operations
from bot.store.statements import epoch
from bot.store.tables import operations as rows
from tests.factories import NOW, SEALER, operation


@pytest.fixture
async def ours(db: Database) -> Operations:
    """Three that are due, each held with a lease that has ended since."""
    found = Operations(db, "ours", SEALER)
    for number, name in enumerate("abc"):
        await found.add(operation(name, wake_at=NOW - 3 + number), hold=True)
    async with db.write() as transaction:
        await transaction.change(rows.update().values(lease_until=epoch() - 1))
    return found


async def test_what_is_held_here_is_passed_over(ours: Operations):
    claimed = await ours.claim(NOW, besides=("a", "c"))
    assert claimed is not None
    assert (claimed.id, claimed.fence) == ("b", 2)
    assert await ours.claim(NOW, besides=("a", "b", "c")) is None
    untouched = await ours.get("a")
    assert untouched is not None
    assert untouched.fence == 1, "its holder can still write"


async def test_what_is_held_here_is_not_due_either(ours: Operations):
    assert await ours.next_due() == NOW - 3
    assert await ours.next_due(besides=("a",)) == NOW - 2
    assert await ours.next_due(besides={"a": operation("a"), "b": operation("b")}) == NOW - 1
    assert await ours.next_due(besides=("a", "b", "c")) is None


async def test_by_name_too_it_is_passed_over(ours: Operations):
    assert await ours.claim(NOW, only="a", besides=("a",)) is None
    assert await ours.claim(NOW, only="a", besides=("b",)) is not None


async def test_as_many_as_a_process_can_hold_are_passed_over(ours: Operations):
    crowd = tuple(f"held-{number}" for number in range(256))
    assert await ours.next_due(besides=(*crowd, "a", "b")) == NOW - 1
    claimed = await ours.claim(NOW, besides=(*crowd, "a", "b"))
    assert isinstance(claimed, Operation)
    assert claimed.id == "c"


async def test_a_new_process_takes_up_at_once_what_was_held(ours: Operations, db: Database):
    await ours.renew(("a", "b", "c"))
    theirs = Operations(db, "theirs", SEALER)
    await theirs.add(operation("over", Kind.PLAN, State.DONE))
    assert await theirs.claim(NOW) is None
    await theirs.free_all()
    assert [getattr(await theirs.claim(NOW), "id", None) for _ in range(4)] == ["a", "b", "c", None]
