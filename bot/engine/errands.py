"""What somebody may not do and asks others to: offered below the refusal, asked once, taken by one of them.

    open ── the refused person's press ─→ asking ── taken, or out of time ─→ done

The row has the line, spelled from what was understood of it. Whoever takes it runs it as a line of their own.
"""

from __future__ import annotations

import asyncio
import logging
import secrets

from bot.domain import asked
from bot.domain.access import Need, Questions
from bot.domain.errors import AccessDeniedError, BotError, DeliveryError, PressError
from bot.domain.invocation import Invocation, direct
from bot.domain.message import Button, Message, Text, call, joined, text
from bot.domain.model import Json
from bot.domain.operation import Kind, Operation, State
from bot.domain.records import Entry, RecordKind
from bot.domain.typed import clean, split
from bot.engine import asking, errand_cards
from bot.engine.approval_cards import called
from bot.engine.errand_cards import TAKE
from bot.engine.errand_offers import Errand, is_fit, reached
from bot.engine.people import actor_of
from bot.engine.pressing import in_time
from bot.engine.rooms import Rooms
from bot.engine.worker import Hold
from bot.service.others import could
from bot.store.errands import asked_of_late

log = logging.getLogger(__name__)

ASKED_SECONDS = 3600.0
"""For so long others are asked, and each time counts for its requester."""
MOST_AN_HOUR = 3
_AWAY_SECONDS = 15.0
_MOMENT = 0.05
_OVER, _NOTHING = "This is settled already.", "Nothing was done by this press."


