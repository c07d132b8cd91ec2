"""StatefulSets, DaemonSets and ReplicaSets at rest, with their pods; any part of them replaced by name."""

from __future__ import annotations

from typing import Any

from bot.domain.model import Json
from bot.domain.rollouts.snapshot import REVISION_HASH
from tests.factories import owner, pod, template

OLD, NEW = "db-1a", "db-2b"
"""The revisions that sets in these tests have had."""


def statefulset(*, replicas: int | None = 3, strategy: Json | None = None, **parts: Any) -> Json:
    """Three pods of the newest template, unless the counts or the revisions say otherwise."""
    wanted = 1 if replicas is None else replicas
    given = {"generation": 2, "observed": 2, "total": wanted, "ready": wanted, "updated": wanted,
             "current": 0, "now": NEW, "next": NEW, "policy": "OrderedReady", "start": 0} | parts  # fmt: skip
    given = {"available": given["ready"]} | given
    rolling = strategy or {"type": "RollingUpdate", "rollingUpdate": {"partition": 0}}
    chosen = {"matchLabels": {"app": "db"}}
    spec: Json = {"selector": chosen, "podManagementPolicy": given["policy"],
                  "template": template("db", image="db:2"), "updateStrategy": rolling}  # fmt: skip
    if replicas is not None:
        spec["replicas"] = replicas
    if given["start"]:
        spec["ordinals"] = {"start": given["start"]}
    counts = {"readyReplicas": given["ready"], "updatedReplicas": given["updated"],
              "currentReplicas": given["current"]}  # fmt: skip
    status = {
        "observedGeneration": given["observed"], "replicas": given["total"],
        "availableReplicas": given["available"], "currentRevision": given["now"],
        "updateRevision": given["next"], **{key: count for key, count in counts.items() if count},
    }  # fmt: skip
    return _workload("StatefulSet", "db", given["generation"], spec, status)


def daemonset(*, nodes: int = 3, strategy: str = "RollingUpdate", **parts: Any) -> Json:
    given = {"generation": 2, "observed": 2, "updated": nodes, "available": nodes} | parts
    spec = {"selector": {"matchLabels": {"app": "agent"}}, "updateStrategy": {"type": strategy},
            "template": template("agent", image="agent:2")}  # fmt: skip
    counts = {"updatedNumberScheduled": given["updated"], "numberAvailable": given["available"]}
    status = {
        "observedGeneration": given["observed"], "desiredNumberScheduled": nodes,
        "currentNumberScheduled": nodes,
        **{key: count for key, count in counts.items() if count},
    }  # fmt: skip
    return _workload("DaemonSet", "agent", given["generation"], spec, status)


def replicaset(*, replicas: int | None = 3, **parts: Any) -> Json:
    wanted = 1 if replicas is None else replicas
    given = {"generation": 2, "observed": 2, "total": wanted, "available": wanted, "refused": ""} | parts
    spec: Json = {"selector": {"matchLabels": {"app": "lone"}}, "template": template("lone")}
    if replicas is not None:
        spec["replicas"] = replicas
    status: Json = {"observedGeneration": given["observed"], "replicas": given["total"]}
    if given["available"]:
        status["availableReplicas"] = given["available"]
    if given["refused"]:
        status["conditions"] = [
            {"type": "ReplicaFailure", "status": "True", "message": given["refused"]}
        ]  # fmt: skip
    return _workload("ReplicaSet", "lone", given["generation"], spec, status)


def pod_of(kind: str, of: str, name: str, *containers: Json, sign: str = NEW, **parts: Any) -> Json:
    """A pod that a set controls, from the template with this sign."""
    made = pod(name, *containers, **parts)
    made["metadata"]["labels"] = {"app": of, REVISION_HASH: sign}
    made["metadata"]["ownerReferences"] = [owner(kind, f"uid-{of}")]
    return made


def controller_revision(name: str, number: int, *, of: str = "db", kind: str = "StatefulSet") -> Json:
    labels = {"app": of, REVISION_HASH: name.rpartition("-")[2]}
    metadata = {"name": name, "labels": labels, "ownerReferences": [owner(kind, f"uid-{of}")]}
    return {"metadata": metadata, "revision": number}


def _workload(kind: str, name: str, generation: int, spec: Json, status: Json) -> Json:
    metadata = {"name": name, "namespace": "shop", "uid": f"uid-{name}", "generation": generation}
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": metadata, "spec": spec, "status": status}
