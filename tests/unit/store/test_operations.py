"""One holder at a time: claims, leases and fences keep any number of workers from doing a thing twice."""

import asyncio
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import IntegrityError

from bot.domain.operation import FINAL, Kind, Operation, State
from bot.store.db import Database
from bot.store.operations import LeaseLostError, Operations
from bot.store.statements import LEASE_SECONDS, epoch
from bot.store.tables import operations as rows
from tests.factories import NOW, SEALER, operation


@pytest.fixture
def ours(db: Database) -> Operations:
    return Operations(db, "ours", SEALER)


@pytest.fixture
def theirs(db: Database) -> Operations:
    return Operations(db, "theirs", SEALER)


async def column(db: Database, name: str, operation_id: str = "a") -> Any:
    async with db.read() as transaction:
        query = sa.select(rows.c[name]).where(rows.c.id == operation_id)
        return (await transaction.rows(query)).scalar_one()


async def lease_left(db: Database) -> float:
    async with db.read() as transaction:
        return float((await transaction.rows(sa.select(rows.c.lease_until - epoch()))).scalar_one())


async def end_leases(db: Database) -> None:
    """As if their holders had been silent for longer than a lease."""
    async with db.write() as transaction:
        await transaction.change(rows.update().values(lease_until=epoch() - 0.001))


def follow(name: str = "a", **parts: Any) -> Operation:
    return operation(name, Kind.FOLLOW, State.MOVING, **parts)


# ---------------------------------------------------------------- adding and finding


async def test_what_is_added_is_found_again(ours: Operations):
    kept = operation(data={"text": "é", "n": [1, None]}, wake_at=None, fence=3)
    assert await ours.add(kept)
    assert await ours.get("a") == kept
    assert await ours.get("b") is None


async def test_a_second_delivery_is_not_added(ours: Operations):
    assert await ours.add(operation("a"), dedupe="delivery-1")
    assert not await ours.add(operation("b"), dedupe="delivery-1")
    assert await ours.add(operation("c"), dedupe="delivery-2")
    assert await ours.add(operation("d"))
    assert await ours.add(operation("e"))
    assert await ours.get("b") is None


async def test_of_many_deliveries_at_once_one_is_added(ours: Operations):
    added = await asyncio.gather(*(ours.add(operation(str(n)), dedupe="same") for n in range(20)))
    assert sum(added) == 1


async def test_within_a_transaction_a_second_one_spoils_it(ours: Operations, db: Database):
    async def twice() -> None:
        async with db.write() as transaction:
            assert await ours.add(operation("a"), dedupe="same", transaction=transaction)
            await ours.add(operation("b"), dedupe="same", transaction=transaction)

    with pytest.raises(IntegrityError):
        await twice()
    assert await ours.get("a") is None


# ---------------------------------------------------------------- claiming


async def test_what_is_due_is_claimed_with_a_higher_fence(ours: Operations, db: Database):
    await ours.add(operation(fence=1))
    claimed = await ours.claim(NOW)
    assert claimed == operation(fence=2)
    assert await column(db, "lease_owner") == "ours"
    assert LEASE_SECONDS - 2 < await lease_left(db) <= LEASE_SECONDS + 0.1


@pytest.mark.parametrize(
    ("wake_at", "due"), [(NOW - 1, True), (NOW, True), (NOW + 0.5, False), (None, False)]
)
async def test_only_what_is_due_is_claimed(ours: Operations, wake_at: float | None, *, due: bool):
    await ours.add(operation(wake_at=wake_at))
    assert bool(await ours.claim(NOW)) is due


async def test_the_longest_due_is_claimed_first(ours: Operations):
    for name, wake_at in (("late", NOW - 1), ("later", NOW), ("latest", NOW - 9)):
        await ours.add(operation(name, wake_at=wake_at))
    assert [getattr(await ours.claim(NOW), "id", None) for _ in range(4)] == ["latest", "late", "later", None]


async def test_one_by_name_is_claimed_though_it_is_not_due(ours: Operations):
    await ours.add(operation("a", wake_at=None))
    await ours.add(operation("b"))
    claimed = await ours.claim(NOW, only="a")
    assert claimed is not None
    assert claimed.id == "a"
    assert await ours.claim(NOW, only="a") is None
    assert await ours.claim(NOW, only="zzz") is None


@pytest.mark.parametrize("state", sorted(FINAL))
async def test_what_is_over_is_never_due_nor_claimed(ours: Operations, state: State):
    await ours.add(operation(state=state))
    assert await ours.next_due() is None
    assert await ours.claim(NOW) is None
    assert await ours.claim(NOW, only="a") is None


async def test_of_many_claimers_at_once_one_gets_it(db: Database):
    await Operations(db, "p", SEALER).add(operation())
    claimed = await asyncio.gather(*(Operations(db, f"p{n}", SEALER).claim(NOW) for n in range(20)))
    assert len([one for one in claimed if one]) == 1


