"""The engine as its edges see it: accept a line, accept a press, start, stop."""

from __future__ import annotations

import asyncio
import logging
import secrets

from bot.domain.access import Place
from bot.domain.errors import AuditUnavailableError, BotError
from bot.domain.invocation import Invocation
from bot.domain.message import Message
from bot.domain.operation import Kind, State
from bot.engine import cards
from bot.engine.confirmed import Confirmed
from bot.engine.pipeline import Pipeline
from bot.engine.presses import Press, Presses
from bot.engine.replies import Replies
from bot.engine.rollouts import Rollouts, Watching
from bot.engine.rooms import Rooms
from bot.engine.sessions import Sessions
from bot.engine.tasks import Tasks
from bot.engine.terminals import Reply
from bot.engine.worker import Hold

log = logging.getLogger(__name__)

_KEEP_SECONDS = 3600.0
"""How long an ended operation is remembered, so that a late second delivery is still known as one."""
_SWEEP_SECONDS = 600.0


class Engine:
    """Everything between Slack's door and the cluster's."""

    def __init__(self, rooms: Rooms, watching: Watching, tasks: Tasks) -> None:
        self._rooms = rooms
        self._tasks = tasks
        self._presses = Presses(rooms)
        self._replies = Replies(rooms)
        self._sessions = Sessions(rooms)
        rooms.worker.on(Kind.INVOCATION, Pipeline(rooms).step)
        rooms.worker.on(Kind.PLAN, Confirmed(rooms).step)
        rooms.worker.on(Kind.FOLLOW, Rollouts(rooms, watching).step, endless=True)
        rooms.worker.on(Kind.SESSION, self._sessions.step)
        rooms.worker.on(Kind.OFFER, self._forget)
        rooms.worker.on(Kind.RESULT, self._forget)

    def start(self) -> None:
        self._rooms.worker.start()
        self._tasks.keep(self._sweep_forever, "sweep")

    async def accept(self, invocation: Invocation, *, delivery: str) -> bool:
        """Keep an invocation; it runs from here on, whatever happens to this process. False for a repeat.

        Raises `AuditUnavailableError` when it cannot be kept: then nothing runs.
        """
        operation = self._rooms.new(
            Kind.INVOCATION, State.RECEIVED, invocation.model_dump(mode="json"), owner=invocation.user,
            wake_at=invocation.at,
        ).model_copy(update={"id": invocation.id})  # fmt: skip
        fresh = await self._rooms.operations.add(operation, dedupe=delivery, hold=True)
        if fresh:
            self._rooms.worker.take(operation)
        return fresh

    async def press(self, press: Press, *, delivery: str) -> None:
        """Keep what a click decides. What is said about it, to whoever pressed alone, follows by itself."""
        try:
            taken = await self._presses.take(press)
            if isinstance(taken, Invocation):
                await self.accept(taken, delivery=delivery)
            elif taken is not None:
                self._tasks.start(self._say(press, taken, replace=True), "answer to a press")
        except BotError as error:
            self._tasks.start(self._say(press, cards.refused(error)), "refusal of a press")

    def listens(self, channel: str, thread: str) -> bool:
        """Whether what is written in this thread is typed into a terminal; all else is not ours to read."""
        return bool(self._rooms.terminals.session_of(channel, thread))

    async def type(self, reply: Reply) -> None:
        """Type a line into the terminal whose thread it was written in, if its person may still do that."""
        await self._sessions.typed(reply)

    async def _say(self, press: Press, message: Message, *, replace: bool = False) -> None:
        who = press.invocation
        message, offer = self._rooms.offers(message, owner=who.user)
        if offer:
            await self._rooms.operations.add(offer)
        await self._replies.say(who.reply, message, user=who.user, replace=replace and who.private)

    async def _sweep_forever(self) -> None:
        """Forget what ended long ago; the record keeps what it did."""
        while True:
            try:
                await self._rooms.operations.sweep(self._rooms.clock() - _KEEP_SECONDS)
            except AuditUnavailableError:
                log.warning("ended operations could not be swept")
            await asyncio.sleep(_SWEEP_SECONDS)

    async def _forget(self, hold: Hold) -> None:
        """The time of an offer or of a result is over."""
        await hold.save(State.EXPIRED, {}, release=True)

    def invocation(
        self,
        *,
        user: str,
        user_name: str,
        team: str,
        channel: str,
        channel_name: str,
        text: str,
        reply: str,
        private: bool = True,
    ) -> Invocation:
        """An invocation with a name of its own and its response address sealed."""
        return Invocation(
            id=secrets.token_hex(16),
            user=user,
            user_name=user_name,
            team=team,
            place=Place(team=team, channel=channel, channel_name=channel_name),
            text=text,
            reply=self._rooms.sealer.seal(reply),
            private=private,
            at=self._rooms.clock(),
        )

    async def close(self, seconds: float = 10.0) -> None:
        """Claim nothing new, let what is quick end, and hand the rest to whoever starts next."""
        self._rooms.worker.stop()
        await self._tasks.drain(seconds)
