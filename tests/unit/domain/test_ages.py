"""Times are written as kubectl writes them, and read as people write them."""

import pytest
from hypothesis import given, strategies as st

from bot.domain.ages import age, iso, parse_duration, parse_time, spell
from bot.domain.errors import UsageError
from tests.factories import NOW

MINUTE, HOUR, DAY = 60, 3600, 86400
YEAR = 365 * DAY


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (-5, "0s"), (0, "0s"), (0.9, "0s"), (45, "45s"), (119, "119s"), (119.9, "119s"),
        (120, "2m"), (192, "3m12s"), (10 * MINUTE - 1, "9m59s"), (10 * MINUTE, "10m"),
        (10 * MINUTE + 5, "10m"),
        (179 * MINUTE, "179m"), (3 * HOUR, "3h"), (5 * HOUR + 10 * MINUTE, "5h10m"), (8 * HOUR - 1, "7h59m"),
        (8 * HOUR, "8h"), (8 * HOUR + 10 * MINUTE, "8h"), (2 * DAY - 1, "47h"),
        (2 * DAY, "2d"), (2 * DAY + 3 * HOUR, "2d3h"), (8 * DAY - 1, "7d23h"),
        (8 * DAY, "8d"), (8 * DAY + 5 * HOUR, "8d"),
        (2 * YEAR - 1, "729d"), (2 * YEAR, "2y"), (2 * YEAR + 12 * DAY, "2y12d"), (8 * YEAR - 1, "7y364d"),
        (8 * YEAR, "8y"), (8 * YEAR + DAY, "8y"),
    ],
)  # fmt: skip
def test_an_age_is_kubectls(seconds: float, shown: str):
    assert age(seconds) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (-5, "0 s"), (0.4, "0 s"), (0.6, "1 s"), (59.4, "59 s"), (59.6, "1 min"),
        (60, "1 min"), (70, "1 min 10 s"),
        (3599, "59 min 59 s"), (3600, "1 h"), (3659, "1 h"), (3660, "1 h 1 min"),
        (7500, "2 h 5 min"), (90000, "25 h"),
    ],
)  # fmt: skip
def test_a_duration_is_spelled_for_a_sentence(seconds: float, shown: str):
    assert spell(seconds) == shown


@pytest.mark.parametrize(
    ("typed", "seconds"),
    [("90s", 90), ("5m", 300), ("2h", 7200), ("2d", 172800), ("1h30m", 5400), ("1d2h3m4s", 93784), ("0s", 0)],
)
def test_a_duration_is_read(typed: str, seconds: int):
    assert parse_duration(typed) == seconds


@pytest.mark.parametrize("typed", ["", "5", "m", "5 m", "5w", "-5m", "1.5h", "5m!", "5M"])
def test_what_is_no_duration_is_refused(typed: str):
    with pytest.raises(UsageError, match="is not a duration") as caught:
        parse_duration(typed)
    assert caught.value.message.startswith(f"`{typed}`")
    assert caught.value.hint == "Write it as 90s, 5m, 1h30m or 2d."


def test_a_long_word_that_is_no_duration_is_cut():
    with pytest.raises(UsageError) as caught:
        parse_duration("9" * 99)
    assert caught.value.message.startswith(f"`{'9' * 40}`")


@pytest.mark.parametrize(
    ("stamp", "seconds"),
    [
        ("2027-01-15T08:00:00Z", NOW),
        ("2027-01-15T08:00:00.250000Z", NOW + 0.25),
        ("2027-01-15T09:00:00+01:00", NOW),
        ("", None),
        (None, None),
        ("yesterday", None),
    ],
)
def test_a_timestamp_is_read(stamp: str | None, seconds: float | None):
    assert parse_time(stamp) == seconds


def test_an_instant_on_the_record_is_utc_to_the_microsecond():
    assert iso(NOW) == "2027-01-15T08:00:00.000000+00:00"
    assert iso(NOW + 0.5) == "2027-01-15T08:00:00.500000+00:00"


@given(st.floats(0, 4e9), st.floats(0, 4e9))
def test_instants_on_the_record_sort_as_time_does(one: float, other: float):
    assert (iso(one) <= iso(other)) == (round(one, 6) <= round(other, 6)) or abs(one - other) < 2e-6


@given(st.floats(0, 4e9))
def test_an_instant_on_the_record_is_read_back(seconds: float):
    found = parse_time(iso(seconds))
    assert found is not None
    assert abs(found - seconds) < 1e-5
