"""A pod that no node takes, in the scheduler's words and in ours."""

from __future__ import annotations

import re

from bot.domain.describe.answer import sentence
from bot.domain.message import code, plural, text
from bot.domain.model import Json
from bot.domain.rollouts.snapshot import PodTrouble, Trouble
from bot.domain.why import claims
from bot.domain.why.evidence import Snapshot, at, condition, grouped
from bot.domain.why.findings import (
    Fact,
    Finding,
    Rank,
    button,
    describe_pod,
    nowhere,
    quoted,
    rollback,
)

_COUNTED = re.compile(r"(\d{1,5}) ([^,]+?(?:\{[^}]*\})?)(?=, \d|\. |\.$|$)")
_OBSTACLES: tuple[tuple[str, str, str], ...] = (
    (r"Insufficient (\S+)", "without enough free {}", "room"),
    (r"Too many pods", "with as many pods as they take", "room"),
    (r"untolerated taint(?:\(s\))? (\{[^}]*\})", "with a taint that it does not tolerate {}", "taint"),
    (r"node affinity/selector", "without the labels that its selector or affinity asks for", "labels"),
    (r"anti-affinity", "ruled out by anti-affinity", "affinity"),
    (r"pod affinity", "without the pods that its affinity asks for", "affinity"),
    (r"topology spread", "that would spread it unevenly", "affinity"),
    (r"were unschedulable", "cordoned", "cordon"),
    (r"volume node affinity", "that its volume cannot reach", "volume"),
    (r"max volume count", "with as many volumes as they take", "room"),
    (r"free ports", "whose port is taken", "room"),
)
_STEPS = {
    "room": "Ask for less, scale something down, or add a node.",
    "taint": "Let the pods tolerate the taint, or take it from a node.",
    "labels": "Correct the selector, or label a node.",
    "affinity": "Loosen the rule, or add a node.",
    "cordon": "Let a node take pods again (`uncordon`).",
    "volume": "Free room on the nodes that its volume can reach.",
}
_WAITS = ("unbound immediate PersistentVolumeClaims", "persistentvolumeclaim")


def analyze(seen: Snapshot) -> list[Finding]:
    found = [_finding(seen, group) for group in grouped(seen.troubles, Trouble.UNSCHEDULABLE)]
    return [*(one for one in found if one), *_gated(seen)]


def _finding(seen: Snapshot, group: tuple[PodTrouble, ...]) -> Finding | None:
    bad = group[0]
    if any(words in bad.message for words in _WAITS) and claims.analyze(seen):
        return None  # the claim itself is the cause, and says more
    reasons = obstacles(bad.message)
    why = "; ".join(f"{plural(count, 'node')} {said}" for count, said, _ in reasons)
    sizes = _asks_for(seen.pod(bad.pod))
    turned = at(condition(seen.pod(bad.pod), "PodScheduled"))
    kinds = [kind for _, _, kind in reasons]
    step = _STEPS.get(kinds[0], "") if kinds else ""
    return Finding(
        rank=Rank.UNSCHEDULABLE,
        cause=text("no node takes its pod{} ({})", f": {why}" if why else "", code("Unschedulable")),
        facts=(quoted(bad.message, f"scheduler on pod {bad.pod}", turned), *sizes),
        step=text("{}", step or "Look at what the scheduler says."),
        buttons=(button("Nodes", "get nodes", nowhere(seen.ref)), *rollback(seen),
                 describe_pod(bad.pod, seen.ref)),
        pods=len(group),
        old=not bad.new,
    )  # fmt: skip


def obstacles(message: str) -> list[tuple[int, str, str]]:
    """How many nodes have which obstacle, and its kind, the most nodes first."""
    _, _, told = message.partition("nodes are available: ")
    first = re.split(r"\. (?:no new claims|preemption:)", told, maxsplit=1)[0]
    found = []
    for count, words in _COUNTED.findall(first):
        for pattern, said, kind in _OBSTACLES:
            if match := re.search(pattern, words):
                what = match[1].strip("{}: ") if match.groups() else ""
                found.append((int(count), said.format(f"({what})" if kind == "taint" else what), kind))
                break
    return sorted(found, key=lambda one: -one[0])


def _asks_for(pod: Json) -> tuple[Fact, ...]:
    """What it asks of a node: requests, selector."""
    asked = []
    for container in pod.get("spec", {}).get("containers") or ():
        requests = (container.get("resources") or {}).get("requests") or {}
        asked += [f"{name} {amount}" for name, amount in requests.items()]
    chosen = [f"{key}={value}" for key, value in (pod.get("spec", {}).get("nodeSelector") or {}).items()]
    words = ", ".join([*asked, *(f"a node with {label}" for label in chosen)])
    return (Fact(text=text("it asks for {}", code(sentence(words))), source="its spec"),) if words else ()


def _gated(seen: Snapshot) -> list[Finding]:
    gated = [pod for pod in seen.pods if condition(pod, "PodScheduled").get("reason") == "SchedulingGated"]
    if not gated:
        return []
    gates = ", ".join(str(gate.get("name", "")) for gate in gated[0]["spec"].get("schedulingGates") or ())
    return [
        Finding(
            rank=Rank.UNSCHEDULABLE,
            cause=text("its pod is held back by a scheduling gate: {} ({})", code(gates),
                       code("SchedulingGated")),
            facts=(Fact(text=text("held back"), source=f"pod {gated[0]['metadata']['name']}",
                        at=at(condition(gated[0], "PodScheduled"))),),
            step=text("What set the gate has to take it away."),
            buttons=(describe_pod(gated[0]["metadata"]["name"], seen.ref),),
            pods=len(gated),
        )
    ]  # fmt: skip
