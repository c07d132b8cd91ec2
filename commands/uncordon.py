"""uncordon: new pods may come to a node again."""

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


class UncordonArgs(Args):
    node: Annotated[tuple[str, ...], Positional("NODE", of=("nodes",)), Field(min_length=1, max_length=2)]

    @field_validator("node")
    @classmethod
    def _one_node(cls, node: tuple[str, ...]) -> tuple[str, ...]:
        named(node, (NODES,))
        return node


async def plan(ctx: ReadContext, args: UncordonArgs) -> Plan:
    _, name = named(args.node, (NODES,))
    found = await ctx.cluster.get(NODES, args.namespace, name)
    ref = ObjectRef(cluster=ctx.cluster.name, namespace=None, type=NODES, name=name)
    write = Write(action="patch", target=ref, patch="merge", body={"spec": {"unschedulable": None}})
    is_cordoned = bool(found["spec"].get("unschedulable"))
    conditions = found.get("status", {}).get("conditions") or ()
    is_ready = any(one["type"] == "Ready" and one["status"] == "True" for one in conditions)
    return Plan(
        verb="uncordon",
        title=text("Uncordon node {}: let new pods come to it again?", place(ref)),
        button=f"Uncordon {name}"[:75],
        risk=Risk.REVERSIBLE,
        doing=text("node {} · uncordoning", place(ref)),
        done=text("node {} takes new pods again; those that moved away stay where they are", place(ref)),
        steps=(await ctx.cluster.dry_run(write),),
        warnings=() if is_ready else (text("It is not ready: no pod comes to it until it is."),),
        nothing=Text() if is_cordoned else text("Node {} is not cordoned. Nothing was changed.", code(name)),
        inverse=f"cordon {name} --context {ref.cluster}",
    )


COMMAND = ChangeCommand(
    name="uncordon",
    summary="Let new pods come to a node again.",
    examples=("uncordon node-1", "uncordon node/node-1"),
    args=UncordonArgs,
    permission=Permission.NODE_CORDON,
    risk=Risk.REVERSIBLE,
    kinds=lambda _: (NODES.plural,),
    also_reads=(),
    mostly=NODES.plural,
    plan=plan,
)
