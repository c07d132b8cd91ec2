"""What an authorized line comes to: a read is read, a change is planned and asked about."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from bot.domain import typed
from bot.domain.access import Actor, Decision, Effect, Place, Standing
from bot.domain.changes import Plan, targets
from bot.domain.errors import ChannelClosedError
from bot.domain.invocation import Invocation
from bot.domain.locks import Lock
from bot.domain.message import Message, code, text
from bot.domain.model import Frozen, Json
from bot.domain.operation import Kind, Operation, State
from bot.domain.records import Entry, RecordKind
from bot.domain.results import Lines, Rows
from bot.engine import asking, cards, whereabouts
from bot.engine.command import (
    Args,
    BotCommand,
    BotContext,
    ChangeCommand,
    Command,
    ReadCommand,
    ReadContext,
    UnderWay,
    Waiting,
)
from bot.engine.kept import KeptResults
from bot.engine.planned import Planned
from bot.engine.rollouts import Following
from bot.engine.rooms import PLAN_SECONDS, Rooms
from bot.engine.sessions import Running
from bot.service.locks import LockBook


class Answer(Frozen):
    """What a line came to: what is said, what is recorded, and what waits from now on."""

    message: Message
    entry: Entry | None = None
    waits: tuple[Operation, ...] = ()
    shared: bool = False
    """For the whole channel."""


class BoundLocks:
    """The locks, as one line may set and lift them: what it does is recorded as its own."""

    def __init__(self, book: LockBook, entry: Entry) -> None:
        self._book = book
        self._entry = entry

    async def all(self) -> tuple[Lock, ...]:
        return await self._book.all()

    async def set(self, lock: Lock) -> None:
        await self._book.set(lock, self._entry)

    async def lift(self, lock: Lock) -> bool:
        return await self._book.lift(lock, self._entry)


@dataclass(frozen=True)
class Authorized:
    """A line that was understood, and let through on its text."""

    command: Command
    args: Any
    actor: Actor
    decision: Decision
    invocation: Invocation
    entry: Entry


class Answering:
    """Runs the verb of an authorized line."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._results = KeptResults(rooms)

    async def run(self, line: Authorized) -> Answer:
        command = line.command
        if isinstance(command, BotCommand):
            context = await self._about_the_bot(line)
            return Answer(message=await command.run(context, line.args), entry=line.entry)
        if isinstance(command, ReadCommand):
            if line.decision.effect is Effect.CONFIRM and not line.invocation.confirmed:
                return self._ask_first(line)
            if command.live and command.live.wanted(line.args):
                return await self._begin(line)
            return self._answer(line, await command.run(self._reading(line, command), line.args), line.entry)
        if isinstance(command, ChangeCommand):
            await self._can_follow(line.invocation.place)
            plan = await command.plan(self._reading(line, command), line.args)
            await self._rooms.locks.check(targets(plan), plan.verb)
            return self._propose(line, plan)
        if line.decision.effect is Effect.CONFIRM and not line.invocation.confirmed:
            return self._ask_first(line)
        return await self._begin(line)

    def _reading(self, line: Authorized, command: ReadCommand[Any] | ChangeCommand[Any]) -> ReadContext:
        gate = asking.gate(self._rooms, line.actor, line.invocation.place, command, line.args)
        return ReadContext(
            cluster=self._rooms.clusters.behind(line.args.context, gate),
            actor=line.actor,
            place=line.invocation.place,
            line=understood(line.invocation.text),
            now=self._rooms.clock,
        )

    def _answer(self, line: Authorized, found: Message | Rows | Lines, entry: Entry) -> Answer:
        """What was found, to its asker or to the channel; a result is kept, to be looked at again."""
        shared = asking.is_for_the_channel(self._rooms, line.args, line.invocation.place)
        if isinstance(found, Message):
            return Answer(message=found, entry=entry, shared=shared)
        message, kept = self._results.keep(found, line.command, line.args, line.invocation)
        return Answer(message=message, entry=entry, waits=(kept,), shared=shared)

    def _ask_first(self, line: Authorized) -> Answer:
        """The policy wants a yes before it runs; a press of the button is the same line, agreed to."""
        now = self._rooms.clock()
        operation = self._rooms.new(
            Kind.OFFER, State.OPEN, {"commands": [line.invocation.text], "asks": True},
            owner=line.invocation.user, wake_at=now + PLAN_SECONDS,
        )  # fmt: skip
        question = cards.may_run(
            understood(line.invocation.text), operation.id, now + PLAN_SECONDS, round(PLAN_SECONDS / 60)
        )
        entry = line.entry.of(RecordKind.ASKED, {"outcome": "asked for a confirm"})
        return Answer(message=question, entry=entry, waits=(operation,))

    async def _begin(self, line: Authorized) -> Answer:
        """A session goes on in the channel, from its own row."""
        await self._can_follow(line.invocation.place)
        running = Running(
            verb=line.command.name, invocation=line.invocation, args=line.args.model_dump(mode="json")
        )
        operation = self._rooms.new(
            Kind.SESSION, State.MOVING, running.model_dump(mode="json"), owner=line.invocation.user,
            wake_at=self._rooms.clock(),
        )  # fmt: skip
        said = Message(headline=text("It goes on in this channel; its button stops it."))
        return Answer(message=said, entry=line.entry, waits=(operation,))

    async def _can_follow(self, place: Place) -> None:
        """A change is followed in its channel: where the bot cannot post, none is offered."""
        channel = await self._rooms.directory.channel(place.channel)
        if not channel.can_post:
            raise ChannelClosedError(
                "I cannot post in this channel, so nobody here could follow the change.",
                hint="Invite me with /invite @k8s-bot and ask again.",
            )

    def _propose(self, line: Authorized, plan: Plan) -> Answer:
        """Decide on the plan; store it, and ask; or, where the policy needs no question, let it go."""
        detail = {"plan": plan_summary(plan)}
        if plan.nothing:
            entry = line.entry.of(RecordKind.ASKED, detail | {"outcome": "nothing to change"})
            return Answer(message=Message(headline=plan.nothing), entry=entry)
        decision = asking.decide_plan(self._rooms, line.actor, line.invocation.place, line.command, plan)
        confirm = Effect.CONFIRM in {decision.effect, line.decision.effect}
        now = self._rooms.clock()
        planned = Planned(
            plan=plan,
            invocation=line.invocation,
            args=line.args.model_dump(mode="json"),
            confirmed_at=0.0 if confirm else now,
        )
        operation = self._rooms.new(
            Kind.PLAN, State.WAITING if confirm else State.CONFIRMED, planned.model_dump(mode="json"),
            owner=line.invocation.user, wake_at=now + PLAN_SECONDS if confirm else now,
        )  # fmt: skip
        question = cards.preview(plan, operation.id, now + PLAN_SECONDS, round(PLAN_SECONDS / 60))
        return Answer(
            message=question if confirm else cards.going_ahead(plan),
            entry=line.entry.of(RecordKind.ASKED, detail | {"plan_operation": operation.id}),
            waits=(operation,),
        )

    async def about_home(self, by: Invocation, command: Command, args: Args) -> Message:
        """What the bot's own tab says: nothing was typed, nothing is recorded. Raises `AccessDeniedError`."""
        groups = self._rooms.in_force.policy.groups
        actor = await self._rooms.directory.actor(by.team, by.user, groups=groups)
        settled = await asking.settle(self._rooms, actor, args, by.place)
        decision = asking.decide(self._rooms, actor, by.place, command, settled)
        nothing = Entry(kind=RecordKind.READ, operation=by.id, actor=by.user)
        line = Authorized(command, settled, actor, decision, by, nothing)
        return (await self.run(line)).message

    async def _about_the_bot(self, line: Authorized) -> BotContext:
        plans = await self._rooms.operations.waiting(line.invocation.user)
        waiting = tuple(
            Waiting(id=found.id, plan=Planned.model_validate(found.data).plan, until=found.wake_at or 0.0)
            for found in plans
        )

        def may(command: Command) -> Decision:
            return self._may(line, command)

        def may_at(cluster: str, namespace: str) -> Decision:
            there = line.args.model_copy(update={"context": cluster, "namespace": namespace})
            asked = asking.ask(line.actor, line.invocation.place, line.command, there, line.command.mostly)
            return self._rooms.in_force.policy.decide(asked)

        here = self._rooms, line.actor, line.invocation.place
        return BotContext(
            actor=line.actor,
            place=line.invocation.place,
            cluster=line.args.context,
            namespace=line.args.namespace,
            clusters=self._rooms.clusters.names,
            visible=whereabouts.visible(*here),
            usual=await whereabouts.usual(*here),
            look=partial(whereabouts.look, *here),
            choose=partial(whereabouts.choose, *here),
            commands=self._rooms.registry.commands,
            records=self._rooms.ledger,
            locks=BoundLocks(self._rooms.locks, line.entry),
            waiting=waiting,
            under_way=await self._under_way(line.invocation.user),
            may=may,
            may_at=may_at,
            now=self._rooms.clock,
        )

    async def _under_way(self, user: str) -> tuple[UnderWay, ...]:
        found = await self._rooms.operations.going(user)
        follows = [Following.model_validate(one.data) for one in found if one.kind is Kind.FOLLOW]
        sessions = [Running.model_validate(one.data) for one in found if one.kind is Kind.SESSION]
        return (
            *(UnderWay(what=one.plan.doing, channel=one.channel) for one in follows),
            *(
                UnderWay(
                    what=text("{}", code(understood(one.invocation.text))),
                    channel=one.invocation.place.channel,
                )
                for one in sessions
            ),
        )

    def _may(self, line: Authorized, command: Command) -> Decision:
        """What the policy says to a verb as it would be meant there, for what it mostly acts on."""
        actor, place = line.actor, line.invocation.place
        if actor.standing is not Standing.MEMBER:
            return Decision(effect=Effect.DENY)
        there = command.args.model_construct(namespace=line.args.namespace, context=line.args.context)
        return self._rooms.in_force.policy.decide(asking.ask(actor, place, command, there, command.mostly))


def understood(line: str) -> str:
    """The line as it stands in a change's cause: repaired, and without secrets."""
    return f"/k8s {typed.clean(line)}"


def plan_summary(plan: Plan) -> Json:
    """What a record keeps of a plan: targets and fields, secrets made unreadable."""
    return {"title": plan.title.plain(), "risk": plan.risk.value, "steps": cards.step_summaries(plan)}
