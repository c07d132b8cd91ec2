"""Verbs that live on: one message, stepped by its wake-ups and ended by its button, across any restart.

The state is in the row. A step decides anew whether its person may still see what it shows, reads, shows the
next stage, and says when it steps again.
"""

from __future__ import annotations

import logging

from pydantic import Field

from bot.domain.errors import BotError, ChannelClosedError, DeliveryError
from bot.domain.invocation import Invocation
from bot.domain.message import Button, Message
from bot.domain.model import Frozen, Json
from bot.domain.operation import State
from bot.domain.records import Entry, RecordKind
from bot.domain.redaction import redact
from bot.engine import asking, cards
from bot.engine.command import Args, BotCommand, ChangeCommand, Event, SessionCommand, SessionContext, Stage
from bot.engine.rooms import Rooms
from bot.engine.worker import Hold

log = logging.getLogger(__name__)


class Running(Frozen):
    """What the row of a session keeps."""

    verb: str
    invocation: Invocation
    args: Json
    state: Json = Field(default_factory=dict)
    ts: str = ""
    """Its message, once it is posted."""
    steps: int = 0


class Sessions:
    """Steps any session, whatever its verb."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    async def step(self, hold: Hold) -> None:
        running = Running.model_validate(hold.data)
        event = Event.STOP if hold.state is State.STOPPING else Event.WAKE if running.ts else Event.BEGIN
        try:
            stage = await self._next(hold, running, event)
        except BotError as error:
            stage = Stage(state=running.state, message=cards.refused(error), wake_in=None)
        over = stage.wake_in is None or event is Event.STOP
        try:
            ts = await self._show(hold, running, stage.message, over=over)
        except DeliveryError as error:
            log.warning("session %s ends, its message cannot be shown: %s", hold.operation.id, error.reason)
            ts, over = running.ts, True
        running = running.model_copy(update={"state": stage.state, "ts": ts, "steps": running.steps + 1})
        if over:
            await self._end(hold, running)
            return
        wake_at = self._rooms.clock() + (stage.wake_in or 0.0)
        await hold.save(State.MOVING, running.model_dump(mode="json"), wake_at=wake_at, release=True)

    async def _next(self, hold: Hold, running: Running, event: Event) -> Stage:
        invocation = running.invocation
        command = self._rooms.registry.named(running.verb)
        if command is None or isinstance(command, (BotCommand, ChangeCommand)):
            raise ChannelClosedError(f"The verb {running.verb} is not known any more.")
        args: Args = command.args.model_validate(running.args)
        groups = self._rooms.in_force.policy.groups
        actor = await self._rooms.directory.actor(invocation.team, invocation.user, groups=groups)
        asking.decide(self._rooms, actor, invocation.place, command, args)
        gate = asking.gate(self._rooms, actor, invocation.place, command, args)
        context = SessionContext(
            cluster=self._rooms.clusters.behind(args.context, gate),
            actor=actor,
            place=invocation.place,
            line=invocation.text,
            now=self._rooms.clock,
            session=hold.operation.id,
            terminals=self._rooms.terminals,
        )
        if isinstance(command, SessionCommand):
            return await command.step(context, args, running.state, event)
        if command.live is None:
            raise ChannelClosedError(f"The verb {running.verb} does not go on any more.")
        return await command.live.step(context, args, running.state, event)

    async def _show(self, hold: Hold, running: Running, message: Message, *, over: bool) -> str:
        channel = running.invocation.place.channel
        stop = Button(label="Stop", press=f"{hold.operation.id}:stop")
        shown, offer = self._rooms.offers(message)
        if offer:
            await self._rooms.operations.add(offer)
        if not over:
            shown = shown.model_copy(update={"buttons": (*shown.buttons, stop)})
        if running.ts:
            await self._rooms.notifier.edit(channel, running.ts, shown, final=over)
            return running.ts
        return await self._rooms.notifier.post(channel, shown, key=hold.operation.id)

    async def _end(self, hold: Hold, running: Running) -> None:
        await self._rooms.terminals.end(hold.operation.id)
        invocation, args = running.invocation, running.args
        entry = Entry(
            kind=RecordKind.FOLLOWED,
            operation=invocation.id,
            actor=invocation.user,
            actor_name=invocation.user_name,
            team=invocation.team,
            channel=invocation.place.channel,
            asked=redact(invocation.text),
            verb=running.verb,
            cluster=args.get("context", ""),
            namespace=args.get("namespace", ""),
            detail={"outcome": "ended", "steps": running.steps},
        )
        async with self._rooms.database.write() as connection:
            await self._rooms.ledger.append(connection, entry)
            await hold.save(State.DONE, {}, release=True, connection=connection)