class Errands:
    """Posts them, and hands each to one person."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    async def press(self, by: Invocation, operation: Operation, choice: str) -> Message | None:
        """Settle a press. Raises `PressError` for what is over or not theirs; then nothing was done."""
        if choice != TAKE:
            return await self._ask(by, operation)
        await self._take(by, operation)
        return None

    async def _ask(self, by: Invocation, operation: Operation) -> Message:
        now = self._rooms.clock()
        if operation.owner != by.user:
            raise PressError("This button is for the person who asked.", hint="Type the command yourself.")
        if operation.state is not State.OPEN or operation.wake_at is None or operation.wake_at <= now:
            raise PressError("This button is no longer valid.", hint="Type the command again.")
        errand = Errand.model_validate(operation.data)
        async with in_time():
            actor = await actor_of(self._rooms, by.team, by.user, fresh=True)
            asking.check_standing(actor, by.place, errand.verb)
            there = await reached(self._rooms, errand.need, errand.asker.place, by.user, fresh=True)
        if there is None or not could(self._rooms.in_force.policy, _questions(errand), errand.need):
            raise PressError(
                f"{errand.need.people} cannot be asked any more.", hint="Type the command again."
            )
        until = now + ASKED_SECONDS
        errand = errand.model_copy(update={"until": until, "channel": there.id})
        async with self._rooms.database.write() as transaction:
            if await asked_of_late(transaction, by.user, now) >= MOST_AN_HOUR:
                raise PressError(
                    f"You asked others {MOST_AN_HOUR} times within the hour, which is the most.",
                    hint=f"Ask {errand.need.people} yourself.",
                )
            if not await self._rooms.operations.move(
                operation, State.ASKING, data=errand.model_dump(mode="json"), wake_at=now, now=now,
                transaction=transaction, exactly=True,
            ):  # fmt: skip
                raise PressError(_OVER, hint=_NOTHING)
            detail = {"outcome": "asked others to do it", "of": errand.need.people, "channel": there.id}
            await self._rooms.ledger.append(transaction, _entry(by, operation, errand, detail))
        self._rooms.worker.poke()
        return errand_cards.sent(errand.need, there, errand.echo, until)

    async def _take(self, by: Invocation, operation: Operation) -> None:
        """Begin the line as this person's own; of two at once one has it."""
        async with in_time():
            row, errand = await self._posted(operation)
            now, asker = self._rooms.clock(), errand.asker
            if errand.taken_by[0] or errand.until <= now:
                raise PressError(_OVER, hint=_NOTHING)
            if by.user == asker.user:
                raise PressError("You asked others to do this.", hint=f"{errand.need.people} can.")
            await self._may(by, errand)
        line = by.model_copy(
            update={
                "id": secrets.token_hex(16), "text": errand.line, "private": False, "at": now,
                "sent_by": (asker.user, asker.user_name),
            }
        )  # fmt: skip
        began = self._rooms.new(
            Kind.INVOCATION, State.RECEIVED, line.model_dump(mode="json"), owner=by.user, wake_at=now
        ).model_copy(update={"id": line.id})
        taken = errand.model_copy(update={"taken_by": (by.user, by.user_name)})
        async with self._rooms.database.write() as transaction:
            if not await self._rooms.operations.move(
                row, State.ASKING, data=taken.model_dump(mode="json"), wake_at=now, now=now,
                transaction=transaction, exactly=True,
            ):  # fmt: skip
                raise PressError(_OVER, hint=_NOTHING)
            await self._rooms.operations.add(began, transaction=transaction)
        self._rooms.worker.poke()

    async def _posted(self, operation: Operation) -> tuple[Operation, Errand]:
        """The row, once it knows its message: it can be pressed a moment earlier."""
        while True:
            row = await self._rooms.operations.get(operation.id)
            if row is None or row.state is not State.ASKING:
                raise PressError(_OVER, hint=_NOTHING)
            errand = Errand.model_validate(row.data)
            if errand.ts:
                return row, errand
            await asyncio.sleep(_MOMENT)

    async def _may(self, by: Invocation, errand: Errand) -> None:
        """Raise `AccessDeniedError` for whoever may not do it either, at this moment and in this channel."""
        actor = await actor_of(self._rooms, by.team, by.user, fresh=True)
        command, args = self._rooms.registry.read(split(errand.line))
        asking.check_standing(actor, by.place, command.name)
        asking.decide(self._rooms, actor, by.place, command, args)
        asking.decide_again(self._rooms, actor, by.place, _questions(errand))

    async def step(self, hold: Hold) -> None:
        """Post it; end it once somebody took it, or nobody did in time."""
        if hold.state is State.OPEN:
            await hold.save(State.EXPIRED, {}, release=True)
            return
        errand = Errand.model_validate(hold.data)
        try:
            over = bool(errand.taken_by[0]) or errand.until <= self._rooms.clock()
            if over:
                await self._end(errand)
            elif not errand.ts:
                errand = await self._post(errand, hold.operation.id)
        except (DeliveryError, AccessDeniedError) as error:
            log.warning("an errand could not be shown: %s", getattr(error, "reason", "") or error.message)
            over = isinstance(error, DeliveryError) and not error.retryable
            if over and not errand.ts:
                await self._unasked(errand)
            wake_at = self._rooms.clock() + _AWAY_SECONDS
        else:
            wake_at = errand.until
        state = State.DONE if over else State.ASKING
        data = {} if over else errand.model_dump(mode="json")
        await hold.save(state, data, wake_at=errand.until if over else wake_at, release=True)

    async def _unasked(self, errand: Errand) -> None:
        """Whoever asked is not left to believe that somebody was called."""
        said = errand_cards.unasked(errand.need, errand.channel)
        try:
            await self._rooms.notifier.answer(direct(errand.asker.user), said)
        except DeliveryError as error:
            log.warning("nor could its requester be told: %s", error.reason or error.code)

    async def _post(self, errand: Errand, row: str) -> Errand:
        if not is_fit(await self._rooms.directory.channel(errand.channel, fresh=True)):
            raise DeliveryError("Others cannot be asked there any more.", reason="not_fit")
        button = Button(label=errand.label, press=f"{row}:{TAKE}", style="primary")
        card = errand_cards.asks(
            errand.asker, await self._called(errand.need), errand.echo, button, errand.until
        )
        ts = await self._rooms.notifier.post(errand.channel, card, key=row)
        return errand.model_copy(update={"ts": ts})

    async def _called(self, need: Need) -> Text:
        """Whoever is asked, by a name that rings: of those on call each whom Slack's id is known of."""
        if not need.oncall:
            return called((need,))
        try:
            on_duty = await self._rooms.oncall.who(need.oncall[0])
        except BotError:
            return called((need,))
        people = [text("{}", call(user, user)) for user in sorted(on_duty.users)]
        return text("{}, {}", called((need,)), joined(people, " and ")) if people else called((need,))

    async def _end(self, errand: Errand) -> None:
        if not errand.ts:
            return
        if errand.taken_by[0]:
            card = errand_cards.taken(errand.asker, errand.taken_by, errand.echo)
        else:
            card = errand_cards.lapsed(errand.asker, errand.need, errand.echo)
        await self._rooms.notifier.edit(errand.channel, errand.ts, card, final=True)


def _questions(errand: Errand) -> Questions:
    return tuple((one,) for one in asked.again(errand.question))


def _entry(by: Invocation, operation: Operation, errand: Errand, detail: Json) -> Entry:
    return Entry(
        kind=RecordKind.ASKED, operation=operation.id, actor=by.user, actor_name=by.user_name, team=by.team,
        channel=by.place.channel, asked=clean(errand.line), verb=errand.verb,
        detail=detail | {"asked_by": errand.asker.id},
    )  # fmt: skip
