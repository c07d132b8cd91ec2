"""The way of a confirmed plan: decide again, show the card, intend, act, conclude.

    waiting ─→ confirmed ── card ─→ intended ── act ─→ concluded ── say so ─→ done

Each arrow is a commit. A process that dies in `intended` leaves an intent without a conclusion: whoever
finds it never repeats the act, but looks whether the objects bear the change's id, records what it found,
and goes on with the same card. What waits for budgets is carried on to the end that it had.
"""

from __future__ import annotations

import logging

from bot.domain.changes import Result
from bot.domain.errors import (
    AuditUnavailableError,
    BotError,
    ChannelClosedError,
    DeliveryError,
    StalePlanError,
)  # fmt: skip
from bot.domain.message import Message
from bot.domain.model import Json
from bot.domain.operation import State
from bot.domain.records import Entry, Record, RecordKind
from bot.domain.redaction import redact
from bot.domain.runs import Run
from bot.domain.typed import clean
from bot.engine import cards, change_cards, keeping
from bot.engine.acting import Acting
from bot.engine.afterwards import Afterwards
from bot.engine.answered import answered
from bot.engine.approvals import tell_requester
from bot.engine.authorized import for_whom
from bot.engine.concluding import as_decided, following, intent, is_asked_anew, kept, once_more, opening
from bot.engine.locking import lock_after
from bot.engine.lookback import Done
from bot.engine.planned import Planned
from bot.engine.reviews import Reviews
from bot.engine.rooms import Rooms
from bot.engine.telling import Telling
from bot.engine.worker import Hold
from bot.store.transaction import Transaction

log = logging.getLogger(__name__)

_AGAIN_SECONDS = 15.0
_CARD_SECONDS = 24 * 3600.0
"""For so long a card's end is tried to be shown."""


