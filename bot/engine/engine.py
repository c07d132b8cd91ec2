"""The engine as its edges see it: accept a line, accept a press, start, stop."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import secrets
from collections.abc import Mapping

from bot.domain.access import Place
from bot.domain.errors import AuditUnavailableError, BotError, DeliveryError
from bot.domain.form import Choice
from bot.domain.invocation import Invocation, direct
from bot.domain.message import Message
from bot.domain.operation import Kind, State
from bot.engine import cards
from bot.engine.announcing import Announcing
from bot.engine.approvals import Approvals
from bot.engine.confirmed import Confirmed
from bot.engine.errands import Errands
from bot.engine.forms import Forms
from bot.engine.opened import Opened
from bot.engine.pipeline import Pipeline
from bot.engine.presses import Look, Press, Presses
from bot.engine.replies import Replies
from bot.engine.reviews import Reviews
from bot.engine.rollouts import Rollouts, Watching
from bot.engine.rooms import Rooms
from bot.engine.sessions import Sessions
from bot.engine.tasks import Tasks
from bot.engine.terminals import Reply
from bot.engine.ways_in import WaysIn
from bot.engine.worker import Hold

log = logging.getLogger(__name__)

_KEEP_SECONDS = 3600.0
"""How long an ended operation is remembered, so that a late second delivery is still known as one."""
_SWEEP_SECONDS = 600.0
_TAB_SECONDS = 1.0
"""After a press in the tab, until it shows what came of it."""
_THREAD_SECONDS = 30 * 24 * 3600.0
"""For so long it is known what a card's thread is about."""


