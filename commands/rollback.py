"""rollback: a deployment back to an earlier revision; with none given, which ones there are."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from bot.domain.access import Permission, Risk
from bot.domain.ages import age, parse_time
from bot.domain.changes import Plan, Write
from bot.domain.errors import TargetNotFoundError
from bot.domain.message import Button, Text, code, text
from bot.domain.model import Json
from bot.domain.resources import PODS, REPLICASETS, ObjectRef
from bot.domain.rollout import CAUSE, images, short_image
from bot.domain.selectors import selector
from bot.domain.workloads import Revision, named, place, revisions, where
from bot.engine.command import Args, ChangeCommand, Flag, Positional, ReadContext


class RollbackArgs(Args):
    target: Annotated[tuple[str, ...], Positional("NAME"), Field(min_length=1, max_length=2)]
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
    known = revisions(
        found, await ctx.cluster.list(REPLICASETS, args.namespace, labels=selector(found["spec"]["selector"]))
    )
    chosen = choose(known, args.to_revision, ref)
    write = Write(action="patch", target=ref, patch="json", body=_patch(found, chosen, ctx.line))
    step = await ctx.cluster.dry_run(write)
    before, after = _shown(images(found["spec"]["template"])), _shown(chosen.images)
    title = text(
        "Roll back {} to revision {}: {} → {}?", place(ref), chosen.number, code(before), code(after)
    )
    same = not any(change.path.startswith("spec.template") for change in step.changes)
    return Plan(
        verb="rollback",
        title=title,
        button=f"Roll back to {after}"[:75],
        risk=Risk.DISRUPTIVE,
        doing=text("{} · back to {} (revision {})", place(ref), code(after), chosen.number),
        done=text("{} is back on {}", place(ref), code(after)),
        steps=(step,),
        warnings=(_facts(chosen, ctx.now()), *_warnings(found)),
        nothing=text("{} already runs what revision {} was. Nothing was changed.", place(ref), chosen.number)
        if same
        else Text(),
        follow=ref,
        instead=() if args.to_revision else _others(known, chosen, ref),
    )


def _others(known: tuple[Revision, ...], chosen: Revision, ref: ObjectRef) -> tuple[Button, ...]:
    """The further revisions, each a press away; none was named, so the one before is only the likeliest."""
    earlier = [r for r in known[1:] if r is not chosen][:3]
    return tuple(
        Button(label=f"{_shown(r.images)} (revision {r.number})"[:75],
               command=f"rollback {ref.name} --to-revision={r.number} {where(ref)}")
        for r in earlier
    )  # fmt: skip


def choose(known: tuple[Revision, ...], number: int, ref: ObjectRef) -> Revision:
    """The revision asked for, or the one before the current; else an error with what there is."""
    wanted = [r for r in known if r.number == number] if number else list(known[1:2])
    if wanted:
        return wanted[0]
    there = ", ".join(f"{r.number} ({_shown(r.images)})" for r in known[:8])
    said = f"`{ref}` has no revision {number}" if number else f"`{ref}` has no earlier revision"
    raise TargetNotFoundError(said, hint=f"There is: {there}." if there else "It has never been rolled out.")


def _patch(found: Json, chosen: Revision, line: str) -> list[Json]:
    """The whole template is replaced: a merge would keep what the earlier revision did not have."""
    cause = "/metadata/annotations/" + CAUSE.replace("/", "~1")
    annotated = "annotations" in found["metadata"]
    note = {"op": "add", "path": cause, "value": line}
    start = [] if annotated else [{"op": "add", "path": "/metadata/annotations", "value": {}}]
    return [*start, note, {"op": "replace", "path": "/spec/template", "value": chosen.template}]


def _facts(chosen: Revision, now: float) -> Text:
    made = parse_time(chosen.created)
    first = f"first deployed {age(now - made)} ago" if made else "of unknown age"
    cause = f", by {chosen.cause[:120]}" if chosen.cause else ""
    back = "Only the pod template comes back: not replicas, ConfigMaps or Secrets."
    return text("Revision {} was {}{}. {}", chosen.number, first, cause, back)


def _warnings(found: Json) -> tuple[Text, ...]:
    if found["spec"].get("paused"):
        return (text("It is paused: no pod follows until it is resumed."),)
    return ()


def _shown(names: tuple[str, ...]) -> str:
    return ", ".join(short_image(name) for name in names)


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
)
