"""resume: the pods of a paused deployment follow its changes again."""

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


class ResumeArgs(Args):
    target: Annotated[
        tuple[str, ...], Positional("NAME", of=("deployments",)), Field(min_length=1, max_length=2)
    ]

    @model_validator(mode="after")
    def _one_deployment(self) -> ResumeArgs:
        named(self.target)
        return self


async def plan(ctx: ReadContext, args: ResumeArgs) -> Plan:
    _, name = named(args.target)
    found = await ctx.cluster.get(DEPLOYMENTS, args.namespace, name)
    ref = ObjectRef(cluster=ctx.cluster.name, namespace=args.namespace, type=DEPLOYMENTS, name=name)
    write = Write(action="patch", target=ref, patch="merge", body={"spec": {"paused": None}})
    is_paused = bool(found["spec"].get("paused"))
    return Plan(
        verb="resume",
        title=text("Resume {}: let its pods follow its changes again?", place(ref)),
        button=f"Resume {name}"[:75],
        risk=Risk.REVERSIBLE,
        doing=text("{} · resuming", place(ref)),
        done=text("{} is resumed", place(ref)),
        steps=(await ctx.cluster.dry_run(write),),
        warnings=_warnings(found),
        nothing=Text() if is_paused else text("{} is not paused. Nothing was changed.", place(ref)),
        follow=ref,
        inverse=f"pause {name} {where(ref)}",
    )


def _warnings(found: Json) -> tuple[Text, ...]:
    """What was stored meanwhile is rolled out at once."""
    old, all_of_them = older_pods(found)
    if not old:
        return ()
    are = "is" if old == 1 else "are"
    return (text("{} of {} {} of an older version: what was changed meanwhile is rolled out at once.",
                 old, plural(all_of_them, "pod"), are),)  # fmt: skip


COMMAND = ChangeCommand(
    name="resume",
    aliases=("rollout resume",),
    summary="Let a paused deployment's pods follow its changes again.",
    examples=("resume web", "rollout resume deployment/web -n shop"),
    args=ResumeArgs,
    permission=Permission.WORKLOAD_PAUSE,
    risk=Risk.REVERSIBLE,
    also_reads=(PODS, REPLICASETS),
    plan=plan,
)
