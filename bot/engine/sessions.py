"""Verbs that live on: one message, stepped by its wake-ups and ended by its button, across any restart.

The state is in the row. A step decides anew whether its person may still see what it shows, reads, shows the
next stage, and says when it steps again. A verb that runs something has its intent on the record before its
first step and its conclusion after its last; what is typed to it is decided on line by line.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from pydantic import Field

from bot.domain import execmessages
from bot.domain.access import Actor, Decision, Effect
from bot.domain.errors import AccessDeniedError, BotError, ChannelClosedError, DeliveryError
from bot.domain.invocation import Invocation, beside
from bot.domain.message import Button, text
from bot.domain.model import Frozen, Json
from bot.domain.operation import State
from bot.domain.records import Entry, RecordKind, digest
from bot.domain.redaction import redact
from bot.domain.runs import Run
from bot.domain.typed import MOST, clean
from bot.engine import asking, cards, run_cards
from bot.engine.acting import Acting
from bot.engine.arguments import Args
from bot.engine.command import (
    BotCommand,
    ChangeCommand,
    Command,
    Event,
    ReadCommand,
    RunCommand,
    SessionContext,
    Stage,
)
from bot.engine.people import actor_of
from bot.engine.planned import Planned
from bot.engine.rooms import Rooms
from bot.engine.terminals import Reply
from bot.engine.worker import Hold

log = logging.getLogger(__name__)

_Live = ReadCommand[Any] | RunCommand[Any]


class Running(Frozen):
    """What the row of a session keeps."""

    verb: str
    invocation: Invocation
    args: Json
    meant: Run | None = None
    """What is run, exactly; None for what runs nothing."""
    plan: str = ""
    """The operation of the plan that others were asked about, under which the record has it."""
    planned: Planned | None = None
    """That plan, with who said yes: decided on once more before anything is opened."""
    begun: bool = False
    """Its first step was taken: what runs something is not begun twice."""
    state: Json = Field(default_factory=dict)
    ts: str = ""
    """Its message, once it is posted."""
    thread_ts: str = ""
    """The second one, in the thread of the first."""
    shown: str = ""
    """The hash of what its message says: what says the same is not said again."""
    steps: int = 0


class Sessions:
    """Steps any session, whatever its verb."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._acting = Acting(rooms)

    async def step(self, hold: Hold) -> None:
        running, name = Running.model_validate(hold.data), hold.operation.id
        event = Event.STOP if hold.state is State.STOPPING else Event.WAKE if running.ts else Event.BEGIN
        await self._rooms.terminals.settle(name)
        try:
            if event is Event.BEGIN:
                running, event = await self._begin(hold, running)
            stage = await self._next(name, running, event)
        except BotError as error:
            stage = await self._broken_off(name, running, error)
        over = stage.wake_in is None or event is Event.STOP
        try:
            running = await self._show(name, running, stage, over=over)
        except DeliveryError as error:
            log.warning("session %s ends, its message cannot be shown: %s", name, error.reason)
            over = True
        running = running.model_copy(update={"state": stage.state, "steps": running.steps + 1})
        if over:
            await self._end(hold, running, stage)
            return
        wake_at = self._rooms.clock() + (stage.wake_in or 0.0)
        await hold.save(State.MOVING, running.model_dump(mode="json"), wake_at=wake_at, release=True)

    async def typed(self, reply: Reply) -> None:
        """Type what was written in a terminal's thread, if its person may still do that now.

        Where they may not, nothing is typed, and the session's next step, which is now, ends it.
        """
        if not reply.is_whole:
            await self._not_typed(reply)
            return
        opened = self._rooms.terminals.take(reply)
        name = self._rooms.terminals.session_of(reply.channel, reply.thread)
        found = await self._rooms.operations.get(name) if opened else None
        if opened is None or found is None or found.state is not State.MOVING:
            return
        running = Running.model_validate(found.data)
        try:
            command, args = self._verb(running)
            context = await self._context(name, running, command, args)
            await self._rooms.terminals.type(opened, lambda: context.cluster.allowance(opened.request))
        except BotError as error:
            log.info("a line was not typed into session %s: %s", name, error.code)
        self._rooms.worker.hasten(name)

    async def _not_typed(self, reply: Reply) -> None:
        """Half of what was written would be another program: it is said that none of it was typed."""
        opened = self._rooms.terminals.find(self._rooms.terminals.session_of(reply.channel, reply.thread))
        if opened is None or opened.user != reply.user:
            return
        try:
            where = beside(reply.channel, reply.thread, reply.user)
            await self._rooms.notifier.answer(where, execmessages.too_much(MOST))
        except DeliveryError as error:
            log.warning("that nothing was typed could not be said: %s", error.reason or error.code)

    async def _next(self, name: str, running: Running, event: Event) -> Stage:
        command, args = self._verb(running)
        context = await self._context(name, running, command, args)
        return await _step(command, context, args, running.state, event)

    def _verb(self, running: Running) -> tuple[_Live, Args]:
        command = self._rooms.registry.named(running.verb)
        if command is None or isinstance(command, (BotCommand, ChangeCommand)):
            raise ChannelClosedError(f"The verb {running.verb} is not known any more.")
        return command, command.args.model_validate(running.args)

    async def _context(self, name: str, running: Running, command: _Live, args: Args) -> SessionContext:
        """What a step is given, once it is decided that the person may still have it."""
        invocation = running.invocation
        actor, _ = await self._decided(running, command, args)
        gate = asking.gate(self._rooms, actor, invocation.place, command, args)
        return SessionContext(
            cluster=self._rooms.door(args.context, gate, actor, _operation(name, running, command)),
            actor=actor,
            place=invocation.place,
            line=invocation.text,
            now=self._rooms.clock,
            made=self._rooms.ledger.made,
            keeping=self._rooms.keeping,
            session=name,
            meant=running.meant,
            terminals=self._rooms.terminals,
        )

    async def _decided(self, running: Running, command: _Live, args: Args) -> tuple[Actor, Decision]:
        """As things are now. What keeps a program from being started ends the terminal it is typed to."""
        by, meant = running.invocation, running.meant
        actor = await actor_of(self._rooms, by.team, by.user)
        decision = asking.decide(self._rooms, actor, by.place, command, args)
        if meant and meant.program:
            await self._rooms.locks.check((meant.target,), command.name)
        return actor, decision

    async def _begin(self, hold: Hold, running: Running) -> tuple[Running, Event]:
        """What is run is on the record first. Where it was begun before, a process died: it is not run again.

        What others were asked about has its intent on the record by then, and is decided on once more.
        """
        command, args = self._verb(running)
        if not isinstance(command, RunCommand):
            return running, Event.BEGIN
        if running.begun:
            return running, Event.WAKE
        name, begun = hold.operation.id, running.model_copy(update={"begun": True})
        if running.planned:
            await self._acting.ready(running.planned, running.plan)
        else:
            _, decision = await self._decided(running, command, args)
            if decision.effect is not Effect.ALLOW:
                asks = "The policy has come to ask for a yes before this."
                raise AccessDeniedError(asks, hint="Ask again.", rule=decision.rule)
        async with self._rooms.database.write() as transaction:
            if not running.planned:
                detail = {"plan": [run_cards.summary(running.meant)] if running.meant else []}
                intent = _entry(name, running, RecordKind.INTENT, detail)
                await self._rooms.ledger.append(transaction, intent)
            data = begun.model_dump(mode="json")
            await hold.save(hold.state, data, wake_at=self._rooms.clock(), transaction=transaction)
        return begun, Event.BEGIN

    async def _broken_off(self, name: str, running: Running, error: BotError) -> Stage:
        """The last stage when a step was refused or failed; a terminal is closed, and its output shown."""
        message = cards.refused(error)
        said = redact(f"{error.message} {error.hint}".strip())
        detail = {"result": "failed", "error": error.code, "said": said}
        opened, command = self._rooms.terminals.find(name), self._rooms.registry.named(running.verb)
        if opened and isinstance(command, RunCommand) and command.live and command.live.last:
            await opened.terminal.close()
            # what was typed before may have changed anything
            closed = message.model_copy(update={"footer": text("It is closed: nothing more is typed.")})
            now = self._rooms.clock()
            stage = await asyncio.to_thread(command.live.last, opened, running.state, now, closed)
            return stage.model_copy(update={"detail": detail | stage.detail})
        return Stage(state=running.state, message=message, wake_in=None, detail=detail)

    async def _show(self, name: str, running: Running, stage: Stage, *, over: bool) -> Running:
        """Bring both messages to the stage; what is shown already is not shown again."""
        channel, message = running.invocation.place.channel, stage.message
        said = digest(message.model_dump_json())
        if said != running.shown or over:
            shown, offer = self._rooms.offers(message)
            if offer:
                await self._rooms.operations.add(offer)
            if not over:
                stop = Button(label="Stop", press=f"{name}:stop")
                shown = shown.model_copy(update={"buttons": (*shown.buttons, stop)})
            ts = running.ts or await self._rooms.notifier.post(channel, shown, key=name)
            if not over:  # before anything else is said: whoever sees the card may type
                self._rooms.terminals.listen(name, channel, ts, running.invocation.user)
            if running.ts:
                await self._rooms.notifier.edit(channel, ts, shown, final=over)
            running = running.model_copy(update={"ts": ts, "shown": said})
        if stage.thread and running.thread_ts:
            await self._rooms.notifier.edit(channel, running.thread_ts, stage.thread, final=over)
        elif stage.thread:
            ts = await self._rooms.notifier.post(channel, stage.thread, thread=running.ts, key=name)
            running = running.model_copy(update={"thread_ts": ts})
        if message.files:
            await self._rooms.notifier.send(message.files, channel=channel, thread=running.ts)
        return running

    async def _end(self, hold: Hold, running: Running, stage: Stage) -> None:
        name = hold.operation.id
        await self._rooms.terminals.end(name)
        detail = {"outcome": "ended", "steps": running.steps} | stage.detail
        command = self._rooms.registry.named(running.verb)
        kind = RecordKind.CONCLUSION if isinstance(command, RunCommand) else RecordKind.FOLLOWED
        entry = _entry(_operation(name, running, command), running, kind, detail)
        async with self._rooms.database.write() as transaction:
            await self._rooms.ledger.append(transaction, entry)
            await hold.save(State.DONE, {}, release=True, transaction=transaction)


async def _step(command: _Live, context: SessionContext, args: Args, state: Json, event: Event) -> Stage:
    if command.live is None:
        raise ChannelClosedError(f"The verb {command.name} does not go on any more.")
    stage: Stage = await command.live.step(context, args, state, event)
    return stage


def _operation(name: str, running: Running, command: Command | None) -> str:
    """What the records call it: what runs something has an intent of its own, or its plan's; a read is its
    line's.
    """
    if running.plan:
        return running.plan
    return name if isinstance(command, RunCommand) else running.invocation.id


def _entry(operation: str, running: Running, kind: RecordKind, detail: Json) -> Entry:
    invocation, args = running.invocation, running.args
    return Entry(
        kind=kind,
        operation=operation,
        actor=invocation.user,
        actor_name=invocation.user_name,
        team=invocation.team,
        channel=invocation.place.channel,
        asked=clean(invocation.text),
        verb=running.verb,
        cluster=args.get("context", ""),
        namespace=args.get("namespace", ""),
        detail=detail,
    )