async def test_many_claimers_share_many_operations_and_no_one_is_claimed_twice(db: Database):
    for n in range(15):
        await Operations(db, "p", SEALER).add(operation(str(n)))
    claimed = await asyncio.gather(*(Operations(db, f"p{n}", SEALER).claim(NOW) for n in range(20)))
    names = [one.id for one in claimed if one]
    assert sorted(names) == sorted(str(n) for n in range(15))


async def test_what_came_with_its_lease_is_claimed_by_nobody(
    ours: Operations, theirs: Operations, db: Database
):
    await ours.add(operation(), hold=True)
    assert await theirs.claim(NOW) is None
    assert await theirs.next_due() is None
    assert await column(db, "lease_owner") == "ours"
    assert LEASE_SECONDS - 2 < await lease_left(db) <= LEASE_SECONDS + 0.1


async def test_what_came_without_a_lease_has_no_holder(ours: Operations, db: Database):
    await ours.add(operation())
    assert await column(db, "lease_owner") is None
    assert await column(db, "lease_until") is None


async def test_a_lease_that_ended_is_taken_over_with_a_higher_fence(
    ours: Operations, theirs: Operations, db: Database
):
    await ours.add(operation())
    first = await ours.claim(NOW)
    assert await theirs.claim(NOW) is None
    await end_leases(db)
    assert await theirs.next_due() == NOW
    second = await theirs.claim(NOW)
    assert first is not None
    assert second is not None
    assert (first.fence, second.fence) == (2, 3)


# ---------------------------------------------------------------- writing what is held


async def test_a_stale_fence_cannot_write(ours: Operations, theirs: Operations, db: Database):
    await ours.add(follow())
    lost = await ours.claim(NOW)
    await end_leases(db)
    held = await theirs.claim(NOW)
    assert lost is not None
    assert held is not None

    with pytest.raises(LeaseLostError):
        await ours.save(lost, state=State.DONE, data={"by": "ours"}, wake_at=None, now=NOW)
    assert await theirs.get("a") == held
    await theirs.save(held, state=State.DONE, data={"by": "theirs"}, wake_at=None, now=NOW)
    found = await ours.get("a")
    assert found is not None
    assert found.data == {"by": "theirs"}


async def test_a_lease_that_nobody_took_over_still_writes(ours: Operations, db: Database):
    await ours.add(follow(), hold=True)
    await end_leases(db)
    await ours.save(follow(), state=State.MOVING, data={}, wake_at=NOW, now=NOW)
    assert await lease_left(db) > LEASE_SECONDS - 2


async def test_what_is_saved_is_the_next_state_of_the_same_operation(ours: Operations, db: Database):
    await ours.add(operation(state=State.CONFIRMED), hold=True)
    saved = await ours.save(
        operation(state=State.CONFIRMED), state=State.INTENDED, data={"n": 1}, wake_at=NOW + 5, now=NOW + 1
    )
    assert saved == operation(state=State.INTENDED, data={"n": 1}, wake_at=NOW + 5)
    assert await ours.get("a") == saved
    assert await column(db, "updated_at") == NOW + 1
    assert await lease_left(db) > LEASE_SECONDS - 2


async def test_saving_can_let_go(ours: Operations, theirs: Operations):
    await ours.add(follow(), hold=True)
    await ours.save(follow(), state=State.MOVING, data={}, wake_at=NOW, now=NOW, release=True)
    assert await theirs.claim(NOW) is not None


async def test_an_illegal_step_is_not_written(ours: Operations, db: Database):
    await ours.add(follow(), hold=True)
    with pytest.raises(ValueError, match="follow cannot go from moving to expired"):
        await ours.save(follow(), state=State.EXPIRED, data={}, wake_at=None, now=NOW)
    async with db.write() as transaction:
        with pytest.raises(ValueError, match="follow cannot go from moving to expired"):
            await ours.move(follow(), State.EXPIRED, data={}, wake_at=None, now=NOW, transaction=transaction)
    assert await ours.get("a") == follow()


async def test_a_lost_lease_spoils_the_transaction_it_was_written_in(ours: Operations, db: Database):
    await ours.add(follow(), hold=True)

    async def save() -> None:
        async with db.write() as transaction:
            await ours.add(operation("b"), transaction=transaction)
            await ours.save(
                follow(fence=0), state=State.DONE, data={}, wake_at=None, now=NOW, transaction=transaction
            )

    with pytest.raises(LeaseLostError):
        await save()
    assert await ours.get("b") is None
    assert await ours.get("a") == follow()


async def test_renewing_prolongs_what_is_held_and_nothing_else(
    ours: Operations, theirs: Operations, db: Database
):
    for name, holder in (("a", ours), ("b", ours), ("c", theirs)):
        await holder.add(operation(name), hold=True)
    await end_leases(db)
    await ours.renew(("a", "c"))
    claimed = [await theirs.claim(NOW) for _ in range(3)]
    assert sorted(one.id for one in claimed if one) == ["b", "c"]


