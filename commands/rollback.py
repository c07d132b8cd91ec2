"""rollback: a deployment back to an earlier revision; with none given, which ones there are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, model_validator

from bot.domain.access import Permission, Risk
from bot.domain.ages import age, parse_time
from bot.domain.changes import Plan, Write
from bot.domain.errors import TargetNotFoundError
from bot.domain.form import Choice
from bot.domain.message import Button, Text, code, text
from bot.domain.model import Json
from bot.domain.resources import DEPLOYMENTS, PODS, REPLICASETS, ObjectRef
from bot.domain.rollout import CAUSE, images, revision
from bot.domain.selectors import selector
from bot.domain.updates import shown_image, shown_images
from bot.domain.workloads import Revision, named, place, references, revisions, where
from bot.engine.arguments import Args, Flag, Positional
from bot.engine.command import ChangeCommand, ReadContext


class RollbackArgs(Args):
    target: Annotated[
        tuple[str, ...], Positional("NAME", of=("deployments",)), Field(min_length=1, max_length=2)
    ]
    to_revision: Annotated[
        int,
        Flag("--to-revision", help="the revision to go back to; 0 is the one before", metavar="N"),
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
    known = revisions(found, owned)
    current = _current(found)
    chosen = choose(known, args.to_revision, current, ref, ctx.now())
    write = Write(action="patch", target=ref, patch="json", body=_patch(found, chosen, ctx.line))
    step = await ctx.cluster.dry_run(write)
    now_runs = images(found["spec"]["template"])
    before, after = shown_images(now_runs, chosen.images)
    change = text("{} → {}", code(before), code(after)) if now_runs != chosen.images else code(after)
    same = not any(change.path.startswith("spec.template") for change in step.changes)
    nothing = text("Nothing to change: {} runs what revision {} was.", place(ref), chosen.number)
    return Plan(
        verb="rollback",
        title=text("Roll back {} to revision {}: {}?", place(ref), chosen.number, change),
        button=f"Roll back to {after}"[:75],
        risk=Risk.DISRUPTIVE,
        doing=text("{} · back to {} (revision {})", place(ref), code(after), chosen.number),
        done=text("{} is back on {}", place(ref), code(after)),
        steps=(step,),
        warnings=(_stays(chosen, ctx.now()), *_paused(found)),
        nothing=nothing if same else Text(),
        follow=ref,
        inverse=_undo(ref, current) if current.isdecimal() else "",
        instead=() if args.to_revision else _others(known, (chosen.number, current), ref, ctx.now()),
    )


def _current(found: Json) -> str:
    """The revision it is at; empty while the newest change has not been given one yet."""
    observed = found.get("status", {}).get("observedGeneration", 0)
    return revision(found) if observed >= found["metadata"].get("generation", 0) else ""


def choose(known: tuple[Revision, ...], number: int, current: str, ref: ObjectRef, now: float) -> Revision:
    """The revision asked for, or the newest that is not the current one; else an error with what there is."""
    earlier = [r for r in known if str(r.number) != current]
    wanted = [r for r in known if r.number == number] if number else earlier
    if wanted:
        return wanted[0]
    said = f"`{ref}` has no revision {number}" if number else f"`{ref}` has no earlier revision"
    there = ", ".join(f"{r.number} (`{_images(r)}`, {_age(r, now)} old)" for r in earlier[:4])
    hint = f"There is: {there}." if there else "It has run only what it runs now."
    error = TargetNotFoundError(said, hint=hint)
    error.suggestions = tuple(_line(ref, r.number) for r in earlier[:4])
    raise error


async def offered(ctx: ReadContext, answers: Mapping[str, str]) -> tuple[Choice, ...]:
    """For a form: the revisions of the deployment that is chosen, the newest first."""
    if not answers.get("target"):
        return ()
    _, name = named(tuple(answers["target"].split()))
    found = await ctx.cluster.get(DEPLOYMENTS, answers["namespace"], name)
    sets = await ctx.cluster.list(
        REPLICASETS, answers["namespace"], labels=selector(found["spec"]["selector"])
    )
    return tuple(
        Choice(
            label=f"{r.number}: {_images(r)}", value=str(r.number), description=f"{_age(r, ctx.now())} old"
        )
        for r in revisions(found, sets)
    )


def _others(
    known: tuple[Revision, ...], left_out: tuple[int, str], ref: ObjectRef, now: float
) -> tuple[Button, ...]:
    """The further revisions, each a press away; none was named, so the newest is only the likeliest."""
    others = [r for r in known if r.number != left_out[0] and str(r.number) != left_out[1]]
    return tuple(
        Button(
            label=f"Revision {r.number}: {_images(r)}, {_age(r, now)} old"[:75], command=_line(ref, r.number)
        )
        for r in others[:3]
    )


def _undo(ref: ObjectRef, current: str) -> str:
    """Forward again. kubectl's own words for it, for on a card that rolled back they cannot be mistaken."""
    return f"rollout undo {ref.name} --to-revision={current} {where(ref)}"


def _line(ref: ObjectRef, number: int) -> str:
    return f"rollback {ref.name} --to-revision={number} {where(ref)}"


def _patch(found: Json, chosen: Revision, line: str) -> list[Json]:
    """The whole template is replaced: a merge would keep what the earlier revision did not have."""
    cause = "/metadata/annotations/" + CAUSE.replace("/", "~1")
    annotated = "annotations" in found["metadata"]
    note = {"op": "add", "path": cause, "value": line}
    start = [] if annotated else [{"op": "add", "path": "/metadata/annotations", "value": {}}]
    return [*start, note, {"op": "replace", "path": "/spec/template", "value": chosen.template}]


def _stays(chosen: Revision, now: float) -> Text:
    """What does not come back with it; the ConfigMaps and Secrets are named, for they are what breaks."""
    read = references(chosen.template)
    named_too = f"; what is in {', '.join(read[:4])} stays as it is" if read else ""
    return text("Only the pod template comes back, as it was {} ago. Not the number of replicas{}.",
                _age(chosen, now), named_too)  # fmt: skip


def _paused(found: Json) -> tuple[Text, ...]:
    if found["spec"].get("paused"):
        return (text("It is paused: no pod follows until it is resumed."),)
    return ()


def _age(chosen: Revision, now: float) -> str:
    made = parse_time(chosen.created)
    return age(now - made) if made else "some time"


def _images(chosen: Revision) -> str:
    return ", ".join(shown_image(image) for image in chosen.images)


COMMAND = ChangeCommand(
    name="rollback",
    aliases=("rollout undo",),
    summary="A deployment back to an earlier revision.",
    examples=("rollback web", "rollout undo deployment/web --to-revision=2 -n shop"),
    args=RollbackArgs,
    permission=Permission.WORKLOAD_ROLLBACK,
    risk=Risk.DISRUPTIVE,
    also_reads=(PODS, REPLICASETS),
    plan=plan,
    choices={"to_revision": offered},
)
