"""One rule of the policy: for whom, from where, for what, within which limits, and to which effect.

A rule fits in three ways. It *covers* what is asked for where all of that is within it: only so it allows. It
*touches* where any part is: so it tightens. And before a change is planned nothing is known of what depends
on its facts: then it may cover, and does not yet touch.
"""

from __future__ import annotations

from collections.abc import Callable
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Annotated, Any

from pydantic import Field, StringConstraints, field_validator

from bot.domain.access import ANY, Actor, Ask, Effect, Need
from bot.domain.model import Frozen
from bot.domain.oncall import ScheduleName
from bot.domain.people import UserId
from bot.domain.resources import BUILT_IN
from bot.service.limits import Limits

RuleName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,60}$")]
GroupId = Annotated[str, StringConstraints(pattern=r"^S[A-Z0-9]{2,20}$")]
ChannelId = Annotated[str, StringConstraints(pattern=r"^[CGD][A-Z0-9]{2,20}$")]
Domain = Annotated[str, StringConstraints(pattern=r"^(?i:[a-z0-9-]+(\.[a-z0-9-]+)+)$", to_lower=True)]
LabelKey = Annotated[str, StringConstraints(pattern=r"^([a-z0-9.-]{1,253}/)?[A-Za-z0-9][\w.-]{0,62}$")]
Globs = Annotated[tuple[str, ...], Field(min_length=1)]

NOWHERE = frozenset(kind.plural for kind in BUILT_IN if not kind.namespaced)
"""Kinds that live in no namespace: `*` is all there is to say of where they are."""
_BY_NAME = frozenset({("delete", "namespaces")})
"""What only a rule allows that names the kind itself: no `*` ever meant everything in a namespace."""


