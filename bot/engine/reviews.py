"""What was done first and is signed off later by another: announced, listed, reminded of, and recorded."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from bot.domain.access import Need
from bot.domain.errors import DeliveryError, PressError
from bot.domain.form import Field, Form
from bot.domain.invocation import Invocation
from bot.domain.message import Icon, Message, text
from bot.domain.model import Frozen
from bot.domain.operation import Kind, Operation, State
from bot.domain.records import Entry, RecordKind
from bot.domain.redaction import redact
from bot.engine import approval_cards
from bot.engine.opened import Asked, Opened, Submitted, kept
from bot.engine.planned import Planned
from bot.engine.pressing import presser
from bot.engine.rooms import Rooms
from bot.engine.worker import Hold
from bot.store.operations import LeaseLostError

log = logging.getLogger(__name__)

SIGN = "sign"
_DAY = 24 * 3600.0
_REMINDERS = 7
_AWAY_SECONDS = 15.0
_SHORTEST, _LONGEST = 3, 300
_TRIES = 8
_SETTLED = "This is signed off already."


class Reviewed(Frozen):
    """What the row of a review keeps."""

    planned: Planned
    need: Need
    outcome: str
    """How the change ended."""
    channel: str
    ts: str = ""
    reminded: int = 0
    by: tuple[str, str] = ("", "")
    note: str = ""
    receipt: str = ""


class Reviews:
    """One row for each change that was made before anybody else said yes to it."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    def opened(self, planned: Planned) -> Operation | None:
        """The row that waits for a second person; None where nobody needs to sign, or nothing was changed."""
        need = planned.review
        if need is None or not planned.may_have_changed:
            return None
        place = need.channel or planned.invocation.place.channel
        found = Reviewed(planned=planned, need=need, outcome=str(planned.result), channel=place)
        data = found.model_dump(mode="json")
        return self._rooms.new(Kind.REVIEW, State.OPEN, data, owner="", wake_at=self._rooms.clock())

    async def step(self, hold: Hold) -> None:
        """Announce it, remind of it each day for a week, and show who signed it off."""
        review = Reviewed.model_validate(hold.data)
        try:
            if hold.state is State.SIGNED:
                card = approval_cards.signed(review.planned, review.by, review.note, review.receipt)
                if review.ts:
                    await self._rooms.notifier.edit(review.channel, review.ts, card, final=True)
                else:
                    await self._rooms.notifier.post(review.channel, card, key=hold.operation.id)
                await hold.save(State.DONE, {}, release=True)
                return
            review = await self._announce(hold, review)
        except DeliveryError as error:
            log.warning("a review could not be shown: %s", error.reason or error.code)
            if not error.retryable and hold.state is State.SIGNED:
                await hold.save(State.DONE, {}, release=True)
                return
            elsewhere = review.planned.invocation.place.channel
            moved = not error.retryable and review.channel != elsewhere
            if moved:
                review = review.model_copy(update={"channel": elsewhere, "ts": ""})
            again = self._rooms.clock() + (_AWAY_SECONDS if error.retryable or moved else _DAY)
            await hold.save(hold.state, review.model_dump(mode="json"), wake_at=again, release=True)
            return
        wake_at = self._rooms.clock() + _DAY if review.reminded < _REMINDERS else None
        await hold.save(State.OPEN, review.model_dump(mode="json"), wake_at=wake_at, release=True)

    async def _announce(self, hold: Hold, review: Reviewed) -> Reviewed:
        planned, key = review.planned, hold.operation.id
        if not review.ts:
            card = approval_cards.acted_first(planned, review.need, key, review.outcome)
            ts = await self._rooms.notifier.post(review.channel, card, key=key)
            return review.model_copy(update={"ts": ts})
        called = approval_cards.called((review.need,))
        line = Message(
            icon=Icon.WAITING,
            headline=text("Nobody has signed this off yet: {}. {}", planned.plan.done, called),
        )
        await self._rooms.notifier.post(review.channel, line, thread=review.ts, key=f"{key} again")
        return review.model_copy(update={"reminded": review.reminded + 1})

    async def take(self, by: Invocation, operation: Operation) -> Opened:
        """The form in which somebody signs it off. Raises `PressError` for whoever may not."""
        review = await self._open_to(by, operation)
        note = Field(
            key="reason", label="Note", hint="What you looked at, for whoever reads it later.", is_needed=True
        )
        title = review.planned.became.plain()
        form = Form(title="Sign off", submit="Sign off", fields=(note,), note=title)
        row = kept(self._rooms, Asked(operation=operation.id, choice=SIGN, invocation=by))
        await self._rooms.operations.add(row)
        return Opened(id=row.id, form=form)

    async def submit(self, asked: Asked, answers: Mapping[str, str]) -> Submitted:
        """Sign it off; of two at once one has. Raises `PressError`."""
        by, note = asked.invocation, redact(" ".join(answers.get("reason", "").split()))
        for _ in range(_TRIES):
            operation = await self._rooms.operations.get(asked.operation)
            if operation is None:
                raise PressError(_SETTLED)
            review = await self._open_to(by, operation)
            if not _SHORTEST <= len(note) <= _LONGEST:
                wrong = f"Say what you looked at, in at most {_LONGEST} characters."
                return Submitted(errors={"reason": wrong})
            try:
                receipt = await self._sign(operation, review, by, note)
            except LeaseLostError:
                continue
            self._rooms.worker.poke()
            said = text("Signed off: {}", review.planned.became)
            shown = Message(icon=Icon.DONE, headline=said, footer=text("{}", receipt))
            return Submitted(by=by, message=shown)
        raise PressError("Its announcement is just being posted.", hint="Press again.")

    async def _sign(self, operation: Operation, review: Reviewed, by: Invocation, note: str) -> str:
        """Give the record's receipt. Raises `LeaseLostError` where the row was moved by somebody else: then
        nothing was kept.
        """
        now = self._rooms.clock()
        async with self._rooms.database.write() as transaction:
            record = await self._rooms.ledger.append(transaction, _entry(by, review, note))
            done = review.model_copy(
                update={"by": (by.user, by.user_name), "note": note, "receipt": record.receipt}
            )
            if not await self._rooms.operations.move(
                operation, State.SIGNED, data=done.model_dump(mode="json"), wake_at=now, now=now,
                transaction=transaction, exactly=True,
            ):  # fmt: skip
                raise LeaseLostError
        return record.receipt

    async def _open_to(self, by: Invocation, operation: Operation) -> Reviewed:
        """The review, where this person may sign it off at this moment. Raises `PressError`."""
        if operation.kind is not Kind.REVIEW or operation.state is not State.OPEN:
            raise PressError(_SETTLED, hint="Nothing was done by this press.")
        review = Reviewed.model_validate(operation.data)
        who = f"{review.need.people} can."
        if by.user in review.planned.wanted_by:
            raise PressError(f"Nobody signs off their own {review.planned.plan.noun}.", hint=who)
        reader = await presser(self._rooms, by, review.planned.invocation.place, "audit review")
        if not review.need.is_met_by(reader):
            raise PressError("This is not yours to sign off.", hint=who)
        return review


def _entry(by: Invocation, review: Reviewed, note: str) -> Entry:
    planned = review.planned
    target = planned.plan.target
    return Entry(
        kind=RecordKind.REVIEWED, operation=planned.invocation.id, actor=by.user, actor_name=by.user_name,
        team=by.team, channel=by.place.channel, verb=planned.plan.verb, cluster=target.cluster,
        namespace=target.namespace or "", target=target.name,
        detail={"note": note, "rule": planned.rule, "requester": planned.invocation.user,
                "signs_off": planned.receipt},
    )  # fmt: skip
