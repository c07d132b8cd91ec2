"""The four kinds of command, their arguments, and what each kind is given.

A verb is a declaration and a few functions. From the declaration come its grammar, help, permission and
risk. A verb never posts, logs, sleeps or writes: a read gives a Message, a change gives a Plan, and the
engine applies exactly that plan.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Generic, TypeAlias, TypeVar

from pydantic import Field

from bot.domain.access import Actor, Decision, Permission, Place, Program, Risk
from bot.domain.changes import Plan, Result
from bot.domain.form import Choice
from bot.domain.locks import Freeze
from bot.domain.message import Button, Message, Text
from bot.domain.model import Frozen, Json
from bot.domain.records import Made
from bot.domain.resources import DEPLOYMENTS, PODS, ObjectRef, ResourceType
from bot.domain.results import Lines, Rows
from bot.domain.runs import Run
from bot.domain.verdicts import OnCallUntil, Verdict
from bot.domain.whereabouts import Sighting, Usual
from bot.engine.arguments import Args
from bot.engine.ports import ClusterReader, ClusterRunner, Keeping, Locks, Records, Terminals, Typed


@dataclass(frozen=True)
class ReadContext:
    """What a read, and the planning of a change, is given."""

    cluster: ClusterReader
    actor: Actor
    place: Place
    line: str
    """The line as understood, for a change's cause."""
    now: Callable[[], float]
    made: Callable[[ObjectRef], Awaitable[tuple[Made, ...]]]
    """The last changes of an object through the bot, the newest first."""
    keeping: Keeping


@dataclass(frozen=True)
class RunContext(ReadContext):
    """What a verb that runs something is given."""

    cluster: ClusterRunner


@dataclass(frozen=True)
class SessionContext(RunContext):
    """What each step of a session that is typed to is given."""

    session: str
    """The operation that carries it."""
    meant: Run | None
    """What is run, exactly; None for what runs nothing."""
    terminals: Terminals


class Waiting(Frozen):
    """A question that may have been lost by a reload: the same buttons answer it."""

    said: Text
    until: float
    """Seconds since 1970; 0 for what waits until it is done."""
    buttons: tuple[Button, ...]
    """The affirmative one first."""
    about: str = ""
    """What would be done, as a button says it; empty where the first one does."""
    channel: str = ""
    """Where it is asked as well."""


class UnderWay(Frozen):
    """A change or a session of somebody's that goes on in a channel."""

    what: Text
    channel: str


@dataclass(frozen=True)
class BotContext:
    """What a verb about the bot itself is given."""

    actor: Actor
    place: Place
    cluster: str
    namespace: str
    clusters: tuple[str, ...]
    visible: tuple[str, ...]
    """Those of them on which the policy gives this person anything."""
    usual: Usual
    """What a line of theirs means here that names neither cluster nor namespace."""
    look: Callable[[str], Awaitable[Sighting]]
    """How a cluster answers right now, as far as they may know."""
    choose: Callable[[str], Awaitable[Usual]]
    """Keep their own default in this channel; the empty name forgets it."""
    commands: tuple[Command, ...]
    records: Records
    locks: Locks
    waiting: tuple[Waiting, ...]
    """The plans that wait for this person's answer, oldest first; then what others ask of them."""
    reviews: tuple[Waiting, ...]
    """What was done first: theirs to sign off, with the button for it, and their own that others sign."""
    under_way: tuple[UnderWay, ...]
    may: Callable[[Command], Decision]
    """What the policy says to this person for a verb, here."""
    may_at: Callable[[str, str], Decision]
    """What it says for this very verb in another cluster and namespace; `*` is all of them."""
    now: Callable[[], float]
    judge: Callable[[tuple[str, ...]], Verdict | None]
    """What it says to a whole line; None where that is open to every full member. Raises `UnknownVerbError`,
    and `ClusterUnknownError` for a cluster on which it gives them nothing."""
    handles: Mapping[str, str] = field(default_factory=dict)
    """What the user groups that the policy names are called, by their ids."""
    freezes: tuple[Freeze, ...] = ()
    on_call: tuple[OnCallUntil, ...] = ()
    """The schedules by which they are on call now, of those that the policy names."""


A = TypeVar("A", bound=Args)


class Stage(Frozen):
    """Where a session stands: what it needs to go on, what is shown, and when it steps again."""

    state: Json
    message: Message
    """The card; its files go into its thread."""
    wake_in: float | None
    """Seconds until the next step; None when it is over."""
    thread: Message | None = None
    """A second message, in the card's thread, brought to this state; None where it stays as it is."""
    detail: Json = Field(default_factory=dict)
    """What the record keeps once it is over."""


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
    last: Callable[[Typed, Json, float, Message], Stage] | None = None
    """The last stage of a terminal that is closed for what the message says, such as a right that is gone."""


@dataclass(frozen=True)
class Outcome:
    """What a verb that ran something says of it, and what the record keeps: never the output itself."""

    shown: Message | Lines
    detail: Json
    result: Result = Result.APPLIED
    """Whether it ran; what the program itself made of it is in the detail."""


class Seen(Frozen):
    """What came of a change, as it looks now, and whether that is the end of it."""

    message: Message
    settled: bool


@dataclass(frozen=True, kw_only=True)
class Look:
    """What is read after a change was made, again and again until it has settled, for its card to end true.

    It reads these kinds, and those that were changed, where the change was made, or in all namespaces, for so
    many seconds at most.
    """

    see: Callable[[ClusterReader, Plan, tuple[Json, ...]], Awaitable[Seen]]
    kinds: tuple[ResourceType, ...]
    seconds: float
    everywhere: bool = False


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

    choices: Mapping[str, Callable[[ReadContext, Mapping[str, str]], Awaitable[tuple[Choice, ...]]]] = field(
        default_factory=dict
    )
    """For a form: what may be chosen for an argument, where that depends on the other answers."""

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
class RunCommand(_Declared[A]):
    """Runs something in the cluster that is no change of an object: a program, a request."""

    plan: Callable[[RunContext, A], Awaitable[Plan]]
    """What the line means now, exactly; nothing is run by it."""
    run: Callable[[RunContext, Run], Awaitable[Outcome]]
    risk: Risk
    programs: Callable[[A], tuple[Program, ...]] = field(default=lambda _: ())
    """What the line may mean to run, as far as the text alone tells: the policy is asked about each reading,
    again about the one that is meant, and the strictest answer counts."""
    also_reads: tuple[ResourceType, ...] = ()
    live: Live[SessionContext, A] | None = None


@dataclass(frozen=True, kw_only=True)
class ChangeCommand(_Declared[A]):
    """Plans a change by a dry run; the engine shows, confirms, records and applies it."""

    plan: Callable[[ReadContext, A], Awaitable[Plan]]
    risk: Risk
    look: Look | None = None
    """What becomes of it afterwards, where that is no rollout, such as an address that it gets."""
    also_reads: tuple[ResourceType, ...] = (PODS,)


@dataclass(frozen=True, kw_only=True)
class BotCommand(_Declared[A]):
    """About the bot itself: its record, its policy, its help."""

    run: Callable[[BotContext, A], Awaitable[Message]]
    risk: Risk = Risk.READ
    decide: Callable[[BotContext, A], Awaitable[tuple[Decision, Text]]] | None = None
    """What the policy says to what the line turns out to be about, and what that is, where its text does not
    tell. Raises what `run` raises for what may not be."""


Command: TypeAlias = ReadCommand[Any] | RunCommand[Any] | ChangeCommand[Any] | BotCommand[Any]
