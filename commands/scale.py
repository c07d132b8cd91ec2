"""scale: more or fewer pods of a workload."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, model_validator

from bot.domain.access import Permission, Risk
from bot.domain.changes import Plan, Write
from bot.domain.errors import UsageError
from bot.domain.message import Text, code, plural, text
from bot.domain.resources import (
    AUTOSCALERS,
    DEPLOYMENTS,
    PODS,
    REPLICASETS,
    SCALABLE,
    ObjectRef,
    ResourceType,
    find_type,
    parse_targets,
)  # fmt: skip
from bot.engine.command import Args, ChangeCommand, Flag, Positional, ReadContext

MOST = 1000
"""More pods than this are no change for a chat."""


class ScaleArgs(Args):
    target: Annotated[tuple[str, ...], Positional("NAME"), Field(min_length=1, max_length=3)]
    replicas: Annotated[int, Flag("--replicas", help="how many pods", metavar="N"), Field(ge=0, le=MOST)]

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, given: Any) -> Any:
        """`scale web 4` is `scale web --replicas=4`."""
        words = tuple(given.get("target", ()))
        if "replicas" not in given and len(words) > 1 and words[-1].isdecimal():
            return {**given, "target": words[:-1], "replicas": int(words[-1])}
        if "replicas" not in given:
            raise ValueError("How many? Write the number after the name.")
        return given

    @model_validator(mode="after")
    def _one_name(self) -> ScaleArgs:
        _target(self)
        return self


def _target(args: ScaleArgs) -> tuple[ResourceType, str]:
    """The one workload that the words mean."""
    words = args.target
    known = next((kind for kind in SCALABLE if words[0].lower() in kind.words), DEPLOYMENTS)
    targets = parse_targets(words, default=None if any("/" in word for word in words) else known)
    if len(targets) != 1 or len(targets[0].names) != 1:
        raise UsageError("One workload at a time.")
    return find_type(targets[0].word, SCALABLE), targets[0].names[0]


async def plan(ctx: ReadContext, args: ScaleArgs) -> Plan:
    kind, name = _target(args)
    found = await ctx.cluster.get(kind, args.namespace, name)
    before = found["spec"].get("replicas", 1)
    ref = ObjectRef(cluster=ctx.cluster.name, namespace=args.namespace, type=kind, name=name)
    place = text("{} on {}", code(ref), code(ref.cluster))
    write = Write(action="patch", target=ref, patch="merge", body={"spec": {"replicas": args.replicas}})
    step = await ctx.cluster.dry_run(write)
    nothing = text("{} has {} already. Nothing was changed.", place, plural(before, "replica"))
    return Plan(
        verb="scale",
        title=text("Scale {} from {} to {}?", place, before, args.replicas),
        button=f"Scale to {args.replicas}",
        risk=Risk.DISRUPTIVE if args.replicas == 0 else Risk.REVERSIBLE,
        doing=text("{} · {} → {}", place, before, plural(args.replicas, "replica")),
        done=text("{} has {}", place, plural(args.replicas, "replica")),
        steps=(step,),
        warnings=await _warnings(ctx, args, kind, name),
        nothing=nothing if before == args.replicas else Text(),
        follow=ref if kind is DEPLOYMENTS else None,
        inverse=f"scale {kind.plural}/{name} --replicas={before} -n {args.namespace} --context {ref.cluster}",
    )


async def _warnings(ctx: ReadContext, args: ScaleArgs, kind: ResourceType, name: str) -> tuple[Text, ...]:
    """What stands in its way: an autoscaler that will bring it back, and that zero serves nobody."""
    found = [text("Nothing will serve while it has no pod.")] if args.replicas == 0 else []
    for scaler in await ctx.cluster.list(AUTOSCALERS, args.namespace):
        spec = scaler["spec"]
        aim = spec.get("scaleTargetRef", {})
        if (aim.get("kind"), aim.get("name")) != (kind.kind, name):
            continue
        low, high = spec.get("minReplicas", 1), spec["maxReplicas"]
        if not low <= args.replicas <= high and args.replicas:
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
    kinds=lambda args: (_target(args)[0].plural,),
    also_reads=(AUTOSCALERS, PODS, REPLICASETS),
    plan=plan,
)
