"""What people chose for themselves is theirs, is kept, and is never too much."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.choices import MOST, Choices, keep
from bot.store.db import Database
from bot.store.tables import choices
from tests.factories import NOW


async def rows(db: Database) -> int:
    async with db.read() as transaction:
        return int((await transaction.rows(sa.select(sa.func.count()).select_from(choices))).scalar_one())


async def test_a_choice_is_of_one_person_in_one_channel(db: Database):
    kept = Choices(db)
    assert await kept.of("U0ANA", "C0SHOP") == ""
    await kept.choose("U0ANA", "C0SHOP", "staging", NOW)
    assert await kept.of("U0ANA", "C0SHOP") == "staging"
    assert await kept.of("U0BEN", "C0SHOP") == ""
    assert await kept.of("U0ANA", "C0OPS") == ""


async def test_the_newest_takes_the_place_of_the_one_before(db: Database):
    kept = Choices(db)
    for cluster in ("staging", "prod", "prod"):
        await kept.choose("U0ANA", "C0SHOP", cluster, NOW)
    assert await kept.of("U0ANA", "C0SHOP") == "prod"
    assert await rows(db) == 1


async def test_it_is_forgotten_when_asked_to_be_and_as_often(db: Database):
    kept = Choices(db)
    await kept.choose("U0ANA", "C0SHOP", "staging", NOW)
    await kept.choose("U0ANA", "C0OPS", "prod", NOW)
    for _ in range(2):
        await kept.forget("U0ANA", "C0SHOP")
    assert (await kept.of("U0ANA", "C0SHOP"), await kept.of("U0ANA", "C0OPS")) == ("", "prod")


async def test_it_outlives_the_process(tmp_path: Path):
    url = f"sqlite:///{tmp_path / 'bot.db'}"
    first = await Database.open(url)
    await Choices(first).choose("U0ANA", "C0SHOP", "staging", NOW)
    await first.close()
    second = await Database.open(url)
    assert await Choices(second).of("U0ANA", "C0SHOP") == "staging"
    await second.close()


async def test_of_too_many_channels_the_oldest_is_let_go(db: Database):
    kept = Choices(db)
    await kept.choose("U0BEN", "C0SHOP", "staging", NOW - 5000)
    for number in range(MOST + 1):
        await kept.choose("U0ANA", f"C{number}", "staging", NOW + number)
    assert await rows(db) == MOST + 1
    assert (await kept.of("U0ANA", "C0"), await kept.of("U0ANA", "C1")) == ("", "staging")
    assert await kept.of("U0BEN", "C0SHOP") == "staging", "another's are another's"


async def test_two_at_once_leave_one_of_the_two(db: Database):
    kept = Choices(db)
    await asyncio.gather(*(kept.choose("U0ANA", "C0SHOP", name, NOW) for name in ("a", "b")))
    assert await kept.of("U0ANA", "C0SHOP") in {"a", "b"}
    assert await rows(db) == 1


@pytest.mark.parametrize("dialect", [sqlite.dialect(), postgresql.dialect()], ids=lambda found: found.name)
def test_both_databases_take_it_as_one_statement(dialect: sa.Dialect):
    said = str(keep(dialect.name, "U0ANA", "C0SHOP", "staging", NOW).compile(dialect=dialect))
    assert said.startswith("INSERT INTO choices")
    assert "ON CONFLICT" in said
    assert "DO UPDATE SET" in said
