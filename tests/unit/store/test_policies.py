"""A policy that was in force can be read again by its hash, as it was when it was first seen."""

from __future__ import annotations

import hashlib

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from bot.domain.errors import AuditUnavailableError
from bot.service.policy import Policy
from bot.store.db import Database
from bot.store.policies import Policies, insert
from bot.store.tables import policies
from tests.factories import NOW


async def test_a_policy_is_kept_once_and_found_by_the_start_of_its_hash(db: Database):
    kept, policy = Policies(db), Policy()
    await kept.keep(policy.hash, policy.text, NOW)
    await kept.keep(policy.hash, policy.text, NOW + 60)
    async with db.read() as transaction:
        [row] = await transaction.rows(sa.select(policies))
    assert (row.hash, row.first_seen) == (policy.hash, NOW)
    for start in (policy.hash, policy.hash[:12], policy.hash[:1]):
        assert await kept.beginning_with(start) == [policy.text]
    assert hashlib.sha256(policy.text.encode()).hexdigest() == policy.hash


@pytest.mark.parametrize("start", ["", "%", "_", "g", "A", "0" * 65, "' OR 1=1 --"])
async def test_what_is_no_start_of_a_hash_finds_nothing(db: Database, start: str):
    await Policies(db).keep("ab" * 32, "{}", NOW)
    assert await Policies(db).beginning_with(start) == []


async def test_of_several_that_begin_so_two_are_given(db: Database):
    for last in "123":
        await Policies(db).keep("ab" * 31 + f"c{last}", last, NOW)
    assert len(await Policies(db).beginning_with("ab")) == 2


async def test_a_database_that_takes_nothing_says_so(db: Database):
    async with db.read() as transaction:
        await transaction.change(sa.text("PRAGMA query_only = ON"))
    with pytest.raises(AuditUnavailableError):
        await Policies(db).keep("ab" * 32, "{}", NOW)


def test_two_at_once_leave_one_in_either_database():
    said = str(insert("postgresql", "a", "b", NOW).compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]
    assert "ON CONFLICT (hash) DO NOTHING" in said
    assert "ON CONFLICT (hash) DO NOTHING" in str(insert("sqlite", "a", "b", NOW).compile())
