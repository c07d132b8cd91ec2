"""describe: any object in words, what matters first."""

from __future__ import annotations

from functools import partial
from typing import Annotated, NamedTuple

from pydantic import Field, model_validator

from bot.domain import describe
from bot.domain.access import ANY, Permission
from bot.domain.describe import Around, Described, Want
from bot.domain.errors import TargetNotFoundError
from bot.domain.listing import plural_of
from bot.domain.message import Button, Message, Paragraph, Text, code, marked, text
from bot.domain.model import Json
from bot.domain.resources import PODS, ObjectRef, ResourceType, Target, parse_targets
from bot.domain.rollouts.snapshot import pod_troubles
from bot.engine.arguments import Flag, Positional, ReadArgs
from bot.engine.command import ReadCommand, ReadContext
from bot.engine.several import together

_AT_ONCE = 3
"""More objects than this in one message nobody reads; the others are a press away."""
_NEXT = 5
_NAMED = 20


_OFFERED = ("deployments", "pods", "services", "nodes")


class DescribeArgs(ReadArgs):
    target: Annotated[
        tuple[str, ...], Positional("TYPE [NAME]", of=_OFFERED), Field(min_length=1, max_length=20)
    ]
    selector: Annotated[str, Flag("-l", "--selector", help="only with these labels", metavar="K=V")] = ""
    everywhere: Annotated[bool, Flag("-A", "--all-namespaces", help="in every namespace")] = False

    @model_validator(mode="after")
    def _can_be_asked(self) -> DescribeArgs:
        named = any(target.names for target in self.targets)
        if self.selector and named:
            raise ValueError("Either names or labels, not both.")
        if self.everywhere and named:
            raise ValueError("A name means one namespace: write `-n NAMESPACE` in place of `-A`.")
        return self

    @property
    def targets(self) -> tuple[Target, ...]:
        return parse_targets(self.target)

    def reach(self) -> str:
        return ANY if self.everywhere else self.namespace


class _Brief(NamedTuple):
    """Of an object no more than it takes to choose the few that are told."""

    is_well: bool
    born: str
    namespace: str
    name: str


async def run(ctx: ReadContext, args: DescribeArgs) -> Message:
    known: dict[ObjectRef, Json | None] = {}
    missing: list[TargetNotFoundError] = []
    kinds: list[str] = []
    for target in args.targets:
        kind = await ctx.cluster.resolve(target.word)
        kinds.append(kind.plural)
        for name in target.names or ("",):
            try:
                known |= await _named(ctx, args, kind, name) if name else await _all(ctx, args, kind)
            except TargetNotFoundError as error:
                missing.append(error)
    if missing and not known:
        raise missing[0]
    if not known:
        return _nothing(ctx, args, kinds)
    found = await together(partial(_tell, ctx, ref, one) for ref, one in [*known.items()][:_AT_ONCE])
    for one in found:
        if isinstance(one, BaseException):
            raise one
    told = tuple(one for one in found if isinstance(one, Described))
    if len(told) == 1 and not missing:
        return describe.whole(told[0], ctx.now())
    return _several(ctx, args, [*known], told, missing)


async def _named(
    ctx: ReadContext, args: DescribeArgs, kind: ResourceType, name: str
) -> dict[ObjectRef, Json | None]:
    """The object of this name; where there is none, those whose names begin with it, as kubectl has it."""
    try:
        found = await ctx.cluster.get(kind, args.namespace, name)
    except TargetNotFoundError:
        begun: dict[ObjectRef, Json | None] = {
            ref: None for ref in await _all(ctx, args, kind) if ref.name.startswith(name)
        }
        if not begun:
            raise
        return begun
    return {_ref(ctx, kind, args.namespace, name): found}


async def _all(ctx: ReadContext, args: DescribeArgs, kind: ResourceType) -> dict[ObjectRef, Json | None]:
    """Those in trouble before the others, and of pods in each group the newest first."""
    now = ctx.now()

    def brief(found: Json) -> _Brief:
        metadata = found["metadata"]
        well = kind != PODS or not pod_troubles(found, None, now)
        return _Brief(
            well, metadata.get("creationTimestamp", ""), metadata.get("namespace", ""), metadata["name"]
        )

    places = (args.within or (args.reach(),)) if kind.namespaced else (ANY,)
    read = await together(
        partial(ctx.cluster.collect, kind, place, brief, labels=args.selector) for place in places
    )
    briefs: list[_Brief] = []
    for one in read:
        if isinstance(one, BaseException):
            raise one
        briefs += one.items
    if kind == PODS:
        briefs.sort(key=lambda one: one.born, reverse=True)
        briefs.sort(key=lambda one: one.is_well)
    return {_ref(ctx, kind, one.namespace, one.name): None for one in briefs}


