"""Who is on call: where that is looked up, as the configuration says it, and what comes of it."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self, TypeAlias

from pydantic import Field, StringConstraints, model_validator

from bot.domain.calendar import Spell, Zone
from bot.domain.model import Frozen
from bot.domain.people import UserId
from bot.domain.rotation import Rotation

_AHEAD = 60
"""So many turns and shifts of one person may follow one another before no end is looked for."""
ScheduleName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,60}$")]
"""What the configuration calls a schedule."""


class OnDuty(Frozen):
    """The people of one schedule at one moment; nobody is an answer too."""

    users: frozenset[str] = frozenset()
    """Slack ids, as a rota names them."""
    emails: frozenset[str] = frozenset()
    """As PagerDuty and Opsgenie name them, in the form of `address`."""

    def has(self, user: str, email: str) -> bool:
        """Whether it is this person. `email` is the one in their Slack profile, empty where there is none."""
        return user in self.users or (bool(email) and address(email) in self.emails)


def address(email: str) -> str:
    """The form in which two addresses are compared. Only ASCII is lowered: other letters have twins."""
    trimmed = email.strip()
    return trimmed.lower() if trimmed.isascii() else trimmed


class PagerDuty(Frozen):
    """A schedule at PagerDuty, by its id."""

    variable: ClassVar[str] = "PAGERDUTY_TOKEN"
    """The setting that the token to it stands in."""
    schedule: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{4,40}$")]


class Opsgenie(Frozen):
    """A schedule at Opsgenie, by its name or its id."""

    variable: ClassVar[str] = "OPSGENIE_TOKEN"
    schedule: Annotated[
        str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\pC]*[\pL\pN][^\pC]*$")
    ]
    region: Literal["us", "eu"] = "us"


class Shift(Spell):
    """Some people's time."""

    users: Annotated[dict[UserId, str], Field(min_length=1)]
    """Their Slack ids, and for whoever reads the file their names."""


class Rota(Frozen):
    """People who take turns, and shifts beside them, in the configuration itself; between them nobody is on
    call.
    """

    zone: Zone = "UTC"
    rotation: Rotation | None = None
    shifts: tuple[Shift, ...] = ()

    @model_validator(mode="after")
    def _has_somebody(self) -> Self:
        if not self.rotation and not self.shifts:
            raise ValueError("a rota has a rotation, or shifts, or both")
        return self

    @property
    def users(self) -> dict[str, str]:
        """Everybody whom it names, by id."""
        named = dict(self.rotation.people) if self.rotation else {}
        for shift in self.shifts:
            named |= shift.users
        return named

    def on_duty(self, now: float) -> OnDuty:
        return OnDuty(users=frozenset(self._ends(now)))

    def until(self, user: str, now: float) -> float | None:
        """When somebody who is on duty now is no more; None where no end is in sight, or they are not."""
        at = self._ends(now).get(user)
        for _ in range(_AHEAD):
            onward = None if at is None else self._ends(at).get(user)
            if onward is None:
                return at
            at = onward
        return None

    def _ends(self, now: float) -> dict[str, float]:
        """Who is on duty, and until when at least."""
        found: dict[str, float] = {}
        turn = self.rotation.turn(now, self.zone) if self.rotation else None
        if turn:
            found[turn.user] = turn.end
        for shift in self.shifts:
            end = shift.ends(now, self.zone)
            found |= {user: max(end, found.get(user, end)) for user in shift.users} if end is not None else {}
        return found


Remote: TypeAlias = PagerDuty | Opsgenie


class Schedule(Frozen):
    """Where one schedule is looked up."""

    pagerduty: PagerDuty | None = None
    opsgenie: Opsgenie | None = None
    rota: Rota | None = None

    @model_validator(mode="after")
    def _has_one_source(self) -> Self:
        if sum(source is not None for source in (self.pagerduty, self.opsgenie, self.rota)) != 1:
            raise ValueError("a schedule is one of pagerduty, opsgenie and rota")
        return self

    @property
    def remote(self) -> Remote | None:
        """The provider to ask; None for a rota."""
        return self.pagerduty or self.opsgenie
