"""rollback: a deployment back to an earlier revision; what is known of each, and what will not come back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated

from pydantic import Field, model_validator

from bot.domain.access import Permission, Risk
from bot.domain.changes import Plan, Write
from bot.domain.errors import TargetNotFoundError
from bot.domain.form import Choice
from bot.domain.message import Text, code, text
from bot.domain.model import Json
from bot.domain.obstacles.autoscalers import aiming_at
from bot.domain.obstacles.change import LOOKED_AT, Obstacle, minding
from bot.domain.resources import AUTOSCALERS, CONFIGMAPS, DEPLOYMENTS, PODS, REPLICASETS, ObjectRef
from bot.domain.rollbacks import age_of, choose, health, images_of, others, passed_over, table
from bot.domain.rollout import CAUSE, images, revision
from bot.domain.selectors import selector
from bot.domain.staying import MOST_CONFIGS, configs_of, stays
from bot.domain.updates import shown_images
from bot.domain.workloads import Revision, named, place, revisions, where
from bot.engine.arguments import Args, Flag, Positional
from bot.engine.command import ChangeCommand, ReadContext
from bot.engine.obstacles import Reads, seen, with_obstacles


class RollbackArgs(Args):
    target: Annotated[
        tuple[str, ...], Positional("NAME", of=("deployments",)), Field(min_length=1, max_length=2)
    ]
    to_revision: Annotated[
        int,
        Flag(
            "--to-revision",
            help="the one to go back to; 0 is the newest that is not known to be broken",
            metavar="N",
        ),
        Field(ge=0),
    ] = 0

    @model_validator(mode="after")
    def _one_workload(self) -> RollbackArgs:
        named(self.target)
        return self


async def plan(ctx: ReadContext, args: RollbackArgs) -> Plan:
    kind, name = named(args.target)
    found = await ctx.cluster.get(kind, args.namespace, name)
    ref = ObjectRef(cluster=ctx.cluster.name, namespace=args.namespace, type=kind, name=name)
    owned = await ctx.cluster.list(REPLICASETS, args.namespace, labels=selector(found["spec"]["selector"]))
    known, current, now = revisions(found, owned), _current(found), ctx.now()
    chosen, is_named = choose(known, args.to_revision, current, ref, now), bool(args.to_revision)
    write = Write(action="patch", target=ref, patch="json", body=_patch(found, chosen, ctx.line))
    step = await ctx.cluster.dry_run(write)
    now_runs = images(found["spec"]["template"])
    before, after = shown_images(now_runs, chosen.images)
    change = text("{} → {}", code(before), code(after)) if now_runs != chosen.images else code(after)
    same = not any(change.path.startswith("spec.template") for change in step.changes)
    nothing = text("Nothing to change: {} runs what revision {} was.", place(ref), chosen.number)
    shown = tuple(one for one in known if not is_named or one == chosen or str(one.number) == current)
    planned = Plan(
        verb="rollback",
        title=text("Roll back {} to revision {}: {}?", place(ref), chosen.number, change),
        button=f"Roll back to {after}"[:75],
        risk=Risk.DISRUPTIVE,
        doing=text("{} · back to {} (revision {})", place(ref), code(after), chosen.number),
        done=text("{} is back on {}", place(ref), code(after)),
        steps=(step,),
        warnings=passed_over(known, chosen, current, named=is_named),
        nothing=nothing if same else Text(),
        follow=ref,
        inverse=_undo(ref, current) if current.isdecimal() else "",
        beside=(table(known, shown, current, now),),
        instead=() if is_named else others(known, (chosen.number, current), ref, now),
    )
    if same:
        return planned
    planned = minding(planned, await _staying(ctx, ref, found, chosen))
    return await with_obstacles(ctx, planned, found, template=chosen.template)


async def _staying(ctx: ReadContext, ref: ObjectRef, found: Json, chosen: Revision) -> tuple[Obstacle, ...]:
    """What does not come back with it, as far as it can be read."""
    space = ref.namespace or ""
    names = {f"ConfigMap {name}": name for name in configs_of(chosen.template)[:MOST_CONFIGS]}
    reads: Reads = {called: _config(ctx, space, name) for called, name in names.items()}
    reads["the autoscalers"] = lambda: ctx.cluster.list(AUTOSCALERS, space)
    read, unseen = await seen(reads)
    scalers = aiming_at(ref, read.get("the autoscalers", ()))
    configs = {name: next(iter(read[called]), None) for called, name in names.items() if called in read}
    said = stays(chosen, found, scalers, configs, ctx.now())
    return (*(Obstacle(said=line) for line in said), *unseen)


def _config(ctx: ReadContext, namespace: str, name: str) -> Callable[[], Awaitable[tuple[Json, ...]]]:
    async def read() -> tuple[Json, ...]:
        """Nothing where it is gone."""
        try:
            return (await ctx.cluster.get(CONFIGMAPS, namespace, name),)
        except TargetNotFoundError:
            return ()

    return read


def _current(found: Json) -> str:
    """The revision it is at; empty while the newest change has not been given one yet."""
    observed = found.get("status", {}).get("observedGeneration", 0)
    return revision(found) if observed >= found["metadata"].get("generation", 0) else ""


async def offered(ctx: ReadContext, answers: Mapping[str, str]) -> tuple[Choice, ...]:
    """For a form: the revisions of the deployment that is chosen, the newest first."""
    if not answers.get("target"):
        return ()
    _, name = named(tuple(answers["target"].split()))
    found = await ctx.cluster.get(DEPLOYMENTS, answers["namespace"], name)
    sets = await ctx.cluster.list(
        REPLICASETS, answers["namespace"], labels=selector(found["spec"]["selector"])
    )
    known, current = revisions(found, sets), _current(found)
    return tuple(
        Choice(
            label=f"{one.number}: {images_of(one)}",
            value=str(one.number),
            description=f"{age_of(one, ctx.now())} old · {health(known, one)}",
        )
        for one in known
        if str(one.number) != current
    )


def _undo(ref: ObjectRef, current: str) -> str:
    """Forward again. kubectl's own words for it, for on a card that rolled back they cannot be mistaken."""
    return f"rollout undo {ref.name} --to-revision={current} {where(ref)}"


def _patch(found: Json, chosen: Revision, line: str) -> list[Json]:
    """The whole template is replaced: a merge would keep what the earlier revision did not have."""
    cause = "/metadata/annotations/" + CAUSE.replace("/", "~1")
    annotated = "annotations" in found["metadata"]
    note = {"op": "add", "path": cause, "value": line}
    start = [] if annotated else [{"op": "add", "path": "/metadata/annotations", "value": {}}]
    return [*start, note, {"op": "replace", "path": "/spec/template", "value": chosen.template}]


COMMAND = ChangeCommand(
    name="rollback",
    aliases=("rollout undo",),
    summary="A deployment back to an earlier revision.",
    examples=("rollback web", "rollout undo deployment/web --to-revision=2 -n shop"),
    args=RollbackArgs,
    permission=Permission.WORKLOAD_ROLLBACK,
    risk=Risk.DISRUPTIVE,
    also_reads=(PODS, REPLICASETS, *LOOKED_AT),
    plan=plan,
    choices={"to_revision": offered},
)
