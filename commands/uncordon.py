"""uncordon: new pods may come to a node again."""

from __future__ import annotations

from bot.domain.access import Permission, Risk
from bot.domain.changes import Plan
from bot.domain.message import Text, code, text
from bot.domain.resources import NODES
from bot.domain.workloads import place
from bot.engine.command import ChangeCommand, ReadContext
from bot.engine.nodes import NodeArgs, cordoned, is_cordoned, read_node


async def plan(ctx: ReadContext, args: NodeArgs) -> Plan:
    ref, found = await read_node(ctx, args)
    conditions = found.get("status", {}).get("conditions") or ()
    is_ready = any(one["type"] == "Ready" and one["status"] == "True" for one in conditions)
    already = text("Node {} is not cordoned. Nothing was changed.", code(ref.name))
    return Plan(
        verb="uncordon",
        title=text("Uncordon node {}: let new pods come to it again?", place(ref)),
        button=f"Uncordon {ref.name}"[:75],
        risk=Risk.REVERSIBLE,
        doing=text("node {} · uncordoning", place(ref)),
        done=text("node {} takes new pods again; those that moved away stay where they are", place(ref)),
        steps=(await ctx.cluster.dry_run(cordoned(ref, on=False)),),
        warnings=() if is_ready else (text("It is not ready: no pod comes to it until it is."),),
        nothing=Text() if is_cordoned(found) else already,
        inverse=f"cordon {ref.name} --context {ref.cluster}",
    )


COMMAND = ChangeCommand(
    name="uncordon",
    summary="Let new pods come to a node again.",
    examples=("uncordon node-1", "uncordon node/node-1"),
    args=NodeArgs,
    permission=Permission.NODE_CORDON,
    risk=Risk.REVERSIBLE,
    kinds=lambda _: (NODES.plural,),
    also_reads=(),
    mostly=NODES.plural,
    plan=plan,
)
