"""scale: more or fewer pods of a workload."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, model_validator

from bot.domain.access import Permission, Risk
from bot.domain.changes import Plan, Write
from bot.domain.message import Text, code, plural, text
from bot.domain.resources import AUTOSCALERS, DEPLOYMENTS, PODS, REPLICASETS, SCALABLE, ObjectRef
from bot.domain.workloads import named, place, where
from bot.engine.arguments import Args, Flag, Positional
from bot.engine.command import ChangeCommand, ReadContext

MOST = 1000
"""More pods than this are no change for a chat."""


class ScaleArgs(Args):
    target: Annotated[
        tuple[str, ...],
        Positional("NAME", of=("deployments", "statefulsets", "replicasets")),
        Field(min_length=1, max_length=2),
    ]
    replicas: Annotated[int, Flag("--replicas", help="how many pods", metavar="N"), Field(ge=0, le=MOST)]

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
    def _one_workload(self) -> ScaleArgs:
        named(self.target, SCALABLE)
        return self


async def plan(ctx: ReadContext, args: ScaleArgs) -> Plan:
    kind, name = named(args.target, SCALABLE)
    found = await ctx.cluster.get(kind, args.namespace, name)
    before = found["spec"].get("replicas", 1)
    ref = ObjectRef(cluster=ctx.cluster.name, namespace=args.namespace, type=kind, name=name)
    write = Write(action="patch", target=ref, patch="merge", body={"spec": {"replicas": args.replicas}})
    nothing = text("{} has {} already. Nothing was changed.", place(ref), plural(before, "replica"))
    return Plan(
        verb="scale",
        title=text("Scale {} from {} to {}?", place(ref), before, args.replicas),
        button=f"Scale to {args.replicas}",
        risk=Risk.REVERSIBLE,
        doing=text("{} · {} → {}", place(ref), before, plural(args.replicas, "replica")),
        done=text("{} has {}", place(ref), plural(args.replicas, "replica")),
        steps=(await ctx.cluster.dry_run(write),),
        warnings=await _warnings(ctx, args, ref),
        nothing=nothing if before == args.replicas else Text(),
        follow=ref if kind is DEPLOYMENTS else None,
        inverse=f"scale {kind.plural}/{name} --replicas={before} {where(ref)}",
    )


async def _warnings(ctx: ReadContext, args: ScaleArgs, ref: ObjectRef) -> tuple[Text, ...]:
    """What stands in its way: an autoscaler that will bring it back, and that zero serves nobody."""
    found = [text("Nothing will serve while it has no pod.")] if args.replicas == 0 else []
    for scaler in await ctx.cluster.list(AUTOSCALERS, args.namespace):
        spec = scaler["spec"]
        aim = spec.get("scaleTargetRef", {})
        if (aim.get("kind"), aim.get("name")) != (ref.type.kind, ref.name):
            continue
        low, high = spec.get("minReplicas", 1), spec["maxReplicas"]
        if args.replicas and not low <= args.replicas <= high:
            kept = code(scaler["metadata"]["name"])
            found.append(text("{} keeps {} to {}: it will bring this back within a minute.", kept, low, high))
    return tuple(found)


COMMAND = ChangeCommand(
    name="scale",
    summary="More or fewer pods of a workload.",
    examples=("scale web 4", "scale deployment/web --replicas=4 -n shop"),
    args=ScaleArgs,
    permission=Permission.WORKLOAD_SCALE,
    risk=Risk.REVERSIBLE,
    kinds=lambda args: (named(args.target, SCALABLE)[0].plural,),
    also_reads=(AUTOSCALERS, PODS, REPLICASETS),
    plan=plan,
)
