"""What people say to a plan: its requester yes or no, others yes or no where the policy asks for that.

Each button is pressed by whom it belongs to, within its time, once. The row decides, compared as a whole:
of any number at once exactly one takes it further. What a yes needs beside the press (a typed name,
a reason, a one-time code) is asked for in a form, and spent in the same commit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.domain.access import Actor
from bot.domain.approvals import Vote, counted, is_enough, people, rules_met
from bot.domain.errors import CodeError, PressError
from bot.domain.invocation import Invocation
from bot.domain.message import Message
from bot.domain.model import Json
from bot.domain.operation import FINAL, Kind, Operation, State
from bot.domain.records import Entry, RecordKind
from bot.domain.redaction import redact
from bot.engine import approval_cards, cards, reachable
from bot.engine.consent_forms import form_of, questions, wrong_in
from bot.engine.opened import Asked, Opened, Submitted, kept
from bot.engine.planned import Planned
from bot.engine.pressing import presser
from bot.engine.refusals import record_refusal
from bot.engine.rooms import Rooms

BY_REQUESTER = frozenset({"confirm", "cancel"})
BY_OTHERS = frozenset({"approve", "deny"})
_TRIES = 8
_SETTLED = "This question is already settled."
_OWN = "Nobody approves their own {}."


@dataclass(frozen=True)
class Words:
    """A press with what was written beside it."""

    by: Invocation
    reason: str = ""
    code: str = ""
    voter: Actor | None = None
    """Who they are at this moment, where others than the requester speak."""


@dataclass
class _Next:
    """Where a press takes the row, and what is committed with it."""

    state: State
    planned: Planned
    wake_at: float | None
    detail: Json
    kind: RecordKind | None = None
    """None where the next step records it: a mere yes of the requester."""
    also: list[Operation] = field(default_factory=list)
    message: Message | None = None
    """What takes the place of the message that was pressed."""
    spends: bool = False
    """A one-time code goes with it."""


class Consents:
    """Settles what is pressed below a plan."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    async def take(self, by: Invocation, operation: Operation, choice: str) -> Message | Opened | None:
        """Settle a press, or open the form that it needs. Raises `PressError`; then nothing was done."""
        if operation.state in FINAL:
            raise PressError(_SETTLED, hint="Nothing was done by this press.")
        planned = Planned.model_validate(operation.data)
        voter = await self._voter(by, operation, planned) if choice in BY_OTHERS else None
        asked_for = questions(planned, choice)
        if not asked_for or operation.state not in {State.WAITING, State.ASKING}:
            return await self._say(operation, choice, Words(by, voter=voter))
        form = kept(self._rooms, Asked(operation=operation.id, choice=choice, invocation=by))
        await self._rooms.operations.add(form)
        return Opened(id=form.id, form=form_of(planned, choice, asked_for))

    async def submit(self, asked: Asked, answers: Mapping[str, str]) -> Submitted:
        """The same, once its form is filled in; what is wrong is told beside its field."""
        operation = await self._rooms.operations.get(asked.operation)
        if operation is None or operation.kind is not Kind.PLAN or operation.state in FINAL:
            raise PressError(_SETTLED, hint="Nothing was done.")
        planned, by = Planned.model_validate(operation.data), asked.invocation
        given = {key: " ".join(value.split()) for key, value in answers.items()}
        wrong = wrong_in(planned, asked.choice, given)
        if wrong:
            return Submitted(errors=wrong)
        voter = await self._voter(by, operation, planned) if asked.choice in BY_OTHERS else None
        words = Words(by, redact(given.get("reason", "")), given.get("code", ""), voter)
        try:
            message = await self._say(operation, asked.choice, words)
        except CodeError as error:
            await record_refusal(self._rooms, by, error)
            return Submitted(errors={"code": f"{error.message} {error.hint}".strip()})
        return Submitted(by=by if message else None, message=message)

    async def _voter(self, by: Invocation, operation: Operation, planned: Planned) -> Actor:
        """Who speaks, as they are now. Raises `PressError` for whoever is not asked."""
        if operation.state is not State.ASKING:
            raise PressError(_SETTLED, hint="Nothing was done by this press.")
        if by.user in planned.wanted_by:
            raise PressError(_OWN.format(planned.plan.noun), hint=f"{people(planned.needs)} can.")
        voter = await presser(self._rooms, by, planned.invocation.place, planned.plan.verb)
        if not rules_met(planned.needs, voter):
            raise PressError("This is not yours to decide.", hint=f"{people(planned.needs)} can.")
        return voter

    async def _say(self, operation: Operation, choice: str, words: Words) -> Message | None:
        """Take the row one step further, whoever else is at it: read anew until the press has its turn."""
        found: Operation | None = operation
        for _ in range(_TRIES):
            if found is None or found.state in FINAL:
                raise PressError(_SETTLED, hint="Nothing was done by this press.")
            onward = await self._next(found, choice, words)
            if onward is None:
                return None
            if await self._commit(found, onward, words):
                self._rooms.worker.poke()
                for approval in onward.planned.approval:
                    self._rooms.worker.hasten(approval)
                return onward.message
            found = await self._rooms.operations.get(operation.id)
        raise PressError("Too many pressed at once.", hint="Press again.")

    async def _next(self, operation: Operation, choice: str, words: Words) -> _Next | None:
        """None where nothing is left to be done: it is confirmed already, or its time is over."""
        now, planned = self._rooms.clock(), Planned.model_validate(operation.data)
        if operation.state not in {State.WAITING, State.ASKING}:
            if choice in BY_OTHERS:
                raise PressError(_SETTLED, hint="Nothing was done by this press.")
            return None
        if operation.wake_at is not None and operation.wake_at <= now:
            self._rooms.worker.poke()
            if choice in BY_OTHERS:
                raise PressError("The question ran out.", hint="Nothing was done by this press.")
            return None
        if choice == "cancel":
            return _withdrawn(operation, planned)
        if choice == "deny":
            return _denied(planned, words)
        if choice == "approve":
            return self._approved(operation, planned, words, now)
        if operation.state is State.ASKING:
            return None
        said = planned.model_copy(update={"reply": words.by.reply, "asked_at": now, "reason": words.reason})
        if planned.needs:
            return await self._asking(operation, said, now)
        confirmed = said.model_copy(update={"confirmed_at": now})
        return _Next(State.CONFIRMED, confirmed, now, {}, spends=planned.code)

    async def _asking(self, operation: Operation, planned: Planned, now: float) -> _Next:
        """Ask the others, in a message of its own for each channel. Raises `PressError` where they cannot be
        reached.
        """
        places = await reachable.where_asked(self._rooms, planned)
        until = now + min(need.seconds for need in planned.needs)
        rows = [self._rooms.new(Kind.APPROVAL, State.MOVING, {}, owner="", wake_at=now) for _ in places]
        planned = planned.model_copy(update={"approval": tuple(row.id for row in rows)})
        kept_as = planned.model_dump(mode="json")
        asked = [
            {"plan": operation.id, "channel": place.id, "planned": kept_as, "speaks": not order}
            for order, place in enumerate(places)
        ]
        approvals = [row.model_copy(update={"data": one}) for row, one in zip(rows, asked, strict=True)]
        detail = {
            "outcome": "asked for approval", "reason": planned.reason,
            "channels": [place.id for place in places],
            "needs": [need.model_dump(mode="json", exclude_defaults=True) for need in planned.needs],
        }  # fmt: skip
        message = approval_cards.waits(planned, operation.id, until)
        return _Next(State.ASKING, planned, until, detail, RecordKind.ASKED, approvals, message)

    def _approved(self, operation: Operation, planned: Planned, words: Words, now: float) -> _Next:
        voter = words.voter
        if voter is None or voter.id in planned.wanted_by:
            raise PressError(_OWN.format(planned.plan.noun))
        if voter.id in {vote.user for vote in planned.votes}:
            raise PressError("Your yes is counted already.", hint="Nothing was done by this press.")
        rules = rules_met(planned.needs, voter)
        votes = (*planned.votes, Vote(user=voter.id, name=voter.name, at=now, rules=rules))
        enough, found = is_enough(planned.needs, votes), counted(planned.needs, votes)
        said = planned.model_copy(update={"votes": votes, "confirmed_at": now if enough else 0.0})
        detail = {
            "outcome": "approved",
            "rules": list(rules),
            "counted": {need.rule: f"{found[need.rule]} of {need.count}" for need in planned.needs},
        }
        state = State.CONFIRMED if enough else State.ASKING
        wake_at = now if enough else operation.wake_at
        return _Next(state, said, wake_at, detail, RecordKind.VOTE, spends=planned.code)

    async def _commit(self, operation: Operation, onward: _Next, words: Words) -> bool:
        """The step, its record, and the code that it took, together or not at all."""
        data = onward.planned.model_dump(mode="json")
        if onward.state in FINAL:
            data = onward.detail | {"by": words.by.user, "name": words.by.user_name}
        try:
            async with self._rooms.database.write() as transaction:
                won = await self._rooms.operations.move(
                    operation, onward.state, data=data, wake_at=onward.wake_at, now=self._rooms.clock(),
                    transaction=transaction, exactly=True,
                )  # fmt: skip
                _must_have(won)
                if onward.spends:
                    now = self._rooms.clock()
                    await self._rooms.codes.spend(transaction, words.by.user, words.code, now)
                for other in onward.also:
                    await self._rooms.operations.add(other, transaction=transaction)
                if onward.kind:
                    entry = _entry(operation, onward.kind, onward, words)
                    await self._rooms.ledger.append(transaction, entry)
        except _OvertakenError:
            return False
        return True


