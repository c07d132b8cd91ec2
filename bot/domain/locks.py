"""What must not be changed for a while: locks that people set, and freezes that the calendar has.

A lock covers everything, a cluster, a namespace or one workload, until its end or until it is lifted. A
freeze stands in the configuration, and comes each week or once. Both are asked when a change is planned and
again when it is made, and both may leave some verbs possible, such as the rollback.
"""

from __future__ import annotations

from datetime import datetime, timedelta
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
CONFIGURED = "configuration"
"""The id of the lock that the configuration itself is."""
Day = Annotated[str, StringConstraints(pattern=r"^(?i:mon|tue|wed|thu|fri|sat|sun) ([01]\d|2[0-3]):[0-5]\d$")]
Globs = Annotated[tuple[str, ...], Field(min_length=1)]


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
    automatic: bool = False
    """It came with a rollback: the next one's takes its place."""

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
    def reach(self) -> tuple[str, str, str, str]:
        """What it covers, to be compared."""
        return self.cluster, self.namespace, self.kind, self.name

    @property
    def what(self) -> str:
        """What it covers, as people say it."""
        if self.cluster == ANY:
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

    @field_validator("zone")
    @classmethod
    def _is_a_zone(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"there is no time zone {zone!r}") from error
        return zone

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
        zone = ZoneInfo(self.zone)
        here = datetime.fromtimestamp(now, zone)
        for start, end in self._spans(here.replace(tzinfo=None)):
            if start.replace(tzinfo=zone).timestamp() <= now < end.replace(tzinfo=zone).timestamp():
                return end.replace(tzinfo=zone).timestamp()
        return None

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
    stop = "" if found.reason.endswith(("?", ".", "!")) else "."
    said = f"Locked{who}: {found.reason}{stop} It covers {found.what}."
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
