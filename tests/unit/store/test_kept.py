"""What is kept of a revision is sealed, stays as it was first, ends, and is never too much."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.domain.keeping import KEPT_SECONDS, MOST_OF_ONE_WORKLOAD, Kept
from bot.store.db import Database
from bot.store.kept import KeptTable, Of
from bot.store.secrets import Sealer
from bot.store.tables import kept
from tests.factories import NOW, SEALER

ONE = Of(cluster="prod", namespace="shop", uid="u1", template="t1")


def config(level: str, name: str = "web-env", at: float = NOW) -> Kept:
    return Kept(reference=f"ConfigMap {name}", at=at, content={"data": {"LEVEL": level}})


@pytest.fixture
def table(db: Database) -> KeptTable:
    return KeptTable(db, SEALER)


async def rows(db: Database) -> list[str]:
    async with db.read() as transaction:
        return list((await transaction.rows(sa.select(kept.c.sealed))).scalars())


async def test_it_is_of_one_revision_of_one_workload_in_one_place(table: KeptTable):
    await table.keep(ONE, (config("info"),), NOW)
    assert await table.of(ONE, NOW) == (config("info"),)
    for part in ("cluster", "namespace", "uid", "template"):
        assert await table.of(ONE.model_copy(update={part: "other"}), NOW) == ()


async def test_what_was_kept_first_stays_and_anew_takes_its_place(table: KeptTable):
    await table.keep(ONE, (config("info"),), NOW)
    await table.keep(ONE, (config("debug"), config("x", "other")), NOW + 5)
    assert await table.of(ONE, NOW) == (config("x", "other"), config("info"))
    await table.keep(ONE, (config("debug"),), NOW + 9, anew=True)
    assert await table.of(ONE, NOW) == (config("x", "other"), config("debug"))


async def test_each_keeping_moves_the_end_and_after_it_there_is_nothing(table: KeptTable, db: Database):
    await table.keep(ONE, (config("info"),), NOW)
    await table.keep(ONE, (config("info"),), NOW + 100)
    end = NOW + 100 + KEPT_SECONDS
    assert await table.of(ONE, end - 1)
    assert await table.of(ONE, end) == ()
    await table.sweep(end - 1)
    assert len(await rows(db)) == 1
    await table.sweep(end)
    assert await rows(db) == []


async def test_what_has_ended_gives_way_to_what_is_there_then(table: KeptTable):
    await table.keep(ONE, (config("info"),), NOW)
    later = NOW + KEPT_SECONDS
    await table.keep(ONE, (config("debug", at=later),), later)
    assert await table.of(ONE, later) == (config("debug", at=later),)


async def test_of_one_workload_the_oldest_go(table: KeptTable, db: Database):
    other = ONE.model_copy(update={"uid": "u2"})
    await table.keep(other, (config("info"),), NOW)
    for n in range(MOST_OF_ONE_WORKLOAD + 3):
        await table.keep(ONE.model_copy(update={"template": f"t{n}"}), (config(str(n)),), NOW + n)
    assert len(await rows(db)) == MOST_OF_ONE_WORKLOAD + 1
    assert await table.of(ONE.model_copy(update={"template": "t2"}), NOW) == ()
    assert await table.of(ONE.model_copy(update={"template": "t3"}), NOW) == (config("3"),)
    assert await table.of(other, NOW) == (config("info"),)


async def test_it_is_sealed_and_another_key_finds_nothing(table: KeptTable, db: Database):
    await table.keep(ONE, (config("sesame-4711"),), NOW)
    (sealed,) = await rows(db)
    assert "sesame" not in sealed
    assert await KeptTable(db, Sealer("another")).of(ONE, NOW) == ()


async def test_it_outlives_the_process(tmp_path: Path):
    url = f"sqlite:///{tmp_path / 'kept.db'}"
    for _ in range(2):
        database = await Database.open(url)
        table = KeptTable(database, SEALER)
        await table.keep(ONE, (config("info"),), NOW)
        assert await table.of(ONE, NOW) == (config("info"),)
        await database.close()
