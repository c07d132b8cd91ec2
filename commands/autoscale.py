"""autoscale: as many pods as the load asks for, between two bounds."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import Field, field_validator, model_validator

from bot.domain.access import Permission, Risk
from bot.domain.autoscaling import aims_at, merged, metric, owned_by, shown, without_requests
from bot.domain.changes import Plan, Step, Write
from bot.domain.errors import UsageError
from bot.domain.message import Text, code, text
from bot.domain.model import Json
from bot.domain.resources import AUTOSCALERS, PODS, SCALABLE, ObjectRef, check_name
from bot.domain.workloads import named, place, where
from bot.engine.arguments import Args, Flag, Positional
from bot.engine.command import ChangeCommand, ReadContext

_TARGET = re.compile(r"[1-9]\d{0,3}%?|[1-9]\d{0,9}(?:\.\d{1,3})?(?:m|k|M|G|T|Ki|Mi|Gi|Ti)")
_USUAL = "80%"


class AutoscaleArgs(Args):
    target: Annotated[
        tuple[str, ...],
        Positional("NAME", of=("deployments", "statefulsets", "replicasets")),
        Field(min_length=1, max_length=2),
    ]
    max: Annotated[int, Flag("--max", help="the most pods", metavar="N"), Field(ge=1, le=1000)]
    min: Annotated[int | None, Flag("--min", help="the fewest pods", metavar="N"), Field(ge=1, le=1000)] = (
        None
    )
    cpu: Annotated[
        str,
        Flag(
            "--cpu-percent", "--cpu", help="CPU on average: 80% of what is asked for, or 500m", metavar="LOAD"
        ),
    ] = ""
    memory: Annotated[
        str, Flag("--memory", help="memory on average: 80% of what is asked for, or 200Mi", metavar="LOAD")
    ] = ""
    name: Annotated[
        str, Flag("--name", help="the autoscaler's name; else the workload's", metavar="NAME", rare=True)
    ] = ""

    @field_validator("cpu", "memory")
    @classmethod
    def _is_load(cls, load: str) -> str:
        if load and not _TARGET.fullmatch(load):
            raise ValueError(f"`{load[:40]}` is no load; write it as 80%, 500m or 200Mi.")
        return f"{load}%" if load.isdecimal() else load

    @model_validator(mode="after")
    def _fits(self) -> AutoscaleArgs:
        named(self.target, SCALABLE)
        if self.name:
            check_name(self.name, "an autoscaler's name")
        if self.min is not None and self.min > self.max:
            raise ValueError(f"`--min` {self.min} is more than `--max` {self.max}.")
        return self


async def plan(ctx: ReadContext, args: AutoscaleArgs) -> Plan:
    kind, name = named(args.target, SCALABLE)
    workload = await ctx.cluster.get(kind, args.namespace, name)
    of = ObjectRef(cluster=ctx.cluster.name, namespace=args.namespace, type=kind, name=name)
    scalers = await ctx.cluster.list(AUTOSCALERS, args.namespace)
    there = [one for one in scalers if aims_at(one, of)]
    now = _the_one(args, of, there, scalers)
    ref = of.model_copy(
        update={"type": AUTOSCALERS, "name": now["metadata"]["name"] if now else args.name or name}
    )
    wanted = [metric(*pair) for pair in (("cpu", args.cpu), ("memory", args.memory)) if pair[1]]
    if now is None:
        spec = _new(args, of, wanted or [metric("cpu", _USUAL)])
        body = {"apiVersion": AUTOSCALERS.api_version, "kind": AUTOSCALERS.kind,
                "metadata": {"name": ref.name, "namespace": ref.namespace}, "spec": spec}  # fmt: skip
        write = Write(action="create", target=ref, body=body)
    else:
        spec = {"maxReplicas": args.max, "minReplicas": args.min or now["spec"].get("minReplicas", 1),
                "metrics": merged(now["spec"].get("metrics") or [], wanted)}  # fmt: skip
        write = Write(action="patch", target=ref, patch="merge", body={"spec": spec})
    step = _as_of(workload, await ctx.cluster.dry_run(write), spec)
    what = shown(spec)
    nothing = text("Nothing to change: {} is kept at {} already.", place(of), what)
    return Plan(
        verb="autoscale",
        title=text("Autoscale {}: {}?", place(of), what),
        button=f"Autoscale {name}"[:75],
        risk=Risk.REVERSIBLE,
        doing=text("{} · autoscaling, {}", place(of), what),
        done=text("{} is autoscaled: {}", place(of), what),
        steps=(step,),
        warnings=_warnings(workload, spec, now),
        nothing=Text() if step.changes else nothing,
        inverse=f"delete hpa/{ref.name} {where(ref)}" if now is None else _back(now, of),
    )


def _as_of(workload: Json, step: Step, spec: Json) -> Step:
    """The step as the policy decides on it: a rule for a workload's labels is for what scales it, too, and a
    limit for how many change at once is for what its bounds do to those that there are.
    """
    own = [labels for labels in step.facts.labels if labels]
    has = workload["spec"].get("replicas", 1)
    known: Json = {
        "labels": (*own, workload["metadata"].get("labels") or {}),
        # none at all are not autoscaled, until whoever asks for one has the least there may be
        "at_once": (has, min(max(has, spec["minReplicas"]), spec["maxReplicas"])),
    }
    if step.facts.replicas and step.facts.replicas[0] is None:
        known["replicas"] = (has, spec["maxReplicas"])
    return step.model_copy(update={"facts": step.facts.model_copy(update=known)})


def _the_one(args: AutoscaleArgs, of: ObjectRef, there: list[Json], scalers: tuple[Json, ...]) -> Json | None:
    """The autoscaler that is there already. Raises `UsageError` where two would fight over one workload."""
    names = [one["metadata"]["name"] for one in there]
    if len(there) > 1 and args.name not in names:
        raise UsageError(
            f"`{of}` has several autoscalers: {', '.join(names[:4])}.", hint="Say which with `--name`."
        )
    if args.name and there and args.name not in names:
        raise UsageError(
            f"`{of}` has the autoscaler `{names[0]}` already, and two would fight over it.",
            hint="Leave `--name` out to change that one.",
        )
    wanted = args.name or of.name
    if not there and wanted in {one["metadata"]["name"] for one in scalers}:
        raise UsageError(
            f"There is an autoscaler `{wanted}` for another workload.",
            hint="`--name NAME` makes another one.",
        )
    return next((one for one in there if one["metadata"]["name"] == args.name), there[0] if there else None)


def _new(args: AutoscaleArgs, of: ObjectRef, metrics: list[Json]) -> Json:
    aim = {"apiVersion": of.type.api_version, "kind": of.type.kind, "name": of.name}
    return {"maxReplicas": args.max, "minReplicas": args.min or 1, "metrics": metrics, "scaleTargetRef": aim}


def _warnings(workload: Json, spec: Json, now: Json | None) -> tuple[Text, ...]:
    """What changes at once, what cannot be reckoned, and who will bring it back."""
    said = []
    if now is not None and (owner := owned_by(now)):
        said.append(text("{} made this autoscaler, and will bring it back to what it says.", owner))
    has, low, high = workload["spec"].get("replicas", 1), spec["minReplicas"], spec["maxReplicas"]
    if has == 0:
        said.append(text("It has no replicas: nothing is autoscaled until it is scaled to one or more."))
    elif not low <= has <= high:
        said.append(text("It has {} now, and goes to {} at once.", has, low if has < low else high))
    for resource, names in without_requests(workload, spec["metrics"]):
        said.append(text("{} asks for no {}: a share of it cannot be reckoned, so nothing is scaled by it.",
                         code(", ".join(names)), resource))  # fmt: skip
    return tuple(said)


def _back(now: Json, of: ObjectRef) -> str:
    """The line of before, where a line can say it."""
    spec = now["spec"]
    parts = []
    for one in spec.get("metrics") or []:
        aim = one.get("resource", {}).get("target", {})
        load = f"{aim['averageUtilization']}%" if "averageUtilization" in aim else aim.get("averageValue", "")
        if one.get("type") != "Resource" or one["resource"]["name"] not in {"cpu", "memory"} or not load:
            return ""
        parts.append(f"--{one['resource']['name']}={load}")
    bounds = f"--min={spec.get('minReplicas', 1)} --max={spec['maxReplicas']}"
    return f"autoscale {of.type.singular}/{of.name} {' '.join([bounds, *parts])} {where(of)}"


COMMAND = ChangeCommand(
    name="autoscale",
    summary="As many pods as the load asks for, between two bounds.",
    examples=(
        "autoscale deployment/web --min=2 --max=5 --cpu-percent=80",
        "autoscale web --max 10 --memory=200Mi -n shop",
    ),
    args=AutoscaleArgs,
    permission=Permission.AUTOSCALER_SET,
    risk=Risk.REVERSIBLE,
    kinds=lambda _: (AUTOSCALERS.plural,),
    also_reads=(*SCALABLE, PODS),
    mostly=AUTOSCALERS.plural,
    plan=plan,
)
