"""What an authorized line comes to: a read is read, a change is planned and asked about."""

from __future__ import annotations

from typing import Any

from bot.domain import asked
from bot.domain.access import ANY, Decision, Effect, Place
from bot.domain.changes import Plan
from bot.domain.errors import BotError, ChannelClosedError, UsageError
from bot.domain.invocation import Invocation
from bot.domain.message import Message, Paragraph, Text, code, text
from bot.domain.model import Frozen, Json
from bot.domain.operation import Kind, Operation, State
from bot.domain.records import Entry, RecordKind
from bot.domain.redaction import redact
from bot.domain.results import Lines, Rows
from bot.domain.runs import Run
from bot.domain.typed import join, split
from bot.engine import approval_cards, asking, cards, grammar, run_cards
from bot.engine.arguments import Args
from bot.engine.authorized import Authorized, understood
from bot.engine.bot_context import about_the_bot
from bot.engine.command import (
    BotCommand,
    ChangeCommand,
    Command,
    ReadCommand,
    ReadContext,
    RunCommand,
    RunContext,
)
from bot.engine.kept import KeptResults
from bot.engine.locking import check_locks
from bot.engine.lookback import interrupted
from bot.engine.people import actor_of
from bot.engine.planned import Planned
from bot.engine.rooms import PLAN_SECONDS, Rooms
from bot.engine.running import pinned, running
from bot.engine.sessions import Running


class Answer(Frozen):
    """What a line came to: what is said, what is recorded, and what waits from now on."""

    message: Message
    entry: Entry | None = None
    waits: tuple[Operation, ...] = ()
    shared: bool = False
    """For the whole channel."""


