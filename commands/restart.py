"""restart: replace every pod of a workload, at the pace of its own rollout strategy."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from bot.domain.access import Permission, Risk
from bot.domain.ages import iso
from bot.domain.changes import Plan, Write
from bot.domain.message import Text, text
from bot.domain.obstacles.change import LOOKED_AT
from bot.domain.resources import PODS, REPLICASETS, ROLLED, ObjectRef
from bot.domain.rollouts.snapshot import CAUSE
from bot.domain.workloads import RESTARTED, named, place, pods_wanted
from bot.engine.arguments import Args, Positional
from bot.engine.command import ChangeCommand, ReadContext
from bot.engine.obstacles import with_obstacles


class RestartArgs(Args):
    target: Annotated[
        tuple[str, ...],
        Positional("NAME", of=("deployments", "statefulsets", "daemonsets")),
        Field(min_length=1, max_length=2),
    ]

    @model_validator(mode="after")
    def _one_workload(self) -> RestartArgs:
        named(self.target, ROLLED)
        return self


async def plan(ctx: ReadContext, args: RestartArgs) -> Plan:
    kind, name = named(args.target, ROLLED)
    found = await ctx.cluster.get(kind, args.namespace, name)
    ref = ObjectRef(cluster=ctx.cluster.name, namespace=args.namespace, type=kind, name=name)
    at = iso(ctx.now())[:19] + "Z"
    body = {
        "metadata": {"annotations": {CAUSE: ctx.line}},
        "spec": {"template": {"metadata": {"annotations": {RESTARTED: at}}}},
    }
    step = await ctx.cluster.dry_run(Write(action="patch", target=ref, patch="strategic", body=body))
    replicas = pods_wanted(found)
    whole = "its one pod" if replicas == 1 else f"its {replicas} pods"
    at_once = found["spec"].get("strategy", {}).get("type") == "Recreate"
    pace = ", a few at a time" if replicas > 1 and not at_once else ""
    nothing = text("Nothing to restart: {} has no pods.", place(ref))
    planned = Plan(
        verb="restart",
        title=text("Restart {}: replace {}{}?", place(ref), whole, pace),
        button=f"Restart {name}"[:75],
        risk=Risk.DISRUPTIVE,
        doing=text("{} · replacing {}{}", place(ref), whole, pace),
        done=text("{} was restarted", place(ref)),
        steps=(step,),
        warnings=(text("Its strategy is Recreate: nothing serves until the new pods are up."),)
        if at_once
        else (),
        nothing=Text() if replicas else nothing,
        follow=ref,
    )
    return await with_obstacles(ctx, planned, found, template=found["spec"]["template"])


COMMAND = ChangeCommand(
    name="restart",
    aliases=("rollout restart",),
    summary="Replace every pod of a workload, a few at a time.",
    examples=("restart web", "rollout restart deployment/web -n shop"),
    args=RestartArgs,
    permission=Permission.WORKLOAD_RESTART,
    risk=Risk.DISRUPTIVE,
    kinds=lambda args: (named(args.target, ROLLED)[0].plural,),
    also_reads=(PODS, REPLICASETS, *LOOKED_AT),
    plan=plan,
)
