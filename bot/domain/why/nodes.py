"""Nodes: down, under pressure, cordoned; and pods that were evicted from them."""

from __future__ import annotations

from bot.domain.describe.answer import sentence
from bot.domain.message import Button, Text, code, plural, text
from bot.domain.model import Json
from bot.domain.resources import NODES
from bot.domain.rollouts.snapshot import is_ready
from bot.domain.why.evidence import Snapshot, at, condition, since
from bot.domain.why.findings import Fact, Finding, Rank, button, describe_pod, nowhere, quoted

_PRESSURES = ("MemoryPressure", "DiskPressure", "PIDPressure", "NetworkUnavailable")


def analyze(seen: Snapshot) -> list[Finding]:
    nodes = (seen.target,) if seen.ref.type == NODES else seen.nodes
    found = [one for node in nodes for one in (_down(seen, node), _pressed(seen, node)) if one]
    return [*found, *(_cordoned(seen) if seen.ref.type == NODES else ()), *_evicted(seen)]


def is_down(node: Json) -> bool:
    return condition(node, "Ready").get("status") != "True"


def _down(seen: Snapshot, node: Json) -> Finding | None:
    if not is_down(node):
        return None
    name, ready = node["metadata"]["name"], condition(node, "Ready")
    on_it = [pod for pod in seen.pods if pod["spec"].get("nodeName") == name]
    whose = text("it is down") if seen.ref.type == NODES else text("node {} is down", code(name))
    word = "NotReady" if ready else "no word of it yet"
    leaving = sum(1 for pod in on_it if pod["metadata"].get("deletionTimestamp"))
    said = sentence(ready.get("message", "")).rstrip(".")
    facts = [
        quoted(
            f"Ready is {ready.get('status', 'Unknown')}: {ready.get('message', '')}",
            f"node {name}",
            at(ready),
        ),
        Fact(text=text("{} on it, {} of them leaving", plural(len(on_it), "pod"), leaving), source="pods"),
    ]
    return Finding(
        rank=Rank.NODE_DOWN,
        cause=text("{}: {} ({})", whose, said or "it does not report", code(word)),
        facts=tuple(facts),
        step=text("Its pods are made anew elsewhere after five minutes; what must not run twice, such as the "
                  "pods of a StatefulSet, waits until the node is back or deleted."),
        buttons=_steps(seen, name),
        pods=len(on_it),
    )  # fmt: skip


def _pressed(seen: Snapshot, node: Json) -> Finding | None:
    held = [found for kind in _PRESSURES if (found := condition(node, kind)).get("status") == "True"]
    if not held:
        return None
    name = node["metadata"]["name"]
    whose = text("it") if seen.ref.type == NODES else text("node {}", code(name))
    return Finding(
        rank=Rank.EVICTED,
        cause=text("{} is under pressure ({})", whose, code(", ".join(one["type"] for one in held))),
        facts=tuple(
            quoted(f"{one['type']}: {one.get('message', '')}", f"node {name}", at(one)) for one in held
        ),
        step=text("Free what is short on it; until then it takes no more pods, and evicts some."),
        buttons=_steps(seen, name),
    )


def _cordoned(seen: Snapshot) -> list[Finding]:
    if not seen.target.get("spec", {}).get("unschedulable"):
        return []
    on_it = sum(is_ready(pod) for pod in seen.pods)
    return [
        Finding(
            rank=Rank.OFF,
            cause=text("it takes no new pods: somebody has cordoned it ({})", code("SchedulingDisabled")),
            facts=(Fact(text=text("{} still run on it", plural(on_it, "pod")), source="pods"),),
            step=text("It takes pods again once it is uncordoned."),
            buttons=_steps(seen, seen.ref.name),
        )
    ]


def _evicted(seen: Snapshot) -> list[Finding]:
    gone = [pod for pod in seen.pods if pod.get("status", {}).get("reason") == "Evicted"]
    if not gone or seen.ref.type == NODES:
        return []
    first = max(gone, key=lambda pod: since(pod) or 0.0)
    name, said = first["metadata"]["name"], str(first["status"].get("message", ""))
    is_alone = len(gone) == len(seen.pods)
    why: Text = text("its pod was evicted" if len(gone) == 1 else "{} of its pods were evicted",
                     *(() if len(gone) == 1 else (len(gone),)))  # fmt: skip
    return [
        Finding(
            rank=Rank.EVICTED if is_alone else Rank.REMARK,
            cause=text("{} ({})", why, code("Evicted")),
            facts=(quoted(said, f"pod {name}", since(first)),),
            step=text("Give it requests that match what it uses, so that it is evicted last."),
            buttons=(describe_pod(name, seen.ref),),
            pods=len(gone),
        )
    ]


def _steps(seen: Snapshot, name: str) -> tuple[Button, ...]:
    far = nowhere(seen.ref)
    return (
        button("Describe the node", f"describe node {name}", far),
        button("Pods on it", f"get pods -A --field-selector spec.nodeName={name}", far),
    )