async def test_a_lease_let_go_of_is_free_at_once(ours: Operations, theirs: Operations):
    await ours.add(operation(), hold=True)
    await ours.release(operation(fence=0))
    assert await theirs.claim(NOW) is None
    await ours.release(operation())
    assert await theirs.claim(NOW) is not None


# ---------------------------------------------------------------- pressing, waiting, sweeping


async def test_of_twenty_presses_at_once_exactly_one_counts(ours: Operations, db: Database):
    await ours.add(operation())

    async def press(n: int) -> bool:
        async with db.write() as transaction:
            return await ours.move(
                operation(), State.CONFIRMED, data={"by": n}, wake_at=NOW, now=NOW, transaction=transaction
            )

    won = await asyncio.gather(*(press(n) for n in range(20)))
    found = await ours.get("a")
    assert won.count(True) == 1
    assert found == operation(state=State.CONFIRMED, data={"by": won.index(True)}, fence=2)


async def test_a_press_takes_the_lease_from_whoever_had_it(
    ours: Operations, theirs: Operations, db: Database
):
    await ours.add(operation(), hold=True)
    async with db.write() as transaction:
        await theirs.move(
            operation(), State.CONFIRMED, data={}, wake_at=NOW, now=NOW + 1, transaction=transaction
        )
    with pytest.raises(LeaseLostError):
        await ours.save(operation(), state=State.EXPIRED, data={}, wake_at=None, now=NOW)
    assert await column(db, "updated_at") == NOW + 1
    assert await theirs.claim(NOW) is not None


async def test_a_press_that_is_rolled_back_has_not_happened(ours: Operations, db: Database):
    await ours.add(operation())

    async def press() -> None:
        async with db.write() as transaction:
            assert await ours.move(
                operation(), State.CANCELLED, data={}, wake_at=None, now=NOW, transaction=transaction
            )
            raise RuntimeError("no record, no act")

    with pytest.raises(RuntimeError, match="no record"):
        await press()
    assert await ours.get("a") == operation()


async def test_the_soonest_wake_up_of_what_is_free_is_the_next(ours: Operations):
    assert await ours.next_due() is None
    await ours.add(operation("held", wake_at=NOW - 9), hold=True)
    await ours.add(operation("person", wake_at=None))
    assert await ours.next_due() is None
    await ours.add(operation("b", wake_at=NOW + 2))
    await ours.add(operation("c", wake_at=NOW + 1))
    assert await ours.next_due() == NOW + 1


async def test_the_plans_that_wait_for_a_person_come_oldest_first(ours: Operations):
    for name, parts in {
        "new": {"created_at": NOW + 2},
        "old": {"created_at": NOW + 1},
        "bens": {"owner": "U0BEN"},
        "confirmed": {"state": State.CONFIRMED},
    }.items():
        await ours.add(operation(name, **parts))
    await ours.add(follow("follow"))
    assert [one.id for one in await ours.waiting("U0ANA")] == ["old", "new"]


async def test_what_is_over_for_long_is_swept_and_nothing_else(ours: Operations):
    ended = (("done", State.DONE, 0), ("cancelled", State.CANCELLED, 0), ("expired", State.EXPIRED, 1))
    for name, state, later in ended:
        await ours.add(operation(name, state=state, created_at=NOW + later))
    await ours.add(operation("waiting"))
    await ours.add(operation("concluded", state=State.CONCLUDED))
    assert await ours.sweep(NOW + 1) == 2
    kept = [name for name in ("done", "cancelled", "expired", "waiting", "concluded") if await ours.get(name)]
    assert kept == ["expired", "waiting", "concluded"]
    assert await ours.sweep(NOW + 1) == 0


# ---------------------------------------------------------------- the other database


async def test_every_statement_is_postgresqls_too(ours: Operations, db: Database):
    said: list[str] = []

    def note(_connection: Any, statement: sa.ClauseElement, *beside: Any) -> None:
        _, values, _ = beside
        said.append(str(statement.compile(dialect=postgresql.dialect(), column_keys=list(values))))

    sa.event.listen(db._engine, "before_execute", note)
    await ours.add(operation(), hold=True)
    await ours.get("a")
    await ours.release(operation())
    held = await ours.claim(NOW)
    assert held is not None
    await ours.claim(NOW, only="a")
    await ours.next_due()
    await ours.renew(("a",))
    async with db.write() as transaction:
        await ours.move(held, State.CANCELLED, data={}, wake_at=None, now=NOW, transaction=transaction)
    await ours.waiting("U0ANA")
    await ours.sweep(NOW + 1)

    assert len(said) == 10
    assert any("FOR UPDATE SKIP LOCKED" in statement for statement in said)
    assert any("extract(epoch from clock_timestamp())" in statement for statement in said)