class Confirmed:
    """Takes one plan from its confirmation to its conclusion."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._acting = Acting(rooms)
        self._afterwards = Afterwards(rooms)
        self._reviews = Reviews(rooms)

    async def step(self, hold: Hold) -> None:
        planned = Planned.model_validate(hold.data)
        if hold.state in {State.WAITING, State.ASKING}:
            await self._expire(hold, planned)
            return
        if hold.state is State.CONFIRMED:
            planned = await self._intend(hold, planned)
            meant = planned.plan.run
            if planned.result is None and meant and meant.is_typed_to:
                planned = await self._open(hold, planned, meant)
            elif planned.result is None:
                if planned.plan.patience:
                    await self._answer(planned.model_copy(update={"result": Result.APPLIED}))
                async with Telling(
                    self._rooms.notifier, planned.invocation.place.channel, planned.ts
                ) as card:
                    done = await self._acting.act(planned, hold.operation.id, card.tell)
                planned = await self._conclude(hold, planned, done)
        elif hold.state is State.INTENDED:
            found = await self._take_up(planned, hold.operation.id)
            if found is None:
                await self._later(hold, planned)
                return
            planned = await self._conclude(hold, planned, found)
        await self._say(hold, planned)

    async def _take_up(self, planned: Planned, change: str) -> Done | None:
        """After a death: carried on where it waits for budgets and has time left, else looked at."""
        if not planned.plan.patience or self._rooms.clock() >= planned.give_up:
            return await self._acting.find(planned, change)
        async with Telling(self._rooms.notifier, planned.invocation.place.channel, planned.ts) as card:
            return await self._acting.carry_on(planned, change, card.tell)

    def _wake(self, planned: Planned) -> None:
        """Have the messages that asked for it brought to its end at once."""
        for approval in planned.approval:
            self._rooms.worker.hasten(approval)

    async def _later(self, hold: Hold, planned: Planned) -> None:
        """The same step again, when whoever did not answer may."""
        wake_at = self._rooms.clock() + _AGAIN_SECONDS
        await hold.save(hold.state, planned.model_dump(mode="json"), wake_at=wake_at, release=True)

    async def _expire(self, hold: Hold, planned: Planned) -> None:
        async with self._rooms.database.write() as transaction:
            await self._record(transaction, RecordKind.CLOSED, hold, planned, {"outcome": "expired"})
            await hold.save(State.EXPIRED, {"outcome": "expired"}, release=True, transaction=transaction)
        self._wake(planned)
        why = (
            "nobody else said yes in time."
            if planned.needs and planned.confirmed
            else "the question ran out."
        )
        await tell_requester(self._rooms, planned, cards.closed(planned.plan, why, planned.invocation.text))

    async def _intend(self, hold: Hold, planned: Planned) -> Planned:
        """Decide with the people and the policy of this moment; then the card, then the intent."""
        try:
            through = await self._acting.ready(planned, hold.operation.id)
            await keeping.before(self._rooms.keeping, through.door, planned.plan)
        except AuditUnavailableError:
            raise
        except BotError as error:
            return await self._conclude(hold, planned, Done(Result.REFUSED, error=error))
        planned = as_decided(planned, through.decision)
        if not planned.ts and not planned.plan.run:
            card = change_cards.starting(planned.plan, planned.asked())
            try:
                ts = await self._rooms.notifier.post(
                    planned.invocation.place.channel, card, key=hold.operation.id
                )
            except DeliveryError as error:
                closed = ChannelClosedError(
                    f"The card of this change could not be posted ({error.reason or 'no answer'})."
                )
                return await self._conclude(hold, planned, Done(Result.REFUSED, error=closed))
            planned = planned.model_copy(update={"ts": ts})
            now = self._rooms.clock()
            async with self._rooms.database.write() as transaction:
                about = planned.plan.steps[planned.plan.main].write.target
                place = planned.invocation.place.channel
                await self._rooms.threads.keep(place, ts, about, now=now, transaction=transaction)
                await hold.save(
                    State.CONFIRMED, planned.model_dump(mode="json"), wake_at=now, transaction=transaction
                )
        async with self._rooms.database.write() as transaction:
            record = await self._record(
                transaction, RecordKind.INTENT, hold, planned, intent(planned, through.decision)
            )
            give_up = self._rooms.clock() + planned.plan.patience
            planned = planned.model_copy(update={"receipt": record.receipt, "give_up": give_up})
            await hold.save(
                State.INTENDED,
                planned.model_dump(mode="json"),
                wake_at=self._rooms.clock(),
                transaction=transaction,
            )
        return planned

    async def _open(self, hold: Hold, planned: Planned, meant: Run) -> Planned:
        """A terminal goes on in a session, under the same intent; that records how it ended."""
        planned = planned.model_copy(update={"result": Result.APPLIED})
        async with self._rooms.database.write() as transaction:
            session = opening(self._rooms, planned, hold.operation.id, meant)
            await self._rooms.operations.add(session, transaction=transaction)
            if review := self._reviews.opened(planned):
                await self._rooms.operations.add(review, transaction=transaction)
            await hold.save(
                State.CONCLUDED,
                planned.model_dump(mode="json"),
                wake_at=self._rooms.clock(),
                transaction=transaction,
            )
        return planned

    async def _conclude(self, hold: Hold, planned: Planned, done: Done) -> Planned:
        """Write what came of it, and in the same commit what is followed from now on."""
        error, result = done.error, done.result
        planned = planned.model_copy(
            update={
                "result": result,
                "error": error.message if error else "",
                "hint": error.hint if error else "",
                "stale": isinstance(error, StalePlanError),
                "applied": tuple(kept(item) for item in done.applied),
            }
        )
        detail: Json = {
            "result": result.value,
            "calls": [item.call.model_dump(mode="json") for item in done.applied],
        }
        if error:
            detail |= {"error": error.code, "said": redact(f"{error.message} {error.hint}".strip())}
        detail |= done.extra
        answer, waits = await answered(self._rooms, planned, done)
        planned = planned.model_copy(update={"answered": answer})
        lock = lock_after(planned, self._rooms.in_force)
        if lock:
            detail |= {"lock": lock.model_dump(mode="json")}
        if result is Result.APPLIED:
            await keeping.after(self._rooms.keeping, self._acting, planned, done.applied)
        kind = RecordKind.CONCLUSION if hold.state is State.INTENDED else RecordKind.REFUSAL
        async with self._rooms.database.write() as transaction:
            record = await self._record(transaction, kind, hold, planned, detail)
            if not planned.receipt:
                planned = planned.model_copy(update={"receipt": record.receipt})
            if lock:
                await self._rooms.locks.put(lock, transaction)
            if hold.state is State.INTENDED and (review := self._reviews.opened(planned)):
                await self._rooms.operations.add(review, transaction=transaction)
            for waiting in waits:
                await self._rooms.operations.add(waiting, transaction=transaction)
            if again := once_more(self._rooms, planned, hold.operation.id):
                await self._rooms.operations.add(again, transaction=transaction)
            if result is Result.APPLIED and planned.plan.follow:
                follows = following(self._rooms, planned, lock)
                await self._rooms.operations.add(follows, transaction=transaction)
            await hold.save(
                State.CONCLUDED,
                planned.model_dump(mode="json"),
                wake_at=self._rooms.clock(),
                transaction=transaction,
            )
        return planned

    async def _say(self, hold: Hold, planned: Planned) -> None:
        """Bring the card and the question to their ends; what is followed gets its card from there on.

        A Slack that is away for a while is waited for: the last state of a card is never lost.
        """
        followed = planned.result is Result.APPLIED and planned.plan.follow is not None
        looked = planned.result is Result.APPLIED and self._afterwards.looks(planned)
        if looked:
            await self._answer(planned)  # what is looked after may take a while
        if planned.ts and not followed:
            ending = await self._afterwards.see(planned) if looked else None
            message, offer = self._rooms.offers(ending or self._ending(planned))
            if offer:
                await self._rooms.operations.add(offer)
            if not await self._edit(planned, message):
                await self._later(hold, planned)
                return
        if not looked and not planned.answered:
            await self._answer(planned)
        await hold.save(State.DONE, planned.ending(), release=True)
        self._rooms.worker.poke()
        self._wake(planned)

    async def _answer(self, planned: Planned) -> None:
        if planned.result is Result.APPLIED:
            await tell_requester(self._rooms, planned, cards.accepted(planned.plan, planned.asked()))
            return
        if planned.ts and planned.applied:
            await tell_requester(self._rooms, planned, change_cards.halfway(planned.plan, planned.asked()))
            return
        anew = is_asked_anew(planned)
        may_ask = planned.result in {Result.REFUSED, Result.NOT_APPLIED} and not anew
        again = planned.invocation.text if may_ask else ""
        error = planned.error if planned.error.endswith((".", "?", ":")) else f"{planned.error}."
        why = f"{error} {planned.hint}".strip()
        changed = f"{planned.changed} The new plan follows." if anew else planned.changed
        await tell_requester(self._rooms, planned, cards.closed(planned.plan, why, again, changed=changed))

    def _ending(self, planned: Planned) -> Message:
        now = self._rooms.clock()
        if planned.result is not Result.APPLIED:
            error = BotError(planned.error, hint=planned.hint)
            halfway = planned.plan.halfway if planned.applied else ()
            return change_cards.failed(
                planned.plan, planned.asked(), error, planned.changed, halfway, halfway=bool(planned.applied)
            )
        return change_cards.finished(planned.plan, planned.asked(), now)

    async def _record(
        self, transaction: Transaction, kind: RecordKind, hold: Hold, planned: Planned, detail: Json
    ) -> Record:
        invocation, target = planned.invocation, planned.plan.target
        entry = Entry(
            kind=kind, operation=hold.operation.id, actor=invocation.user, actor_name=invocation.user_name,
            team=invocation.team, channel=invocation.place.channel, asked=clean(invocation.text),
            verb=planned.plan.verb, cluster=target.cluster, namespace=target.namespace or "",
            target=target.name,
            detail=detail | {"asked_by": invocation.id} | for_whom(invocation),
        )  # fmt: skip
        return await self._rooms.ledger.append(transaction, entry)

    async def _edit(self, planned: Planned, message: Message) -> bool:
        """False when it is worth another try later."""
        late = self._rooms.clock() - planned.confirmed_at > _CARD_SECONDS
        try:
            await self._rooms.notifier.edit(planned.invocation.place.channel, planned.ts, message, final=True)
        except DeliveryError as error:
            log.warning("the card of %s was not brought to its end: %s", planned.invocation.id, error.reason)
            return late or not error.retryable
        return True
