"""rollback: a workload back to an earlier revision; what is known of each, and what comes back with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, model_validator

from bot.domain.access import Permission, Risk
from bot.domain.changes import Plan, Step, Write
from bot.domain.form import Choice
from bot.domain.message import Button, Text, code, joined, text
from bot.domain.model import Json
from bot.domain.obstacles.autoscalers import aiming_at
from bot.domain.obstacles.change import LOOKED_AT, Obstacle, minding
from bot.domain.resources import (
    AUTOSCALERS,
    CONFIGMAPS,
    PODS,
    REPLICASETS,
    REVISIONS,
    ROLLED,
    ObjectRef,
)
from bot.domain.revisions.blocker import blocker, told, unready
from bot.domain.revisions.revision import Revision
from bot.domain.rollbacks import age_of, choose, health, images_of, others, passed_over, table
from bot.domain.rollouts.snapshot import CAUSE, PodTrouble, images
from bot.domain.staying import settings_stay, stays
from bot.domain.updates import shown_images
from bot.domain.workloads import called, named, place, where
from bot.engine.arguments import Args, Flag, Positional
from bot.engine.command import ChangeCommand, ReadContext
from bot.engine.histories import known
from bot.engine.obstacles import seen, with_obstacles
from bot.engine.returning import lines_of, returns, settings_of
from bot.engine.rollout_buttons import delete_pod


class RollbackArgs(Args):
    target: Annotated[
        tuple[str, ...],
        Positional("NAME", of=tuple(kind.plural for kind in ROLLED)),
        Field(min_length=1, max_length=2),
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
    with_config: Annotated[
        bool, Flag("--with-config", help="its ConfigMaps too, as they are kept from when it ran")
    ] = False

    @model_validator(mode="after")
    def _one_workload(self) -> RollbackArgs:
        named(self.target, ROLLED)
        return self


async def plan(ctx: ReadContext, args: RollbackArgs) -> Plan:
    ref, now = _ref(args.target, ctx, args.namespace), ctx.now()
    there = await known(ctx, ref)
    found, current = there.workload, there.current
    chosen, is_named = choose(there.revisions, args.to_revision, current, ref, now), bool(args.to_revision)
    write = Write(action="patch", target=ref, patch="json", body=_patch(found, chosen, ctx.line))
    step = await ctx.cluster.dry_run(write)
    same = not any(change.path.startswith("spec.template") for change in step.changes)
    bad = blocker(ref, found, there.pods, chosen.name, now)
    if same and not args.with_config:
        return _nothing(ref, found, chosen, step, bad=bad)
    settings, unseen = await settings_of(
        ctx, ref, found["metadata"]["uid"], chosen, with_config=args.with_config
    )
    back = await returns(ctx, ref, settings)
    if same:
        stay = (*(Obstacle(said=line) for line in settings_stay(chosen, settings, now)), *unseen)
        return (
            _only_settings(ref, chosen, back, stay)
            if back
            else _nothing(ref, found, chosen, step, bad=bad, stay=stay)
        )
    shown = tuple(
        one for one in there.revisions if not is_named or one == chosen or str(one.number) == current
    )
    others_too = () if is_named else others(there.revisions, (chosen.number, current), ref, now)
    with_it = (_with_config(ref, chosen),) if settings.able and not args.with_config else ()
    planned = _plan(ref, found, chosen, (*back, step)).model_copy(
        update={
            "warnings": passed_over(there.revisions, chosen, current, named=is_named),
            "inverse": _undo(ref, current, back=bool(back)) if current.isdecimal() else "",
            "beside": (table(shown, current, await ctx.made(ref), now), *lines_of(back)),
            "instead": (*with_it, *others_too),
        }
    )
    scalers, unread = await _scalers(ctx, ref)
    said = (*_stuck(bad), *stays(chosen, found, scalers, settings, now))
    lines = (Obstacle(said=line) for line in said)
    planned = minding(planned, (*lines, *there.unseen, *unseen, *unread))
    return await with_obstacles(ctx, planned, found, template=chosen.template)


def _ref(target: tuple[str, ...], ctx: ReadContext, namespace: str | None) -> ObjectRef:
    kind, name = named(target, ROLLED)
    return ObjectRef(cluster=ctx.cluster.name, namespace=namespace, type=kind, name=name)


def _plan(ref: ObjectRef, found: Json, chosen: Revision, steps: tuple[Step, ...]) -> Plan:
    """The workload's template as it was, and before it the ConfigMaps that come back."""
    now_runs = images(found["spec"]["template"])
    before, after = shown_images(now_runs, chosen.images)
    change = text("{} → {}", code(before), code(after)) if now_runs != chosen.images else code(after)
    configs = _configs(steps)
    and_more = text(", with {}", configs) if configs else configs
    return Plan(
        verb="rollback",
        title=text("Roll back {} to revision {}: {}{}?", place(ref), chosen.number, change, and_more),
        button=f"Roll back to {after}"[:75],
        risk=Risk.DISRUPTIVE,
        doing=text("{} · back to {} (revision {}){}", place(ref), code(after), chosen.number, and_more),
        done=text("{} is back on {}{}", place(ref), code(after), and_more),
        steps=steps,
        follow=ref,
        locks=f"rolled back to revision {chosen.number}: is it fixed?",
    )


