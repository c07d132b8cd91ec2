"""events: what happened lately in a namespace or to one object, the newest first."""

from __future__ import annotations

import asyncio
from typing import Annotated

from pydantic import Field, field_validator, model_validator

from bot.domain.access import ANY, Permission
from bot.domain.ages import parse_duration
from bot.domain.happenings import Happening, fields_of, group, read
from bot.domain.message import Message, Paragraph, Text, code, plural, text
from bot.domain.resources import EVENTS, ObjectRef, parse_targets
from bot.domain.results import Rows, narrowed
from bot.engine.arguments import Flag, ReadArgs
from bot.engine.command import ReadCommand, ReadContext

_ON_PAGE = 20
"""Their messages are long, and the newest matter most."""


class EventsArgs(ReadArgs):
    about: Annotated[str, Flag("--for", help="about this object alone", metavar="TYPE/NAME")] = ""
    types: Annotated[str, Flag("--types", help="only Warning, or only Normal", metavar="TYPE")] = ""
    since: Annotated[str, Flag("--since", help="not older than this", metavar="30m")] = ""
    limit: Annotated[int | None, Flag("--limit", help="only the newest", metavar="N"), Field(ge=1)] = None
    everywhere: Annotated[bool, Flag("-A", "--all-namespaces", help="in every namespace")] = False

    @field_validator("types")
    @classmethod
    def _is_known(cls, types: str) -> str:
        known = {"": "", "warning": "Warning", "normal": "Normal", "warning,normal": "", "normal,warning": ""}
        if types.lower() not in known:
            raise ValueError("types: either Warning or Normal.")
        return known[types.lower()]

    @field_validator("since")
    @classmethod
    def _is_duration(cls, since: str) -> str:
        if since:
            parse_duration(since)
        return since

    @model_validator(mode="after")
    def _one_object(self) -> EventsArgs:
        if self.about:
            if "/" not in self.about:
                raise ValueError("for: write TYPE/NAME, such as pod/web-0.")
            parse_targets((self.about,))
        return self

    def reach(self) -> str:
        return ANY if self.everywhere else self.namespace

    @property
    def noun(self) -> str:
        return {"Warning": "warning", "Normal": "normal event"}.get(self.types, "event")


async def run(ctx: ReadContext, args: EventsArgs) -> Message | Rows:
    fields = [f"type={args.types}"] if args.types else []
    places, where = args.namespaces(), _place(ctx, args)
    if args.about:
        word, _, name = args.about.partition("/")
        kind = await ctx.cluster.resolve(word)
        if not kind.namespaced:  # its events are kept in `default`, or wherever their writer lives
            places, where = (ANY,), text(" on {}", code(ctx.cluster.name))
        ref = ObjectRef(cluster=ctx.cluster.name, namespace=args.namespace, type=kind, name=name)
        fields.append(fields_of(ref))
        where = text(" about {}{}", code(args.about), where)
    chosen = ",".join(fields)
    lists = await asyncio.gather(*(ctx.cluster.list(EVENTS, place, fields=chosen) for place in places))
    found = read(item for items in lists for item in items)
    if args.since:
        begin = ctx.now() - parse_duration(args.since)
        found = tuple(one for one in found if one.last >= begin)
        where = text("{} in the last {}", where, args.since)
    return render(where, args, found, ctx.now())


def _place(ctx: ReadContext, args: EventsArgs) -> Text:
    namespace = "all namespaces" if args.everywhere else code(args.namespace)
    return text(" in {} on {}", namespace, code(ctx.cluster.name))


def render(where: Text, args: EventsArgs, found: tuple[Happening, ...], now: float) -> Message | Rows:
    if not found:
        hints = (text("The cluster keeps events for an hour or so."), *narrowed(args.within))
        return Message(
            headline=text("No {}s{}.", args.noun, where), parts=tuple(Paragraph(text=hint) for hint in hints)
        )
    newest = found[: args.limit]
    rows = group(newest, args.noun, now, objects=not args.about, namespaces=args.everywhere)
    left = len(found) - len(newest)
    older = text("{} not shown. {} shows more.", plural(left, f"older {args.noun}"), code("--limit"))
    return Rows(
        where=where,
        groups=(rows.model_copy(update={"bad": frozenset()}) if args.types else rows,),
        ill=("warning", "warnings"),
        notes=narrowed(args.within),
        footer=older if left else Text(),
        name="events",
        on_page=_ON_PAGE,
    )


COMMAND = ReadCommand(
    name="events",
    summary="What happened lately, the newest first.",
    examples=("events", "events --for deployment/web -n shop", "events -A --types=Warning --since 30m"),
    args=EventsArgs,
    permission=Permission.OBJECT_READ,
    kinds=lambda _: (EVENTS.plural,),
    run=run,
)
