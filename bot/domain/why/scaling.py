"""What else has a say in how many pods there are: autoscalers, and budgets that hold evictions up."""

from __future__ import annotations

from bot.domain.message import code, text
from bot.domain.model import Json
from bot.domain.resources import NODES
from bot.domain.rollouts.snapshot import is_ready
from bot.domain.why.belonging import guards
from bot.domain.why.evidence import Snapshot, at, condition
from bot.domain.why.findings import Fact, Finding, Rank, button, describe_pod, quoted


def analyze(seen: Snapshot) -> list[Finding]:
    found = [one for scaler in seen.autoscalers for one in (_blind(seen, scaler), _at_limit(seen, scaler))]
    found += [_holding(seen, budget) for budget in seen.budgets]
    return [one for one in found if one]


def _blind(seen: Snapshot, scaler: Json) -> Finding | None:
    """It cannot read its metrics, or not reach what it scales."""
    name = scaler["metadata"]["name"]
    for kind in ("AbleToScale", "ScalingActive"):
        turned = condition(scaler, kind)
        if turned.get("status") == "False" and turned.get("reason") != "ScalingDisabled":
            what = "cannot read its metrics" if kind == "ScalingActive" else "cannot scale it"
            return Finding(
                rank=Rank.AUTOSCALER,
                cause=text("its autoscaler {} {} ({})", code(name), what, code(turned.get("reason", ""))),
                facts=(quoted(turned.get("message", ""), f"autoscaler {name}", at(turned)),),
                step=text("See that the metrics server runs, and that its pods say what they request."),
                buttons=(button("The autoscaler", f"get hpa {name}", seen.ref),),
            )
    return None


def _at_limit(seen: Snapshot, scaler: Json) -> Finding | None:
    turned = condition(scaler, "ScalingLimited")
    if turned.get("status") != "True" or turned.get("reason") != "TooManyReplicas":
        return None
    name, most = scaler["metadata"]["name"], scaler["spec"].get("maxReplicas")
    return Finding(
        rank=Rank.AUTOSCALER,
        cause=text("its autoscaler {} is at its limit of {} and wants more ({})", code(name), most,
                   code("TooManyReplicas")),
        facts=(quoted(turned.get("message", ""), f"autoscaler {name}", at(turned)), *_load(scaler)),
        step=text("Raise its limit ({}), or make each pod do more.", code("maxReplicas")),
        buttons=(button("The autoscaler", f"get hpa {name}", seen.ref),),
    )  # fmt: skip


def _load(scaler: Json) -> tuple[Fact, ...]:
    """How busy its pods are, beside how busy they are meant to be."""
    wanted = {
        metric["resource"]["name"]: metric["resource"]["target"].get("averageUtilization")
        for metric in scaler["spec"].get("metrics") or ()
        if "resource" in metric
    }
    shown = [
        f"{found['resource']['name']} at {used} %, {wanted.get(found['resource']['name'])} % wanted"
        for found in scaler.get("status", {}).get("currentMetrics") or ()
        if "resource" in found
        and (used := found["resource"]["current"].get("averageUtilization")) is not None
    ]
    source = f"autoscaler {scaler['metadata']['name']}"
    return (Fact(text=text("{}", ", ".join(shown)), source=source),) if shown else ()


def _holding(seen: Snapshot, budget: Json) -> Finding | None:
    """A budget that allows no eviction is in the way only of a drain: of one under way, it is the cause."""
    status = budget.get("status", {})
    if status.get("disruptionsAllowed", 0) > 0 or not status.get("expectedPods"):
        return None
    name = budget["metadata"]["name"]
    cordoned = {n["metadata"]["name"] for n in seen.nodes if n.get("spec", {}).get("unschedulable")}
    cordoned |= {seen.ref.name} if seen.ref.type == NODES else set()
    kept = [
        pod
        for pod in seen.pods
        if pod["spec"].get("nodeName") in cordoned and is_ready(pod) and guards(budget, pod)
    ]
    needs, has = status.get("desiredHealthy", 0), status.get("currentHealthy", 0)
    count = Fact(text=text("it needs {} healthy pods and has {}", needs, has), source=f"budget {name}")
    there = seen.ref.model_copy(update={"namespace": budget["metadata"].get("namespace")})
    shows = button("The budget", f"get pdb {name}", there)
    if not kept:
        return Finding(rank=Rank.REMARK, facts=(count,), buttons=(shows,), cause=text(
            "the disruption budget {} lets no pod be evicted now: a drain would wait", code(name)
        ))  # fmt: skip
    first = kept[0]
    node = first["spec"]["nodeName"]
    on_it = Fact(text=text("is cordoned, and {} is still on it", code(first["metadata"]["name"])),
                 source=f"node {node}")  # fmt: skip
    return Finding(
        rank=Rank.AUTOSCALER,
        cause=text("the disruption budget {} keeps the pod {} on the cordoned node {}", code(name),
                   code(first["metadata"]["name"]), code(node)),
        facts=(count, on_it),
        step=text("Scale it up by one, or loosen the budget; then the drain goes on."),
        buttons=(shows, describe_pod(first["metadata"]["name"], there)),
        pods=len(kept),
    )  # fmt: skip
