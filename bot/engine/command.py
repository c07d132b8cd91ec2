"""The four kinds of command, their arguments, and what each kind is given.

A verb is a declaration and a few functions. From the declaration come its grammar, help, permission and
risk. A verb never posts, logs, sleeps or writes: a read gives a Message, a change gives a Plan, and the
engine applies exactly that plan.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Any, Generic, Literal, Protocol, TypeAlias, TypeVar

from pydantic import field_validator

from bot.domain.access import Actor, Decision, Permission, Place, Risk
from bot.domain.changes import Applied, Plan, Step, Write
from bot.domain.cluster import ApiTable, LogRequest, Take, Taken
from bot.domain.message import Message
from bot.domain.model import Frozen, Json
from bot.domain.records import Record
from bot.domain.resources import DEPLOYMENTS, PODS, ResourceType
from bot.domain.results import Lines, Rows


@dataclass(frozen=True)
class Positional:
    """An argument by its place; a tuple takes all that are left."""

    name: str
    help: str = ""


@dataclass(frozen=True)
class Flag:
    """An argument by its name, as kubectl spells it: `Flag("-n", "--namespace")`."""

    names: tuple[str, ...]
    help: str = ""
    metavar: str = ""

    def __init__(self, *names: str, help: str = "", metavar: str = "") -> None:  # noqa: A002 - click's word
        object.__setattr__(self, "names", names)
        object.__setattr__(self, "help", help)
        object.__setattr__(self, "metavar", metavar)


_NAMESPACE = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")


class Args(Frozen):
    """The validated input of a verb. Each carries where it is meant to act; empty means the default there."""

    namespace: Annotated[str, Flag("-n", "--namespace", help="the namespace", metavar="NAMESPACE")] = ""
    context: Annotated[str, Flag("--context", "--cluster", help="the cluster", metavar="CLUSTER")] = ""

    @field_validator("namespace")
    @classmethod
    def _is_namespace(cls, name: str) -> str:
        if name and not _NAMESPACE.fullmatch(name):
            raise ValueError(f"`{name[:63]}` cannot be a namespace's name.")
        return name

    def reach(self) -> str:
        """The namespace asked for; `*` where all of them, or none, is meant."""
        return self.namespace


class ReadArgs(Args):
    """The input of a verb that looks."""

    share: Annotated[bool, Flag("--share", help="show the answer to the whole channel")] = False
    within: tuple[str, ...] = ()
    """Where all namespaces are meant and the policy lets this person see only some: those. Never typed."""


class ClusterReader(Protocol):
    """The only door a command has to its cluster. Every call asks the policy first, then the API.

    Raises `AccessDeniedError` and the errors below `ClusterError`; `get` raises `TargetNotFoundError` with
    the nearest names that live there.
    """

    @property
    def name(self) -> str: ...

    async def version(self) -> Json: ...

    async def resolve(self, word: str) -> ResourceType: ...

    async def get(self, kind: ResourceType, namespace: str, name: str) -> Json: ...

    async def list(
        self, kind: ResourceType, namespace: str, *, labels: str = "", fields: str = ""
    ) -> tuple[Json, ...]: ...

    async def collect(
        self,
        kind: ResourceType,
        namespace: str,
        take: Take,
        *,
        labels: str = "",
        fields: str = "",
        most: int = 5000,
    ) -> Taken:
        """What `take` takes of each object, page by page; no more than one page is ever held."""

    async def table(
        self,
        kind: ResourceType,
        namespace: str,
        *,
        name: str = "",
        labels: str = "",
        fields: str = "",
        limit: int = 500,
        most: int = 1,
        take: Take | None = None,
        of: Literal["Metadata", "Object"] = "Metadata",
    ) -> ApiTable:
        """The server's own columns, in pages of `limit` until there are `most` rows.

        `take` is given the metadata of each row's object, or the whole of it.
        """

    async def logs(self, request: LogRequest) -> str: ...

    async def dry_run(self, write: Write) -> Step:
        """What this write would change, as the server answers it; nothing is changed."""


class ClusterWriter(ClusterReader, Protocol):
    """What the engine holds while it acts; no command ever does."""

    async def apply(self, step: Step, change: str) -> Applied:
        """Make one write, exactly as it was shown, marked with the change's id.

        Raises `StalePlanError` when what was shown no longer holds: then nothing was sent.
        """

    async def holds(self, step: Step) -> None:
        """Raise `StalePlanError` when what was shown no longer holds."""

    async def find(self, step: Step, change: str) -> Applied | None:
        """Whether a write whose answer was lost has arrived: the object as it is, or None."""


class Records(Protocol):
    """The account, as verbs may read it."""

    async def show(self, seq: int) -> Record | None: ...

    async def search(
        self,
        *,
        actor: str = "",
        verb: str = "",
        namespace: str = "",
        target: str = "",
        since: float = 0.0,
        limit: int = 20,
    ) -> list[Record]: ...

    async def verify(self) -> tuple[int, str]:
        """How many records hold, and why the first that does not does not."""


@dataclass(frozen=True)
class ReadContext:
    """What a read, and the planning of a change, is given."""

    cluster: ClusterReader
    actor: Actor
    place: Place
    line: str
    """The line as understood, for a change's cause."""
    now: Callable[[], float]


