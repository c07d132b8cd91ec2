"""What must not be changed for a while: locks that people set, and freezes that the calendar has.

A lock covers everything, a cluster, a namespace or one workload, until its end or until it is lifted. A
freeze stands in the configuration, and comes each week or once. Both are asked when a change is planned and
again when it is made, and both may leave some verbs possible, such as the rollback.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from fnmatch import fnmatchcase
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, StringConstraints, field_validator, model_validator

from bot.domain.access import ANY
from bot.domain.errors import LockedError
from bot.domain.model import Frozen
from bot.domain.resources import ObjectRef

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEK = timedelta(days=7)
_WEEKS = 54
"""So far ahead a freeze is looked for: whatever comes once a year is among them."""
CONFIGURED = "configuration"
"""The id of the lock that the configuration itself is."""
Day = Annotated[str, StringConstraints(pattern=r"^(?i:mon|tue|wed|thu|fri|sat|sun) ([01]\d|2[0-3]):[0-5]\d$")]
Globs = Annotated[tuple[str, ...], Field(min_length=1)]
Days = date | tuple[date, date] | tuple[datetime, datetime]
"""A whole day, whole days from one to another, or from one hour to another."""
Span = tuple[datetime, datetime]


class Lock(Frozen):
    """One lock. `cluster`, `namespace` and `kind` are `*` where it covers all of them."""

    id: str
    cluster: str = ANY
    namespace: str = ANY
    kind: str = ANY
    """The plural, such as `deployments`."""
    name: str = ""
    reason: str
    owner: str
    owner_name: str
    since: float
    until: float | None = None
    """None: until somebody lifts it."""
    allows: tuple[str, ...] = ()
    """Verbs that it leaves possible."""

    def covers(self, target: ObjectRef) -> bool:
        return (
            self.cluster in {ANY, target.cluster}
            and self.namespace in {ANY, target.namespace}
            and self.kind in {ANY, target.type.plural}
            and self.name in {"", target.name}
        )

    def holds(self, now: float) -> bool:
        return self.until is None or now < self.until

    @property
    def is_of_everything(self) -> bool:
        return self.cluster == ANY

    @property
    def what(self) -> str:
        """What it covers, as people say it."""
        if self.is_of_everything:
            return "everything"
        if self.namespace == ANY:
            return f"all of {self.cluster}"
        if not self.name:
            return f"{self.namespace} on {self.cluster}"
        return f"{self.namespace}/{self.name} on {self.cluster}"


class Freeze(Frozen):
    """A time in which nothing is changed: each week from one day's hour to another's, or once."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,60}$")]
    reason: str = ""
    zone: str = "UTC"
    weekly: tuple[Day, Day] | None = None
    """From and to, such as `Fri 17:00` and `Mon 08:00`."""
    once: tuple[datetime, datetime] | None = None
    """From and to, in the zone."""
    clusters: Globs = (ANY,)
    namespaces: Globs = (ANY,)
    allows: tuple[str, ...] = ()
    besides: tuple[Days, ...] = Field(default=(), alias="except")
    """When it does not hold after all, in the zone."""

    @field_validator("zone")
    @classmethod
    def _is_a_zone(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"there is no time zone {zone!r}") from error
        return zone

    @field_validator("besides")
    @classmethod
    def _are_spans(cls, besides: tuple[Days, ...]) -> tuple[Days, ...]:
        for begin, end in map(_span, besides):
            if begin.tzinfo or end.tzinfo:
                raise ValueError("write the exceptions of a freeze without an offset: the zone says it")
            if begin >= end:
                raise ValueError("an exception of a freeze ends after it begins")
        return besides

    @model_validator(mode="after")
    def _has_a_time(self) -> Self:
        if (self.weekly is None) == (self.once is None):
            raise ValueError("a freeze is either weekly or once")
        if self.once and self.once[0] >= self.once[1]:
            raise ValueError("a freeze ends after it begins")
        if self.once and any(at.tzinfo for at in self.once):
            raise ValueError("write the times of a freeze without an offset: the zone says it")
        return self

    def covers(self, target: ObjectRef) -> bool:
        is_there = any(fnmatchcase(target.cluster, pattern) for pattern in self.clusters)
        if target.namespace is None:
            return is_there and ANY in self.namespaces
        return is_there and any(fnmatchcase(target.namespace, pattern) for pattern in self.namespaces)

    def until(self, now: float) -> float | None:
        """When the freeze that holds now ends, in seconds since 1970; None while none holds."""
        return next((end for begin, end in self.times(now) if begin <= now), None)

    def times(self, now: float) -> tuple[tuple[float, float], ...]:
        """When it holds and will hold within a year: beginnings and ends, in seconds since 1970."""
        zone = ZoneInfo(self.zone)
        here = datetime.fromtimestamp(now, zone).replace(tzinfo=None)
        spans = sorted({span for week in range(_WEEKS) for span in self._spans(here + week * _WEEK)})
        for gap in map(_span, self.besides):
            spans = [piece for span in spans for piece in _without(span, gap)]
        stamps = [[at.replace(tzinfo=zone).timestamp() for at in span] for span in spans]
        return tuple((begin, end) for begin, end in stamps if end > now)

    def _spans(self, here: datetime) -> list[tuple[datetime, datetime]]:
        """Its beginnings and ends about a time, by the clock on the wall, whatever daylight saving does."""
        if self.once:
            return [self.once]
        if self.weekly is None:
            return []
        start, end = (_minutes(moment) for moment in self.weekly)
        length = (end - start) % int(_WEEK.total_seconds() // 60) or int(_WEEK.total_seconds() // 60)
        today = here.replace(hour=0, minute=0, second=0, microsecond=0)
        monday = today - timedelta(days=here.weekday())
        begins = [monday + weeks * _WEEK + timedelta(minutes=start) for weeks in (-1, 0)]
        return [(begin, begin + timedelta(minutes=length)) for begin in begins]


def _span(days: Days) -> Span:
    """From the first instant that belongs to it to the first that does not."""
    first, last = days if isinstance(days, tuple) else (days, days)
    if isinstance(first, datetime) and isinstance(last, datetime):
        return first, last
    midnight = datetime.min.time()
    return datetime.combine(first, midnight), datetime.combine(last + timedelta(days=1), midnight)


def _without(span: Span, gap: Span) -> list[Span]:
    """What is left of a span before and after a gap."""
    pieces = [(span[0], min(span[1], gap[0])), (max(span[0], gap[1]), span[1])]
    return [(begin, end) for begin, end in pieces if begin < end]


def _minutes(moment: str) -> int:
    """Of a day's hour, from the beginning of Monday on."""
    day, _, clock = moment.partition(" ")
    hours, _, minutes = clock.partition(":")
    return (_DAYS.index(day.lower()) * 24 + int(hours)) * 60 + int(minutes)


class Obstacle(Frozen):
    """What keeps a change from being made, and until when."""

    by: Literal["lock", "freeze"]
    what: str
    reason: str
    who: str = ""
    until: float | None = None
    lock: str = ""
    """The id of the lock."""


def refusal(found: Obstacle) -> LockedError:
    """The sentence for whoever is kept from it."""
    if found.by == "freeze":
        why = f": {found.reason}" if found.reason else ""
        return LockedError(f"Nothing is changed there now: freeze `{found.what}`{why}.", until=found.until)
    who = f" by {found.who}" if found.who else ""
    lifted = f"/k8s unlock {found.lock}" if found.who and found.lock != CONFIGURED else ""
    hint = f"Whoever set it lifts it: `{lifted}`." if lifted else "An operator lifts it."
    said = f"Locked{who}: {found.reason}. It covers {found.what}."
    return LockedError(said, hint=hint, until=found.until)


def in_the_way(
    targets: tuple[ObjectRef, ...],
    verb: str,
    now: float,
    *,
    locks: tuple[Lock, ...],
    freezes: tuple[Freeze, ...],
) -> Obstacle | None:
    """The first lock, else the first freeze, that keeps a verb from any of these objects."""
    for lock in locks:
        if lock.holds(now) and verb not in lock.allows and any(map(lock.covers, targets)):
            return Obstacle(
                by="lock",
                what=lock.what,
                reason=lock.reason,
                who=lock.owner_name,
                until=lock.until,
                lock=lock.id,
            )
    for freeze in freezes:
        until = freeze.until(now)
        if until is not None and verb not in freeze.allows and any(map(freeze.covers, targets)):
            return Obstacle(by="freeze", what=freeze.name, reason=freeze.reason, until=until)
    return None
