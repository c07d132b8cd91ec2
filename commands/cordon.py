"""cordon: no new pod comes to a node; those on it run on."""

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
    return Plan(
        verb="cordon",
        title=text("Cordon node {}: let no new pod come to it?", place(ref)),
        button=f"Cordon {ref.name}"[:75],
        risk=Risk.REVERSIBLE,
        doing=text("node {} · cordoning", place(ref)),
        done=text("node {} is cordoned: no new pod comes to it, and those on it run on", place(ref)),
        steps=(await ctx.cluster.dry_run(cordoned(ref, on=True)),),
        nothing=text("Node {} is cordoned already. Nothing was changed.", code(ref.name))
        if is_cordoned(found)
        else Text(),
        inverse=f"uncordon {ref.name} --context {ref.cluster}",
    )


COMMAND = ChangeCommand(
    name="cordon",
    summary="Let no new pod come to a node.",
    examples=("cordon node-1", "cordon node/node-1"),
    args=NodeArgs,
    permission=Permission.NODE_CORDON,
    risk=Risk.REVERSIBLE,
    kinds=lambda _: (NODES.plural,),
    also_reads=(),
    mostly=NODES.plural,
    plan=plan,
)
