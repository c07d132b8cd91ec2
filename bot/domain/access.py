"""Who asks for what, where, and how much it could hurt."""

from __future__ import annotations

from enum import StrEnum

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
    """Empty where Slack does not tell it."""


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
    ALLOW = "allow"
    CONFIRM = "confirm"
    DENY = "deny"


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

    @property
    def allowed(self) -> bool:
        return self.effect is not Effect.DENY
