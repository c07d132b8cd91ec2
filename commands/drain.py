"""drain: a node's pods evicted one after another, as their disruption budgets let them go."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field, field_validator

from bot.domain.access import ANY, Permission, Risk
from bot.domain.ages import parse_duration
from bot.domain.changes import Plan, Step, Write
from bot.domain.draining import Sorted, listed, sort, warnings
from bot.domain.errors import UsageError
from bot.domain.message import Bullets, Button, Icon, Message, Part, Text, code, plural, text
from bot.domain.model import Json
from bot.domain.resources import BUDGETS, NODES, PODS, ObjectRef
from bot.domain.typed import join
from bot.domain.workloads import place
from bot.engine.arguments import Flag
from bot.engine.command import ChangeCommand, Look, ReadContext, Seen
from bot.engine.grammar import spelled
from bot.engine.nodes import NodeArgs, cordoned, is_cordoned, read_node
from bot.engine.ports import ClusterReader

_MOST = 110
"""Pods; as many as a node has at most, unless somebody set it otherwise."""
_LONGEST = 1800
_END_SECONDS = 120.0
"""For so long after the last eviction the pods' end is looked after."""
_USUAL = "is what happens here as it is; the plan says what is lost."


class DrainArgs(NodeArgs):
    refused: ClassVar[dict[str, str]] = {
        "--disable-eviction": "it goes past the disruption budgets.",
        "-l": "one node at a time, by its name.",
        "--selector": "one node at a time, by its name.",
    }

    force: Annotated[bool, Flag("--force", help="evict also pods that nobody starts again elsewhere")] = False
    ignore_daemonsets: Annotated[
        bool, Flag("--ignore-daemonsets", help=f"as kubectl spells it; {_USUAL}", rare=True)
    ] = False
    delete_emptydir_data: Annotated[
        bool, Flag("--delete-emptydir-data", help=f"as kubectl spells it; {_USUAL}", rare=True)
    ] = False
    grace_period: Annotated[
        int | None,
        Flag("--grace-period", help="how many seconds a pod has to end", metavar="SECONDS"),
        Field(ge=1, le=3600),
    ] = None
    timeout: Annotated[
        str, Flag("--timeout", help="how long a budget is waited for: 5m if nothing is said", metavar="AGE")
    ] = "5m"

    @field_validator("timeout")
    @classmethod
    def _is_bounded(cls, timeout: str) -> str:
        if not 1 <= parse_duration(timeout) <= _LONGEST:
            raise ValueError("`--timeout` is from 1s to 30m.")
        return timeout


async def plan(ctx: ReadContext, args: DrainArgs) -> Plan:
    ref, node = await read_node(ctx, args)
    pods = sort(await ctx.cluster.list(PODS, ANY, fields=f"spec.nodeName={ref.name}"))
    _refuse(pods, ref, force=args.force)
    evicted = (*pods.moving, *pods.unowned)
    options: Json = {} if args.grace_period is None else {"gracePeriodSeconds": args.grace_period}
    cordon = cordoned(ref, on=True)
    evictions = [Write(action="evict", target=_ref(ref.cluster, pod), body=options) for pod in evicted]
    steps = tuple([await ctx.cluster.dry_run(write) for write in (cordon, *evictions)])
    empty = text("Nothing to drain: node {} is cordoned, and no pod on it can be moved.", place(ref))
    how_many = plural(len(evicted), "pod")
    return Plan(
        verb="drain",
        title=text("Drain node {} and evict {}?", place(ref), how_many),
        button=f"Drain {ref.name}"[:75],
        risk=Risk.DESTRUCTIVE,
        to_type=ref.name,
        doing=text("node {} · draining, {} to evict", place(ref), how_many),
        done=text("node {} is drained: {} evicted", place(ref), how_many),
        steps=steps,
        warnings=warnings(pods, evicted, await ctx.cluster.list(BUDGETS, ANY)),
        nothing=empty if is_cordoned(node) and not evicted else Text(),
        patience=float(parse_duration(args.timeout)),
        halfway=_next_steps(ref, args),
    )


def _refuse(pods: Sorted, ref: ObjectRef, *, force: bool) -> None:
    """What nobody starts again is evicted only on demand; and so many at once never."""
    if pods.unowned and not force:
        raise UsageError(
            f"Nobody would start these again elsewhere: {listed(pods.unowned)}.",
            hint="`--force` evicts them all the same.",
            suggestions=(f"drain {ref.name} --force --context {ref.cluster}",),
        )
    if (count := len(pods.moving) + len(pods.unowned)) > _MOST:
        raise UsageError(f"There are {count} pods to evict, and {_MOST} is the most at a time.")


def _ref(cluster: str, pod: Json) -> ObjectRef:
    metadata = pod["metadata"]
    return ObjectRef(cluster=cluster, namespace=metadata["namespace"], type=PODS, name=metadata["name"])


async def see(cluster: ClusterReader, plan: Plan, _applied: tuple[Json, ...]) -> Seen:
    """Which pods are still on the node: those that are ending, those that came since, and those that stay."""
    name = plan.steps[0].write.target.name
    asked = {step.pin.uid for step in plan.steps if _is_eviction(step) and step.pin is not None}
    there = await cluster.list(PODS, ANY, fields=f"spec.nodeName={name}")
    ending = tuple(pod for pod in there if pod["metadata"]["uid"] in asked)
    others = sort(tuple(pod for pod in there if pod["metadata"]["uid"] not in asked))
    new = (*others.moving, *others.unowned)
    said = [text("Still ending: {}.", code(listed(ending)))] if ending else []
    said += (
        [text("Came before the node was cordoned, and not evicted: {}.", code(listed(new)))] if new else []
    )
    staying = len(others.daemons) + len(others.mirrors)
    said.append(_left(staying) if said or staying else text("No pod is left on it."))
    parts: tuple[Part, ...] = (Bullets(items=tuple(said)),)
    again, back = plan.halfway
    icon = Icon.WARNING if new or ending else Icon.DONE
    message = Message(icon=icon, headline=plan.done, parts=parts, buttons=(again, back) if new else (back,))
    return Seen(message=message, settled=not ending)


def _next_steps(ref: ObjectRef, args: DrainArgs) -> tuple[Button, ...]:
    """Where pods are left on it: once more, or back."""
    again = Button(label="Drain again", command=join(["drain", *spelled(args)]))
    return again, Button(label="Uncordon", command=f"uncordon {ref.name} --context {ref.cluster}")


def _left(staying: int) -> Text:
    pods = plural(staying, "pod")
    return text("{} of DaemonSets or of the node itself {}.", pods, "stays" if staying == 1 else "stay")


def _is_eviction(step: Step) -> bool:
    return step.write.action == "evict"


COMMAND = ChangeCommand(
    name="drain",
    summary="Evict a node's pods, as their disruption budgets let them go.",
    examples=("drain node-1", "drain node-1 --ignore-daemonsets --delete-emptydir-data --timeout=10m"),
    args=DrainArgs,
    permission=Permission.NODE_DRAIN,
    risk=Risk.DESTRUCTIVE,
    kinds=lambda _: (NODES.plural,),
    also_reads=(PODS, BUDGETS),
    mostly=NODES.plural,
    plan=plan,
    look=Look(see=see, kinds=(PODS,), seconds=_END_SECONDS, everywhere=True),
)