async def _tell(ctx: ReadContext, ref: ObjectRef, known: Json | None) -> Described:
    """Read what belongs to it, and it where it was not read yet, and put it into words."""
    found = known or await ctx.cluster.get(ref.type, ref.namespace or ANY, ref.name)
    wants = describe.wants(ref, found)
    read = await together(partial(_want, ctx, ref, want) for want in wants)
    lists: dict[str, tuple[Json, ...]] = {}
    for want, one in zip(wants, read, strict=True):
        if isinstance(one, BaseException):
            raise one
        lists[want.type.plural] = one
    return describe.teller(ref.type).words(ref, found, Around(lists), ctx.now())


async def _want(ctx: ReadContext, ref: ObjectRef, want: Want) -> tuple[Json, ...]:
    place = want.namespace or ref.namespace or ANY
    found = await ctx.cluster.collect(want.type, place, want.keep, labels=want.labels, fields=want.fields)
    return tuple(one for one in found.items if one is not None)


def _several(
    ctx: ReadContext, args: DescribeArgs, refs: list[ObjectRef], told: tuple[Described, ...],
    missing: list[TargetNotFoundError],
) -> Message:  # fmt: skip
    left = refs[_AT_ONCE:]
    rest = f", {_AT_ONCE} of them here" if left else ""
    kinds = {ref.type.plural for ref in refs}
    one = refs[0].type.singular if len(refs) == 1 else ""
    counted = f"{len(refs)} {one or (kinds.pop() if len(kinds) == 1 else 'objects')}"
    head = text("{}{}{}", counted, _place(ctx, args, refs), rest)
    names = ", ".join(ref.name for ref in left[:_NAMED])
    more = f" and {len(left) - _NAMED:,} more" if len(left) > _NAMED else ""
    footer = text("Not here: {}{}", names, more) if left else Text()
    message = describe.compose(head, told, tuple(map(_button, (left or refs)[:_NEXT])), footer)
    notes = tuple(
        Paragraph(text=text("{}. {}", marked(error.message), marked(error.hint))) for error in missing
    )
    return message.model_copy(update={"parts": (*message.parts, *notes)})


def _ref(ctx: ReadContext, kind: ResourceType, namespace: str, name: str) -> ObjectRef:
    place = namespace if kind.namespaced else None
    return ObjectRef(cluster=ctx.cluster.name, namespace=place, type=kind, name=name)


def _button(ref: ObjectRef) -> Button:
    there = f"-n {ref.namespace} " if ref.namespace else ""
    line = f"describe {ref.type.singular or ref.type.plural} {ref.name} {there}--context {ref.cluster}"
    return Button(label=f"Describe {ref.name}"[:75], command=line)


def _nothing(ctx: ReadContext, args: DescribeArgs, kinds: list[str]) -> Message:
    chosen = text(" with {}", code(args.selector)) if args.selector else Text()
    return Message(headline=text("No {}{}{}.", ", ".join(kinds), chosen, _place(ctx, args, [])))


def _place(ctx: ReadContext, args: DescribeArgs, refs: list[ObjectRef]) -> Text:
    on = text(" on {}", code(ctx.cluster.name))
    if refs and not any(ref.namespace for ref in refs):
        return on
    if args.within:
        return text(" in {} of the namespaces, the policy lets you see these,", len(args.within)) + on
    return (text(" in all namespaces") if args.everywhere else text(" in {}", code(args.namespace))) + on


COMMAND = ReadCommand(
    name="describe",
    summary="Any object in words, what matters first.",
    examples=(
        "describe deployment web",
        "describe pod/web-7c9d8-x2x4k -n shop",
        "describe svc web",
        "describe pods -l app=web",
        "describe cm/settings pvc/disk",
    ),
    args=DescribeArgs,
    permission=Permission.OBJECT_READ,
    kinds=lambda args: tuple(plural_of(target.word) for target in args.targets),
    also_reads=describe.READS,
    run=run,
)
