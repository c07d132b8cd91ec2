"""The way of an invocation, on one screen: parse, authorize, read or plan, record, answer.

    received ── _travel ─→ answered ── deliver ─→ done

The answer is committed together with its record, and delivered after; a process that dies between the two
leaves an answer that the next one delivers.
"""

from __future__ import annotations

import logging
import secrets
from typing import Any

from bot.domain import typed
from bot.domain.access import Actor, Decision, Effect, Place, Standing
from bot.domain.changes import Plan
from bot.domain.errors import (
    AccessDeniedError,
    AuditUnavailableError,
    BotError,
    ChannelClosedError,
    DeliveryError,
    TargetNotFoundError,
    UsageError,
)  # fmt: skip
from bot.domain.invocation import Invocation
from bot.domain.message import Message
from bot.domain.model import Frozen, Json
from bot.domain.operation import Kind, Operation, State
from bot.domain.records import Entry, RecordKind
from bot.domain.redaction import redact
from bot.engine import asking, cards
from bot.engine.command import Args, BotCommand, BotContext, ChangeCommand, Command, ReadCommand, ReadContext
from bot.engine.confirmed import Planned
from bot.engine.rooms import PLAN_SECONDS, Rooms
from bot.engine.worker import Hold

log = logging.getLogger(__name__)


class Answer(Frozen):
    """What a line came to: what is said, what is recorded, and what waits from now on."""

    message: Message
    entry: Entry | None = None
    waits: tuple[Operation, ...] = ()


