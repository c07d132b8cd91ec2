"""People who take turns on call: whose turn it is at an instant, and until when. Pure.

Turns change at one hour of the clock on the wall, whatever daylight saving does. An hour that the wall leaves
out is taken as the one after it, one that it shows twice as the first.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Annotated, Any, NamedTuple
from zoneinfo import ZoneInfo

from pydantic import Field, StringConstraints, field_validator, model_validator

from bot.domain.calendar import is_zone, span_of
from bot.domain.model import Frozen
from bot.domain.people import UserId

_FROM = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d)(?: (\S+))?")


class Turn(NamedTuple):
    """Somebody's turn; the one after it may be theirs again."""

    user: str
    end: float
    """Seconds since 1970."""


class Rotation(Frozen):
    """Each of the people for so many days, one after another, but for what is written otherwise."""

    people: Annotated[dict[UserId, str], Field(min_length=1)]
    """Their Slack ids in their order, and for whoever reads the file their names."""
    every: Annotated[str, StringConstraints(pattern=r"^[1-9]\d{0,2}d$")]
    begins: str = Field(alias="from")
    """The day and hour of the first turn, and its zone where that is not the rota's."""
    overrides: dict[str, UserId] = Field(default_factory=dict)
    """Who is on call instead, by whole days: `2026-12-24` or `2026-12-24..2026-12-26`."""

    @field_validator("people", mode="before")
    @classmethod
    def _with_or_without_names(cls, people: Any) -> Any:
        if not isinstance(people, list):
            return people
        if not all(isinstance(one, str) for one in people):
            raise ValueError("write people as a list of Slack ids, or each id with its name: {U0ANA: ana}")
        if len(people) != len(set(people)):
            raise ValueError("each of them is named once")
        return dict.fromkeys(people, "")

    @field_validator("overrides", mode="before")
    @classmethod
    def _by_days(cls, overrides: Any) -> Any:
        """YAML makes a date of a single day."""
        if not isinstance(overrides, Mapping):
            return overrides
        return {str(days): user for days, user in overrides.items()}

    @model_validator(mode="after")
    def _makes_sense(self) -> Rotation:
        is_zone(self._start[1] or "UTC")
        if unknown := sorted(set(self.overrides.values()) - self.people.keys()):
            raise ValueError(f"{unknown[0]} is in an override, and not among the people")
        spans = sorted(_span(days) for days in self.overrides)
        if any(one[1] > other[0] for one, other in itertools.pairwise(spans)):
            raise ValueError("two overrides are of the same day")
        return self

    @cached_property
    def _start(self) -> tuple[datetime, str]:
        """By the clock on the wall, and the zone if one is written. Raises `ValueError`."""
        found = _FROM.fullmatch(self.begins)
        if not found:
            raise ValueError("write from as 2026-11-30 09:00, or 2026-11-30 09:00 Europe/Berlin")
        return datetime.fromisoformat(f"{found[1]}T{found[2]}"), found[3] or ""

    def zone(self, usual: str) -> ZoneInfo:
        """Its own, else the rota's."""
        return ZoneInfo(self._start[1] or usual)

    def turn(self, now: float, usual: str) -> Turn | None:
        """Whose turn it is, and when another begins; None before the first."""
        there = self.zone(usual)
        others = sorted((*_instants(days, there), user) for days, user in self.overrides.items())
        for begin, end, user in others:
            if begin <= now < end:
                return Turn(user, end)
        days = int(self.every.removesuffix("d"))
        here = datetime.fromtimestamp(now, there).replace(tzinfo=None)
        place = (here - self._start[0]) // timedelta(days=days)
        while self._begin(place + 1, days, there) <= now:
            place += 1
        while self._begin(place, days, there) > now:
            place -= 1
        if place < 0:
            return None
        ends = [begin for begin, _, _ in others if begin > now]
        user = tuple(self.people)[place % len(self.people)]
        return Turn(user, min([self._begin(place + 1, days, there), *ends]))

    def _begin(self, place: int, days: int, there: ZoneInfo) -> float:
        """When the turn at this place begins, by the clock on the wall."""
        return _instant(self._start[0] + place * timedelta(days=days), there)


def _span(days: str) -> tuple[datetime, datetime]:
    """Raises `ValueError` for what are no days."""
    first, dots, last = days.partition("..")
    begin, end = date.fromisoformat(first.strip()), date.fromisoformat((last if dots else first).strip())
    if begin > end:
        raise ValueError(f"{days}: it ends before it begins")
    return span_of((begin, end))


def _instants(days: str, there: ZoneInfo) -> tuple[float, float]:
    begin, end = _span(days)
    return _instant(begin, there), _instant(end, there)


def _instant(at: datetime, there: ZoneInfo) -> float:
    return at.replace(tzinfo=there).timestamp()
