"""The way of an invocation, on one screen: parse, authorize, read or plan, record, answer.

    received ── _travel ─→ answered ── deliver ─→ done

The answer is committed together with its record, and delivered after; a process that dies between the two
leaves an answer that the next one delivers.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import secrets
from dataclasses import dataclass
from typing import Any

from bot.domain import asked, typed
from bot.domain.access import Actor, Permission, Place, Risk
from bot.domain.errors import (
    AccessDeniedError,
    AuditUnavailableError,
    BotError,
    ClusterDeniedError,
    StalePlanError,
    TargetNotFoundError,
    UnrecordedError,
    UsageError,
)  # fmt: skip
from bot.domain.invocation import Invocation
from bot.domain.message import Message
from bot.domain.model import Json
from bot.domain.operation import State
from bot.domain.records import Entry, RecordKind
from bot.domain.redaction import redact
from bot.domain.variables import left_over
from bot.engine import asking, cards
from bot.engine.answered import ANSWER_SECONDS, undelivered
from bot.engine.answering import Answer, Answering
from bot.engine.arguments import Args
from bot.engine.authorized import Authorized, for_whom
from bot.engine.command import Command, RunCommand
from bot.engine.errand_offers import offered
from bot.engine.people import actor_of
from bot.engine.picking import pick
from bot.engine.replies import Replies
from bot.engine.rooms import Rooms
from bot.engine.turns import Turns
from bot.engine.worker import Hold

log = logging.getLogger(__name__)

_PATIENCE_SECONDS = 0.9
"""After this long without an answer, silence would look like a failure."""
_AGAIN_SECONDS = 15.0


class Pipeline:
    """Takes one invocation from its text to its answer."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._answering = Answering(rooms)
        self._replies = Replies(rooms)
        self._turns = Turns()

    async def step(self, hold: Hold) -> None:
        """Bring an invocation to its end, from whichever state it was left in, when its turn has come."""
        async with self._turns.turn():
            await self._step(hold)

    async def _step(self, hold: Hold) -> None:
        if hold.state is State.RECEIVED:
            try:
                await self._travel(hold)
            except AuditUnavailableError as error:
                if hold.operation.fence == 1:
                    said = cards.refused(error)
                    await self._replies.say(hold.data["reply"], said, user=hold.data["user"], replace=False)
                raise
        await self._deliver(hold)

    async def _travel(self, hold: Hold) -> None:
        invocation = Invocation.model_validate(hold.data)
        answer, kept_waiting = await self._in_time(invocation)
        message, offer = self._rooms.offers(answer.message, owner=invocation.user)
        data = undelivered(
            user=invocation.user,
            channel=invocation.place.channel if answer.shared else "",
            reply=invocation.reply,
            message=message,
            replace=kept_waiting or (invocation.confirmed and invocation.private),
            until=invocation.at + ANSWER_SECONDS,
        )
        try:
            async with self._rooms.database.write() as transaction:
                if answer.entry:
                    await self._rooms.ledger.append(transaction, answer.entry)
                for waiting in (*answer.waits, *([offer] if offer else [])):
                    await self._rooms.operations.add(waiting, transaction=transaction)
                await hold.save(State.ANSWERED, data, wake_at=self._rooms.clock(), transaction=transaction)
        except AuditUnavailableError as error:
            if answer.entry and answer.entry.kind is RecordKind.CONCLUSION:
                raise UnrecordedError(
                    "It ran, but how it ended could not be recorded.", hint="It is not run again by itself."
                ) from error
            raise
        if answer.waits:
            self._rooms.worker.poke()

    async def _in_time(self, invocation: Invocation) -> tuple[Answer, bool]:
        """The answer; where it takes longer than people wait, a sign first, whose place it then takes."""
        answering = asyncio.create_task(self._answer(invocation), name=f"answer {invocation.id}")
        try:
            await asyncio.wait({answering}, timeout=_PATIENCE_SECONDS)
            kept_waiting = not answering.done() and invocation.private
            if kept_waiting:
                await self._replies.say(
                    invocation.reply, cards.waiting(), user=invocation.user, replace=False
                )
            return await answering, kept_waiting
        finally:
            answering.cancel()

    async def _deliver(self, hold: Hold) -> None:
        """A Slack that is away is waited for as long as the response address lives."""
        data, now = hold.data, self._rooms.clock()
        message = Message.model_validate(data["message"])
        reply, user, replace = data["reply"], data["user"], data["replace"]
        if data["channel"]:
            said = await self._replies.show(
                data["channel"], reply, message, user=user, key=hold.operation.id, replace=replace
            )
        else:
            late = bool(data.get("late"))
            said = await self._replies.say(reply, message, user=user, replace=replace, or_direct=late)
        if not said and now < data["until"]:
            await hold.save(State.ANSWERED, data, wake_at=now + _AGAIN_SECONDS, release=True)
            return
        await hold.save(State.DONE, {}, release=True)

    async def _answer(self, invocation: Invocation) -> Answer:
        """Every line gets one: whatever nobody expected becomes a message with an id that the log has too."""
        started = self._rooms.clock()
        entry = Entry(
            kind=RecordKind.READ,
            operation=invocation.id,
            actor=invocation.user,
            actor_name=invocation.user_name,
            team=invocation.team,
            channel=invocation.place.channel,
            asked=typed.clean(invocation.text),
            detail=for_whom(invocation),
        )
        try:
            answer = await self._understand(invocation, entry)
        except AuditUnavailableError:
            raise
        except Exception:
            incident = secrets.token_hex(4)
            log.exception("incident %s", incident)
            answer = Answer(
                message=cards.bug(incident), entry=entry.of(RecordKind.READ, {"incident": incident})
            )
        if answer.entry is None:
            return answer
        took = {"took_ms": round((self._rooms.clock() - started) * 1000)}
        return answer.model_copy(update={"entry": answer.entry.of(answer.entry.kind, took)})

    async def _understand(self, invocation: Invocation, entry: Entry) -> Answer:
        """Parse. A mistake is answered, and nothing of it is recorded: nothing was asked."""
        try:
            words = typed.split(invocation.text)
            variable = left_over(words)
            if variable:
                command, args = self._rooms.registry.find(words)[0], Args()
            else:
                command, args = self._rooms.registry.read(words)
        except UsageError as error:
            return Answer(message=cards.refused(error))
        line = _Line(invocation, command, args, entry.model_copy(update={"verb": command.name}))
        try:
            if variable:
                raise await pick(self._rooms, invocation, words, variable)
            return await self._authorize(line)
        except AuditUnavailableError:
            raise
        except AccessDeniedError as error:
            return await self._refused(line, error)
        except BotError as error:
            denied = isinstance(error, ClusterDeniedError) or command.risk is not Risk.READ
            kind = RecordKind.REFUSAL if denied else RecordKind.READ
            detail = {"error": error.code, "said": redact(error.message)}
            message = cards.refused(_suggesting(error, words))
            return Answer(message=message, entry=line.entry.of(kind, detail))

    async def _refused(self, line: _Line, error: AccessDeniedError) -> Answer:
        """What the policy says no to; and where others could do it, the button that asks them."""
        said = f"{error.message} {error.hint}".strip()
        detail = {"error": error.code, "said": said, "rule": error.rule}
        answer = Answer(message=cards.refused(error), entry=line.entry.of(RecordKind.REFUSAL, detail))
        target = line.entry.target
        found = await offered(
            self._rooms, line.invocation, line.command, line.args, target=target, error=error
        )
        if found is None:
            return answer
        button, row = found
        message = answer.message.model_copy(update={"buttons": (*answer.message.buttons, button)})
        return answer.model_copy(update={"message": message, "waits": (row,)})

    async def _authorize(self, line: _Line) -> Answer:
        """Decide on the text, with the person as they are now; then do what was asked."""
        place = line.invocation.place
        if self._rooms.clock() - line.invocation.at > ANSWER_SECONDS:  # its address is over
            raise StalePlanError("It was asked too long ago to be run now.")
        acts = isinstance(line.command, RunCommand)  # what runs at once is not let through by who they were
        actor = await actor_of(self._rooms, line.invocation.team, line.invocation.user, fresh=acts)
        asking.check_standing(actor, place, line.command.name)
        args = line.args = await asking.settle(self._rooms, actor, line.args, place)
        line.entry = line.entry.model_copy(update=_scope(line.command, args))
        line.entry = line.entry.model_copy(update=_question(actor, place, line.command, args))
        try:
            decision = asking.decide(self._rooms, actor, place, line.command, args)
        except AccessDeniedError:
            fewer = await asking.narrowed(self._rooms, actor, place, line.command, args)
            if fewer is None:
                raise
            args, decision = fewer
            line.entry = line.entry.model_copy(update=_question(actor, place, line.command, args))
        decided = decision.model_dump(mode="json", exclude_defaults=True)
        line.entry = line.entry.model_copy(update={"decision": decided})
        authorized = Authorized(line.command, args, actor, decision, line.invocation, line.entry)
        return await self._answering.run(authorized)


