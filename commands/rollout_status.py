"""rollout status: how far a workload's rollout is, and what stands in its way."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from bot.domain.access import Permission
from bot.domain.message import (
    Bullets,
    Button,
    Icon,
    Message,
    Paragraph,
    Part,
    Text,
    code,
    progress_bar,
    text,
)
from bot.domain.resources import PODS, REPLICASETS, REVISIONS, ROLLED, ObjectRef
from bot.domain.revisions.blocker import what_ends_it
from bot.domain.rollouts import assess
from bot.domain.rollouts.snapshot import Phase, PodTrouble, Progress, Trouble, short_image
from bot.domain.troubles import causes, kept_back, kept_from, still_works
from bot.domain.workloads import called, named, place, where
from bot.engine.arguments import Flag, Positional, ReadArgs
from bot.engine.command import ReadCommand, ReadContext
from bot.engine.rollout_buttons import delete_pod, why
from bot.engine.snapshots import around

_ICONS = {
    Phase.MOVING: Icon.UNDER_WAY,
    Phase.DONE: Icon.DONE,
    Phase.STUCK: Icon.FAILED,
    Phase.PAUSED: Icon.WAITING,
    Phase.HELD: Icon.WAITING,
}


class RolloutStatusArgs(ReadArgs):
    target: Annotated[
        tuple[str, ...],
        Positional("NAME", of=tuple(kind.plural for kind in ROLLED)),
        Field(min_length=1, max_length=2),
    ]
    watch: Annotated[
        bool, Flag("-w", "--watch", help="kept for runbooks: it is answered at once", rare=True)
    ] = False

    @model_validator(mode="after")
    def _one_workload(self) -> RolloutStatusArgs:
        named(self.target, ROLLED)
        return self


async def run(ctx: ReadContext, args: RolloutStatusArgs) -> Message:
    kind, name = named(args.target, ROLLED)
    ref = ObjectRef(cluster=ctx.cluster.name, namespace=args.namespace, type=kind, name=name)
    found = await ctx.cluster.get(kind, args.namespace, name)
    return render(ref, assess(await around(ctx.cluster, ref, found), ctx.now()))


def render(ref: ObjectRef, progress: Progress) -> Message:
    images = code(", ".join(short_image(image) for image in progress.images))
    revision = f" · revision {progress.revision}" if progress.revision else ""
    ready = f" · {progress.available} of {progress.desired} available"
    troubles = causes(progress.troubles)
    parts: list[Part] = [Paragraph(text=text("{}", progress.sentence))]
    if progress.phase in {Phase.MOVING, Phase.PAUSED}:
        parts.append(Paragraph(text=_bar(progress)))
    if kept := kept_back(progress):
        parts.append(Paragraph(text=kept))
    if troubles:
        parts.append(Bullets(items=troubles))
    waits = kept_from(progress)
    if waits and not troubles:
        parts.append(Paragraph(text=text("It waits: {}.", waits)))
    if blocks := _blocks(progress):
        parts.append(Paragraph(text=what_ends_it(blocks)))
    if troubles or waits or progress.phase is Phase.STUCK:
        parts.append(Paragraph(text=still_works(progress)))
    warns = progress.phase is Phase.MOVING and (troubles or waits)
    icon = Icon.WARNING if warns else _ICONS.get(progress.phase)
    return Message(
        icon=icon,
        headline=text("{} · {}{}{}", place(ref), images, revision, ready),
        parts=tuple(parts),
        buttons=_next_steps(ref, progress),
    )


def _bar(progress: Progress) -> Text:
    bar = progress_bar(min(progress.updated, progress.available), progress.desired)
    return text("{}  {} of {} updated", code(bar), progress.updated, progress.desired)


def _blocks(progress: Progress) -> PodTrouble | None:
    return next((bad for bad in progress.troubles if bad.pod == progress.blocked), None)


def _next_steps(ref: ObjectRef, progress: Progress) -> tuple[Button, ...]:
    there = where(ref)
    history = Button(label="History", command=f"rollout history {called(ref)} {there}")
    if progress.phase is Phase.DONE and not progress.troubles:
        return (history,)
    again = Button(label="Look again", command=f"rollout status {called(ref)} {there}")
    if blocks := _blocks(progress):
        return (delete_pod(ref, blocks.pod), again, history)
    bad = next((trouble for trouble in progress.troubles if trouble.new), None)
    if bad is None:
        late = (why(ref, progress.lingering),) if progress.lingering and not progress.troubles else ()
        return (*late, again, history)
    look = Button(label="Describe", command=f"describe pod {bad.pod} {there}")
    logs = Button(label="Logs", command=f"logs {bad.pod} {there}")
    back = Button(label="Roll back…", command=f"rollback {called(ref)} {there}", style="danger")
    is_first = progress.revision in {"", "1"}
    return (*(() if is_first else (back,)), logs if bad.kind is Trouble.CRASH else look, again)


COMMAND = ReadCommand(
    name="rollout status",
    summary="How far a rollout is, and what stands in its way.",
    examples=("rollout status web", "rollout status statefulset/db -n shop"),
    args=RolloutStatusArgs,
    permission=Permission.OBJECT_READ,
    kinds=lambda args: (named(args.target, ROLLED)[0].plural,),
    also_reads=(REPLICASETS, REVISIONS, PODS),
    run=run,
)
