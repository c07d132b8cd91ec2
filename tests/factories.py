"""Things that tests speak of, each with sensible parts and any of them replaced by name.

The JSON has the shape that Kubernetes 1.36 gives it, cut to the fields that anybody reads.
"""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from bot.domain.access import Actor, Ask, Permission, Place, Risk, Scope, Standing
from bot.domain.changes import FieldChange, Pin, Plan, Step, Write
from bot.domain.invocation import Invocation
from bot.domain.message import code, text
from bot.domain.model import Json
from bot.domain.operation import Kind, Operation, State
from bot.domain.records import Entry, RecordKind
from bot.domain.resources import DEPLOYMENTS, ObjectRef, ResourceType
from bot.domain.rollouts.snapshot import HASH, REVISION
from bot.store.secrets import Sealer

SEALER = Sealer("the tests' own key")
NOW = 1_800_000_000.0
"""Friday, 15 January 2027, 08:00 UTC."""


class Clock:
    """Gives the instant it was set to."""

    def __init__(self, now: float = NOW) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


def stamp(seconds_ago: float = 0.0) -> str:
    """A timestamp as the API server writes it."""
    return datetime.fromtimestamp(NOW - seconds_ago, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


# ---------------------------------------------------------------- people and what they ask


def actor(**parts: Any) -> Actor:
    return Actor(**{"id": "U0ANA", "team": "T0TEAM", "name": "ana", "standing": Standing.MEMBER} | parts)


def place(**parts: Any) -> Place:
    return Place(**{"team": "T0TEAM", "channel": "C0SHOP", "channel_name": "shop"} | parts)


def one_time_code(secret: str, now: float = NOW) -> str:
    """What an authenticator app shows for a secret in base32."""
    return TOTP(base64.b32decode(secret), 6, SHA1(), 30).generate(int(now)).decode()  # noqa: S303 - as all do


def ask(
    verb: str = "scale",
    *,
    cluster: str = "prod",
    namespace: str = "shop",
    kind: str = "deployments",
    **parts: Any,
) -> Ask:
    known = {
        "actor": actor(), "place": place(), "permission": Permission.WORKLOAD_SCALE, "risk": Risk.REVERSIBLE,
        "scope": Scope(cluster=cluster, namespace=namespace, kind=kind),
    }  # fmt: skip
    return Ask(verb=verb, **known | parts)


def invocation(line: str = "scale web 4", **parts: Any) -> Invocation:
    known = {
        "id": "0" * 32, "user": "U0ANA", "user_name": "ana", "team": "T0TEAM", "place": place(),
        "reply": "sealed", "at": NOW,
    }  # fmt: skip
    return Invocation(text=line, **known | parts)


# ---------------------------------------------------------------- changes, operations, records


def ref(name: str = "web", *, kind: ResourceType = DEPLOYMENTS, namespace: str | None = "shop") -> ObjectRef:
    return ObjectRef(cluster="prod", namespace=namespace, type=kind, name=name)


def step(*changes: FieldChange, target: ObjectRef | None = None, **parts: Any) -> Step:
    shown = changes or (FieldChange(path="spec.replicas", before=2, after=4),)
    write = Write(action="patch", target=target or ref(), body={"spec": {"replicas": 4}})
    pinned = Pin(uid="uid-web", facts=(("spec.replicas", "2"),))
    return Step(**{"write": write, "pin": pinned, "changes": shown} | parts)


def plan(*steps: Step, **parts: Any) -> Plan:
    known = {
        "verb": "scale", "title": text("Scale {} from 2 to 4?", code("shop/web")), "button": "Scale to 4",
        "risk": Risk.REVERSIBLE, "doing": text("{} goes from 2 to 4", code("shop/web")),
        "done": text("{} has 4", code("shop/web")), "follow": ref(), "inverse": "scale web 2 -n shop",
    }  # fmt: skip
    return Plan(**{"steps": steps or (step(),)} | known | parts)


def operation(
    name: str = "a", kind: Kind = Kind.PLAN, state: State = State.WAITING, **parts: Any
) -> Operation:
    known = {"owner": "U0ANA", "data": {"text": name}, "fence": 1, "wake_at": NOW, "created_at": NOW}
    return Operation(id=name, kind=kind, state=state, **known | parts)


def entry(kind: RecordKind = RecordKind.READ, **parts: Any) -> Entry:
    return Entry(kind=kind, **{"operation": "a", "actor": "U0ANA", "verb": "get", "cluster": "prod"} | parts)


# ---------------------------------------------------------------- deployments and what they own


def deployment(name: str = "web", *, replicas: int | None = 2, **parts: Any) -> Json:
    """A deployment that has arrived, unless `updated`, `total`, `available`, `observed` say otherwise."""
    wanted = 1 if replicas is None else replicas
    given = {
        "uid": f"uid-{name}", "revision": "1", "generation": 1, "observed": 1, "total": wanted,
        "updated": wanted, "available": wanted, "image": f"docker.io/library/{name}:1.0", "paused": False,
        "progressing": "NewReplicaSetAvailable",
    } | parts  # fmt: skip
    spec: Json = {
        "progressDeadlineSeconds": 600,
        "selector": {"matchLabels": {"app": name}},
        "strategy": {"rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}, "type": "RollingUpdate"},
        "template": template(name, image=given["image"]),
    }
    if replicas is not None:
        spec["replicas"] = replicas
    if given["paused"]:
        spec["paused"] = True
    counts = {"replicas": given["total"], "updatedReplicas": given["updated"],
              "readyReplicas": given["available"], "availableReplicas": given["available"]}  # fmt: skip
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": _metadata(name, given["uid"], generation=given["generation"], labels={"app": name},
                              annotations={REVISION: given["revision"]}),
        "spec": spec,
        "status": {
            # the API leaves out what is zero
            **{key: count for key, count in counts.items() if count},
            "observedGeneration": given["observed"],
            "conditions": [
                condition("Available", "True", "MinimumReplicasAvailable"),
                condition("Progressing", str("Exceeded" not in given["progressing"]), given["progressing"]),
            ],
        },
    }  # fmt: skip


