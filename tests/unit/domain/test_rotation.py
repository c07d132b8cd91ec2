"""Whose turn it is: the wall's clock decides, also in nights that are longer or shorter."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st
from pydantic import ValidationError

from bot.domain.oncall import OnDuty, Rota
from bot.domain.rotation import Rotation, Turn

BERLIN = "Europe/Berlin"
PEOPLE = {"U0ANA": "ana", "U0BEN": "ben", "U0CHO": "cho"}


def at(words: str, zone: str = BERLIN) -> float:
    return datetime.fromisoformat(words).replace(tzinfo=ZoneInfo(zone)).timestamp()


def rotation(**parts) -> Rotation:
    usual = {"people": PEOPLE, "every": "7d", "from": "2026-11-30 09:00"}
    return Rotation.model_validate(usual | parts)


@pytest.mark.parametrize(
    ("now", "user", "end"),
    [
        ("2026-11-30T09:00", "U0ANA", "2026-12-07T09:00"),
        ("2026-12-07T08:59:59", "U0ANA", "2026-12-07T09:00"),
        ("2026-12-07T09:00", "U0BEN", "2026-12-14T09:00"),
        ("2026-12-21T09:00", "U0ANA", "2026-12-24T00:00"),
        ("2026-12-24T00:00", "U0CHO", "2026-12-27T00:00"),
        ("2026-12-26T23:59", "U0CHO", "2026-12-27T00:00"),
        ("2026-12-27T00:00", "U0ANA", "2026-12-28T09:00"),
        ("2027-01-01T12:00", "U0BEN", "2027-01-02T00:00"),
        ("2027-03-29T09:00", "U0CHO", "2027-04-05T09:00"),  # the night before was an hour short
    ],
)
def test_each_has_so_many_days_but_for_what_is_written_otherwise(now, user, end):
    found = rotation(overrides={"2026-12-24..2026-12-26": "U0CHO", "2027-01-01": "U0BEN"})
    assert found.turn(at(now), BERLIN) == Turn(user, at(end))


def test_before_the_first_turn_it_is_nobodys():
    assert rotation().turn(at("2026-11-30T08:59"), BERLIN) is None


def test_its_own_zone_comes_before_the_rotas_and_names_may_be_left_out():
    found = rotation(**{"from": "2026-11-30 09:00 Asia/Tokyo", "people": ["U0ANA", "U0BEN"]})
    assert found.turn(at("2026-11-30T01:00"), BERLIN) == Turn("U0ANA", at("2026-12-07T09:00", "Asia/Tokyo"))
    assert found.people == {"U0ANA": "", "U0BEN": ""}


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"people": {}}, "at least 1"),
        ({"people": ["U0ANA", "U0ANA"]}, "named once"),
        ({"people": ["ana"]}, "people"),
        ({"people": [{"U0ANA": "ana"}]}, "a list of Slack ids, or each id with its name"),
        ({"people": [["U0ANA"]]}, "a list of Slack ids, or each id with its name"),
        ({"every": "0d"}, "every"),
        ({"every": "7"}, "every"),
        ({"from": "tomorrow"}, "write from as"),
        ({"from": "2026-11-31 09:00"}, "day is out of range"),
        ({"from": "2026-11-30 09:00 Europe/Nowhere"}, "no time zone"),
        ({"overrides": {"2026-12-24": "U0DIA"}}, "U0DIA is in an override, and not among the people"),
        ({"overrides": {"2026-12-24": "U0ANA", "2026-12-20..2026-12-24": "U0BEN"}}, "two overrides"),
        ({"overrides": {"2026-12-24..2026-12-20": "U0ANA"}}, "it ends before it begins"),
        ({"overrides": {"9999-12-31": "U0ANA"}}, "9999-12-31 is the last day that can be written"),
        ({"overrides": {"Christmas": "U0ANA"}}, "Invalid isoformat"),
        ({"overrides": ["2026-12-24"]}, "overrides"),
    ],
)
def test_what_is_no_rotation(parts, said):
    with pytest.raises(ValidationError, match=said):
        rotation(**parts)


ZONES = st.sampled_from([
    BERLIN, "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Africa/Cairo", "Asia/Tokyo",
    "Pacific/Apia", "America/Santiago",
])  # fmt: skip
BEGINS = st.datetimes(
    datetime.fromisoformat("2010-01-01T00:00"), datetime.fromisoformat("2026-12-31T23:59")
).map(lambda one: one.replace(second=0, microsecond=0))


@given(
    zone=ZONES, begins=BEGINS, days=st.integers(1, 30), after=st.floats(0, 900 * 86400.0),
    people=st.integers(1, 5),
)  # fmt: skip
def test_handovers_are_at_one_hour_of_the_wall_and_nobody_is_left_out(zone, begins, days, after, people):
    there, names = ZoneInfo(zone), [f"U0P{place}" for place in range(people)]
    found = rotation(**{"people": names, "every": f"{days}d", "from": f"{begins:%Y-%m-%d %H:%M}"})
    turn = found.turn(begins.replace(tzinfo=there).timestamp() + after, zone)
    assert turn is not None
    assert turn.end > begins.replace(tzinfo=there).timestamp() + after
    wall = datetime.fromtimestamp(turn.end, there).replace(tzinfo=None)
    place = round((wall - begins) / timedelta(days=days))
    meant = begins + place * timedelta(days=days)
    assert turn.end == meant.replace(tzinfo=there).timestamp()
    is_left_out = meant.replace(tzinfo=there).astimezone(UTC).astimezone(there).replace(tzinfo=None) != meant
    assert (wall == meant) is not is_left_out
    before, onward = found.turn(turn.end - 1, zone), found.turn(turn.end, zone)
    assert before is not None
    assert onward is not None
    if days > 1:  # no zone leaves out more than a day
        assert (before.user, onward.user) == (names[(place - 1) % people], names[place % people])
        assert before.user == turn.user


def test_a_rota_has_shifts_beside_and_tells_until_when_somebody_is_on_call():
    rota = Rota.model_validate({
        "zone": BERLIN,
        "rotation": {"people": ["U0ANA", "U0BEN"], "every": "1d", "from": "2026-11-30 09:00",
                     "overrides": {"2026-12-02": "U0ANA"}},
        "shifts": [{"users": {"U0BEN": "ben", "U0CHO": "cho"}, "weekly": ["Mon 20:00", "Tue 10:00"]}],
    })  # fmt: skip
    assert rota.on_duty(at("2026-11-30T21:00")) == OnDuty(users=frozenset({"U0ANA", "U0BEN", "U0CHO"}))
    assert rota.until("U0CHO", at("2026-11-30T21:00")) == at("2026-12-01T10:00")
    assert rota.until("U0BEN", at("2026-11-30T21:00")) == at("2026-12-02T00:00")  # the shift, then their turn
    assert rota.until("U0ANA", at("2026-12-02T12:00")) == at("2026-12-03T09:00")  # hers, and hers by turn
    assert rota.until("U0CHO", at("2026-12-03T12:00")) is None
    assert rota.users == {"U0ANA": "", "U0BEN": "ben", "U0CHO": "cho"}


def test_of_one_person_alone_no_end_is_in_sight():
    rota = Rota.model_validate({"rotation": {"people": ["U0ANA"], "every": "1d", "from": "2026-11-30 09:00"}})
    assert rota.until("U0ANA", at("2026-12-02T12:00")) is None
    assert rota.on_duty(at("2026-12-02T12:00")).users == {"U0ANA"}
    with pytest.raises(ValidationError, match="a rotation, or shifts"):
        Rota.model_validate({"zone": BERLIN})
