"""set env: variables of a workload's containers, set or taken away."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from bot.domain.access import Permission, Risk
from bot.domain.changes import Plan
from bot.domain.obstacles.change import LOOKED_AT, patched
from bot.domain.podspec import EVERY, chosen_containers, env_patch, shown_variables, template_of, variables
from bot.domain.resources import PODS, REPLICASETS, ROLLED, ObjectRef
from bot.domain.typed import join
from bot.domain.updates import containers_plan, template_write
from bot.domain.workloads import named, where
from bot.engine.arguments import Args, Flag, Positional
from bot.engine.command import ChangeCommand, ReadContext
from bot.engine.obstacles import with_obstacles


class SetEnvArgs(Args):
    words: Annotated[tuple[str, ...], Positional("NAME KEY=VALUE"), Field(min_length=1, max_length=24)]
    container: Annotated[
        str, Flag("-c", "--containers", "--container", help="in this container only", metavar="CONTAINER")
    ] = EVERY

    @model_validator(mode="after")
    def _both_parts(self) -> SetEnvArgs:
        if not self.wanted:
            raise ValueError("Which variable? Write KEY=VALUE after the name, or KEY- to take one away.")
        if not self.target:
            raise ValueError("Of which workload? Write its name before KEY=VALUE.")
        named(self.target, ROLLED)
        return self

    @property
    def target(self) -> tuple[str, ...]:
        return tuple(word for word in self.words if not _is_variable(word))

    @property
    def wanted(self) -> dict[str, str | None]:
        return variables(tuple(word for word in self.words if _is_variable(word)))


def _is_variable(word: str) -> bool:
    return "=" in word or (word.endswith("-") and len(word) > 1)


async def plan(ctx: ReadContext, args: SetEnvArgs) -> Plan:
    kind, name = named(args.target, ROLLED)
    found = await ctx.cluster.get(kind, args.namespace, name)
    ref = ObjectRef(cluster=ctx.cluster.name, namespace=args.namespace, type=kind, name=name)
    words = [word for word in args.words if _is_variable(word)]
    line = f"{join(['set', 'env', f'{kind.singular}/{name}', *words])} {where(ref)}"
    chosen = chosen_containers(found, ref, args.container, line)
    spec = template_of([(container, env_patch(container, args.wanted)) for container in chosen])
    step = await ctx.cluster.dry_run(template_write(ref, spec, ctx.line))
    planned = containers_plan("set env", ref, shown_variables(args.wanted), step)
    template = patched(found["spec"]["template"], spec.get("template", {}))
    return await with_obstacles(ctx, planned, found, template=template)


COMMAND = ChangeCommand(
    name="set env",
    summary="Variables of a workload's containers.",
    examples=("set env deployment/web LOG=debug OLD-", "set env web -c web MODE=fast -n shop"),
    args=SetEnvArgs,
    permission=Permission.WORKLOAD_UPDATE,
    risk=Risk.REVERSIBLE,
    kinds=lambda args: (named(args.target, ROLLED)[0].plural,),
    also_reads=(PODS, REPLICASETS, *LOOKED_AT),
    plan=plan,
)
