"""What must not be changed for a while: locks that people set, and freezes that the calendar has.

A lock covers everything, a cluster, a namespace or one workload, until its end or until it is lifted. A
freeze stands in the configuration, and comes each week or once. Both are asked when a change is planned and
again when it is made, and both may leave some verbs possible, such as the rollback.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, StringConstraints, field_validator

from bot.domain.access import ANY
from bot.domain.calendar import Days, Spell, Zone, span_of, without
from bot.domain.errors import LockedError
from bot.domain.model import Frozen
from bot.domain.resources import ObjectRef

_WEEK = timedelta(days=7)
_WEEKS = 54
"""So far ahead a freeze is looked for: whatever comes once a year is among them."""
CONFIGURED = "configuration"
"""The id of the lock that the configuration itself is."""
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
        """A namespace is covered by whatever is locked in it."""
        is_there = self.cluster in {ANY, target.cluster} and self.namespace in {ANY, target.within}
        is_it = self.kind in {ANY, target.type.plural} and self.name in {"", target.name}
        return is_there and (is_it or target.is_namespace)

    def holds(self, now: float) -> bool:
        return self.until is None or now < self.until

    def may_cover_owner(self, target: ObjectRef) -> bool:
        """Whether it is of one workload beside which this object lives, which may be what it belongs to."""
        there = (self.cluster, self.namespace) == (target.cluster, target.namespace)
        return bool(self.name) and there

    @property
    def reach(self) -> tuple[str, str, str, str]:
        """What it covers, to be compared."""
        return self.cluster, self.namespace, self.kind, self.name

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


class Freeze(Spell):
    """A time in which nothing is changed."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,60}$")]
    reason: str = ""
    zone: Zone = "UTC"
    clusters: Globs = (ANY,)
    namespaces: Globs = (ANY,)
    allows: tuple[str, ...] = ()
    besides: tuple[Days, ...] = Field(default=(), alias="except")
    """When it does not hold after all, in the zone."""

    @field_validator("besides")
    @classmethod
    def _are_spans(cls, besides: tuple[Days, ...]) -> tuple[Days, ...]:
        for begin, end in map(span_of, besides):
            if begin.tzinfo or end.tzinfo:
                raise ValueError("write the exceptions of a freeze without an offset: the zone says it")
            if begin >= end:
                raise ValueError("an exception of a freeze ends after it begins")
        return besides

    def covers(self, target: ObjectRef) -> bool:
        is_there = any(fnmatchcase(target.cluster, pattern) for pattern in self.clusters)
        if target.within is None:
            return is_there and ANY in self.namespaces
        return is_there and any(fnmatchcase(target.within, pattern) for pattern in self.namespaces)

    def until(self, now: float) -> float | None:
        """When the freeze that holds now ends, in seconds since 1970; None while none holds."""
        return next((end for begin, end in self.times(now) if begin <= now), None)

    def times(self, now: float) -> tuple[tuple[float, float], ...]:
        """When it holds and will hold within a year: beginnings and ends, in seconds since 1970.

        An hour that the clock on the wall shows twice, or not at all, is frozen as long as it may be meant.
        """
        zone = ZoneInfo(self.zone)
        here = datetime.fromtimestamp(now, zone).replace(tzinfo=None)
        spans = sorted({span for week in range(_WEEKS) for span in self.spans(here + week * _WEEK)})
        for gap in map(span_of, self.besides):
            spans = [piece for span in spans for piece in without(span, gap)]
        stamps = [(min(_instants(begin, zone)), max(_instants(end, zone))) for begin, end in spans]
        return tuple((begin, end) for begin, end in stamps if end > now)


def _instants(at: datetime, zone: ZoneInfo) -> tuple[float, float]:
    """Both readings of a time on the wall; they differ where the clock is set forward or back."""
    first, second = (at.replace(tzinfo=zone, fold=fold).timestamp() for fold in (0, 1))
    return first, second


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
