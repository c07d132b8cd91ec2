"""A button pressed: an opaque id, once, by whom it belongs to, within its time."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Awaitable
from typing import TypeVar

from bot.domain.errors import PressError
from bot.domain.form import Form
from bot.domain.invocation import Invocation
from bot.domain.message import Message
from bot.domain.model import Frozen
from bot.domain.operation import Kind, Operation, State
from bot.domain.records import Entry, RecordKind
from bot.engine import run_cards
from bot.engine.consents import BY_OTHERS, BY_REQUESTER, Consents
from bot.engine.diffs import DIFF, diff
from bot.engine.errand_cards import ASK, TAKE
from bot.engine.errands import Errands
from bot.engine.forms import Forms
from bot.engine.kept import KeptResults
from bot.engine.opened import Opened
from bot.engine.refusals import record_refusal
from bot.engine.reviews import SIGN, Reviews
from bot.engine.rooms import Rooms

T = TypeVar("T")
_VALUE = re.compile(r"([0-9a-f]{32}):([a-z0-9][a-z0-9-]{0,20})")


class Press(Frozen):
    """A click, free of Slack's wire format. `reply` is sealed."""

    value: str
    invocation: Invocation
    """Who pressed where; its text is empty until the button's command is known."""


class Look(Frozen):
    """Another view of a result, to be shown to whoever pressed."""

    operation: Operation
    choice: str


