"""When a spell holds, and which times are none."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from bot.domain.calendar import Spell


def at(words: str) -> float:
    return datetime.fromisoformat(words).replace(tzinfo=UTC).timestamp()


def ends(spell: Spell, words: str) -> str | None:
    found = spell.ends(at(words), "UTC")
    return None if found is None else f"{datetime.fromtimestamp(found, UTC):%F %H:%M}"


@pytest.mark.parametrize(
    ("day", "date"),
    [("Mon", 23), ("tue", 24), ("WED", 25), ("Thu", 26), ("Fri", 27), ("Sat", 28), ("Sun", 29)],
)
def test_each_day_of_the_week_by_its_minutes(day, date):
    spell = Spell(weekly=(f"{day} 09:15", f"{day} 09:45"))
    assert ends(spell, f"2026-11-{date}T09:14:59") is None
    assert ends(spell, f"2026-11-{date}T09:15") == f"2026-11-{date} 09:45"
    assert ends(spell, f"2026-11-{date}T09:45") is None


def test_all_week_ends_where_it_begins_anew():
    spell = Spell(weekly=("Wed 12:00", "Wed 12:00"))
    assert ends(spell, "2026-11-25T11:59") == "2026-11-25 12:00"
    assert ends(spell, "2026-11-25T12:00") == "2026-12-02 12:00"


@pytest.mark.parametrize(
    ("once", "said"),
    [
        (("2026-01-01T00:00", "2026-01-01T00:00"), "it ends after it begins"),
        (("2026-01-01T00:00", "2026-01-02T00:00Z"), "without an offset"),
        (("2026-01-01T00:00Z", "2026-01-02T00:00"), "without an offset"),
    ],
)
def test_a_time_that_is_none(once, said):
    with pytest.raises(ValidationError, match=said):
        Spell.model_validate({"once": once})
