"""pause: no pod of a deployment follows its changes until it is resumed."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from bot.domain.access import Permission, Risk
from bot.domain.changes import Plan, Write
from bot.domain.message import Text, plural, text
from bot.domain.model import Json
from bot.domain.resources import DEPLOYMENTS, PODS, REPLICASETS, ObjectRef
from bot.domain.rollouts.snapshot import older_pods
from bot.domain.workloads import named, place, where
from bot.engine.arguments import Args, Positional
from bot.engine.command import ChangeCommand, ReadContext


class PauseArgs(Args):
    target: Annotated[
        tuple[str, ...], Positional("NAME", of=("deployments",)), Field(min_length=1, max_length=2)
    ]

    @model_validator(mode="after")
    def _one_deployment(self) -> PauseArgs:
        named(self.target)
        return self


async def plan(ctx: ReadContext, args: PauseArgs) -> Plan:
    _, name = named(args.target)
    found = await ctx.cluster.get(DEPLOYMENTS, args.namespace, name)
    ref = ObjectRef(cluster=ctx.cluster.name, namespace=args.namespace, type=DEPLOYMENTS, name=name)
    write = Write(action="patch", target=ref, patch="merge", body={"spec": {"paused": True}})
    is_paused = bool(found["spec"].get("paused"))
    return Plan(
        verb="pause",
        title=text("Pause {}: keep its pods as they are until it is resumed?", place(ref)),
        button=f"Pause {name}"[:75],
        risk=Risk.REVERSIBLE,
        doing=text("{} · pausing", place(ref)),
        done=text("{} is paused: changes are stored, and no pod follows them", place(ref)),
        steps=(await ctx.cluster.dry_run(write),),
        warnings=_warnings(found),
        nothing=text("{} is paused already. Nothing was changed.", place(ref)) if is_paused else Text(),
        inverse=f"resume {name} {where(ref)}",
    )


def _warnings(found: Json) -> tuple[Text, ...]:
    """A rollout that is half way stays there: two versions serve side by side."""
    old, all_of_them = older_pods(found)
    if not old:
        return ()
    stay = "stays" if old == 1 else "stay"
    told = text("{} of {}", old, plural(all_of_them, "pod"))
    return (text("A rollout is under way: {} {} on the version before it.", told, stay),)


COMMAND = ChangeCommand(
    name="pause",
    aliases=("rollout pause",),
    summary="Hold a deployment's rollout where it is.",
    examples=("pause web", "rollout pause deployment/web -n shop"),
    args=PauseArgs,
    permission=Permission.WORKLOAD_PAUSE,
    risk=Risk.REVERSIBLE,
    also_reads=(PODS, REPLICASETS),
    plan=plan,
)
