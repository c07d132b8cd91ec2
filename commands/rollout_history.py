"""rollout history: the revisions of a deployment that can still be gone back to, or one of them in full."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from bot.domain.access import Permission
from bot.domain.ages import age, parse_time
from bot.domain.errors import TargetNotFoundError
from bot.domain.message import Button, Facts, Message, Table, Text, plural, text
from bot.domain.model import Json
from bot.domain.redaction import redact
from bot.domain.resources import DEPLOYMENTS, REPLICASETS, ObjectRef
from bot.domain.rollout import REVISION, short_image
from bot.domain.selectors import selector
from bot.domain.workloads import Revision, named, place, revisions, where
from bot.engine.arguments import Flag, Positional, ReadArgs
from bot.engine.command import ReadCommand, ReadContext

_LONGEST = 200


class RolloutHistoryArgs(ReadArgs):
    target: Annotated[
        tuple[str, ...], Positional("NAME", of=("deployments",)), Field(min_length=1, max_length=2)
    ]
    revision: Annotated[int, Flag("--revision", help="show this one in full", metavar="N"), Field(ge=0)] = 0

    @model_validator(mode="after")
    def _one_deployment(self) -> RolloutHistoryArgs:
        named(self.target)
        return self


async def run(ctx: ReadContext, args: RolloutHistoryArgs) -> Message:
    _, name = named(args.target)
    ref = ObjectRef(cluster=ctx.cluster.name, namespace=args.namespace, type=DEPLOYMENTS, name=name)
    found = await ctx.cluster.get(DEPLOYMENTS, args.namespace, name)
    labels = selector(found["spec"]["selector"])
    known = revisions(found, await ctx.cluster.list(REPLICASETS, args.namespace, labels=labels))
    current = int(found["metadata"].get("annotations", {}).get(REVISION, 0))
    if not args.revision:
        return listed(ref, known, current, ctx.now())
    chosen = next((one for one in known if one.number == args.revision), None)
    if chosen is None:
        there = ", ".join(str(one.number) for one in known)
        raise TargetNotFoundError(f"`{ref}` has no revision {args.revision}",
                                  hint=f"It has: {there}." if there else "It has none yet.")  # fmt: skip
    return one_of(ref, chosen, current, ctx.now())


def listed(ref: ObjectRef, known: tuple[Revision, ...], current: int, now: float) -> Message:
    """All revisions, the newest first."""
    if not known:
        return Message(headline=text("{} has never been rolled out.", place(ref)))
    rows = tuple(
        (
            f"{one.number} · current" if one.number == current else str(one.number),
            _images(one),
            _age(one, now),
            _cause(one),
        )
        for one in known
    )
    earlier = next((one for one in known if one.number != current), None)
    look = f"rollout history {ref.name} --revision={known[0].number} {where(ref)}"
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


def one_of(ref: ObjectRef, chosen: Revision, current: int, now: float) -> Message:
    """One revision as its template has it: images, ports and the names of variables, never their values."""
    rows = [row for container in chosen.template["spec"]["containers"] for row in _container(container)]
    rows += [("age", _age(chosen, now)), ("change-cause", _cause(chosen))]
    is_current = chosen.number == current
    return Message(
        headline=text("Revision {} of {}{}", chosen.number, place(ref), " · current" if is_current else ""),
        parts=(Facts(rows=tuple(rows)),),
        buttons=() if is_current else (_back(ref, chosen),),
        footer=Text()
        if is_current
        else text(
            "{} now.",
            plural(chosen.replicas, "pod runs it", "pods run it") if chosen.replicas else "No pod runs it",
        ),
    )


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
    line = f"rollback {ref.name} --to-revision={to.number} {where(ref)}"
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
    summary="The revisions of a deployment, and what each ran.",
    examples=("rollout history web", "rollout history deployment/web --revision=2 -n shop"),
    args=RolloutHistoryArgs,
    permission=Permission.OBJECT_READ,
    also_reads=(REPLICASETS,),
    run=run,
)
