"""set image: other images for the containers of a deployment."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from bot.domain.access import Permission, Risk
from bot.domain.changes import Plan
from bot.domain.resources import PODS, REPLICASETS, ObjectRef
from bot.domain.updates import check_image, template_plan, template_write
from bot.domain.workloads import container_of, named
from bot.engine.command import Args, ChangeCommand, Positional, ReadContext


class SetImageArgs(Args):
    words: Annotated[tuple[str, ...], Positional("NAME CONTAINER=IMAGE"), Field(min_length=2, max_length=12)]

    @model_validator(mode="after")
    def _both_parts(self) -> SetImageArgs:
        named(self.target)
        if not self.images:
            raise ValueError("Which image? Write CONTAINER=IMAGE after the name.")
        for image in self.images.values():
            check_image(image)
        return self

    @property
    def target(self) -> tuple[str, ...]:
        return tuple(word for word in self.words if "=" not in word)

    @property
    def images(self) -> dict[str, str]:
        """Images by container; `*` means the only one, or all of them."""
        pairs = (word.partition("=") for word in self.words if "=" in word)
        return {container: image for container, _, image in pairs}


async def plan(ctx: ReadContext, args: SetImageArgs) -> Plan:
    kind, name = named(args.target)
    found = await ctx.cluster.get(kind, args.namespace, name)
    ref = ObjectRef(cluster=ctx.cluster.name, namespace=args.namespace, type=kind, name=name)
    everywhere = args.images.get("*")
    every = [c["name"] for c in found["spec"]["template"]["spec"]["containers"]] if everywhere else []
    wanted = dict.fromkeys(every, everywhere) | {
        container_of(found, container): image for container, image in args.images.items() if container != "*"
    }
    spec = {"template": {"spec": {"containers": [{"name": c, "image": i} for c, i in wanted.items()]}}}
    step = await ctx.cluster.dry_run(template_write(ref, spec, ctx.line))
    return template_plan("set image", ref, found, spec, step)


COMMAND = ChangeCommand(
    name="set image",
    summary="Other images for the containers of a deployment.",
    examples=("set image deployment/web web=web:1.1", "set image web web=web:1.1 -n shop"),
    args=SetImageArgs,
    permission=Permission.WORKLOAD_UPDATE,
    risk=Risk.REVERSIBLE,
    also_reads=(PODS, REPLICASETS),
    plan=plan,
)
