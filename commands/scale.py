"""scale: more or fewer pods of a workload."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, model_validator

from bot.domain.access import Permission, Risk
from bot.domain.changes import Plan, Write
from bot.domain.errors import UsageError
from bot.domain.message import Text, code, plural, text
from bot.domain.resources import AUTOSCALERS, DEPLOYMENTS, PODS, REPLICASETS, SCALABLE, ObjectRef
from bot.domain.workloads import place, several, where
from bot.engine.arguments import Args, Flag, Positional
from bot.engine.command import ChangeCommand, ReadContext

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
        found.append((ref, item["spec"].get("replicas", 1)))
    _refuse_others(args, found)
    if len(found) > 1:
        return await _plan_all(ctx, args, found)
    (ref, before), name = found[0], found[0][0].name
    nothing = text("{} has {} already. Nothing was changed.", place(ref), plural(before, "replica"))
    return Plan(
        verb="scale",
        title=text("Scale {} from {} to {}?", place(ref), before, args.replicas),
        button=f"Scale to {args.replicas}",
        risk=Risk.REVERSIBLE,
        doing=text("{} · {} → {}", place(ref), before, plural(args.replicas, "replica")),
        done=text("{} has {}", place(ref), plural(args.replicas, "replica")),
        steps=(await ctx.cluster.dry_run(_write(ref, args.replicas)),),
        warnings=await _warnings(ctx, args, (ref,)),
        nothing=nothing if before == args.replicas else Text(),
        follow=ref if ref.type is DEPLOYMENTS else None,
        inverse=f"scale {ref.type.plural}/{name} --replicas={before} {where(ref)}",
    )


def _refuse_others(args: ScaleArgs, found: list[tuple[ObjectRef, int]]) -> None:
    """Whatever has not as many as the line says it has."""
    wanted = args.current_replicas
    for ref, before in found:
        if wanted is not None and before != wanted:
            raise UsageError(
                f"`{ref}` has {plural(before, 'replica')}, not {wanted}.",
                hint="Look again: `/k8s get deploy`.",
            )


async def _plan_all(ctx: ReadContext, args: ScaleArgs, found: list[tuple[ObjectRef, int]]) -> Plan:
    """Several at once: each with its own step, those that have as many already left out."""
    refs = tuple(ref for ref, before in found if before != args.replicas)
    names = code(", ".join(ref.name for ref in refs or tuple(ref for ref, _ in found)))
    there = text("{} in {} on {}", names, code(args.namespace), code(ctx.cluster.name))
    to = plural(args.replicas, "replica")
    steps = [await ctx.cluster.dry_run(_write(ref, args.replicas)) for ref in refs or (found[0][0],)]
    return Plan(
        verb="scale",
        title=text("Scale {} to {} each?", there, to),
        button=f"Scale {len(refs)} to {args.replicas}",
        risk=Risk.REVERSIBLE,
        doing=text("{} · to {} each", there, to),
        done=text("{} · set to {} each", there, to),
        steps=tuple(steps),
        warnings=await _warnings(ctx, args, refs),
        nothing=Text() if refs else text("{}: each has {} already. Nothing was changed.", there, to),
        inverse=_back(found, args.replicas),
    )


def _back(found: list[tuple[ObjectRef, int]], now: int) -> str:
    """The line that undoes it, where all that change had as many before."""
    changing = [(ref, before) for ref, before in found if before != now]
    if len({before for _, before in changing}) != 1:
        return ""
    words = " ".join(f"{ref.type.plural}/{ref.name}" for ref, _ in changing)
    return f"scale {words} --replicas={changing[0][1]} {where(changing[0][0])}"


def _write(ref: ObjectRef, replicas: int) -> Write:
    return Write(action="patch", target=ref, patch="merge", body={"spec": {"replicas": replicas}})


async def _warnings(ctx: ReadContext, args: ScaleArgs, refs: tuple[ObjectRef, ...]) -> tuple[Text, ...]:
    """What stands in its way: an autoscaler that will bring it back, and that zero serves nobody."""
    it = "it has" if len(refs) == 1 else "they have"
    found = [text("Nothing will serve while {} no pod.", it)] if args.replicas == 0 else []
    scaled = {(ref.type.kind, ref.name) for ref in refs}
    for scaler in await ctx.cluster.list(AUTOSCALERS, args.namespace):
        spec = scaler["spec"]
        aim = spec.get("scaleTargetRef", {})
        if (aim.get("kind"), aim.get("name")) not in scaled:
            continue
        low, high = spec.get("minReplicas", 1), spec["maxReplicas"]
        if args.replicas and not low <= args.replicas <= high:
            kept = code(scaler["metadata"]["name"])
            found.append(text("{} keeps {} to {}: it will bring this back within a minute.", kept, low, high))
    return tuple(found)


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
    also_reads=(AUTOSCALERS, PODS, REPLICASETS),
    plan=plan,
)