class Presses:
    """Turns a click into a decision on a plan, or into an invocation."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._results = KeptResults(rooms)
        self._forms = Forms(rooms)
        self._consents = Consents(rooms)
        self._reviews = Reviews(rooms)
        self._errands = Errands(rooms)

    async def take(self, press: Press) -> Invocation | Message | Opened | Look | None:
        """Settle what the button decides, and keep it; give the invocation that the button stands for, what
        takes the place of its message, the form that it opens, or the look that it asks for.

        Raises `PressError` for what is forged, over, or somebody else's; it did nothing and is recorded.
        """
        found = _VALUE.fullmatch(press.value)
        operation = await self._rooms.operations.get(found.group(1)) if found else None
        if operation is None or found is None:
            raise await self._refused(press, "This button is no longer valid.", "Type the command again.")
        if taking := self._among_others(press.invocation, operation, found.group(2)):
            return await self._said(press, taking)
        if operation.owner and operation.owner != press.invocation.user:
            raise await self._refused(
                press, "This button is for the person who asked.", "Type the command yourself."
            )
        if operation.kind is Kind.OFFER:
            return await self._offered(press, operation, found.group(2))
        if operation.kind is Kind.RESULT and found.group(2) != "filter":
            return Look(operation=operation, choice=found.group(2))
        if operation.kind is Kind.RESULT and operation.state is State.OPEN:
            return await self._open(*self._forms.of_filter(operation.id, press.invocation))
        if operation.kind is Kind.PLAN and found.group(2) in BY_REQUESTER:
            return await self._said(press, self._consents.take(press.invocation, operation, found.group(2)))
        if operation.kind is Kind.SESSION and found.group(2) == "stop":
            await self._stop(operation)
            return None
        raise await self._refused(press, "This button is no longer valid.", "Type the command again.")

    def _among_others(
        self, by: Invocation, operation: Operation, choice: str
    ) -> Awaitable[Message | Opened | None] | None:
        """What comes of a press where not only the row's owner has a say."""
        if operation.kind is Kind.PLAN and choice == DIFF:
            return diff(self._rooms, by, operation)
        if operation.kind is Kind.PLAN and choice in BY_OTHERS:
            return self._consents.take(by, operation, choice)
        if operation.kind is Kind.REVIEW and choice == SIGN:
            return self._reviews.take(by, operation)
        if operation.kind is Kind.ERRAND and choice in {ASK, TAKE}:
            return self._errands.press(by, operation, choice)
        return None

    async def _said(self, press: Press, taking: Awaitable[T]) -> T:
        """What comes of a press below a plan or a review; what does nothing is recorded."""
        try:
            return await taking
        except PressError as error:
            await record_refusal(self._rooms, press.invocation, error)
            raise

    async def look(self, press: Press, look: Look) -> Message | None:
        """What takes the place of a result's message. Raises `PressError` and `AccessDeniedError`."""
        try:
            return await self._results.look(look.operation, look.choice, press.invocation)
        except PressError as error:
            raise await self._refused(press, error.message, error.hint) from error

    async def _open(self, form: Form, kept: Operation) -> Opened:
        await self._rooms.operations.add(kept)
        return Opened(id=kept.id, form=form)

    async def _offered(
        self, press: Press, operation: Operation, choice: str
    ) -> Invocation | Message | Opened:
        if operation.data.get("asks"):
            return await self._agreed(press, operation, choice)
        lines = operation.data.get("commands", [])
        if operation.state is not State.OPEN or not (choice.isdigit() and int(choice) < len(lines)):
            raise await self._refused(press, "This button is no longer valid.", "Type the command again.")
        if int(choice) in operation.data.get("forms", ()):
            by = press.invocation.model_copy(update={"private": False})
            return await self._open(*self._forms.of_line(lines[int(choice)], by))
        # What is said to it stands for itself: the address is that of the message with the button.
        return press.invocation.model_copy(update={"text": lines[int(choice)], "private": False})

    async def _agreed(self, press: Press, operation: Operation, choice: str) -> Invocation | Message:
        """The answer to what runs after a confirm: the first counts, and the row keeps it.

        A yes may be given again, should the line that it became have been lost: its id is made from the
        question's, so it is taken once.
        """
        now = self._rooms.clock()
        if operation.wake_at is None or operation.wake_at <= now:
            raise await self._refused(press, "The question ran out.", "Type the command again.")
        answer = "cancel" if choice == "cancel" else "run"
        if "answer" not in operation.data:
            answered = operation.data | {"answer": answer}
            async with self._rooms.database.write() as transaction:
                won = await self._rooms.operations.move(
                    operation, State.EXPIRED, data=answered, wake_at=operation.wake_at, now=now,
                    transaction=transaction,
                )  # fmt: skip
                if won and answer == "cancel":
                    entry = self._entry(press, RecordKind.CLOSED, "", {"outcome": "cancelled"})
                    await self._rooms.ledger.append(transaction, entry)
            first = operation.model_copy(update={"data": answered})
            operation = first if won else await self._rooms.operations.get(operation.id) or operation
        if operation.data.get("answer") != answer:
            raise await self._refused(
                press, "This question is already settled.", "Nothing was done by this press."
            )
        line = operation.data["commands"][0]
        if answer == "cancel":
            return run_cards.not_run(line)
        once = hashlib.sha256(f"agreed {operation.id}".encode()).hexdigest()[:32]
        return press.invocation.model_copy(update={"id": once, "text": line, "confirmed": True})

    async def _stop(self, operation: Operation) -> None:
        """A session ends with its next step, whoever holds it now."""
        if operation.state is not State.MOVING:
            return
        now = self._rooms.clock()
        async with self._rooms.database.write() as transaction:
            await self._rooms.operations.move(
                operation, State.STOPPING, data=operation.data, wake_at=now, now=now, transaction=transaction
            )
        self._rooms.worker.poke()

    async def _refused(self, press: Press, message: str, hint: str) -> PressError:
        error = PressError(message, hint=hint)
        await record_refusal(self._rooms, press.invocation, error)
        return error

    def _entry(self, press: Press, kind: RecordKind, verb: str, detail: dict[str, str]) -> Entry:
        who = press.invocation
        return Entry(
            kind=kind, operation=who.id, actor=who.user, actor_name=who.user_name, team=who.team,
            channel=who.place.channel, verb=verb, detail=detail,
        )  # fmt: skip
