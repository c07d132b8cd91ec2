"""get: any resource the server has, in the columns that the server itself prints."""

from __future__ import annotations

import asyncio
from typing import Annotated

from pydantic import Field, field_validator, model_validator

from bot.domain.access import ANY, Permission
from bot.domain.cluster import ApiTable
from bot.domain.errors import TargetNotFoundError
from bot.domain.listing import ALL, Row, joined, plural_of, rows, shown, unready
from bot.domain.message import Bullets, Button, Message, Paragraph, Part, Text, bold, code, text
from bot.domain.resources import DEPLOYMENTS, NODES, PODS, ResourceType, Target, parse_targets
from bot.engine.command import Args, Flag, Positional, ReadCommand, ReadContext


class GetArgs(Args):
    target: Annotated[tuple[str, ...], Positional("TYPE [NAME]"), Field(min_length=1, max_length=50)]
    selector: Annotated[str, Flag("-l", "--selector", help="only with these labels", metavar="K=V")] = ""
    fields: Annotated[str, Flag("--field-selector", help="only with these fields", metavar="K=V")] = ""
    output: Annotated[str, Flag("-o", "--output", help="wide shows every column", metavar="wide")] = ""
    everywhere: Annotated[bool, Flag("-A", "--all-namespaces", help="in every namespace")] = False

    @field_validator("output")
    @classmethod
    def _is_known(cls, output: str) -> str:
        if output not in {"", "wide"}:
            raise ValueError(f"Not as `{output[:40]}`: write `-o wide` for every column, or leave `-o` out.")
        return output

    @model_validator(mode="after")
    def _can_be_asked(self) -> GetArgs:
        named = [target for target in self.targets if target.names]
        if named and (self.selector or self.fields):
            raise ValueError("Either names or a selector, not both.")
        if named and self.everywhere:
            raise ValueError("A name means one namespace: write `-n NAMESPACE` in place of `-A`.")
        return self

    @property
    def targets(self) -> tuple[Target, ...]:
        return parse_targets((",".join(ALL),) if self.is_all else self.target)

    @property
    def is_all(self) -> bool:
        return tuple(map(str.lower, self.target)) == ("all",)

    def reach(self) -> str:
        return ANY if self.everywhere else self.namespace


async def run(ctx: ReadContext, args: GetArgs) -> Message:
    wanted = {
        (word if "." in word else plural_of(word), name): word  # a group stays part of what is meant
        for word, names in ((target.word, target.names or ("",)) for target in args.targets)
        for name in names
    }
    asked = [_read(ctx, args, word, name) for (_, name), word in wanted.items()]
    found = await asyncio.gather(*asked, return_exceptions=True)
    tables = [result for result in found if isinstance(result, ApiTable)]
    errors = [result for result in found if isinstance(result, BaseException)]
    missing = [error for error in errors if isinstance(error, TargetNotFoundError)]
    if errors and (len(missing) < len(errors) or not tables):
        raise next((error for error in errors if error not in missing), errors[0])
    return render(ctx.cluster.name, args, tables, missing)


async def _read(ctx: ReadContext, args: GetArgs, word: str, name: str) -> ApiTable:
    kind = await ctx.cluster.resolve(word)
    if name:
        return await ctx.cluster.table(kind, args.namespace, name=name)
    return await ctx.cluster.table(kind, args.reach(), labels=args.selector, fields=args.fields)


def render(
    cluster: str, args: GetArgs, tables: list[ApiTable], missing: list[TargetNotFoundError]
) -> Message:
    whole = joined(tables)
    filled = tuple(table for table in whole if table.rows)
    if not filled:
        return _nothing(cluster, args, whole)
    notes = [text("{}. {}", error.message, error.hint) for error in missing]
    if not args.is_all:
        notes += [text("No {}.", table.type.plural) for table in whole if not table.rows]
    more = sum(table.remaining for table in filled)
    left = text("At least {} more on the server: narrow it down with -l or -n.", f"{more:,}")
    return Message(
        headline=_headline(cluster, args, filled),
        parts=(*_parts(args, filled), *([Bullets(items=tuple(notes))] if notes else [])),
        buttons=_next_steps(cluster, args, filled),
        footer=left if more else Text(),
    )


def _headline(cluster: str, args: GetArgs, tables: tuple[ApiTable, ...]) -> Text:
    counted = ", ".join(_counted(len(table.rows), table.type) for table in tables)
    bad = sum(len(unready(table, args.namespace)) for table in tables)
    return text("{}{}{}", counted, _where(cluster, args, tables), f" · {bad} not ready" if bad else "")


def _counted(count: int, kind: ResourceType) -> str:
    return f"{count} {kind.singular or kind.kind.lower()}" if count == 1 else f"{count} {kind.plural}"


def _where(cluster: str, args: GetArgs, tables: tuple[ApiTable, ...]) -> Text:
    if not any(table.type.namespaced for table in tables):
        return text(" on {}", code(cluster))
    if args.everywhere:
        return text(" in all namespaces on {}", code(cluster))
    return text(" in {} on {}", code(args.namespace), code(cluster))


def _parts(args: GetArgs, tables: tuple[ApiTable, ...]) -> list[Part]:
    parts: list[Part] = []
    for table in tables:
        if len(tables) > 1:
            parts.append(Paragraph(text=text("{}", bold(table.type.plural))))
        parts.append(shown(table, wide=args.output == "wide"))
    return parts


def _nothing(cluster: str, args: GetArgs, tables: tuple[ApiTable, ...]) -> Message:
    kinds = ", ".join(table.type.plural for table in tables)
    hints = []
    if args.selector:
        hints.append(text("None has the labels {}.", code(args.selector)))
    if args.fields:
        hints.append(text("None has the fields {}.", code(args.fields)))
    if not args.everywhere and any(table.type.namespaced for table in tables):
        hints.append(text("{} looks in every namespace.", code("-A")))
    return Message(
        headline=text("No {}{}.", kinds, _where(cluster, args, tables)),
        parts=tuple(Paragraph(text=hint) for hint in hints),
    )


def _next_steps(cluster: str, args: GetArgs, tables: tuple[ApiTable, ...]) -> tuple[Button, ...]:
    """For the first that is not ready: what is wrong with it, and what it said."""
    for table in tables:
        bad = unready(table, args.namespace)
        if table.type in {PODS, DEPLOYMENTS, NODES} and bad:
            return _looks(cluster, table.type, bad[0])
    first = rows(tables[0], args.namespace)
    if tables[0].type == DEPLOYMENTS and len(first) == 1:
        there = f"-n {first[0].namespace} --context {cluster}"
        return (Button(label="Rollout status", command=f"rollout status {first[0].name} {there}"),)
    return ()


def _looks(cluster: str, kind: ResourceType, row: Row) -> tuple[Button, ...]:
    name, label = f"{kind.singular}/{row.name}", f"Describe {row.name}"[:75]
    if not kind.namespaced:
        return (Button(label=label, command=f"describe {name} --context {cluster}"),)
    there = f"-n {row.namespace} --context {cluster}"
    look = Button(label=label, command=f"describe {name} {there}")
    happened = Button(label="Events", command=f"events --for {name} {there}")
    return (look, Button(label="Logs", command=f"logs {name} {there}"), happened)


COMMAND = ReadCommand(
    name="get",
    summary="Any resource, in the columns the server prints.",
    examples=("get pods", "get deploy,svc -n shop", "get pods -l app=web -o wide", "get nodes"),
    args=GetArgs,
    permission=Permission.OBJECT_READ,
    kinds=lambda args: tuple(plural_of(target.word) for target in args.targets),
    run=run,
)
