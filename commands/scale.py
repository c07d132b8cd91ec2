"""scale: more or fewer pods of a workload."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, model_validator

from bot.domain.access import Permission, Risk
from bot.domain.changes import Plan, Write
from bot.domain.errors import TargetNotFoundError, UsageError
from bot.domain.message import Text, code, plural, text
from bot.domain.model import Json
from bot.domain.obstacles.change import LOOKED_AT, minding
from bot.domain.resources import DEPLOYMENTS, PODS, REPLICASETS, SCALABLE, ObjectRef, ResourceType
from bot.domain.workloads import place, several, where
from bot.engine.arguments import Args, Flag, Positional
from bot.engine.command import ChangeCommand, ReadContext
from bot.engine.finding import MOST as AT_ONCE, Found
from bot.engine.obstacles import look, with_obstacles

MOST = 1000
"""More pods than this are no change for a chat."""


class ScaleArgs(Args):
    target: Annotated[
        tuple[str, ...],
        Positional("NAME", of=("deployments", "statefulsets", "replicasets")),
        Field(min_length=1, max_length=12),
    ]
    replicas: Annotated[int, Flag("--replicas", help="how many pods", metavar="N"), Field(ge=0, le=MOST)]
    current_replicas: Annotated[
        int | None,
        Flag("--current-replicas", help="only if it is to have so many now", metavar="N", rare=True),
        Field(ge=0, le=MOST),
    ] = None
    selector: Annotated[
        str,
        Flag(
            "-l",
            "--selector",
            help="every one with these labels, of one TYPE",
            metavar="KEY=VALUE",
            rare=True,
        ),
    ] = ""

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, given: Any) -> Any:
        """`scale web 4` is `scale web --replicas=4`; labels alone are those of deployments."""
        words, labels = tuple(given.get("target", ())), given.get("selector", "")
        if "replicas" not in given:
            if len(words) + bool(labels) < 2 or not words or not words[-1].isdecimal():  # noqa: PLR2004 - what, and how many
                raise ValueError("How many? Write the number after the name.")
            given = {**given, "target": words[:-1], "replicas": int(words[-1])}
            words = words[:-1]
        return {**given, "target": (DEPLOYMENTS.plural,)} if labels and not words else given

    @model_validator(mode="after")
    def _workloads(self) -> ScaleArgs:
        if not self.selector:
            several(self.target, SCALABLE)
        elif len(self.target) > 1 or not _kind(self.target[0]):
            raise ValueError(
                "With `-l`, write one TYPE and no name: deployments, statefulsets or replicasets."
            )
        return self

    @property
    def kinds(self) -> tuple[ResourceType, ...]:
        if kind := self.selector and _kind(self.target[0]):
            return (kind,)
        return tuple(dict.fromkeys(kind for kind, _ in several(self.target, SCALABLE)))


def _kind(word: str) -> ResourceType | None:
    return next((kind for kind in SCALABLE if word.lower() in kind.words), None)


async def plan(ctx: ReadContext, args: ScaleArgs) -> Plan:
    found = await _found(ctx, args)
    _refuse_others(args, found)
    if len(found) > 1:
        return await _plan_all(ctx, args, found)
    ref, item = found[0]
    before = _replicas(item)
    nothing = text("{} has {} already. Nothing was changed.", place(ref), plural(before, "replica"))
    planned = Plan(
        verb="scale",
        title=text("Scale {} from {} to {}?", place(ref), before, args.replicas),
        button=f"Scale to {args.replicas}",
        risk=Risk.REVERSIBLE,
        doing=text("{} · {} → {}", place(ref), before, plural(args.replicas, "replica")),
        done=text("{} has {}", place(ref), plural(args.replicas, "replica")),
        steps=(await ctx.cluster.dry_run(_write(ref, args.replicas)),),
        warnings=() if args.replicas else (text("Nothing will serve while it has no pod."),),
        nothing=nothing if before == args.replicas else Text(),
        follow=ref,
        inverse=f"scale {ref.type.plural}/{ref.name} --replicas={before} {where(ref)}",
    )
    return await with_obstacles(ctx, planned, item, replicas=args.replicas)


async def _found(ctx: ReadContext, args: ScaleArgs) -> list[Found]:
    """Those that are named, or that have the labels, as they are now."""
    if args.selector:
        (kind,) = args.kinds
        items = await ctx.cluster.list(kind, args.namespace, labels=args.selector)
        if not items:
            raise TargetNotFoundError(
                f"no {kind.plural} in `{args.namespace}` have the labels `{args.selector[:80]}`"
            )
        if len(items) > AT_ONCE:
            raise UsageError(f"That is {len(items)} {kind.plural}, and {AT_ONCE} is the most at a time.")
        return [(_ref(ctx, args, kind, item["metadata"]["name"]), item) for item in items]
    wanted = several(args.target, SCALABLE)
    return [
        (_ref(ctx, args, kind, name), await ctx.cluster.get(kind, args.namespace, name))
        for kind, name in wanted
    ]


def _ref(ctx: ReadContext, args: ScaleArgs, kind: ResourceType, name: str) -> ObjectRef:
    return ObjectRef(cluster=ctx.cluster.name, namespace=args.namespace, type=kind, name=name)


def _refuse_others(args: ScaleArgs, found: list[Found]) -> None:
    """Whatever has not as many as the line says it has."""
    wanted = args.current_replicas
    for ref, item in found:
        before = _replicas(item)
        if wanted is not None and before != wanted:
            raise UsageError(
                f"`{ref}` has {plural(before, 'replica')}, not {wanted}.",
                hint="Look again: `/k8s get deploy`.",
            )


async def _plan_all(ctx: ReadContext, args: ScaleArgs, found: list[Found]) -> Plan:
    """Several at once: each with its own step, those that have as many already left out."""
    changing = [(ref, item) for ref, item in found if _replicas(item) != args.replicas]
    refs = [ref for ref, _ in changing or found]
    names = code(", ".join(ref.name for ref in refs))
    there = text("{} in {} on {}", names, code(args.namespace), code(ctx.cluster.name))
    to = plural(args.replicas, "replica")
    steps = [await ctx.cluster.dry_run(_write(ref, args.replicas)) for ref in refs]
    planned = Plan(
        verb="scale",
        title=text("Scale {} to {} each?", there, to),
        button=f"Scale {len(refs)} to {args.replicas}",
        risk=Risk.REVERSIBLE,
        doing=text("{} · to {} each", there, to),
        done=text("{} · set to {} each", there, to),
        steps=tuple(steps),
        warnings=() if args.replicas else (text("Nothing will serve while they have no pod."),),
        nothing=Text() if changing else text("{}: each has {} already. Nothing was changed.", there, to),
        inverse=_back(changing),
    )
    for ref, item in changing:
        seen = await look(ctx, ref, item, replicas=args.replicas)
        told = [one.model_copy(update={"said": text("{}: {}", code(ref.name), one.said)}) for one in seen]
        planned = minding(planned, tuple(told))
    return planned


def _back(changing: list[Found]) -> str:
    """The line that undoes it, where all that change had as many before."""
    if len({_replicas(item) for _, item in changing}) != 1:
        return ""
    words = " ".join(f"{ref.type.plural}/{ref.name}" for ref, _ in changing)
    ref, item = changing[0]
    return f"scale {words} --replicas={_replicas(item)} {where(ref)}"


def _replicas(item: Json) -> int:
    return int(item["spec"].get("replicas", 1))


def _write(ref: ObjectRef, replicas: int) -> Write:
    return Write(action="patch", target=ref, patch="merge", body={"spec": {"replicas": replicas}})


COMMAND = ChangeCommand(
    name="scale",
    summary="More or fewer pods of a workload, or of several.",
    examples=(
        "scale web 4",
        "scale deployment/web --replicas=4 -n shop",
        "scale deploy/web sts/db --replicas=2 --current-replicas=1",
        "scale deployments -l tier=front --replicas=2",
    ),
    args=ScaleArgs,
    permission=Permission.WORKLOAD_SCALE,
    risk=Risk.REVERSIBLE,
    kinds=lambda args: tuple(kind.plural for kind in args.kinds),
    also_reads=(PODS, REPLICASETS, *LOOKED_AT),
    plan=plan,
)
