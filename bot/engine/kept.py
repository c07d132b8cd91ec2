"""Results that reads have found: kept for their asker, and looked at view by view without reading again.

What is kept is without secrets, sealed, bounded in bytes and minutes, and in a row, so that any process can
answer a press. The policy is asked at each: what one may no longer see is not shown from memory either. It
may be a megabyte, so it is looked at beside the loop, which others wait for.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator

from bot.domain import views
from bot.domain.errors import (
    AccessDeniedError,
    ChannelClosedError,
    DeliveryError,
    PressError,
    UsageError,
)  # fmt: skip
from bot.domain.invocation import Invocation
from bot.domain.message import Button, File, Icon, Message, code, person, text
from bot.domain.model import Frozen, Json
from bot.domain.operation import Kind, Operation, State
from bot.domain.records import Entry, RecordKind
from bot.domain.results import Lines, Rows, bounded
from bot.domain.typed import clean
from bot.domain.views import Kept, View
from bot.engine import asking
from bot.engine.arguments import Args
from bot.engine.command import Command
from bot.engine.people import actor_of
from bot.engine.rooms import Rooms

RESULT_SECONDS = 1800.0
_PAGE = re.compile(r"page-([1-9][0-9]{0,4})")


class Held(Frozen):
    """What the row of a result keeps."""

    kept: Kept
    verb: str
    args: Json
    invocation: Invocation
    """Of the line that read it."""


class KeptResults:
    """Keeps results, and answers the buttons below them."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    async def keep(
        self, result: Rows | Lines, command: Command, args: Args, invocation: Invocation
    ) -> tuple[Message, Operation]:
        """The first view of a result, and the operation that keeps the whole."""
        held = Held(
            kept=Kept(result=await asyncio.to_thread(bounded, result)),
            verb=command.name,
            args=args.model_dump(mode="json"),
            invocation=invocation,
        )
        operation = self._rooms.new(
            Kind.RESULT, State.OPEN, held.model_dump(mode="json"), owner=invocation.user,
            wake_at=self._rooms.clock() + RESULT_SECONDS,
        )  # fmt: skip
        message = await asyncio.to_thread(views.shown, held.kept)
        message = message.model_copy(update={"files": _pictures(result)})
        return pressable(message, operation.id), operation

    async def look(self, operation: Operation, choice: str, by: Invocation) -> Message | None:
        """What a button shows in place of its message, or says beside it; None for a press delivered again.

        Raises `PressError` for what is over or unknown, and `AccessDeniedError`; both are recorded.
        """
        held = self._held(operation)
        view = _turned(held.kept.view, choice)
        if view is None and choice not in {"file", "share"}:
            raise PressError(
                "This button is no longer valid.", hint=f"Ask again: /k8s {held.invocation.text}"
            )
        async with self._recording_refusals(held, by, choice):
            await self._check(held, by)
            if view is not None:
                return await self._turn(operation, held, view)
            return await (self._share(held, by) if choice == "share" else self._send(held, by))

    async def filter(self, operation: Operation, words: str, by: Invocation) -> Message:
        """The rows or lines that have these words. Raises `UsageError` for an expression that is none."""
        held = self._held(operation)
        async with self._recording_refusals(held, by, "filter"):
            await self._check(held, by)
        if await asyncio.to_thread(views.fits, held.kept, words) is None:
            raise UsageError(
                "That is no expression that can be read.", hint="Plain words fit in either case."
            )
        return await self._turn(operation, held, View(unready=held.kept.view.unready, filter=words))

    def _held(self, operation: Operation) -> Held:
        """What the row keeps; once its time is over, nothing."""
        over = operation.wake_at is None or operation.wake_at <= self._rooms.clock()
        if operation.state is not State.OPEN or over:
            raise PressError("This result is no longer kept.", hint="Ask again.")
        return Held.model_validate(operation.data)

    @contextlib.asynccontextmanager
    async def _recording_refusals(self, held: Held, by: Invocation, view: str) -> AsyncIterator[None]:
        try:
            yield
        except AccessDeniedError as error:
            said = f"{error.message} {error.hint}".strip()
            await self._record(
                held, by, RecordKind.REFUSAL, {"error": error.code, "said": said, "view": view}
            )
            raise

    async def _turn(self, operation: Operation, held: Held, view: View) -> Message:
        """The view that is shown now is the one that a file or a share means."""
        kept = held.kept.model_copy(update={"view": view})
        data = held.model_copy(update={"kept": kept}).model_dump(mode="json")
        async with self._rooms.database.write() as transaction:
            await self._rooms.operations.move(
                operation, State.OPEN, data=data, wake_at=operation.wake_at, now=self._rooms.clock(),
                transaction=transaction,
            )  # fmt: skip
        return pressable(await asyncio.to_thread(views.shown, kept), operation.id)

    async def _send(self, held: Held, by: Invocation) -> Message | None:
        """The whole of the view, to its asker alone."""
        file = await asyncio.to_thread(views.as_file, held.kept)
        detail: Json = {"outcome": "sent as a file", "bytes": len(file.content)}
        if not await self._record(held, by, RecordKind.READ, detail):
            return None
        return Message(
            headline=text("{} is in your direct messages with me.", code(file.name)), files=(file,)
        )

    async def _share(self, held: Held, by: Invocation) -> Message | None:
        """The view as its asker sees it, for the channel, with its asker's name below."""
        channel = await self._rooms.directory.channel(by.place.channel, fresh=True)
        if channel.is_shared:
            raise asking.outsiders()
        if not channel.can_post:
            raise ChannelClosedError(
                "I cannot post in this channel.", hint="Invite me with /invite @k8s-bot and press again."
            )
        message = await asyncio.to_thread(views.shown, held.kept, filtering=False)
        buttons = tuple(button for button in message.buttons if button.command)
        who = text("shared by {} · {}", person(by.user, by.user_name), code(clean(held.invocation.text)))
        said = message.model_copy(update={"buttons": buttons, "footer": who})
        said, offer = self._rooms.offers(said)
        if not await self._record(held, by, RecordKind.READ, {"outcome": "shared with the channel"}):
            return None
        if offer:
            await self._rooms.operations.add(offer)
        ts = await self._rooms.notifier.post(by.place.channel, said, key=by.id)
        if files := _pictures(held.kept.result):
            try:
                await self._rooms.notifier.send(files, channel=by.place.channel, thread=ts)
            except DeliveryError as error:
                lost = text("Shared with the channel, but its picture could not be sent: {}", error.message)
                return Message(icon=Icon.WARNING, headline=lost)
        return Message(headline=text("Shared with the channel."))

    async def _check(self, held: Held, by: Invocation) -> None:
        """Ask whether this person may still read it, from where they press, under the policy of now."""
        command = self._rooms.registry.named(held.verb)
        if command is None:
            raise PressError("This result is no longer kept.", hint="Ask again.")
        actor = await actor_of(self._rooms, by.team, by.user)
        asking.check_standing(actor, by.place, command.name)
        asking.decide(self._rooms, actor, by.place, command, command.args.model_validate(held.args))

    async def _record(self, held: Held, by: Invocation, kind: RecordKind, detail: Json) -> bool:
        """False, and nothing is recorded, where this very press is on the record already."""
        entry = Entry(
            kind=kind, operation=by.id, actor=by.user, actor_name=by.user_name, team=by.team,
            channel=by.place.channel, asked=clean(held.invocation.text), verb=held.verb,
            cluster=str(held.args.get("context", "")), namespace=str(held.args.get("namespace", "")),
            detail=detail | {"asked_by": held.invocation.id},
        )  # fmt: skip
        async with self._rooms.database.write() as transaction:
            if await self._rooms.ledger.has(by.id, kind):
                return False
            await self._rooms.ledger.append(transaction, entry)
        return True


def _pictures(result: Rows | Lines) -> tuple[File, ...]:
    return result.pictures if isinstance(result, Rows) else ()


def pressable(message: Message, operation: str) -> Message:
    """Give each button that shows a view its opaque id."""
    buttons: list[Button] = [
        button.model_copy(update={"press": f"{operation}:{button.view}"}) if button.view else button
        for button in message.buttons
    ]
    return message.model_copy(update={"buttons": tuple(buttons)})


def _turned(view: View, choice: str) -> View | None:
    """The view that a button asks for; None for what is none."""
    if page := _PAGE.fullmatch(choice):
        return view.model_copy(update={"page": int(page[1])})
    changes: dict[str, Json] = {
        "unready": {"page": 1, "unready": True},
        "all": {"page": 1, "unready": False},
        "unfiltered": {"page": 1, "filter": ""},
    }
    return view.model_copy(update=changes[choice]) if choice in changes else None