class Engine:
    """Everything between Slack's door and the cluster's."""

    def __init__(self, rooms: Rooms, watching: Watching, tasks: Tasks) -> None:
        self._rooms = rooms
        self._tasks = tasks
        self._presses = Presses(rooms)
        self._replies = Replies(rooms)
        self._forms = Forms(rooms)
        self._ways = WaysIn(rooms, self.invocation, self.accept)
        self._sessions = Sessions(rooms)
        rooms.worker.on(Kind.INVOCATION, Pipeline(rooms).step)
        rooms.worker.on(Kind.PLAN, Confirmed(rooms).step)
        rooms.worker.on(Kind.FOLLOW, Rollouts(rooms, watching).step, endless=True)
        rooms.worker.on(Kind.SESSION, self._sessions.step)
        rooms.worker.on(Kind.APPROVAL, Approvals(rooms).step)
        rooms.worker.on(Kind.REVIEW, Reviews(rooms).step)
        rooms.worker.on(Kind.ERRAND, Errands(rooms).step)
        rooms.worker.on(Kind.OFFER, self._forget)
        rooms.worker.on(Kind.RESULT, self._forget)
        rooms.worker.on(Kind.FORM, self._forget)

    def start(self) -> None:
        self._rooms.worker.start()
        self._tasks.keep(self._sweep_forever, "sweep")
        self._tasks.keep(Announcing(self._rooms).forever, "announcements")

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

    async def mention(
        self, *, user: str, team: str, channel: str, thread: str, line: str, delivery: str
    ) -> None:
        """A line said to the bot in a channel or a thread; heard once, however often it is delivered."""
        try:
            await self._ways.mention(
                user=user, team=team, channel=channel, thread=thread, line=line, delivery=delivery
            )
        except AuditUnavailableError:
            log.warning("a mention could not be kept, so nothing was done")

    async def why(self, by: Invocation, *, message: str, delivery: str) -> None:
        """The shortcut on a message: what is wrong with what it is about."""
        said = await self._ways.why(by, message=message, delivery=delivery)
        if said:
            self._tasks.start(self._say(Press(value="", invocation=by), said), "answer to a shortcut")

    def home(self, by: Invocation) -> None:
        """Somebody looks at the bot's own tab."""
        self._tasks.start(self._ways.home(by), "a tab")

    async def press(self, press: Press, *, delivery: str, trigger: str) -> None:
        """Keep what a click decides. What is said about it, to whoever pressed alone, follows by itself."""
        if not press.invocation.place.channel:
            try:
                press = await self._at_home(press)
            except DeliveryError as error:
                log.warning("a press in the tab came to nothing: %s", error.reason)
                return
        known_by = hashlib.sha256(delivery.encode()).hexdigest()[:32]
        press = Press(value=press.value, invocation=press.invocation.model_copy(update={"id": known_by}))
        try:
            taken = await self._presses.take(press)
            if isinstance(taken, Invocation):
                await self.accept(taken, delivery=delivery)
            elif isinstance(taken, Opened):
                self._tasks.start(self._open(press, taken, trigger), "a form")
            elif isinstance(taken, Look):
                self._tasks.start(self._look(press, taken), "a look")
            elif taken is not None:
                self._tasks.start(self._say(press, taken, replace=True), "answer to a press")
        except BotError as error:
            self._tasks.start(self._say(press, cards.refused(error)), "refusal of a press")

    async def _look(self, press: Press, look: Look) -> None:
        """Shown after the acknowledgement: what is shared waits for its turn in the channel."""
        try:
            message = await self._presses.look(press, look)
        except BotError as error:
            await self._say(press, cards.refused(error))
            return
        if message is not None:
            await self._say(press, message, replace=True)

    async def submit(self, form: str, user: str, answers: Mapping[str, str]) -> dict[str, str]:
        """Take a filled-in form: what it means is run, or shown. Gives what is wrong with which field.

        Raises `AuditUnavailableError` when the line cannot be kept: then nothing runs.
        """
        try:
            found = await self._forms.submit(form, user, answers)
        except BotError as error:
            return {next(iter(answers), ""): f"{error.message} {error.hint}".strip()}
        by = found.by
        if by and found.message:
            self._tasks.start(
                self._say(Press(value="", invocation=by), found.message, replace=True), "a filter"
            )
        elif by:
            line = by.model_copy(update={"id": secrets.token_hex(16), "at": self._rooms.clock()})
            once = hashlib.sha256(line.text.encode()).hexdigest()[:16]
            await self.accept(line, delivery=f"form:{form}:{once}")
        return found.errors

    async def note(self, form: str, user: str, answers: Mapping[str, str]) -> None:
        """Something was chosen in a form; one that is over, or somebody else's, is not noted."""
        try:
            await self._forms.note(form, user, answers)
        except BotError as error:
            log.warning("a choice was not noted: %s", error.message)

    async def choices(self, form: str, user: str, key: str, typed: str) -> tuple[Choice, ...]:
        """What a person may choose for a field of a form of theirs."""
        return await self._forms.choices(form, user, key, typed)

    async def _at_home(self, press: Press) -> Press:
        """A press in the bot's own tab is meant in that person's direct messages; the tab follows it."""
        who = press.invocation
        direct_channel = await self._rooms.notifier.direct(who.user)
        place = who.place.model_copy(update={"channel": direct_channel})
        by = who.model_copy(update={"place": place, "reply": self._rooms.sealer.seal(direct(who.user))})
        self._tasks.start(self._later_home(by), "a tab")
        return Press(value=press.value, invocation=by.model_copy(update={"private": False}))

    async def _later_home(self, by: Invocation) -> None:
        await asyncio.sleep(_TAB_SECONDS)
        await self._ways.home(by)

    async def _open(self, press: Press, opened: Opened, trigger: str) -> None:
        try:
            await self._rooms.notifier.open(trigger, opened.form, opened.id)
        except DeliveryError as error:
            log.warning("a form was not opened: %s", error.reason)
            late = BotError("The form could not be opened.", hint="Press again.")
            await self._say(press, cards.refused(late))

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
                await self._rooms.locks.sweep()
                await self._rooms.keeping.sweep()
                await self._rooms.threads.sweep(self._rooms.clock() - _THREAD_SECONDS)
            except AuditUnavailableError:
                log.warning("ended operations could not be swept")
            await asyncio.sleep(_SWEEP_SECONDS)

    async def _forget(self, hold: Hold) -> None:
        """The time of an offer, a result or a form is over."""
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
        thread: str = "",
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
            thread=thread,
            at=self._rooms.clock(),
        )

    async def close(self, seconds: float = 10.0) -> None:
        """Claim nothing new, let what is quick end, and hand the rest to whoever starts next."""
        self._rooms.worker.stop()
        await self._tasks.drain(seconds)
