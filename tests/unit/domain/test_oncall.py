"""Rotas, and how a person is found among those on duty."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from bot.domain.oncall import OnDuty, Opsgenie, PagerDuty, Rota, Schedule, address

BERLIN = ZoneInfo("Europe/Berlin")
ROTA = Rota.model_validate(
    {
        "zone": "Europe/Berlin",
        "shifts": [
            {"users": {"U0ANA": "ana"}, "weekly": ["Mon 20:00", "Tue 08:00"]},
            {"users": {"U0BEN": "ben", "U0CHO": "cho"}, "weekly": ["Tue 08:00", "Tue 20:00"]},
            {"users": {"U0ANA": "ana"}, "weekly": ["Sat 22:00", "Sun 06:00"]},
            {"users": {"U0DIA": "dia"}, "once": ["2026-12-24T12:00", "2026-12-27T12:00"]},
        ],
    }
)


def at(words: str, fold: int = 0) -> float:
    return datetime.fromisoformat(words).replace(tzinfo=BERLIN, fold=fold).timestamp()


@pytest.mark.parametrize(
    ("now", "users"),
    [
        ("2026-11-23T19:59", set()),  # a Monday
        ("2026-11-23T20:00", {"U0ANA"}),
        ("2026-11-24T07:59:59", {"U0ANA"}),
        ("2026-11-24T08:00", {"U0BEN", "U0CHO"}),
        ("2026-11-24T20:00", set()),
        ("2026-11-26T12:00", set()),
        ("2026-12-24T12:00", {"U0DIA"}),
        ("2026-12-27T00:00", {"U0ANA", "U0DIA"}),
        ("2027-12-25T12:00", set()),
    ],
)
def test_who_is_on_duty_by_the_rota(now, users):
    assert ROTA.on_duty(at(now)) == OnDuty(users=frozenset(users))


@pytest.mark.parametrize(
    ("now", "is_on_duty"),
    [
        (at("2026-03-28T21:59"), False),
        (at("2026-03-28T22:00"), True),
        (at("2026-03-29T03:00"), True),  # there was no 02:30
        (at("2026-03-29T05:59"), True),
        (at("2026-03-29T06:00"), False),
        (at("2026-10-25T02:30"), True),  # and now there are two
        (at("2026-10-25T02:30", fold=1), True),
        (at("2026-10-25T05:59"), True),
        (at("2026-10-25T06:00"), False),
    ],
)
def test_a_shift_goes_by_the_clock_on_the_wall_in_nights_that_are_longer_or_shorter(now, is_on_duty):
    assert ("U0ANA" in ROTA.on_duty(now).users) is is_on_duty


def test_where_one_shift_ends_in_an_hour_that_is_left_out_the_next_one_begins():
    rota = Rota.model_validate(
        {
            "zone": "Europe/Berlin",
            "shifts": [
                {"users": {"U0ANA": "ana"}, "weekly": ["Sat 20:00", "Sun 02:30"]},
                {"users": {"U0BEN": "ben"}, "weekly": ["Sun 02:30", "Sun 20:00"]},
            ],
        }
    )
    midnight = at("2026-03-29T00:00")
    seen = [rota.on_duty(midnight + minutes * 60).users for minutes in range(6 * 60)]
    assert [len(users) for users in seen] == [1] * len(seen)
    assert (seen[0], seen[-1]) == ({"U0ANA"}, {"U0BEN"})


@pytest.mark.parametrize(
    ("user", "email", "found"),
    [
        ("U0ANA", "", True),
        ("U0ANA", "other@example.com", True),
        ("U0BEN", " Ben@Example.com ", True),
        ("U0BEN", "", False),
        ("U0CHO", "cho@example.com", False),
        ("u0ana", "", False),
        ("ben@example.com", "", False),
        ("U0BEN", "U0ANA", False),
    ],
)
def test_a_person_is_found_by_id_or_by_address(user, email, found):
    on_duty = OnDuty(users=frozenset({"U0ANA"}), emails=frozenset({"ben@example.com"}))
    assert on_duty.has(user, email) is found


def test_nobody_on_duty_is_nobody():
    assert not OnDuty().has("U0ANA", "ana@example.com")
    assert not OnDuty(emails=frozenset({""})).has("U0ANA", "")


def test_a_letter_that_only_looks_like_another_is_another():
    kelvin = "\N{KELVIN SIGN}im@example.com"
    assert kelvin.lower() == "kim@example.com", "which is why it is not lowered"
    assert address(kelvin) == kelvin
    assert not OnDuty(emails=frozenset({"kim@example.com"})).has("U0KIM", kelvin)


@pytest.mark.parametrize(
    ("given", "source"),
    [
        ({"pagerduty": {"schedule": "PABC123"}}, PagerDuty(schedule="PABC123")),
        ({"opsgenie": {"schedule": "Data on-call"}}, Opsgenie(schedule="Data on-call", region="us")),
        ({"opsgenie": {"schedule": "Über/50%", "region": "eu"}}, Opsgenie(schedule="Über/50%", region="eu")),
        ({"rota": ROTA.model_dump()}, None),
    ],
)
def test_where_a_schedule_is_looked_up(given, source):
    assert Schedule.model_validate(given).remote == source


SHIFT = {"users": {"U0ANA": "ana"}, "weekly": ["Mon 20:00", "Tue 08:00"]}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({}, "one of pagerduty, opsgenie and rota"),
        ({"pagerduty": {"schedule": "PABC123"}, "opsgenie": {"schedule": "x"}}, "one of pagerduty"),
        ({"victorops": {"schedule": "x"}}, "Extra inputs"),
        ({"pagerduty": {"schedule": "Primary on-call"}}, "should match pattern"),
        ({"pagerduty": {"schedule": "PABC123\n"}}, "should match pattern"),
        ({"pagerduty": {"schedule": "PABC123", "token": "t0ps3cret"}}, "Extra inputs"),
        ({"opsgenie": {"schedule": ".."}}, "should match pattern"),
        ({"opsgenie": {"schedule": "a\nb"}}, "should match pattern"),
        ({"opsgenie": {"schedule": "x" * 101}}, "at most 100"),
        ({"opsgenie": {"schedule": "x", "region": "mars"}}, "'us' or 'eu'"),
        ({"rota": {"shifts": []}}, "a rotation, or shifts"),
        ({"rota": {"shifts": [SHIFT | {"users": {}}]}}, "at least 1"),
        ({"rota": {"shifts": [SHIFT | {"users": {"ana": "U0ANA"}}]}}, "should match pattern"),
        ({"rota": {"shifts": [SHIFT], "zone": "Mars/Olympus"}}, "no time zone 'Mars/Olympus'"),
        ({"rota": {"shifts": [SHIFT], "zone": "Europe"}}, "no time zone 'Europe'"),
        ({"rota": {"shifts": [{"users": {"U0ANA": "ana"}}]}}, "either weekly or once"),
        ({"rota": {"shifts": [SHIFT | {"weekly": ["Mon 20", "Tue 08:00"]}]}}, "should match pattern"),
    ],
)
def test_a_schedule_that_is_none(wrong, said):
    with pytest.raises(ValidationError, match=said):
        Schedule.model_validate(wrong)