def _stuck(bad: PodTrouble | None) -> tuple[Text, ...]:
    """Which pod keeps it standing; that it goes in order is among what stands in the way of any change."""
    if bad is None:
        return ()
    return (text("{}. The card of this will offer to delete that pod.", unready(bad)),)


def _nothing(
    ref: ObjectRef,
    found: Json,
    chosen: Revision,
    step: Step,
    *,
    bad: PodTrouble | None,
    stay: tuple[Obstacle, ...] = (),
) -> Plan:
    """It is that already: what keeps its pods from it, where something does; and where its ConfigMaps were
    asked for, why none of them comes back.
    """
    state = "is to run" if bad else "runs"
    nothing = text("Nothing to change: {} {} what revision {} was.", place(ref), state, chosen.number)
    if bad:
        nothing = text("{} {}", nothing, told(bad))
    for one in stay:
        nothing = text("{} {}", nothing, one.said)
    left = (delete_pod(ref, bad.pod),) if bad else ()
    return _plan(ref, found, chosen, (step,)).model_copy(update={"nothing": nothing, "instead": left})


def _only_settings(
    ref: ObjectRef, chosen: Revision, back: tuple[Step, ...], stay: tuple[Obstacle, ...]
) -> Plan:
    """It runs that template already: then its ConfigMaps alone come back, and no pod is replaced."""
    what = _configs(back)
    planned = Plan(
        verb="rollback",
        title=text("Bring back {} of {}, as revision {} ran with it?", what, place(ref), chosen.number),
        button="Bring it back",
        risk=Risk.DISRUPTIVE,
        doing=text("{} · back to {} of revision {}", place(ref), what, chosen.number),
        done=text("{} has {} of revision {} back", place(ref), what, chosen.number),
        steps=back,
        beside=lines_of(back),
    )
    restart = Button(label="Restart…", command=f"restart {called(ref)} {where(ref)}")
    read = text("No pod is replaced: variables are read when a pod starts, after a restart.")
    return minding(planned, (Obstacle(said=read, remedy=restart), *stay))


def _configs(steps: tuple[Step, ...]) -> Text:
    targets = [step.write.target for step in steps if step.write.target.type == CONFIGMAPS]
    return joined((text("{}", code(f"ConfigMap {target.name}")) for target in targets), ", ")


def _with_config(ref: ObjectRef, chosen: Revision) -> Button:
    line = f"rollback {called(ref)} --to-revision={chosen.number} --with-config {where(ref)}"
    return Button(label="With its ConfigMaps", command=line)


async def _scalers(ctx: ReadContext, ref: ObjectRef) -> tuple[tuple[Json, ...], tuple[Obstacle, ...]]:
    """The autoscalers of the workload, as far as they can be read."""
    space = ref.namespace or ""
    read, unseen = await seen({"the autoscalers": lambda: ctx.cluster.list(AUTOSCALERS, space)})
    return aiming_at(ref, read.get("the autoscalers", ())), unseen


async def offered(ctx: ReadContext, answers: Mapping[str, str]) -> tuple[Choice, ...]:
    """For a form: the revisions of the workload that is chosen, the newest first."""
    if not answers.get("target"):
        return ()
    there = await known(ctx, _ref(tuple(answers["target"].split()), ctx, answers["namespace"]))
    return tuple(
        Choice(
            label=f"{one.number}: {images_of(one)}",
            value=str(one.number),
            description=f"{age_of(one, ctx.now())} old · {health(one)}",
        )
        for one in there.revisions
        if str(one.number) != there.current
    )


def _undo(ref: ObjectRef, current: str, *, back: bool) -> str:
    """Forward again. kubectl's own words for it, for on a card that rolled back they cannot be mistaken."""
    too = "--with-config " if back else ""
    return f"rollout undo {called(ref)} --to-revision={current} {too}{where(ref)}"


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
    summary="A workload back to an earlier revision.",
    examples=(
        "rollback web",
        "rollback statefulset/db --with-config",
        "rollout undo deployment/web --to-revision=2 -n shop",
    ),
    args=RollbackArgs,
    permission=Permission.WORKLOAD_ROLLBACK,
    risk=Risk.DISRUPTIVE,
    kinds=lambda args: (named(args.target, ROLLED)[0].plural,),
    also_reads=(PODS, REPLICASETS, REVISIONS, *LOOKED_AT),
    plan=plan,
    choices={"to_revision": offered},
)
