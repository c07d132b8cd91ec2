"""Times that a configuration writes down: each week from one day's hour to another's, or once."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, StringConstraints, model_validator

from bot.domain.model import Frozen

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEK = timedelta(days=7)
Day = Annotated[str, StringConstraints(pattern=r"^(?i:mon|tue|wed|thu|fri|sat|sun) ([01]\d|2[0-3]):[0-5]\d$")]


def is_zone(zone: str) -> str:
    """The zone itself. Raises `ValueError` for none."""
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"there is no time zone {zone!r}") from error
    return zone


Days = date | tuple[date, date] | tuple[datetime, datetime]
"""A whole day, whole days from one to another, or from one hour to another."""
Span = tuple[datetime, datetime]
Zone = Annotated[str, AfterValidator(is_zone)]
"""Such as `Europe/Berlin`."""


class Spell(Frozen):
    """A time that comes each week, or once; by the clock on the wall, whatever daylight saving does."""

    weekly: tuple[Day, Day] | None = None
    """From and to, such as `Fri 17:00` and `Mon 08:00`."""
    once: tuple[datetime, datetime] | None = None
    """From and to, in the zone."""

    @model_validator(mode="after")
    def _has_a_time(self) -> Self:
        if (self.weekly is None) == (self.once is None):
            raise ValueError("it is either weekly or once")
        if self.once and any(at.tzinfo for at in self.once):
            raise ValueError("write its times without an offset: the zone says it")
        if self.once and self.once[0] >= self.once[1]:
            raise ValueError("it ends after it begins")
        return self

    def ends(self, now: float, zone: str) -> float | None:
        """When the spell that holds now ends, in seconds since 1970; None while none holds."""
        there = ZoneInfo(zone)
        here = datetime.fromtimestamp(now, there)
        for start, end in self.spans(here.replace(tzinfo=None)):
            if start.replace(tzinfo=there).timestamp() <= now < end.replace(tzinfo=there).timestamp():
                return end.replace(tzinfo=there).timestamp()
        return None

    def spans(self, here: datetime) -> list[Span]:
        """Its beginnings and ends about a time."""
        if self.once:
            return [self.once]
        if self.weekly is None:
            return []
        start, end = (minutes_of(moment) for moment in self.weekly)
        length = (end - start) % int(_WEEK.total_seconds() // 60) or int(_WEEK.total_seconds() // 60)
        today = here.replace(hour=0, minute=0, second=0, microsecond=0)
        monday = today - timedelta(days=here.weekday())
        begins = [monday + weeks * _WEEK + timedelta(minutes=start) for weeks in (-1, 0)]
        return [(begin, begin + timedelta(minutes=length)) for begin in begins]


def span_of(days: Days) -> Span:
    """From the first instant that belongs to it to the first that does not. Raises `ValueError` where there
    is none.
    """
    first, last = days if isinstance(days, tuple) else (days, days)
    if isinstance(first, datetime) and isinstance(last, datetime):
        return first, last
    if last == date.max:
        raise ValueError(f"{last} is the last day that can be written, and its end cannot")
    midnight = datetime.min.time()
    return datetime.combine(first, midnight), datetime.combine(last + timedelta(days=1), midnight)


def without(span: Span, gap: Span) -> list[Span]:
    """What is left of a span before and after a gap."""
    pieces = [(span[0], min(span[1], gap[0])), (max(span[0], gap[1]), span[1])]
    return [(begin, end) for begin, end in pieces if begin < end]


def minutes_of(moment: str) -> int:
    """Of a day's hour, from the beginning of Monday on."""
    day, _, clock = moment.partition(" ")
    hours, _, minutes = clock.partition(":")
    return (DAYS.index(day.lower()) * 24 + int(hours)) * 60 + int(minutes)