class Waiting(Frozen):
    """A plan whose question may have been lost by a reload: the same buttons answer it."""

    id: str
    plan: Plan
    until: float


@dataclass(frozen=True)
class BotContext:
    """What a verb about the bot itself is given."""

    actor: Actor
    place: Place
    cluster: str
    namespace: str
    clusters: tuple[str, ...]
    commands: tuple[Command, ...]
    records: Records
    waiting: tuple[Waiting, ...]
    """The plans that wait for this person's answer, oldest first."""
    may: Callable[[Command], Decision]
    """What the policy says to this person for a verb, here."""
    now: Callable[[], float]


A = TypeVar("A", bound=Args)


class Stage(Frozen):
    """Where a session stands: what it needs to go on, what is shown, and when it steps again."""

    state: Json
    message: Message
    wake_in: float | None
    """Seconds until the next step; None when it is over."""


class Event(StrEnum):
    """Why a session steps."""

    BEGIN = "begin"
    WAKE = "wake"
    STOP = "stop"


C = TypeVar("C", bound=ReadContext)


@dataclass(frozen=True, kw_only=True)
class Live(Generic[C, A]):
    """How a verb goes on in the channel: each step makes the next stage of one message; a button stops it."""

    wanted: Callable[[A], bool]
    step: Callable[[C, A, Json, Event], Awaitable[Stage]]


@dataclass(frozen=True, kw_only=True)
class _Declared(Generic[A]):
    name: str
    summary: str
    examples: tuple[str, ...]
    args: type[A]
    permission: Permission
    aliases: tuple[str, ...] = ()
    kinds: Callable[[A], tuple[str, ...]] = field(default=lambda _: (DEPLOYMENTS.plural,))
    """What the line reaches for, as far as the text alone tells; the policy is asked about each."""

    mostly: str = DEPLOYMENTS.plural
    """The kind that help speaks of when it says who may use the verb."""

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.aliases)


@dataclass(frozen=True, kw_only=True)
class ReadCommand(_Declared[A]):
    """Looks, and changes nothing. What may be long or worth a second look is given as a result."""

    run: Callable[[ReadContext, A], Awaitable[Message | Rows | Lines]]
    live: Live[ReadContext, A] | None = None
    """How it goes on in the channel, where its arguments ask for that."""
    also_reads: tuple[ResourceType, ...] = ()
    """Kinds that its permission covers beside those asked for, such as the pods of a deployment."""
    risk: Risk = Risk.READ


@dataclass(frozen=True, kw_only=True)
class ChangeCommand(_Declared[A]):
    """Plans a change by a dry run; the engine shows, confirms, records and applies it."""

    plan: Callable[[ReadContext, A], Awaitable[Plan]]
    risk: Risk
    report: Callable[[Plan, tuple[Json, ...]], Message] | None = None
    """What to say once it is applied, where the plan's own words do not tell all, such as an address."""
    also_reads: tuple[ResourceType, ...] = (PODS,)


@dataclass(frozen=True, kw_only=True)
class BotCommand(_Declared[A]):
    """About the bot itself: its record, its policy, its help."""

    run: Callable[[BotContext, A], Awaitable[Message]]
    risk: Risk = Risk.READ


@dataclass(frozen=True, kw_only=True)
class SessionCommand(_Declared[A]):
    """Lives on: each step makes the next stage of one message, which has a button that stops it."""

    step: Callable[[ReadContext, A, Json, Event], Awaitable[Stage]]
    also_reads: tuple[ResourceType, ...] = ()
    risk: Risk = Risk.READ


Command: TypeAlias = ReadCommand[Any] | ChangeCommand[Any] | BotCommand[Any] | SessionCommand[Any]
