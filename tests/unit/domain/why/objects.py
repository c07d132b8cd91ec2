"""Objects as a real API server gives them, for verdicts that no recording has; and the recording."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bot.domain import why
from bot.domain.happenings import read
from bot.domain.message import Bullets, Message, Output, Paragraph
from bot.domain.model import Json
from bot.domain.resources import DEPLOYMENTS, NODES, PODS, ObjectRef, ResourceType
from bot.domain.why.belonging import own
from bot.domain.why.evidence import Snapshot
from bot.domain.why.verdict import Verdict
from tests.factories import NOW, condition, container, deployment, pod, replicaset, stamp

RECORDED: dict[str, Any] = {
    step["step"]: step["raw"] for step in json.loads(Path(__file__).with_name("recorded.json").read_text())
}
"""What a real Kubernetes 1.36 answered, without what tells of its machine."""


def event(
    about: str, reason: str, message: str, *, ago: float = 30.0, count: int = 1, warning: bool = True
) -> Json:
    """`event("Pod/web-1a-x", "Unhealthy", "…")`."""
    kind, _, name = about.partition("/")
    return {
        "metadata": {"name": f"{name}.1", "namespace": "shop", "creationTimestamp": stamp(ago)},
        "involvedObject": {"kind": kind, "name": name, "namespace": "shop"},
        "reason": reason,
        "message": message,
        "type": "Warning" if warning else "Normal",
        "count": count,
        "firstTimestamp": stamp(ago + 60),
        "lastTimestamp": stamp(ago),
    }


def seen(
    target: Json,
    kind: ResourceType = DEPLOYMENTS,
    *,
    events: tuple[Json, ...] = (),
    now: float = NOW,
    **parts: Any,
) -> Snapshot:
    metadata = target["metadata"]
    namespace = None if kind == NODES else metadata.get("namespace", "shop")
    ref = ObjectRef(cluster="prod", namespace=namespace, type=kind, name=metadata["name"])
    return own(Snapshot(ref=ref, target=target, now=now, events=read(events), **parts))


def of_web(*pods: Json, events: tuple[Json, ...] = (), replicas: int = 2, **parts: Any) -> Snapshot:
    """The deployment `web` with one ReplicaSet `web-1a` and these pods."""
    ready = sum(one["status"].get("phase") == "Running" and _is_ready(one) for one in pods)
    workload = deployment(replicas=replicas, total=len(pods), updated=len(pods), available=ready)
    return seen(workload, pods=pods, sets=(replicaset(),), events=events, **parts)


def _is_ready(one: Json) -> bool:
    return any(c["type"] == "Ready" and c["status"] == "True" for c in one["status"]["conditions"])


def of_pod(one: Json, *events: Json, **parts: Any) -> Snapshot:
    return seen(one, PODS, events=events, **parts)


def spec(one: Json, **fields: Any) -> Json:
    """The same pod, with these fields of its first container."""
    containers = [{**one["spec"]["containers"][0], **fields}]
    return {**one, "spec": {**one["spec"], "containers": containers}}


def on(one: Json, node: str) -> Json:
    return {**one, "spec": {**one["spec"], "nodeName": node}}


def node(name: str = "node-1", *, ready: str = "True", cordoned: bool = False, **conditions: str) -> Json:
    told = [condition("Ready", ready, "KubeletReady", message="kubelet is posting ready status")]
    if ready == "Unknown":
        told = [condition("Ready", "Unknown", "NodeStatusUnknown",
                          message="Kubelet stopped posting node status.", ago=120)]  # fmt: skip
    told += [
        condition(kind, status, f"KubeletHas{kind}", message="low") for kind, status in conditions.items()
    ]
    return {
        "kind": "Node",
        "metadata": {"name": name, "uid": f"uid-{name}", "creationTimestamp": stamp(86400)},
        "spec": {"unschedulable": True} if cordoned else {},
        "status": {"conditions": told},
    }


def named(kind: str, name: str, **rest: Any) -> Json:
    metadata = {"name": name, "namespace": "shop", "uid": f"uid-{name}", "creationTimestamp": stamp(600)}
    return {"kind": kind, "metadata": metadata | rest.pop("metadata", {}), **rest}


def budget(name: str = "web", *, allowed: int = 0, needs: int = 2, has: int = 2) -> Json:
    status = {
        "disruptionsAllowed": allowed,
        "desiredHealthy": needs,
        "currentHealthy": has,
        "expectedPods": has,
    }
    spec = {"minAvailable": needs, "selector": {"matchLabels": {"app": "web"}}}
    return named("PodDisruptionBudget", name, spec=spec, status=status)


def verdict(snapshot: Snapshot) -> Verdict:
    return why.judge(snapshot)


def headline(snapshot: Snapshot) -> str:
    return why.render(why.judge(snapshot)).plain()


def lines(snapshot: Snapshot) -> list[str]:
    """The message in plain lines."""
    return said(why.render(why.judge(snapshot)))


def said(message: Message) -> list[str]:
    found = [message.plain()]
    for part in message.parts:
        match part:
            case Paragraph():
                found.append(part.text.plain())
            case Bullets():
                found += [f"• {item.plain()}" for item in part.items]
            case Output():
                found += [f"> {line}" for line in part.text.split("\n")]
            case _:
                raise AssertionError(part)
    return [*found, *(f"[{button.label}] {button.command}" for button in message.buttons)]


def broken(name: str = "web-1a-x", *containers: Json, **parts: Any) -> Json:
    return pod(name, *containers, ready=False, **parts)


def waiting(reason: str, message: str = "") -> Json:
    """A pod whose container waits, for the image `web:1.1`."""
    status = container(waiting=reason, message=message, ready=False, image="docker.io/library/web:1.1")
    return broken("web-1a-x", status)
