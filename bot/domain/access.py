"""Who asks for what, where, and how much it could hurt."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import TypeAlias

from pydantic import Field

from bot.domain.model import Frozen

ANY = "*"
"""In a scope: all namespaces, or a kind that lives in none. Only a policy that says `*` covers it."""


class Risk(StrEnum):
    """How much a verb could hurt; a floor that policy may raise and never lower."""

    READ = "read"
    REVERSIBLE = "reversible"
    DISRUPTIVE = "disruptive"
    DESTRUCTIVE = "destructive"


class Permission(StrEnum):
    """What a verb needs: resource and action, kept alphabetical."""

    AUDIT_READ = "audit:read"
    AUTOSCALER_SET = "autoscaler:set"
    BOT_ASK = "bot:ask"
    CLUSTER_READ = "cluster:read"
    LOCK_SET = "lock:set"
    LOGS_READ = "logs:read"
    NODE_CORDON = "node:cordon"
    NODE_DRAIN = "node:drain"
    OBJECT_ANNOTATE = "object:annotate"
    OBJECT_DELETE = "object:delete"
    OBJECT_LABEL = "object:label"
    OBJECT_READ = "object:read"
    PROGRAM_RUN = "program:run"
    PROXY_FETCH = "proxy:fetch"
    SERVICE_CREATE = "service:create"
    WORKLOAD_CREATE = "workload:create"
    WORKLOAD_PAUSE = "workload:pause"
    WORKLOAD_RESTART = "workload:restart"
    WORKLOAD_ROLLBACK = "workload:rollback"
    WORKLOAD_SCALE = "workload:scale"
    WORKLOAD_UPDATE = "workload:update"


class Standing(StrEnum):
    """What somebody is in the workspace, as Slack says it."""

    MEMBER = "member"
    GUEST = "guest"
    STRANGER = "stranger"
    BOT = "bot"
    DEACTIVATED = "deactivated"
    UNKNOWN = "unknown"


class Actor(Frozen):
    """A person as Slack knew them a moment ago."""

    id: str
    team: str
    name: str
    standing: Standing
    groups: frozenset[str] = frozenset()
    """Ids of the user groups that the policy names and they are in."""
    email: str = ""
    """In lower case; empty where it is not known."""
    oncall: frozenset[str] = frozenset()
    """The schedules by which they are on call now, of those that the policy names."""
    unsure: frozenset[str] = frozenset()
    """The schedules whose people nobody could tell: they allow nothing, and tighten all the same."""


class Place(Frozen):
    """Where something was asked."""

    team: str
    channel: str
    channel_name: str = ""


class Scope(Frozen):
    """What a request reaches: `namespace` and `kind` may be `*`."""

    cluster: str
    namespace: str
    kind: str
    """The plural resource name, such as `deployments`."""


class Effect(StrEnum):
    """What a rule has done; from the mildest to the strictest."""

    ALLOW = "allow"
    CONFIRM = "confirm"
    REVIEW = "review"
    """Act now; another person signs it off later."""
    APPROVE = "approve"
    """Others say yes first."""
    DENY = "deny"


STRICTNESS = tuple(Effect)


class Need(Frozen):
    """Whose yes a change waits for, or who signs it off later, by one rule."""

    rule: str
    count: int = 1
    users: dict[str, str] = Field(default_factory=dict)
    """By id, their names."""
    groups: dict[str, str] = Field(default_factory=dict)
    """User groups by id, their handles."""
    oncall: tuple[str, ...] = ()
    """Schedules: whoever is on call by one of them."""
    channel: str = ""
    """Where they are asked; empty: where the change was asked for."""
    channel_name: str = ""
    seconds: float = 3600.0
    """For so long they are waited for."""

    def is_met_by(self, actor: Actor) -> bool:
        """Whether this person is one of those who are asked."""
        return (
            actor.id in self.users
            or not actor.groups.isdisjoint(self.groups)
            or not actor.oncall.isdisjoint(self.oncall)
        )

    @property
    def people(self) -> str:
        """Who they are, for a sentence."""
        named = [f"@{name}" for name in (*self.groups.values(), *self.users.values())]
        return " or ".join([*named, *(f"whoever is on call ({name})" for name in self.oncall)])


class Program(Frozen):
    """What would run in a container: an argument vector, and whether it is typed to."""

    argv: tuple[str, ...]
    interactive: bool = False


class Allowance(Frozen):
    """Within what a program may run, and by which exec profile."""

    profile: str
    seconds: float
    bytes: int
    """Of what it prints, both streams together."""


class Facts(Frozen):
    """What a change would do to one object, as far as rules ask: known once it is planned."""

    labels: tuple[dict[str, str], ...] = ()
    """The object's labels before and after; one of the two where it is made or removed."""
    replicas: tuple[int | None, int] | None = None
    """Before and after, where the change sets them; of an autoscaler its most, and before it is made how many
    there are; else None before it is made.
    """
    at_once: tuple[int, int] | None = None
    """How many there are, and how many an autoscaler's bounds make of them as soon as it is there."""
    images: tuple[str, ...] = ()
    """The images that it brings."""
    service_type: str = ""
    """Where it makes or changes a Service."""


class Ask(Frozen):
    """One question to the policy."""

    actor: Actor
    place: Place
    verb: str
    permission: Permission
    risk: Risk
    scope: Scope
    program: Program | None = None
    """For what runs programs; without one the question is whether this person may run any."""
    facts: Facts | None = None
    """None before the change is planned: what depends on them is then neither given nor refused."""


Questions: TypeAlias = tuple[tuple[Ask, ...], ...]
"""All questions of a line; of one with several, its readings, one of which is enough."""


class Decision(Frozen):
    """The answer, with the rule that gave it and what would have been near."""

    effect: Effect
    rule: str = ""
    reason: str = ""
    near_miss: str = ""
    policy: str = ""
    """The start of the policy's hash, so a record says under which policy it was decided."""
    allowance: Allowance | None = None
    """Where a program was asked about and is allowed."""
    risk: Risk = Risk.READ
    """As the policy raises it."""
    needs: tuple[Need, ...] = ()
    """With `approve`, all of these have to say yes; with `review`, one of these signs it off."""
    code: bool = False
    """Whoever says yes gives a one-time code with it."""
    is_open: bool = False
    """What the change does may decide otherwise: nothing of that is known before it is planned."""

    @property
    def allowed(self) -> bool:
        return self.effect is not Effect.DENY


def merged(needs: Iterable[Need]) -> tuple[Need, ...]:
    """Rules that ask the same people ask them once: for as many as any of them wants, and as briefly."""
    found: dict[str, Need] = {}
    for need in needs:
        who = repr((sorted(need.users), sorted(need.groups), sorted(need.oncall)))
        other = found.get(who, need)
        found[who] = max((other, need), key=lambda one: one.count).model_copy(
            update={"seconds": min(other.seconds, need.seconds)}
        )
    return tuple(found.values())


def strictest(decisions: Iterable[Decision]) -> Decision:
    """Of several answers about one change the strictest, with all that any of them asks for."""
    found = sorted(decisions, key=lambda one: STRICTNESS.index(one.effect), reverse=True)
    if not found:
        return Decision(effect=Effect.DENY, reason="Nothing was asked that could be decided on.")
    first = found[0]
    needs = [need for one in found if one.effect is first.effect for need in one.needs]
    risks = tuple(Risk)
    return first.model_copy(
        update={
            "needs": merged(needs),
            "risk": max((one.risk for one in found), key=risks.index),
            "code": any(one.code for one in found),
            "is_open": any(one.is_open for one in found),
        }
    )