class _OvertakenError(Exception):
    """Somebody else moved the row; what was begun is rolled back."""


def _must_have(won: bool) -> None:  # noqa: FBT001 - what the row said
    if not won:
        raise _OvertakenError


def _withdrawn(operation: Operation, planned: Planned) -> _Next:
    outcome = "withdrawn" if operation.state is State.ASKING else "cancelled"
    message = cards.closed(planned.plan, f"{outcome}.")
    return _Next(State.CANCELLED, planned, None, {"outcome": outcome}, RecordKind.CLOSED, message=message)


def _denied(planned: Planned, words: Words) -> _Next:
    detail = {"outcome": "denied", "reason": words.reason}
    return _Next(State.CANCELLED, planned, None, detail, RecordKind.VOTE)


def _entry(operation: Operation, kind: RecordKind, onward: _Next, words: Words) -> Entry:
    by, target = words.by, onward.planned.plan.target
    return Entry(
        kind=kind, operation=operation.id, actor=by.user, actor_name=by.user_name, team=by.team,
        channel=by.place.channel, verb=onward.planned.plan.verb, cluster=target.cluster,
        namespace=target.namespace or "", target=target.name,
        detail=onward.detail | {"asked_by": onward.planned.invocation.id,
                                "requester": onward.planned.invocation.user},
    )  # fmt: skip