@dataclass
class _Line:
    """A line on its way, with what the record will say of it as far as it came."""

    invocation: Invocation
    command: Command
    args: Args
    entry: Entry


def _scope(command: Command, args: Args) -> Json:
    """What the record says of a line: its arguments without secrets, and where they reach."""
    given = args.model_dump(mode="json", exclude_defaults=True, exclude={"namespace", "context"})
    given_names = (given.get(key) for key in ("name", "target", "node", "words"))
    named = next(filter(None, given_names), None) or command.kinds(args)
    words = [named] if isinstance(named, str) else [str(word) for word in named if "=" not in str(word)]
    target = " ".join(words)
    return {
        "understood": {key: _clean(value) for key, value in given.items()},
        "cluster": args.cluster(),
        "namespace": args.reach(),
        "target": typed.clean_word(target)[:253],
    }


def _question(actor: Actor, place: Place, command: Command, args: Args) -> Json:
    """What the policy is asked, so that a record can be asked again; of what is open to everybody nothing."""
    if command.permission is Permission.BOT_ASK:
        return {}
    asks = itertools.chain.from_iterable(asking.of_line(actor, place, command, args))
    return {"question": asked.kept(tuple(asks))}


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return typed.clean_word(value)
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return list(typed.clean_words(value))  # a flag's value is the next word
    return [_clean(item) for item in value] if isinstance(value, list) else value


def _suggesting(error: BotError, words: tuple[str, ...]) -> BotError:
    """Where a name is wrong and near ones live there: the same line with each of them, as a button."""
    if not isinstance(error, TargetNotFoundError) or not error.near:
        return error
    lines = []
    for name in error.near:
        fixed = [
            name if word == error.wrong else word.replace(f"/{error.wrong}", f"/{name}") for word in words
        ]
        lines.append(typed.join(fixed))
    error.suggestions = tuple(lines)
    return error
