"""rollout history: the revisions of a workload that can still be gone back to, or one of them in full."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from bot.domain.access import Permission
from bot.domain.ages import age, parse_time
from bot.domain.errors import TargetNotFoundError
from bot.domain.message import Button, Facts, Message, Table, Text, plural, text
from bot.domain.model import Json
from bot.domain.obstacles.change import Obstacle
from bot.domain.redaction import redact
from bot.domain.resources import PODS, REPLICASETS, REVISIONS, ROLLED, ObjectRef
from bot.domain.revisions.revision import Revision
from bot.domain.rollouts.snapshot import short_image
from bot.domain.workloads import called, named, place, where
from bot.engine.arguments import Flag, Positional, ReadArgs
from bot.engine.command import ReadCommand, ReadContext
from bot.engine.histories import known

_LONGEST = 200


class RolloutHistoryArgs(ReadArgs):
    target: Annotated[
        tuple[str, ...],
        Positional("NAME", of=tuple(kind.plural for kind in ROLLED)),
        Field(min_length=1, max_length=2),
    ]
    revision: Annotated[int, Flag("--revision", help="show this one in full", metavar="N"), Field(ge=0)] = 0

    @model_validator(mode="after")
    def _one_workload(self) -> RolloutHistoryArgs:
        named(self.target, ROLLED)
        return self


async def run(ctx: ReadContext, args: RolloutHistoryArgs) -> Message:
    kind, name = named(args.target, ROLLED)
    ref = ObjectRef(cluster=ctx.cluster.name, namespace=args.namespace, type=kind, name=name)
    there = await known(ctx, ref)
    if not args.revision:
        return listed(ref, there.revisions, there.current, ctx.now())
    chosen = next((one for one in there.revisions if one.number == args.revision), None)
    if chosen is None:
        kept = ", ".join(str(one.number) for one in there.revisions)
        raise TargetNotFoundError(f"`{ref}` has no revision {args.revision}",
                                  hint=f"It has: {kept}." if kept else "It has none yet.")  # fmt: skip
    return one_of(ref, chosen, there.current, ctx.now(), there.unseen)


def listed(ref: ObjectRef, known: tuple[Revision, ...], current: str, now: float) -> Message:
    """All revisions, the newest first."""
    if not known:
        return Message(headline=text("{} has never been rolled out.", place(ref)))
    rows = tuple(
        (
            f"{one.number} · current" if str(one.number) == current else str(one.number),
            _images(one),
            _age(one, now),
            _cause(one),
        )
        for one in known
    )
    earlier = next((one for one in known if str(one.number) != current), None)
    look = f"rollout history {called(ref)} --revision={known[0].number} {where(ref)}"
    return Message(
        headline=text("{} of {}", plural(len(known), "revision"), place(ref)),
        parts=(
            Table(columns=("REVISION", "IMAGE", "AGE", "CHANGE-CAUSE"), rows=rows, drop=("CHANGE-CAUSE",)),
        ),
        buttons=(
            *((_back(ref, earlier),) if earlier else ()),
            Button(label=f"Show revision {known[0].number}", command=look),
        ),
    )


def one_of(
    ref: ObjectRef, chosen: Revision, current: str, now: float, unseen: tuple[Obstacle, ...] = ()
) -> Message:
    """One revision as its template has it: images, ports and the names of variables, never their values."""
    rows = [row for container in chosen.template["spec"]["containers"] for row in _container(container)]
    rows += [("age", _age(chosen, now)), ("change-cause", _cause(chosen))]
    is_current = str(chosen.number) == current
    return Message(
        headline=text("Revision {} of {}{}", chosen.number, place(ref), " · current" if is_current else ""),
        parts=(Facts(rows=tuple(rows)),),
        buttons=() if is_current else (_back(ref, chosen),),
        footer=Text() if is_current else _running(chosen, unseen),
    )


def _running(chosen: Revision, unseen: tuple[Obstacle, ...]) -> Text:
    if unseen:
        return unseen[0].said
    if not chosen.replicas:
        return text("No pod runs it now.")
    return text("{} now.", plural(chosen.replicas, "pod runs it", "pods run it"))


def _container(container: Json) -> list[tuple[str, str]]:
    name = container["name"]
    ports = ", ".join(
        f"{p['containerPort']}/{p.get('protocol', 'TCP')}" for p in container.get("ports") or ()
    )
    variables = ", ".join(variable["name"] for variable in container.get("env") or ())
    rows = (
        (f"image ({name})", container.get("image", "")),
        (f"ports ({name})", ports),
        (f"env ({name})", variables),
    )
    return [row for row in rows if row[1]]


def _back(ref: ObjectRef, to: Revision) -> Button:
    line = f"rollback {called(ref)} --to-revision={to.number} {where(ref)}"
    return Button(label=f"Roll back to {_images(to)}"[:75], command=line)


def _images(one: Revision) -> str:
    return ", ".join(short_image(image) for image in one.images)


def _age(one: Revision, now: float) -> str:
    made = parse_time(one.created)
    return age(now - made) if made else "<unknown>"


def _cause(one: Revision) -> str:
    line = redact(one.cause)
    return (line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…") or "<none>"


COMMAND = ReadCommand(
    name="rollout history",
    summary="The revisions of a workload, and what each ran.",
    examples=("rollout history web", "rollout history statefulset/db --revision=2 -n shop"),
    args=RolloutHistoryArgs,
    permission=Permission.OBJECT_READ,
    kinds=lambda args: (named(args.target, ROLLED)[0].plural,),
    also_reads=(REPLICASETS, REVISIONS, PODS),
    run=run,
)
