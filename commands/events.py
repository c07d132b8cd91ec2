"""events: what happened lately in a namespace or to one object, the newest first."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator, model_validator

from bot.domain.access import ANY, Permission
from bot.domain.happenings import Happening, fields_of, read, table
from bot.domain.message import Button, Message, Paragraph, Text, code, plural, text
from bot.domain.resources import EVENTS, ObjectRef, parse_targets
from bot.engine.command import Args, Flag, ReadCommand, ReadContext

_USUAL = 20
_MOST = 99
"""With the heads of the columns, as many rows as one table of Slack's takes."""


class EventsArgs(Args):
    about: Annotated[str, Flag("--for", help="about this object alone", metavar="TYPE/NAME")] = ""
    types: Annotated[str, Flag("--types", help="only Warning, or only Normal", metavar="TYPE")] = ""
    limit: Annotated[int, Flag("--limit", help="how many", metavar="N"), Field(ge=1, le=_MOST)] = _USUAL
    everywhere: Annotated[bool, Flag("-A", "--all-namespaces", help="in every namespace")] = False

    @field_validator("types")
    @classmethod
    def _is_known(cls, types: str) -> str:
        known = {"": "", "warning": "Warning", "normal": "Normal", "warning,normal": "", "normal,warning": ""}
        if types.lower() not in known:
            raise ValueError("types: either Warning or Normal.")
        return known[types.lower()]

    @model_validator(mode="after")
    def _one_object(self) -> EventsArgs:
        if self.about:
            if "/" not in self.about:
                raise ValueError("for: write TYPE/NAME, such as pod/web-0.")
            parse_targets((self.about,))
        return self

    def reach(self) -> str:
        return ANY if self.everywhere else self.namespace


async def run(ctx: ReadContext, args: EventsArgs) -> Message:
    fields = [f"type={args.types}"] if args.types else []
    namespace, where = args.reach(), _place(ctx, args)
    if args.about:
        word, _, name = args.about.partition("/")
        kind = await ctx.cluster.resolve(word)
        if not kind.namespaced:  # its events are kept in `default`, or wherever their writer lives
            namespace, where = ANY, text("on {}", code(ctx.cluster.name))
        ref = ObjectRef(cluster=ctx.cluster.name, namespace=args.namespace, type=kind, name=name)
        fields.append(fields_of(ref))
    found = read(await ctx.cluster.list(EVENTS, namespace, fields=",".join(fields)))
    return render(ctx.cluster.name, where, args, found, ctx.now())


def _place(ctx: ReadContext, args: EventsArgs) -> Text:
    namespace = "all namespaces" if args.everywhere else code(args.namespace)
    return text("in {} on {}", namespace, code(ctx.cluster.name))


def render(cluster: str, where: Text, args: EventsArgs, found: tuple[Happening, ...], now: float) -> Message:
    about = text("about {} {}", code(args.about), where) if args.about else where
    noun = {"Warning": "warning", "Normal": "normal event"}.get(args.types, "event")
    if not found:
        return Message(
            headline=text("No {}s {}.", noun, about),
            parts=(Paragraph(text=text("The cluster keeps events for an hour or so.")),),
        )
    newest = found[: args.limit]
    warnings = sum(one.is_warning for one in found)
    counted = f" · {plural(warnings, 'warning')}" if warnings and not args.types else ""
    left = len(found) - len(newest)
    return Message(
        headline=text("{} {}{}", plural(len(found), noun), about, counted),
        parts=(table(newest, now, objects=not args.about, namespaces=args.everywhere),),
        buttons=_next_steps(cluster, args, warnings, len(found)),
        footer=text("{} not shown. {} shows more.", plural(left, f"older {noun}"), code("--limit"))
        if left
        else Text(),
    )


def _next_steps(cluster: str, args: EventsArgs, warnings: int, count: int) -> tuple[Button, ...]:
    """Where warnings stand among much else: they alone."""
    if not warnings or warnings == count:
        return ()
    line = f"events --types=Warning{f' --for {args.about}' if args.about else ''}"
    where = "-A" if args.everywhere else f"-n {args.namespace}"
    return (Button(label="Only warnings", command=f"{line} {where} --context {cluster}"),)


COMMAND = ReadCommand(
    name="events",
    summary="What happened lately, the newest first.",
    examples=("events", "events --for deployment/web -n shop", "events -A --types=Warning"),
    args=EventsArgs,
    permission=Permission.OBJECT_READ,
    kinds=lambda _: (EVENTS.plural,),
    run=run,
)
