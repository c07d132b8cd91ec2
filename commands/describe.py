"""describe: one deployment, pod, service or node in words, what matters first."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from bot.domain import describe
from bot.domain.access import ANY, Permission
from bot.domain.describe import Described
from bot.domain.happenings import Happening, fields_of, read
from bot.domain.message import Button, Message, Text, code, text
from bot.domain.model import Json
from bot.domain.resources import (
    DEPLOYMENTS,
    ENDPOINTSLICES,
    EVENTS,
    NODES,
    PODS,
    REPLICASETS,
    SERVICES,
    ObjectRef,
    ResourceType,
    Target,
    parse_targets,
)  # fmt: skip
from bot.domain.selectors import selector
from bot.domain.troubles import worst_first
from bot.engine.command import Args, Flag, Positional, ReadCommand, ReadContext

_KINDS = (DEPLOYMENTS, PODS, SERVICES, NODES)
_AT_ONCE = 3
"""More objects than this in one message nobody reads; the others are a press away."""
_NEXT = 5


class DescribeArgs(Args):
    target: Annotated[tuple[str, ...], Positional("TYPE [NAME]"), Field(min_length=1, max_length=20)]
    selector: Annotated[str, Flag("-l", "--selector", help="only with these labels", metavar="K=V")] = ""

    @model_validator(mode="after")
    def _known_kinds(self) -> DescribeArgs:
        asked = self.asked
        if self.selector and any(target.names for _, target in asked):
            raise ValueError("Either names or labels, not both.")
        return self

    @property
    def asked(self) -> tuple[tuple[ResourceType, Target], ...]:
        """Kinds and names. Raises `ValueError` for a kind that this verb has no words for."""
        return tuple((_kind(target.word), target) for target in parse_targets(self.target))


def _kind(word: str) -> ResourceType:
    found = next((kind for kind in _KINDS if word.lower() in kind.words), None)
    if found is None:
        known = ", ".join(kind.singular for kind in _KINDS)
        raise ValueError(f"Not for `{word[:40]}`: describe tells of {known}. `get` lists anything.")
    return found


async def run(ctx: ReadContext, args: DescribeArgs) -> Message:
    found: list[tuple[ResourceType, Json]] = []
    for kind, target in args.asked:
        found += [(kind, one) for one in await _find(ctx, args, kind, target.names)]
    if not found:
        return _nothing(ctx, args)
    refs = [_ref(ctx, kind, one) for kind, one in found]
    told = [await _tell(ctx, ref, one) for ref, (_, one) in zip(refs[:_AT_ONCE], found, strict=False)]
    if len(told) == 1:
        return describe.whole(told[0], ctx.now())
    left = refs[_AT_ONCE:]
    rest = f", {_AT_ONCE} of them here" if left else ""
    head = text("{}{}{}", _counted(found), _place(ctx, args), rest)
    names = ", ".join(ref.name for ref in left)
    footer = text("Not here: {}", names) if left else Text()
    return describe.compose(head, tuple(told), tuple(map(_button, (left or refs)[:_NEXT])), footer)


def _counted(found: list[tuple[ResourceType, Json]]) -> str:
    kinds = {kind.plural for kind, _ in found}
    return f"{len(found)} {kinds.pop() if len(kinds) == 1 else 'objects'}"


async def _find(
    ctx: ReadContext, args: DescribeArgs, kind: ResourceType, names: tuple[str, ...]
) -> tuple[Json, ...]:
    if names:
        return tuple([await ctx.cluster.get(kind, args.namespace, name) for name in names])
    found = await ctx.cluster.list(kind, args.namespace, labels=args.selector)
    return tuple(worst_first(found, ctx.now())) if kind == PODS else found


async def _tell(ctx: ReadContext, ref: ObjectRef, found: Json) -> Described:
    """Read what belongs to it, and put it into words."""
    events = await _events(ctx, ref)
    namespace, now = ref.namespace or ANY, ctx.now()
    if ref.type == PODS:
        return describe.pod(ref, found, events, now)
    if ref.type == SERVICES:
        labels = f"kubernetes.io/service-name={ref.name}"
        slices = await ctx.cluster.list(ENDPOINTSLICES, namespace, labels=labels)
        return describe.service(ref, found, slices, events, now)
    if ref.type == NODES:
        pods = await ctx.cluster.list(PODS, ANY, fields=f"spec.nodeName={ref.name}")
        return describe.node(ref, found, pods, events, now)
    labels = selector(found["spec"]["selector"])
    sets = await ctx.cluster.list(REPLICASETS, namespace, labels=labels)
    pods = await ctx.cluster.list(PODS, namespace, labels=labels)
    return describe.deployment(ref, found, events, now, sets=sets, pods=pods)


async def _events(ctx: ReadContext, ref: ObjectRef) -> tuple[Happening, ...]:
    return read(await ctx.cluster.list(EVENTS, ref.namespace or ANY, fields=fields_of(ref)))


def _ref(ctx: ReadContext, kind: ResourceType, found: Json) -> ObjectRef:
    namespace = found["metadata"].get("namespace") if kind.namespaced else None
    return ObjectRef(cluster=ctx.cluster.name, namespace=namespace, type=kind, name=found["metadata"]["name"])


def _button(ref: ObjectRef) -> Button:
    there = f"-n {ref.namespace} " if ref.namespace else ""
    line = f"describe {ref.type.singular} {ref.name} {there}--context {ref.cluster}"
    return Button(label=f"Describe {ref.name}"[:75], command=line)


def _nothing(ctx: ReadContext, args: DescribeArgs) -> Message:
    kinds = ", ".join(kind.plural for kind, _ in args.asked)
    chosen = text(" with {}", code(args.selector)) if args.selector else Text()
    return Message(headline=text("No {}{}{}.", kinds, chosen, _place(ctx, args)))


def _place(ctx: ReadContext, args: DescribeArgs) -> Text:
    on = text(" on {}", code(ctx.cluster.name))
    is_namespaced = any(kind.namespaced for kind, _ in args.asked)
    return text(" in {}{}", code(args.namespace), on) if is_namespaced else on


COMMAND = ReadCommand(
    name="describe",
    summary="A deployment, pod, service or node in words, what matters first.",
    examples=("describe deployment web", "describe pod/web-7c9d8-x2x4k -n shop", "describe svc web"),
    args=DescribeArgs,
    permission=Permission.OBJECT_READ,
    kinds=lambda args: tuple(kind.plural for kind, _ in args.asked),
    also_reads=(REPLICASETS, PODS, EVENTS, ENDPOINTSLICES),
    run=run,
)
