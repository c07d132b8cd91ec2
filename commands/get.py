"""get: any resource the server has, in the columns that the server prints or in a form of one's own."""

from __future__ import annotations

from functools import partial
from typing import Annotated, NamedTuple

from pydantic import Field, field_validator, model_validator

from bot.domain.access import ANY, Permission
from bot.domain.cluster import ApiTable, Column
from bot.domain.errors import TargetNotFoundError
from bot.domain.listing import ALL, placed, plural_of
from bot.domain.message import Message
from bot.domain.printing.answers import Question, answer
from bot.domain.printing.beside import Beside
from bot.domain.printing.documents import MOST_OBJECTS
from bot.domain.printing.forms import Form, read_form
from bot.domain.printing.printed import Printed, printer
from bot.domain.resources import LABEL_KEY, ResourceType, Target, parse_targets
from bot.domain.results import MOST_ROWS, Lines, Rows
from bot.engine.arguments import Flag, Positional, ReadArgs
from bot.engine.command import ReadCommand, ReadContext
from bot.engine.several import aside, together

_ROWS_ON_PAGE = 500
_WHOLE_ON_PAGE = 200
"""Rows with their whole objects: a page of more would keep the loop waiting while it is read."""


class GetArgs(ReadArgs):
    target: Annotated[tuple[str, ...], Positional("TYPE [NAME]"), Field(min_length=1, max_length=50)]
    selector: Annotated[str, Flag("-l", "--selector", help="only with these labels", metavar="K=V")] = ""
    fields: Annotated[str, Flag("--field-selector", help="only with these fields", metavar="K=V")] = ""
    everywhere: Annotated[bool, Flag("-A", "--all-namespaces", help="in every namespace")] = False
    output: Annotated[
        str,
        Flag("-o", "--output", help="wide, name, yaml, json, jsonpath=…, custom-columns=…", metavar="FORM"),
    ] = ""
    sort: Annotated[str, Flag("--sort-by", help="by a path, or by a column", metavar="PATH")] = ""
    labels: Annotated[
        tuple[str, ...], Flag("-L", "--label-columns", help="these labels as columns", metavar="KEY")
    ] = ()
    every_label: Annotated[bool, Flag("--show-labels", help="all labels in one column")] = False
    no_heads: Annotated[bool, Flag("--no-headers", help="lines without the columns' names")] = False
    watch: Annotated[bool, Flag("-w", "--watch", help="not here: rollout status follows a rollout")] = False
    template: Annotated[str, Flag("--template", help="not here: write -o jsonpath=…")] = ""

    @field_validator("output")
    @classmethod
    def _is_known(cls, output: str) -> str:
        read_form(output)
        return output

    @field_validator("labels")
    @classmethod
    def _are_keys(cls, labels: tuple[str, ...]) -> tuple[str, ...]:
        keys = tuple(key for word in labels for key in word.split(",") if key)
        for key in keys:
            if not LABEL_KEY.fullmatch(key):
                raise ValueError(f"`{key[:60]}` cannot be a label's key.")
        return keys

    @model_validator(mode="after")
    def _can_be_asked(self) -> GetArgs:
        if self.watch:
            raise ValueError(
                "Nothing is watched from here: `rollout status NAME` follows a rollout, `logs -f` a log, and "
                "the buttons below an answer show it anew."
            )
        if self.template:
            read_form("go-template")
        named = [target for target in self.targets if target.names]
        if named and (self.selector or self.fields):
            raise ValueError("Either names or a selector, not both.")
        if named and self.everywhere:
            raise ValueError("A name means one namespace: write `-n NAMESPACE` in place of `-A`.")
        if (self.labels or self.every_label) and not self.is_table:
            raise ValueError("Labels stand beside the server's columns: leave `-o` out, or write `-o wide`.")
        if self.sort and self.beside.path is None and (self.form.is_document or self.form.kind == "name"):
            raise ValueError(f"`-o {self.form.kind}` has no columns: sort by a path, such as .metadata.name.")
        return self

    @property
    def targets(self) -> tuple[Target, ...]:
        return parse_targets((",".join(ALL),) if self.is_all else self.target)

    @property
    def is_all(self) -> bool:
        return tuple(map(str.lower, self.target)) == ("all",)

    @property
    def form(self) -> Form:
        return read_form(self.output)

    @property
    def is_table(self) -> bool:
        return self.form.kind in {"", "wide"}

    @property
    def beside(self) -> Beside:
        return Beside(labels=self.labels, every_label=self.every_label, order=self.sort)

    def reach(self) -> str:
        return ANY if self.everywhere else self.namespace

    def question(self, cluster: str) -> Question:
        names = [name for target in self.targets for name in target.names]
        return Question(
            cluster=cluster, namespace=self.namespace, everywhere=self.everywhere, within=self.within,
            selector=self.selector, fields=self.fields, name=names[0] if len(names) == 1 else "",
            is_all=self.is_all, form=self.form, beside=self.beside, no_heads=self.no_heads,
        )  # fmt: skip


