"""set image: other images for the containers of a workload."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from bot.domain.access import Permission, Risk
from bot.domain.changes import Plan
from bot.domain.obstacles.change import LOOKED_AT, patched
from bot.domain.resources import PODS, REPLICASETS, ROLLED, ObjectRef
from bot.domain.updates import check_image, template_plan, template_write
from bot.domain.workloads import containers, named, no_container, where
from bot.engine.arguments import Args, Flag, Positional
from bot.engine.command import ChangeCommand, ReadContext
from bot.engine.obstacles import with_obstacles

EVERY = "*"
"""In place of a container's name: all of them, as kubectl has it."""


class SetImageArgs(Args):
    words: Annotated[tuple[str, ...], Positional("NAME CONTAINER=IMAGE"), Field(min_length=1, max_length=12)]
    record: Annotated[bool, Flag("--record", help="kept for old runbooks: the cause is always noted")] = False

    @model_validator(mode="after")
    def _both_parts(self) -> SetImageArgs:
        if not self.images:
            raise ValueError("Which image? Write CONTAINER=IMAGE after the name.")
        if not self.target:
            raise ValueError("Of which workload? Write its name before CONTAINER=IMAGE.")
        loose = next((word for word in self.target[1:] if ":" in word), "")
        if loose:
            raise ValueError(f"`{loose[:80]}` is for which container? Write CONTAINER=IMAGE.")
        named(self.target, ROLLED)
        for container, image in self.images.items():
            if not container:
                raise ValueError(f"`={image[:80]}` is for which container? Write CONTAINER=IMAGE.")
            check_image(image)
        return self

    @property
    def target(self) -> tuple[str, ...]:
        return tuple(word for word in self.words if "=" not in word)

    @property
    def images(self) -> dict[str, str]:
        pairs = (word.partition("=") for word in self.words if "=" in word)
        return {container: image for container, _, image in pairs}


async def plan(ctx: ReadContext, args: SetImageArgs) -> Plan:
    kind, name = named(args.target, ROLLED)
    found = await ctx.cluster.get(kind, args.namespace, name)
    ref = ObjectRef(cluster=ctx.cluster.name, namespace=args.namespace, type=kind, name=name)
    wanted = _wanted(args.images, containers(found), ref)
    spec = {"template": {"spec": {"containers": [{"name": c, "image": i} for c, i in wanted.items()]}}}
    step = await ctx.cluster.dry_run(template_write(ref, spec, ctx.line))
    planned = template_plan("set image", ref, found, spec, step)
    template = patched(found["spec"]["template"], spec["template"])
    return await with_obstacles(ctx, planned, found, template=template)


def _wanted(images: dict[str, str], names: tuple[str, ...], ref: ObjectRef) -> dict[str, str]:
    """An image for each container that is named; one named by itself goes before `*`."""
    for container, image in images.items():
        if container != EVERY and container not in names:
            lines = tuple(
                f"set image {ref.type.singular}/{ref.name} {known}={image} {where(ref)}"
                for known in names[:4]
            )
            raise no_container(ref, names, container, lines)
    everywhere = dict.fromkeys(names, images[EVERY]) if EVERY in images else {}
    return everywhere | {container: image for container, image in images.items() if container != EVERY}


COMMAND = ChangeCommand(
    name="set image",
    summary="Other images for the containers of a workload.",
    examples=("set image deployment/web web=web:1.1", "set image web web=web:1.1 -n shop"),
    args=SetImageArgs,
    permission=Permission.WORKLOAD_UPDATE,
    risk=Risk.REVERSIBLE,
    kinds=lambda args: (named(args.target, ROLLED)[0].plural,),
    also_reads=(PODS, REPLICASETS, *LOOKED_AT),
    plan=plan,
)
