"""scale: more or fewer pods of a workload."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, model_validator

from bot.domain.access import Permission, Risk
from bot.domain.changes import Plan, Write
from bot.domain.errors import UsageError
from bot.domain.message import Text, code, plural, text
from bot.domain.model import Json
from bot.domain.obstacles.change import LOOKED_AT, minding
from bot.domain.resources import DEPLOYMENTS, PODS, REPLICASETS, SCALABLE, ObjectRef
from bot.domain.workloads import place, several, where
from bot.engine.arguments import Args, Flag, Positional
from bot.engine.command import ChangeCommand, ReadContext
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

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, given: Any) -> Any:
        """`scale web 4` is `scale web --replicas=4`."""
        words = tuple(given.get("target", ()))
        if "replicas" in given:
            return given
        if len(words) > 1 and words[-1].isdecimal():
            return {**given, "target": words[:-1], "replicas": int(words[-1])}
        raise ValueError("How many? Write the number after the name.")

    @model_validator(mode="after")
    def _workloads(self) -> ScaleArgs:
        several(self.target, SCALABLE)
        return self


async def plan(ctx: ReadContext, args: ScaleArgs) -> Plan:
    found = []
    for kind, name in several(args.target, SCALABLE):
        item = await ctx.cluster.get(kind, args.namespace, name)
        ref = ObjectRef(cluster=ctx.cluster.name, namespace=args.namespace, type=kind, name=name)
        found.append((ref, item))
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
        follow=ref if ref.type is DEPLOYMENTS else None,
        inverse=f"scale {ref.type.plural}/{ref.name} --replicas={before} {where(ref)}",
    )
    return await with_obstacles(ctx, planned, item, replicas=args.replicas)


def _refuse_others(args: ScaleArgs, found: list[tuple[ObjectRef, Json]]) -> None:
    """Whatever has not as many as the line says it has."""
    wanted = args.current_replicas
    for ref, item in found:
        before = _replicas(item)
        if wanted is not None and before != wanted:
            raise UsageError(
                f"`{ref}` has {plural(before, 'replica')}, not {wanted}.",
                hint="Look again: `/k8s get deploy`.",
            )


async def _plan_all(ctx: ReadContext, args: ScaleArgs, found: list[tuple[ObjectRef, Json]]) -> Plan:
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


def _back(changing: list[tuple[ObjectRef, Json]]) -> str:
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
    ),
    args=ScaleArgs,
    permission=Permission.WORKLOAD_SCALE,
    risk=Risk.REVERSIBLE,
    kinds=lambda args: tuple(dict.fromkeys(kind.plural for kind, _ in several(args.target, SCALABLE))),
    also_reads=(PODS, REPLICASETS, *LOOKED_AT),
    plan=plan,
)