class By(Frozen):
    """Who says yes before, or signs off after, and where they are asked."""

    count: Annotated[int, Field(ge=1, le=5)] = 1
    users: dict[UserId, str] = Field(default_factory=dict)
    groups: dict[GroupId, str] = Field(default_factory=dict)
    oncall: tuple[ScheduleName, ...] = ()
    channel: Annotated[dict[ChannelId, str], Field(max_length=1)] = Field(default_factory=dict)
    minutes: Annotated[int, Field(ge=1, le=7 * 24 * 60)] = 60

    @field_validator("oncall", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    def need(self, rule: str) -> Need:
        channel, name = next(iter(self.channel.items()), ("", ""))
        return Need(
            rule=rule, count=self.count, users=self.users, groups=self.groups, oncall=self.oncall,
            channel=channel, channel_name=name, seconds=60.0 * self.minutes,
        )  # fmt: skip


class Rule(Frozen):
    """One line of the policy."""

    name: RuleName
    users: dict[UserId, str] = Field(default_factory=dict)
    groups: dict[GroupId, str] = Field(default_factory=dict)
    domains: tuple[Domain, ...] = ()
    oncall: tuple[ScheduleName, ...] = ()
    break_glass: dict[GroupId, str] = Field(default_factory=dict)
    """User groups, as `groups`; by these a rule may let people act first and be reviewed after."""
    channels: dict[ChannelId, str] = Field(default_factory=dict)
    verbs: Globs
    clusters: Globs = (ANY,)
    namespaces: Globs = (ANY,)
    kinds: Globs = (ANY,)
    labels: dict[LabelKey, str] = Field(default_factory=dict)
    """What the changed object bears, by key; the values are globs."""
    limits: Limits | None = None
    """It is for what keeps within them."""
    beyond: Limits | None = None
    """It is for what goes beyond them."""
    exec: tuple[str, ...] = ()
    """The profiles by which it lets programs run; a rule without any lets none."""
    effect: Effect
    by: By | None = None
    code: bool = False
    """Whoever says yes gives a one-time code with it."""

    @field_validator("verbs", "clusters", "namespaces", "kinds", "exec", "domains", "oncall", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    @property
    def asks_for_facts(self) -> bool:
        """Whether it can only be decided by once the change is planned."""
        return bool(self.labels or self.limits or self.beyond)

    @property
    def people(self) -> str:
        """Who it speaks of, for a sentence."""
        names = [
            f"@{name}" for name in (*self.groups.values(), *self.break_glass.values(), *self.users.values())
        ]
        names += [f"everybody of {domain}" for domain in self.domains]
        names += [f"whoever is on call ({name})" for name in self.oncall]
        return ", ".join(names[:4]) or "anybody"

    def misses(self, ask: Ask) -> list[str]:
        """The fields by which this rule does not cover what is asked for; empty when it does."""
        fields = self._fields(ask, covers) | {"person": self._is_for(ask.actor)}
        if (ask.verb, ask.scope.kind) in _BY_NAME and self.effect is not Effect.DENY:
            fields["kind"] = ask.scope.kind in self.kinds
        facts = ask.facts
        if facts is not None:
            sets = facts.labels or ({},)
            fields["labels"] = all(map(self._bears, sets))
            fields["limits"] = not (self.limits and self.limits.exceeded(facts))
            fields["beyond"] = not self.beyond or bool(self.beyond.exceeded(facts))
        return [name for name, fits in fields.items() if not fits]

    def touches(self, ask: Ask) -> bool:
        """Whether any part of what is asked for is within it."""
        return self._reaches(ask) and self._knows(ask) is True

    def may_touch(self, ask: Ask) -> bool:
        """Whether it would, were the facts of the change so; False where it does already, or cannot."""
        return self._knows(ask) is None and self._reaches(ask)

    def _reaches(self, ask: Ask) -> bool:
        """Whether it touches all that is asked for before any facts of it are looked at."""
        return (
            covers(self.verbs, ask.verb)
            and all(self._fields(ask, touches).values())
            and self._may_be_for(ask.actor)
        )

    def _knows(self, ask: Ask) -> bool | None:
        """Whether the facts are within it; None where they are not known yet."""
        if not self.asks_for_facts:
            return True
        if ask.facts is None:
            return None
        sets = ask.facts.labels or ({},)
        within = not (self.limits and self.limits.exceeded(ask.facts))
        past = not self.beyond or bool(self.beyond.exceeded(ask.facts))
        return any(map(self._bears, sets)) and within and past

    def _fields(self, ask: Ask, fits: Callable[[tuple[str, ...], str], bool]) -> dict[str, bool]:
        place = covers if ask.scope.kind in NOWHERE else fits
        return {
            "person": True,
            "channel": not self.channels or ask.place.channel in self.channels,
            "verb": covers(self.verbs, ask.verb),
            "cluster": fits(self.clusters, ask.scope.cluster),
            "namespace": place(self.namespaces, ask.scope.namespace),
            "kind": fits(self.kinds, ask.scope.kind),
        }

    @property
    def is_for_anybody(self) -> bool:
        return not (self.users or self.groups or self.domains or self.oncall or self.break_glass)

    def _is_for(self, actor: Actor) -> bool:
        return (
            self.is_for_anybody
            or actor.id in self.users
            or not actor.groups.isdisjoint(self.groups.keys() | self.break_glass.keys())
            or not actor.oncall.isdisjoint(self.oncall)
            or ("@" in actor.email and actor.email.rpartition("@")[2].lower() in self.domains)
        )

    def _may_be_for(self, actor: Actor) -> bool:
        """Nobody escapes a rule because it is not known whether they are meant."""
        unknown = bool(self.domains) and "@" not in actor.email
        return self._is_for(actor) or unknown or not actor.unsure.isdisjoint(self.oncall)

    def _bears(self, labels: dict[str, str]) -> bool:
        return all(key in labels and fnmatchcase(labels[key], wanted) for key, wanted in self.labels.items())


@lru_cache(maxsize=8192)
def covers(patterns: tuple[str, ...], value: str) -> bool:
    """Whether one of the globs is of this value. Each line asks the same few hundred times over."""
    if value == ANY:
        return ANY in patterns
    return any(fnmatchcase(value, pattern) for pattern in patterns)


def touches(patterns: tuple[str, ...], value: str) -> bool:
    return value == ANY or covers(patterns, value)
