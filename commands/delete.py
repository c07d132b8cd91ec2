"""delete: objects by their names or labels, with what goes with them said beforehand."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from bot.domain.access import Permission, Risk
from bot.domain.changes import Plan, Write
from bot.domain.errors import TargetNotFoundError, UsageError
from bot.domain.listing import plural_of
from bot.domain.message import Bullets, Icon, Message, Text, code, text
from bot.domain.model import Json
from bot.domain.removal import AROUND, Around, warnings
from bot.domain.resources import NAMESPACES, PODS, ObjectRef, Target, parse_targets
from bot.engine.arguments import Args, Flag, Positional
from bot.engine.command import ChangeCommand, Look, ReadContext, Seen
from bot.engine.finding import MOST, count, objects, whom
from bot.engine.ports import ClusterReader

_ALL = "name what is meant, or its labels with -l; nothing here deletes all there is."
_END_SECONDS = 90.0
"""For so long an object's end is looked after: pods have half a minute to end in."""


class DeleteArgs(Args):
    refused: ClassVar[dict[str, str]] = {
        "--all": _ALL,
        "-A": _ALL,
        "--all-namespaces": _ALL,
        "-f": "there are no files here; write TYPE NAME.",
        "--filename": "there are no files here; write TYPE NAME.",
        "--force": "it forgets a pod that may still run; --grace-period=1 ends it at once.",
    }

    words: Annotated[tuple[str, ...], Positional("TYPE NAME"), Field(max_length=24)] = ()
    selector: Annotated[
        str, Flag("-l", "--selector", help="every object with these labels", metavar="KEY=VALUE")
    ] = ""
    cascade: Annotated[
        Literal["background", "foreground", "orphan"],
        Flag("--cascade", help="background, foreground or orphan: what it owns goes after, first, or stays",
             metavar="HOW"),
    ] = "background"  # fmt: skip
    grace_period: Annotated[
        int | None,
        Flag("--grace-period", help="how many seconds a pod has to end", metavar="SECONDS"),
        Field(ge=1, le=3600),
    ] = None

    @model_validator(mode="after")
    def _all_parts(self) -> DeleteArgs:
        names = [name for target in self.targets for name in target.names]
        if not self.targets or not (names or self.selector):
            raise ValueError("Which object? Write TYPE NAME, or TYPE/NAME.")
        if names and self.selector:
            raise ValueError("Either names or `-l`.")
        if len(names) > MOST:
            raise ValueError(f"No more than {MOST} objects at a time.")
        return self

    @property
    def targets(self) -> tuple[Target, ...]:
        return parse_targets(self.words)


async def plan(ctx: ReadContext, args: DeleteArgs) -> Plan:
    found = await objects(ctx.cluster, args.targets, args.namespace, labels=args.selector)
    refs = [ref for ref, _ in found]
    if len({ref.namespace for ref in refs}) > 1:
        raise UsageError(
            "What lives in a namespace, and what lives in none, are deleted one after the other."
        )
    if len(refs) > 1 and any(ref.type == NAMESPACES for ref in refs):
        raise UsageError("One namespace at a time.")
    options: Json = {"propagationPolicy": args.cascade.capitalize()}
    if args.grace_period is not None:
        options["gracePeriodSeconds"] = args.grace_period
    writes = [Write(action="delete", target=ref, body=options) for ref in refs]
    around = await _around(ctx.cluster, refs[0])
    names = text(": {}", code(", ".join(ref.name for ref in refs))) if len(refs) > 1 else Text()
    return Plan(
        verb="delete",
        title=text("Delete {}{}?", whom(refs), names),
        button=f"Delete {refs[0].name if len(refs) == 1 else count(refs)}"[:75],
        risk=Risk.DESTRUCTIVE,
        doing=text("{}{} · deleting", whom(refs), names),
        done=_done(refs),
        steps=tuple([await ctx.cluster.dry_run(write) for write in writes]),
        warnings=warnings(found, around, orphans=args.cascade == "orphan"),
    )


def _done(refs: list[ObjectRef]) -> Text:
    names = text(": {}", code(", ".join(ref.name for ref in refs))) if len(refs) > 1 else Text()
    return text("{}{} {} deleted", whom(refs), names, "is" if len(refs) == 1 else "are")


async def _around(cluster: ClusterReader, ref: ObjectRef) -> Around:
    """What lives in the same namespace, or in the one that is deleted."""
    namespace = ref.name if ref.type == NAMESPACES else ref.namespace
    if namespace is None:
        return Around()
    return Around(items={kind.plural: await cluster.list(kind, namespace) for kind in AROUND})


async def see(cluster: ClusterReader, plan: Plan, _applied: tuple[Json, ...]) -> Seen:
    """Whether they are gone, and what holds those that are not."""
    left = []
    for step in plan.steps:
        ref = step.write.target
        try:
            item = await cluster.get(ref.type, ref.namespace or "", ref.name)
        except TargetNotFoundError:
            continue
        if step.pin is not None and item["metadata"]["uid"] == step.pin.uid:
            left.append(_held(ref, item))
    if not left:
        return Seen(message=Message(headline=plan.done), settled=True)
    return Seen(
        message=Message(icon=Icon.WARNING, headline=plan.doing, parts=(Bullets(items=tuple(left)),)),
        settled=False,
    )


def _held(ref: ObjectRef, item: Json) -> Text:
    holders = item["metadata"].get("finalizers") or []
    if holders:
        return text("{} is marked to go, and waits for {}.", code(ref.name), code(", ".join(holders[:3])))
    return text("{} is ending.", code(ref.name))


COMMAND = ChangeCommand(
    name="delete",
    summary="Objects, with what goes with them said beforehand.",
    examples=("delete pod web-7c9d8-x2x4k", "delete deploy/web svc/web -n shop", "delete pods -l app=old"),
    args=DeleteArgs,
    permission=Permission.OBJECT_DELETE,
    risk=Risk.DESTRUCTIVE,
    kinds=lambda args: tuple(plural_of(target.word) for target in args.targets),
    also_reads=AROUND,
    mostly=PODS.plural,
    plan=plan,
    look=Look(see=see, kinds=(), seconds=_END_SECONDS),
)