class Answering:
    """Runs the verb of an authorized line."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._results = KeptResults(rooms)

    async def run(self, line: Authorized) -> Answer:
        command = line.command
        if isinstance(command, ChangeCommand):
            await self._can_follow(line.invocation.place)
            plan = await command.plan(self._reading(line, command), line.args)
            await check_locks(self._rooms, plan)
            return self._propose(line, plan)
        if isinstance(command, RunCommand):
            return await self._run_or_ask(line, command)
        if line.decision.effect is Effect.CONFIRM and not line.invocation.confirmed:
            return self._ask_first(line)
        if isinstance(command, BotCommand):
            return await self._about_the_bot(line, command)
        if command.live and command.live.wanted(line.args):
            await self._can_follow(line.invocation.place)
            return self._begin(line)
        shared = await asking.is_for_the_channel(self._rooms, line.args, line.invocation.place)
        found = await command.run(self._reading(line, command), line.args)
        return await self._answer(line, found, line.entry, shared=shared)

    def _reading(self, line: Authorized, command: ReadCommand[Any] | ChangeCommand[Any]) -> ReadContext:
        gate = asking.gate(self._rooms, line.actor, line.invocation.place, command, line.args)
        return ReadContext(
            cluster=self._rooms.door(line.args.context, gate, line.actor, line.invocation.id),
            actor=line.actor,
            place=line.invocation.place,
            line=understood(line.invocation.text),
            now=self._rooms.clock,
            made=self._rooms.ledger.made,
            keeping=self._rooms.keeping,
        )

    async def _answer(
        self, line: Authorized, found: Message | Rows | Lines, entry: Entry, *, shared: bool = False
    ) -> Answer:
        """What was found, to its asker or to the channel; a result is kept, to be looked at again."""
        if isinstance(found, Message):
            return Answer(message=found, entry=entry, shared=shared)
        message, kept = await self._results.keep(found, line.command, line.args, line.invocation)
        return Answer(message=message, entry=entry, waits=(kept,), shared=shared)

    async def _about_the_bot(self, line: Authorized, command: BotCommand[Any]) -> Answer:
        context = await about_the_bot(self._rooms, line)
        if command.decide and not line.invocation.confirmed:
            decision, about = await command.decide(context, line.args)
            if decision.effect is Effect.CONFIRM:
                return self._ask_first(line, about)
        return Answer(message=await command.run(context, line.args), entry=line.entry)

    def _ask_first(self, line: Authorized, about: Text | None = None) -> Answer:
        """The policy wants a yes before it runs; a press of the button is the same line, agreed to."""
        now, asked = self._rooms.clock(), self._pinned(line)
        operation = self._rooms.new(
            Kind.OFFER, State.OPEN, {"commands": [asked], "asks": True},
            owner=line.invocation.user, wake_at=now + PLAN_SECONDS,
        )  # fmt: skip
        question = run_cards.may_run(
            understood(asked), operation.id, now + PLAN_SECONDS, round(PLAN_SECONDS / 60)
        )
        if about:
            question = question.model_copy(update={"parts": (Paragraph(text=about),)})
        entry = line.entry.of(RecordKind.ASKED, {"outcome": "asked for a confirm"})
        return Answer(message=question, entry=entry, waits=(operation,))

    def _pinned(self, line: Authorized) -> str:
        """The line with the cluster and namespace that it means now: a yes is to these, whatever is usual by
        then.
        """
        _, words = self._rooms.registry.find(split(line.invocation.text))
        given, args = grammar.understood(line.command.args, words), line.args
        there = [] if "context" in given else ["--context", args.context]
        if args.namespace and args.reach() != ANY and "namespace" not in given:
            there += ["-n", args.namespace]
        return join([*line.command.name.split(), *there, *words])

    async def _run_or_ask(self, line: Authorized, command: RunCommand[Any]) -> Answer:
        """What exactly is meant; then it is run, or asked about.

        A process that died after the intent left that: whoever takes the line up does not run it again.
        """
        if await self._rooms.ledger.intended(line.entry.operation):
            detail: Json = {"result": "unknown", "found_after_restart": True}
            said = cards.refused(interrupted())
            return Answer(message=said, entry=line.entry.of(RecordKind.CONCLUSION, detail))
        place = line.invocation.place
        gate = asking.gate(self._rooms, line.actor, place, command, line.args)
        door = self._rooms.door(line.args.context, gate, line.actor, line.invocation.id)
        context = running(self._rooms, door, line.actor, line.invocation)
        plan = await command.plan(context, line.args)
        meant = plan.run
        if meant is None:
            raise UsageError("That runs nothing.")
        await check_locks(self._rooms, plan)
        if meant.is_typed_to:
            await self._can_follow(place)
        decision = asking.decide_change(self._rooms, line.actor, place, command, line.args, plan=plan)
        if decision.effect is not Effect.ALLOW:
            for_others = decision.effect is not Effect.CONFIRM
            return self._propose(line, await pinned(context, plan, meant, for_others=for_others))
        if meant.is_typed_to:
            return self._begin(line, meant)
        intent = line.entry.of(RecordKind.INTENT, {"plan": cards.step_summaries(plan)})
        async with self._rooms.database.write() as transaction:
            await self._rooms.ledger.append(transaction, intent)
        return await self._run(line, command, context, meant)

    async def _run(
        self, line: Authorized, command: RunCommand[Any], context: RunContext, meant: Run
    ) -> Answer:
        """Run something, once, with the intent on the record before and the conclusion after."""
        try:
            outcome = await command.run(context, meant)
        except BotError as error:
            detail = {
                "result": "failed",
                "error": error.code,
                "said": redact(f"{error.message} {error.hint}".strip()),
            }
            return Answer(message=cards.refused(error), entry=line.entry.of(RecordKind.CONCLUSION, detail))
        return await self._answer(line, outcome.shown, line.entry.of(RecordKind.CONCLUSION, outcome.detail))

    def _begin(self, line: Authorized, meant: Run | None = None) -> Answer:
        """A session goes on in the channel, from its own row."""
        row = Running(
            verb=line.command.name, invocation=line.invocation, args=line.args.model_dump(mode="json"),
            meant=meant,
        )  # fmt: skip
        operation = self._rooms.new(
            Kind.SESSION, State.MOVING, row.model_dump(mode="json"), owner=line.invocation.user,
            wake_at=self._rooms.clock(),
        )  # fmt: skip
        said = Message(
            headline=text("{} goes on in this channel; its button stops it.", code(line.command.name))
        )
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
            return Answer(message=Message(headline=plan.nothing, buttons=plan.instead), entry=entry)
        place = line.invocation.place
        decision = asking.decide_change(self._rooms, line.actor, place, line.command, line.args, plan=plan)
        confirm = decision.effect is not Effect.ALLOW
        now = self._rooms.clock()
        planned = Planned(
            plan=plan,
            invocation=line.invocation,
            args=line.args.model_dump(mode="json"),
            risk=decision.risk,
            rule=decision.rule,
            needs=decision.needs if decision.effect is Effect.APPROVE else (),
            review=next(iter(decision.needs), None) if decision.effect is Effect.REVIEW else None,
            code=decision.code,
            confirmed_at=0.0 if confirm else now,
        )
        operation = self._rooms.new(
            Kind.PLAN, State.WAITING if confirm else State.CONFIRMED, planned.model_dump(mode="json"),
            owner=line.invocation.user, wake_at=now + PLAN_SECONDS if confirm else now,
        )  # fmt: skip
        minutes, asks = round(PLAN_SECONDS / 60), approval_cards.asks(planned)
        question = cards.preview(plan, operation.id, now + PLAN_SECONDS, minutes, asks)
        return Answer(
            message=question if confirm else cards.going_ahead(plan),
            entry=_decided(line, plan, decision).of(
                RecordKind.ASKED, detail | {"plan_operation": operation.id}
            ),
            waits=(operation,),
        )

    async def about_home(self, by: Invocation, command: Command, args: Args) -> Message:
        """What the bot's own tab says: nothing was typed, nothing is recorded. Raises `AccessDeniedError`."""
        actor = await actor_of(self._rooms, by.team, by.user)
        settled = await asking.settle(self._rooms, actor, args, by.place)
        decision = asking.decide(self._rooms, actor, by.place, command, settled)
        nothing = Entry(kind=RecordKind.READ, operation=by.id, actor=by.user)
        line = Authorized(command, settled, actor, decision, by, nothing)
        return (await self.run(line)).message


def _decided(line: Authorized, plan: Plan, decision: Decision) -> Entry:
    """The entry with what was decided on the plan, by then with its facts."""
    asks = asking.of_plan(line.actor, line.invocation.place, line.command, plan)
    decided = decision.model_dump(mode="json", exclude_defaults=True)
    return line.entry.model_copy(update={"question": asked.kept(asks), "decision": decided})


def plan_summary(plan: Plan) -> Json:
    """What a record keeps of a plan: targets and fields, secrets made unreadable."""
    return {"title": plan.title.plain(), "risk": plan.risk.value, "steps": cards.step_summaries(plan)}
