"""cordon: no new pod comes to a node; those on it run on."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator

from bot.domain.access import Permission, Risk
from bot.domain.changes import Plan, Write
from bot.domain.message import Text, code, text
from bot.domain.resources import NODES, ObjectRef
from bot.domain.workloads import named, place
from bot.engine.arguments import Args, Positional
from bot.engine.command import ChangeCommand, ReadContext


class CordonArgs(Args):
    node: Annotated[tuple[str, ...], Positional("NODE", of=("nodes",)), Field(min_length=1, max_length=2)]

    @field_validator("node")
    @classmethod
    def _one_node(cls, node: tuple[str, ...]) -> tuple[str, ...]:
        named(node, (NODES,))
        return node


async def plan(ctx: ReadContext, args: CordonArgs) -> Plan:
    _, name = named(args.node, (NODES,))
    found = await ctx.cluster.get(NODES, args.namespace, name)
    ref = ObjectRef(cluster=ctx.cluster.name, namespace=None, type=NODES, name=name)
    write = Write(action="patch", target=ref, patch="merge", body={"spec": {"unschedulable": True}})
    is_cordoned = bool(found["spec"].get("unschedulable"))
    return Plan(
        verb="cordon",
        title=text("Cordon node {}: let no new pod come to it?", place(ref)),
        button=f"Cordon {name}"[:75],
        risk=Risk.REVERSIBLE,
        doing=text("node {} · cordoning", place(ref)),
        done=text("node {} is cordoned: no new pod comes to it, and those on it run on", place(ref)),
        steps=(await ctx.cluster.dry_run(write),),
        nothing=text("Node {} is cordoned already. Nothing was changed.", code(name))
        if is_cordoned
        else Text(),
        inverse=f"uncordon {name} --context {ref.cluster}",
    )


COMMAND = ChangeCommand(
    name="cordon",
    summary="Let no new pod come to a node.",
    examples=("cordon node-1", "cordon node/node-1"),
    args=CordonArgs,
    permission=Permission.NODE_CORDON,
    risk=Risk.REVERSIBLE,
    kinds=lambda _: (NODES.plural,),
    also_reads=(),
    mostly=NODES.plural,
    plan=plan,
)