def template(name: str = "web", *, image: str = "docker.io/library/web:1.0", **spec: Any) -> Json:
    containers = [{"name": name, "image": image, "imagePullPolicy": "IfNotPresent", "resources": {}}]
    return {
        "metadata": {"labels": {"app": name}},
        "spec": {"containers": containers, "restartPolicy": "Always", "dnsPolicy": "ClusterFirst"} | spec,
    }


def replicaset(name: str = "web-1a", *, of: str = "uid-web", revision: str = "1", **parts: Any) -> Json:
    """The ReplicaSet whose template has the hash that its name ends in."""
    sign = name.rpartition("-")[2]
    labels = {"app": "web", HASH: sign}
    return {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": _metadata(name, f"uid-{name}", labels=labels, annotations={REVISION: revision},
                              ownerReferences=[owner("Deployment", of)]),
        "spec": {"replicas": 2, "selector": {"matchLabels": labels}, "template": template()},
        "status": {"replicas": 2, "readyReplicas": 2, "availableReplicas": 2, "observedGeneration": 1},
    } | parts  # fmt: skip


def pod(
    name: str = "web-1a-x",
    *containers: Json,
    ready: bool = True,
    since: float = 60.0,
    phase: str = "Running",
    of: str = "",
    deleted: bool = False,
    scheduled: bool = True,
    image: str = "docker.io/library/web:1.0",
    init: tuple[Json, ...] = (),
) -> Json:
    """A pod named after its ReplicaSet: `web-1a-x` is of `web-1a`; ready, or not, for `since` seconds."""
    replicaset_name = name.rpartition("-")[0]
    unready = {"reason": "ContainersNotReady", "message": "containers with unready status: [web]"}
    ready_condition = condition("Ready", "True" if ready else "False", ago=since, **{} if ready else unready)
    status: Json = {
        "phase": phase,
        "conditions": [ready_condition],
        "containerStatuses": list(containers or [container(image=image, ready=ready)]),
    }
    if init:
        status["initContainerStatuses"] = list(init)
    if not scheduled:
        message = "0/3 nodes are available: 3 Insufficient cpu."
        status = {"phase": "Pending"}
        status["conditions"] = [condition("PodScheduled", "False", "Unschedulable", message=message)]
    metadata = _metadata(name, f"uid-{name}", labels={"app": "web", HASH: replicaset_name.rpartition("-")[2]},
                         ownerReferences=[owner("ReplicaSet", of or f"uid-{replicaset_name}")])  # fmt: skip
    if deleted:
        metadata["deletionTimestamp"] = stamp()
    spec = {"containers": [{"name": "web", "image": image}]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec, "status": status}


def container(
    name: str = "web",
    *,
    image: str = "docker.io/library/web:1.0",
    ready: bool = True,
    restarts: int = 0,
    waiting: str = "",
    message: str = "",
    ended: int | None = None,
    last: int | None = None,
    reason: str = "Error",
) -> Json:
    """A container's status: running, `waiting`, or `ended` with a code; `last` time's code."""
    state: Json = {"running": {"startedAt": stamp(60)}}
    if waiting:
        state = {"waiting": {"reason": waiting} | ({"message": message} if message else {})}
    if ended is not None:
        state = {"terminated": _terminated(ended, reason)}
    before = {} if last is None else {"terminated": _terminated(last, reason)}
    up = ready and "running" in state
    return {"name": name, "image": image, "imageID": "", "ready": up, "started": "running" in state,
            "restartCount": restarts, "state": state, "lastState": before}  # fmt: skip


def condition(kind: str, status: str, reason: str = "", *, message: str = "", ago: float = 60.0) -> Json:
    said = {key: value for key, value in (("reason", reason), ("message", message)) if value}
    return {"type": kind, "status": status, "lastTransitionTime": stamp(ago)} | said


def owner(kind: str, uid: str) -> Json:
    name = uid.removeprefix("uid-")
    return {"apiVersion": "apps/v1", "kind": kind, "name": name, "uid": uid, "controller": True,
            "blockOwnerDeletion": True}  # fmt: skip


def _terminated(code: int, reason: str) -> Json:
    return {"exitCode": code, "reason": "Completed" if code == 0 else reason,
            "startedAt": stamp(65), "finishedAt": stamp(64)}  # fmt: skip


def _metadata(name: str, uid: str, **parts: Any) -> Json:
    return {"name": name, "namespace": "shop", "uid": uid, "resourceVersion": "4711",
            "creationTimestamp": stamp(3600), "generation": 1} | parts  # fmt: skip
