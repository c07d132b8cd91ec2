"""Forms: the same declaration as the grammar's, filled in by hand, and read back as a line.

A form is a row with an opaque id. What comes back with that id is a stranger's until it is looked up: the
verb and the place are the row's, only the answers are taken from the payload, and the line they make goes the
way of every line.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping

from bot.domain.access import ANY
from bot.domain.errors import AccessDeniedError, BotError, PressError, UsageError
from bot.domain.form import MOST_CHOICES, Choice, Field, Form
from bot.domain.invocation import Invocation
from bot.domain.model import Json
from bot.domain.operation import Kind, Operation, State
from bot.domain.records import Entry, RecordKind
from bot.domain.typed import split
from bot.engine import asking, whereabouts
from bot.engine.command import BotCommand, Command, ReadContext
from bot.engine.consents import Consents
from bot.engine.grammar import declared, understood
from bot.engine.kept import KeptResults
from bot.engine.opened import Asked, Submitted, kept
from bot.engine.people import actor_of
from bot.engine.questions import errors, form_of, line_of
from bot.engine.refusals import record_refusal
from bot.engine.reviews import SIGN, Reviews
from bot.engine.rooms import Rooms
from bot.service.gate import PolicyGate

_MENU_SECONDS = 2.0
"""Slack gives a menu up after three."""
_FILTER = "filter"
_NO_LONGER = "This form is no longer open."


class Forms:
    """Makes forms, offers what lives for their fields, and reads them back."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._results = KeptResults(rooms)
        self._consents = Consents(rooms)
        self._reviews = Reviews(rooms)

    def of_line(self, line: str, by: Invocation) -> tuple[Form, Operation]:
        """The form of a verb, with what the line says filled in. Raises `UsageError` for no verb."""
        command, words = self._rooms.registry.find(split(line))
        form = form_of(command, understood(command.args, words), clusters=len(self._rooms.clusters.names))
        return form, kept(self._rooms, Asked(verb=command.name, invocation=by))

    def of_filter(self, result: str, by: Invocation) -> tuple[Form, Operation]:
        words = Field(
            key=_FILTER, label="Only with", hint="Plain words in either case, or /a regular expression/.",
            is_needed=True,
        )  # fmt: skip
        form = Form(title="Filter", submit="Filter", fields=(words,))
        return form, kept(self._rooms, Asked(result=result, invocation=by))

    async def submit(self, form: str, user: str, answers: Mapping[str, str]) -> Submitted:
        """Read the answers back. Raises `PressError` for a form that is over, unknown, or somebody else's: it
        did nothing, and is recorded.
        """
        try:
            asked, _ = await self._opened(form, user)
        except PressError as error:
            detail: Json = {"error": error.code, "said": error.message}
            entry = Entry(kind=RecordKind.REFUSAL, operation=secrets.token_hex(16), actor=user, detail=detail)
            async with self._rooms.database.write() as transaction:
                await self._rooms.ledger.append(transaction, entry)
            raise
        by = asked.invocation
        if asked.operation:
            return await self._said(asked, answers)
        if asked.result:
            return await self._filter(asked, answers.get(_FILTER, ""), by)
        command = self._command(asked)
        line = line_of(command, answers)
        try:
            self._rooms.registry.read(split(line))
        except UsageError as error:
            return Submitted(errors=errors(command, error))
        return Submitted(by=by.model_copy(update={"text": line}))

    async def _said(self, asked: Asked, answers: Mapping[str, str]) -> Submitted:
        """What was written beside a press below a plan or a review."""
        try:
            if asked.choice == SIGN:
                return await self._reviews.submit(asked, answers)
            return await self._consents.submit(asked, answers)
        except PressError as error:
            await record_refusal(self._rooms, asked.invocation, error)
            raise

    async def _filter(self, asked: Asked, words: str, by: Invocation) -> Submitted:
        result = await self._rooms.operations.get(asked.result)
        if result is None or result.owner != by.user:
            raise PressError("This result is no longer kept.", hint="Ask again.")
        try:
            return Submitted(by=by, message=await self._results.filter(result, words.strip(), by))
        except UsageError as error:
            return Submitted(errors={_FILTER: f"{error.message} {error.hint}".strip()})

    async def note(self, form: str, user: str, answers: Mapping[str, str]) -> None:
        """Something was chosen, on which other choices may depend. Raises `PressError`."""
        asked, operation = await self._opened(form, user)
        data = asked.model_copy(update={"answers": dict(answers)}).model_dump(mode="json")
        async with self._rooms.database.write() as transaction:
            await self._rooms.operations.move(
                operation, State.OPEN, data=data, wake_at=operation.wake_at, now=self._rooms.clock(),
                transaction=transaction,
            )  # fmt: skip

    async def choices(self, form: str, user: str, key: str, typed: str) -> tuple[Choice, ...]:
        """What lives and may be chosen, the nearest to what is typed first; nothing where that is refused, or
        where it takes longer than Slack waits.
        """
        try:
            asked, _ = await self._opened(form, user)
            async with asyncio.timeout(_MENU_SECONDS):
                found = await self._choices(self._command(asked), asked.invocation, key, asked.answers)
        except (BotError, TimeoutError):
            return ()
        wanted = typed.strip().lower()
        fitting = [one for one in found if wanted in f"{one.label} {one.value}".lower()]
        fitting.sort(key=lambda one: not one.value.lower().startswith(wanted))
        return tuple(fitting[:MOST_CHOICES])

    async def _choices(
        self, command: Command, by: Invocation, key: str, answers: Mapping[str, str]
    ) -> tuple[Choice, ...]:
        mark = next((mark for name, mark, _ in declared(command.args) if name == key), None)
        if mark is None:
            return ()
        actor = await actor_of(self._rooms, by.team, by.user)
        asking.check_standing(actor, by.place, command.name)
        if "clusters" in mark.of:
            there = whereabouts.visible(self._rooms, actor, by.place)
            return tuple(Choice(label=name, value=name) for name in there)
        chosen = {name: answers[name] for name in ("namespace", "context") if answers.get(name)}
        args = await asking.settle(self._rooms, actor, command.args.model_construct(**chosen), by.place)
        if isinstance(command, BotCommand):
            return ()
        gate = asking.gate(self._rooms, actor, by.place, command, None)
        if "namespaces" in mark.of:
            names = await self._rooms.clusters.namespaces(args.context)
            seen = [name for name in names if _lets(gate, args.context, name, command.mostly)]
            return tuple(Choice(label=name, value=name) for name in seen)
        context = ReadContext(
            cluster=self._rooms.door(args.context, gate, actor, by.id),
            actor=actor,
            place=by.place,
            line="",
            now=self._rooms.clock,
            made=self._rooms.ledger.made,
            keeping=self._rooms.keeping,
        )
        if key in command.choices:
            settled = {**answers, "namespace": args.namespace, "context": args.context}
            return await command.choices[key](context, settled)
        found: list[Choice] = []
        for word in mark.of:
            kind = await context.cluster.resolve(word)
            try:
                table = await context.cluster.table(kind, args.namespace or ANY, limit=500)
            except AccessDeniedError:
                continue  # what one may not see is not offered; the other kinds still are
            one = kind.singular or kind.kind.lower()
            lead, said = ("", "") if len(mark.of) == 1 else (f"{one}/", one)
            found += [Choice(label=row[0], value=lead + row[0], description=said) for row in table.rows]
        return tuple(found)

    async def _opened(self, form: str, user: str) -> tuple[Asked, Operation]:
        found = await self._rooms.operations.get(form)
        if (
            found is None
            or found.kind is not Kind.FORM
            or found.owner != user
            or found.state is not State.OPEN
        ):
            raise PressError(_NO_LONGER, hint="Open it again.")
        if found.wake_at is not None and found.wake_at <= self._rooms.clock():
            raise PressError(_NO_LONGER, hint="Open it again.")
        return Asked.model_validate(found.data), found

    def _command(self, asked: Asked) -> Command:
        command = self._rooms.registry.named(asked.verb)
        if command is None:
            raise PressError(_NO_LONGER, hint="Open it again.")
        return command


def _lets(gate: PolicyGate, cluster: str, namespace: str, kind: str) -> bool:
    try:
        gate.check(cluster, namespace, kind)
    except AccessDeniedError:
        return False
    return True
