"""set resources: how much a workload's containers ask for, and how much they may use."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from bot.domain.access import Permission, Risk
from bot.domain.changes import Plan
from bot.domain.obstacles.change import LOOKED_AT, patched
from bot.domain.podspec import (
    EVERY,
    chosen_containers,
    quantities,
    resources_patch,
    shown_resources,
    template_of,
)
from bot.domain.resources import PODS, REPLICASETS, ROLLED, ObjectRef
from bot.domain.updates import containers_plan, template_write
from bot.domain.workloads import named, where
from bot.engine.arguments import Args, Flag, Positional
from bot.engine.command import ChangeCommand, ReadContext
from bot.engine.obstacles import with_obstacles

_AMOUNTS = "RESOURCE=AMOUNT,…"


class SetResourcesArgs(Args):
    target: Annotated[
        tuple[str, ...],
        Positional("NAME", of=("deployments", "statefulsets", "daemonsets")),
        Field(min_length=1, max_length=2),
    ]
    container: Annotated[
        str, Flag("-c", "--containers", "--container", help="in this container only", metavar="CONTAINER")
    ] = EVERY
    limits: Annotated[
        str, Flag("--limits", help="the most they may use; 0 takes one away", metavar=_AMOUNTS)
    ] = ""
    requests: Annotated[
        str, Flag("--requests", help="what is kept for them; 0 takes one away", metavar=_AMOUNTS)
    ] = ""

    @model_validator(mode="after")
    def _all_parts(self) -> SetResourcesArgs:
        named(self.target, ROLLED)
        if not (quantities(self.limits) or quantities(self.requests)):
            raise ValueError("How much? Write `--limits`, `--requests` or both, as cpu=200m,memory=512Mi.")
        return self


async def plan(ctx: ReadContext, args: SetResourcesArgs) -> Plan:
    kind, name = named(args.target, ROLLED)
    found = await ctx.cluster.get(kind, args.namespace, name)
    ref = ObjectRef(cluster=ctx.cluster.name, namespace=args.namespace, type=kind, name=name)
    limits, requests = quantities(args.limits), quantities(args.requests)
    amounts = [("--limits", args.limits), ("--requests", args.requests)]
    flags = " ".join(f"{flag}={given}" for flag, given in amounts if given)
    line = f"set resources {kind.singular}/{name} {flags} {where(ref)}"
    chosen = chosen_containers(found, ref, args.container, line)
    spec = template_of([(container, resources_patch(container, limits, requests)) for container in chosen])
    step = await ctx.cluster.dry_run(template_write(ref, spec, ctx.line))
    planned = containers_plan("set resources", ref, shown_resources(limits, requests), step)
    template = patched(found["spec"]["template"], spec.get("template", {}))
    return await with_obstacles(ctx, planned, found, template=template)


COMMAND = ChangeCommand(
    name="set resources",
    summary="How much a workload's containers ask for and may use.",
    examples=(
        "set resources deployment/web -c web --limits=cpu=200m,memory=512Mi",
        "set resources web --requests=cpu=100m,memory=256Mi -n shop",
    ),
    args=SetResourcesArgs,
    permission=Permission.WORKLOAD_UPDATE,
    risk=Risk.REVERSIBLE,
    kinds=lambda args: (named(args.target, ROLLED)[0].plural,),
    also_reads=(PODS, REPLICASETS, *LOOKED_AT),
    plan=plan,
)