class _Asked(NamedTuple):
    """One read: a type by the word typed for it, perhaps one name, and where."""

    word: str
    name: str
    namespace: str
    is_first: bool
    """Of the reads in several namespaces; what lives in none is read with the first."""


async def run(ctx: ReadContext, args: GetArgs) -> Message | Rows | Lines:
    wanted = {
        (word if "." in word else plural_of(word), name): word  # a group stays part of what is meant
        for word, names in ((target.word, target.names or ("",)) for target in args.targets)
        for name in names
    }
    places = args.within or (args.reach(),)
    asked = [
        _Asked(word, name, args.namespace if name else place, place == places[0])
        for (_, name), word in wanted.items()
        for place in places
    ]
    found = await together(partial(_read, ctx, args, one) for one in asked)
    tables = [result for result in found if isinstance(result, ApiTable)]
    errors = [result for result in found if isinstance(result, BaseException)]
    missing = [error for error in errors if isinstance(error, TargetNotFoundError)]
    if errors and (len(missing) < len(errors) or not tables):
        raise next((error for error in errors if error not in missing), errors[0])
    return await aside(partial(answer, args.question(ctx.cluster.name), tables, missing))


async def _read(ctx: ReadContext, args: GetArgs, asked: _Asked) -> ApiTable:
    kind = await ctx.cluster.resolve(asked.word)
    if not (kind.namespaced or asked.is_first):
        return ApiTable(type=kind, columns=(), rows=())
    if args.is_table:
        found = await _table(ctx, args, kind, asked)
        return placed(found, asked.namespace) if args.within and kind.namespaced else found
    return await _printed(ctx, args, kind, asked)


async def _table(ctx: ReadContext, args: GetArgs, kind: ResourceType, asked: _Asked) -> ApiTable:
    """The server's own columns; of the objects no more than labels and the order take."""
    beside = args.beside
    of = beside.reads or "Metadata"
    return await ctx.cluster.table(
        kind, asked.namespace, name=asked.name, labels=args.selector, fields=args.fields, most=MOST_ROWS,
        limit=_WHOLE_ON_PAGE if of == "Object" else _ROWS_ON_PAGE,
        take=partial(beside.of, kind=kind.kind) if beside.reads else None, of=of,
    )  # fmt: skip


async def _printed(ctx: ReadContext, args: GetArgs, kind: ResourceType, asked: _Asked) -> ApiTable:
    """What the form prints of each object."""
    take = printer(args.form, args.beside, kind)
    taken: tuple[Printed, ...]
    remaining = 0
    if asked.name:
        taken = (take(await ctx.cluster.get(kind, asked.namespace, asked.name)),)
    else:
        most = MOST_OBJECTS if args.form.is_document else MOST_ROWS
        found = await ctx.cluster.collect(
            kind, asked.namespace, take, labels=args.selector, fields=args.fields, most=most
        )
        taken, remaining = found.items, found.remaining
    columns = tuple(Column(name=head) for head in args.form.heads)
    rows = tuple(one.found for one in taken) if columns else ()
    return ApiTable(type=kind, columns=columns, rows=rows, taken=taken, remaining=remaining)


COMMAND = ReadCommand(
    name="get",
    summary="Any resource, in the server's columns or in the form you ask for.",
    examples=(
        "get pods",
        "get deploy,svc -n shop",
        "get pods -l app=web -o wide",
        "get nodes",
        "get deploy web -o yaml",
        "get pods --sort-by=.metadata.creationTimestamp",
    ),
    args=GetArgs,
    permission=Permission.OBJECT_READ,
    kinds=lambda args: tuple(plural_of(target.word) for target in args.targets),
    run=run,
)
