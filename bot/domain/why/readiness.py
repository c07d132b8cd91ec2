"""Pods that run and are not ready: which probe fails, and what it says."""

from __future__ import annotations

from bot.domain.describe.answer import sentence
from bot.domain.loglines import status_of
from bot.domain.message import Text, code, text
from bot.domain.model import Json
from bot.domain.rollouts.snapshot import PodTrouble, Trouble
from bot.domain.why.evidence import Snapshot, condition, container, grouped, since
from bot.domain.why.findings import (
    Fact,
    Finding,
    Rank,
    back_or,
    button,
    describe_pod,
    quoted,
    rollback,
)

_LONGEST = 80
_FIELDS = {"readiness": "readinessProbe", "startup": "startupProbe"}


def analyze(seen: Snapshot) -> list[Finding]:
    down = {
        node["metadata"]["name"] for node in seen.nodes if condition(node, "Ready").get("status") != "True"
    }
    there = [bad for bad in seen.troubles if seen.pod(bad.pod).get("spec", {}).get("nodeName") not in down]
    return [_finding(seen, group) for group in grouped(there, Trouble.UNREADY)]


def _finding(seen: Snapshot, group: tuple[PodTrouble, ...]) -> Finding:
    bad = group[0]
    pod = seen.pod(bad.pod)
    kind = "startup" if status_of(pod, bad.container).get("started") is False else "readiness"
    probe = container(pod, bad.container).get(_FIELDS[kind]) or {}
    event = seen.about_pod(bad.pod, "Unhealthy", f"{kind} probe failed")
    facts = [quoted(event.message, f"event on pod {bad.pod}", event.last)] if event else []
    facts.append(Fact(text=text("it is not ready"), source=f"pod {bad.pod}", at=since(pod)))
    if not probe:
        return _gate(seen, group, pod, tuple(facts))
    return Finding(
        rank=Rank.UNREADY,
        cause=text("it runs, but its {} probe {} does not pass{} ({})", kind, code(asks(probe)),
                   _answer(event.message) if event else "", code(bad.reason)),
        facts=tuple(facts),
        step=back_or(seen, "see in its log why it does not answer."),
        buttons=(*rollback(seen), button("Logs", f"logs {bad.pod}", seen.ref),
                 describe_pod(bad.pod, seen.ref)),
        pods=len(group),
        old=not bad.new,
    )  # fmt: skip


def _gate(seen: Snapshot, group: tuple[PodTrouble, ...], pod: Json, facts: tuple[Fact, ...]) -> Finding:
    """No probe: then a readiness gate, or the kubelet has not said it yet."""
    bad = group[0]
    gates = [gate["conditionType"] for gate in pod.get("spec", {}).get("readinessGates") or ()]
    missing = [gate for gate in gates if condition(pod, gate).get("status") != "True"]
    why: Text = text("waits for its readiness gate {}", code(missing[0])) if missing else text("is not ready")
    return Finding(
        rank=Rank.UNREADY,
        cause=text("it runs, but {} ({})", why, code(bad.reason)),
        facts=facts,
        step=text("Look at what sets the gate." if missing else "Look at its log and its events."),
        buttons=(button("Logs", f"logs {bad.pod}", seen.ref), describe_pod(bad.pod, seen.ref)),
        pods=len(group),
        old=not bad.new,
    )


def asks(probe: Json) -> str:
    """`GET :8080/healthz`, `tcp :5432`, `exec cat /ready`."""
    if http := probe.get("httpGet"):
        return f"GET :{http.get('port', '')}{http.get('path', '/')}"
    if socket := probe.get("tcpSocket"):
        return f"tcp :{socket.get('port', '')}"
    if grpc := probe.get("grpc"):
        return f"grpc :{grpc.get('port', '')}"
    command = " ".join(map(str, (probe.get("exec") or {}).get("command") or ()))
    return sentence(f"exec {command}")[:_LONGEST]


def _answer(message: str) -> str:
    said = message.partition("probe failed: ")[2]
    return f": {said[:120]}" if said else ""
