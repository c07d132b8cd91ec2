"""A node, as several verbs take it and mark it: new pods stay away from it, or come to it again."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator

from bot.domain.changes import Write
from bot.domain.model import Json
from bot.domain.resources import NODES, ObjectRef
from bot.domain.workloads import named
from bot.engine.arguments import Args, Positional
from bot.engine.command import ReadContext


class NodeArgs(Args):
    node: Annotated[tuple[str, ...], Positional("NODE", of=("nodes",)), Field(min_length=1, max_length=2)]

    @field_validator("node")
    @classmethod
    def _one_node(cls, node: tuple[str, ...]) -> tuple[str, ...]:
        named(node, (NODES,))
        return node


async def read_node(ctx: ReadContext, args: NodeArgs) -> tuple[ObjectRef, Json]:
    """The node that is meant, as it is now. Raises `TargetNotFoundError` where there is none."""
    _, name = named(args.node, (NODES,))
    found = await ctx.cluster.get(NODES, args.namespace, name)
    return ObjectRef(cluster=ctx.cluster.name, namespace=None, type=NODES, name=name), found


def is_cordoned(node: Json) -> bool:
    return bool(node["spec"].get("unschedulable"))


def cordoned(ref: ObjectRef, *, on: bool) -> Write:
    """The write that keeps new pods away, or lets them come."""
    return Write(action="patch", target=ref, patch="merge", body={"spec": {"unschedulable": on or None}})