class Pipeline:
    """Takes one invocation from its text to its answer."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    async def step(self, hold: Hold) -> None:
        """Bring an invocation to its end, from whichever state it was left in."""
        if hold.state is State.RECEIVED:
            await self._travel(hold)
        await self._deliver(hold)

    async def _travel(self, hold: Hold) -> None:
        invocation = Invocation.model_validate(hold.data)
        answer = await self._answer(invocation)
        message, offer = self._rooms.offers(answer.message, owner=invocation.user)
        data = {"reply": invocation.reply, "message": message.model_dump(mode="json")}
        async with self._rooms.database.write() as connection:
            if answer.entry:
                await self._rooms.ledger.append(connection, answer.entry)
            for waiting in (*answer.waits, *([offer] if offer else [])):
                await self._rooms.operations.add(waiting, connection=connection)
            await hold.save(State.ANSWERED, data, wake_at=self._rooms.clock(), connection=connection)
        if answer.waits:
            self._rooms.worker.poke()

    async def _deliver(self, hold: Hold) -> None:
        message = Message.model_validate(hold.data["message"])
        replace = bool(hold.data.get("replace"))
        try:
            await self._rooms.notifier.answer(
                self._rooms.sealer.open(hold.data["reply"]), message, replace=replace
            )
        except DeliveryError as error:
            log.warning(
                "the answer to %s was not delivered: %s", hold.operation.id, error.reason or error.code
            )
        await hold.save(State.DONE, {}, release=True)

    async def _answer(self, invocation: Invocation) -> Answer:
        """Every line gets one: whatever happens on the way becomes a message."""
        started = self._rooms.clock()
        entry = Entry(
            kind=RecordKind.READ, operation=invocation.id, actor=invocation.user, actor_name=invocation.user_name,
            team=invocation.team, channel=invocation.place.channel, asked=redact(invocation.text),
        )  # fmt: skip
        try:
            words = typed.split(invocation.text)
            command, args = self._rooms.registry.read(words)
        except UsageError as error:
            return Answer(message=cards.refused(error))
        entry = entry.model_copy(update={"verb": command.name})
        try:
            args = asking.settle(self._rooms, args, invocation.place)
            entry = entry.model_copy(update=_scope(command, args))
            actor = await self._who(invocation)
            decision = asking.decide(self._rooms, actor, invocation.place, command, args)
            entry = entry.model_copy(
                update={"decision": decision.model_dump(mode="json", exclude_defaults=True)}
            )
            answer = await self._run(command, args, actor, decision, invocation, entry)
        except AccessDeniedError as error:
            detail = {
                "error": error.code,
                "said": f"{error.message} {error.hint}".strip(),
                "rule": error.rule,
            }
            return Answer(message=cards.refused(error), entry=_with(entry, RecordKind.REFUSAL, detail))
        except UsageError as error:
            return Answer(message=cards.refused(error))
        except AuditUnavailableError:
            raise
        except BotError as error:
            kind = RecordKind.READ if command.risk == "read" else RecordKind.REFUSAL
            said = cards.refused(_suggesting(error, words))
            return Answer(
                message=said, entry=_with(entry, kind, {"error": error.code, "said": error.message})
            )
        except Exception:
            incident = secrets.token_hex(4)
            log.exception("incident %s: %s failed", incident, command.name)
            return Answer(
                message=cards.bug(incident), entry=_with(entry, RecordKind.READ, {"incident": incident})
            )
        took = {"took_ms": round((self._rooms.clock() - started) * 1000)}
        recorded = (
            answer.entry.model_copy(update={"detail": answer.entry.detail | took}) if answer.entry else None
        )
        return answer.model_copy(update={"entry": recorded})

    async def _who(self, invocation: Invocation) -> Actor:
        return await self._rooms.directory.actor(
            invocation.team, invocation.user, groups=self._rooms.in_force.policy.groups
        )

    async def _run(
        self,
        command: Command,
        args: Args,
        actor: Actor,
        decision: Decision,
        invocation: Invocation,
        entry: Entry,
    ) -> Answer:
        if isinstance(command, BotCommand):
            context = self._bot_context(actor, invocation.place, args)
            return Answer(message=await command.run(context, args), entry=entry)
        gate = asking.gate(self._rooms, actor, invocation.place, command, args)
        door = self._rooms.clusters.behind(args.context, gate)
        line = understood(command, invocation.text)
        reading = ReadContext(
            cluster=door, actor=actor, place=invocation.place, line=line, now=self._rooms.clock
        )
        if isinstance(command, ReadCommand):
            return Answer(message=await command.run(reading, args), entry=entry)
        await self._can_follow(invocation.place)
        plan = await command.plan(reading, args)
        return self._propose(plan, command, args, decision, invocation, entry)

    async def _can_follow(self, place: Place) -> None:
        """A change is followed in its channel: where the bot cannot post, none is offered."""
        channel = await self._rooms.directory.channel(place.channel)
        if not channel.can_post:
            raise ChannelClosedError(
                "I cannot post in this channel, so nobody here could follow the change.",
                hint="Invite me with /invite @k8s-bot and ask again.",
            )

    def _propose(
        self,
        plan: Plan,
        command: ChangeCommand[Any],
        args: Args,
        decision: Decision,
        invocation: Invocation,
        entry: Entry,
    ) -> Answer:
        """Store the plan, and ask; or, where the policy needs no question, let it go at once."""
        detail = {"plan": plan_summary(plan)}
        if plan.nothing:
            message = Message(headline=plan.nothing)
            return Answer(
                message=message,
                entry=_with(entry, RecordKind.ASKED, detail | {"outcome": "nothing to change"}),
            )
        now = self._rooms.clock()
        confirm = decision.effect is Effect.CONFIRM
        planned = Planned(
            plan=plan,
            invocation=invocation,
            args=args.model_dump(mode="json"),
            confirmed_at=0.0 if confirm else now,
        )
        operation = self._rooms.new(
            Kind.PLAN, State.WAITING if confirm else State.CONFIRMED, planned.model_dump(mode="json"),
            owner=invocation.user, wake_at=now + PLAN_SECONDS if confirm else now,
        )  # fmt: skip
        entry = _with(entry, RecordKind.ASKED, detail | {"plan_operation": operation.id})
        if confirm:
            message = cards.preview(plan, operation.id, now + PLAN_SECONDS, round(PLAN_SECONDS / 60))
        else:
            message = cards.going_ahead(plan)
        return Answer(message=message, entry=entry, waits=(operation,))

    def _bot_context(self, actor: Actor, place: Place, args: Args) -> BotContext:
        def may(command: Command) -> Decision:
            if actor.standing is not Standing.MEMBER:
                return Decision(effect=Effect.DENY)
            try:
                there = asking.settle(self._rooms, command.args.model_construct(), place)
                kind = "" if isinstance(command, BotCommand) else "deployments"
                return self._rooms.in_force.policy.decide(asking.ask(actor, place, command, there, kind))
            except BotError as error:
                return Decision(effect=Effect.DENY, reason=error.message)

        return BotContext(
            actor=actor,
            place=place,
            cluster=args.context,
            namespace=args.namespace,
            clusters=self._rooms.clusters.names,
            commands=self._rooms.registry.commands,
            records=self._rooms.ledger,
            may=may,
            now=self._rooms.clock,
        )


def understood(command: Command, line: str) -> str:
    """The line as it stands on the record and in a change's cause: repaired, and without secrets."""
    return redact(f"/k8s {typed.join(typed.split(line))}") if line else f"/k8s {command.name}"


def plan_summary(plan: Plan) -> Json:
    """What a record keeps of a plan: targets and fields, secrets made unreadable."""
    steps = [
        {
            "target": f"{step.write.target.type.plural}/{step.write.target}",
            "action": step.write.action,
            "changes": [f"{cards.short_path(c.path)}: {cards.shown_change(c)}" for c in step.changes],
        }
        for step in plan.steps
    ]
    return {"title": plan.title.plain(), "risk": plan.risk.value, "steps": steps}


def _scope(command: Command, args: Args) -> Json:
    given = {
        key: value
        for key, value in args.model_dump(mode="json", exclude_defaults=True).items()
        if key not in {"namespace", "context"}
    }
    clean = {key: _clean(value) for key, value in given.items()}
    kinds = command.kinds(args)
    return {
        "understood": clean,
        "cluster": args.context,
        "namespace": args.reach(),
        "target": str(given.get("name", given.get("target", kinds[0] if kinds else "")))[:253],
    }


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return redact(value)
    return [_clean(item) for item in value] if isinstance(value, list) else value


def _with(entry: Entry, kind: RecordKind, detail: Json) -> Entry:
    return entry.model_copy(update={"kind": kind, "detail": entry.detail | detail})


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
