"""A rollout at one moment: what is read of it, what is wrong with its pods, and how far it is.

How it is judged, by the rules of each kind, stands in `rollouts`.
"""

from __future__ import annotations

from enum import StrEnum

from bot.domain.ages import parse_time
from bot.domain.model import Frozen, Json
from bot.domain.resources import DEPLOYMENTS, ResourceType

REVISION = "deployment.kubernetes.io/revision"
CAUSE = "kubernetes.io/change-cause"
HASH = "pod-template-hash"
"""On the pods of a ReplicaSet: the template that they were made from."""
REVISION_HASH = "controller-revision-hash"
"""The same on those of a StatefulSet, as its revision's whole name, and of a DaemonSet, as its hash."""

_IMAGE = {"ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "RegistryUnavailable"}
_CONFIG = {"CreateContainerConfigError", "CreateContainerError", "RunContainerError"}
_BACK_OFF = "CrashLoopBackOff"
"""Said of one that ends with code 0, too: what is meant to serve must not end."""
_OUT_OF_MEMORY = "OOMKilled"
"""Says more than the back-off that follows it."""
_LATE = 30.0
"""Seconds past the grace after which something that was deleted should be gone."""
_LONG_UNREADY = 30.0
"""Seconds after which a running pod that is not ready is worth a line."""


class Phase(StrEnum):
    MOVING = "moving"
    DONE = "done"
    STUCK = "stuck"
    """The progress deadline has passed, or nothing more can come of it."""
    PAUSED = "paused"
    HELD = "held"
    """All is done that is done by itself: its other pods follow when somebody deletes them."""
    GONE = "gone"


class Trouble(StrEnum):
    IMAGE = "image"
    CRASH = "crash"
    CONFIG = "config"
    UNSCHEDULABLE = "unschedulable"
    UNREADY = "unready"


class PodTrouble(Frozen):
    """What is wrong with one pod, as its status says it."""

    pod: str
    container: str
    kind: Trouble
    reason: str
    """Kubernetes' own word, such as `ErrImagePull` or `CrashLoopBackOff`."""
    message: str = ""
    image: str = ""
    exit_code: int | None = None
    restarts: int = 0
    new: bool = True
    """It runs the newest template."""

    @property
    def key(self) -> str:
        """Ten pods that fail by one cause have one key, so that it is told once, with the first of them."""
        return f"{self.kind}/{self.container}/{self.image}/{self.exit_code}"


class Progress(Frozen):
    """How far a rollout is."""

    phase: Phase
    sentence: str
    """As `kubectl rollout status` says it."""
    desired: int = 0
    updated: int = 0
    available: int = 0
    old: int = 0
    """Pods of older templates that are still there and ready."""
    surplus: int = 0
    """Pods that are there and no longer wanted."""
    held: int = 0
    """Pods that keep an older template for as long as its update strategy is as it is."""
    on_delete: bool = False
    """Whether it replaces no pod by itself."""
    ordered: bool = False
    """Whether it waits for each pod to be ready before it goes on, also for one that never will be."""
    blocked: str = ""
    """The broken pod of an older template that it waits for; once that is deleted, it goes on."""
    lingering: str = ""
    """The pod that was deleted and does not go, where it waits for that."""
    refused: str = ""
    """Why no further pod can be made, where the cluster refuses it."""
    idle: float = 0.0
    """Seconds since it last came any further, where it is stuck for that."""
    images: tuple[str, ...] = ()
    old_images: tuple[str, ...] = ()
    revision: str = ""
    troubles: tuple[PodTrouble, ...] = ()


class Snapshot(Frozen):
    """A workload with what it owns, read together."""

    workload: Json | None
    kind: ResourceType = DEPLOYMENTS
    replicasets: tuple[Json, ...] = ()
    """Of a Deployment, by its labels."""
    revisions: tuple[Json, ...] = ()
    """The ControllerRevisions of a StatefulSet or DaemonSet, by its labels."""
    pods: tuple[Json, ...] = ()


def newest_set(snapshot: Snapshot) -> Json | None:
    """The ReplicaSet of the current template: the one of the deployment's own revision, else the highest."""
    if snapshot.workload is None:
        return None
    wanted = snapshot.workload["metadata"].get("annotations", {}).get(REVISION)
    mine = own_sets(snapshot)
    return max(mine, key=lambda s: (revision(s) == wanted, numbered(s)), default=None)


def own_sets(snapshot: Snapshot) -> list[Json]:
    """Its own ReplicaSets: not those left by a namesake that was deleted, nor a neighbour's."""
    uid = snapshot.workload["metadata"]["uid"] if snapshot.workload else ""
    return [s for s in snapshot.replicasets if uid and owner(s) == uid]


def revision(replicaset: Json) -> str:
    found: str = replicaset["metadata"].get("annotations", {}).get(REVISION, "")
    return found


def numbered(replicaset: Json) -> int:
    """Its revision's number; 0 where it has none. Anybody can write anything into an annotation."""
    found = revision(replicaset)
    return int(found) if found.isdecimal() else 0


def owner(item: Json) -> str:
    return next((o["uid"] for o in item["metadata"].get("ownerReferences", []) if o.get("controller")), "")


def images(holder: Json) -> tuple[str, ...]:
    """The images of a pod or of a pod template, in order."""
    return tuple(container.get("image", "") for container in holder.get("spec", {}).get("containers", []))


def template_of(pod: Json) -> str | None:
    """Which template of its workload a pod was made from."""
    labels = pod["metadata"].get("labels") or {}
    found: str | None = labels.get(HASH) or labels.get(REVISION_HASH)
    return found


def short_image(image: str) -> str:
    """What people call it: `docker.io/library/web:1.0` is `web:1.0`; a digest keeps twelve signs."""
    name = image.rsplit("/", 1)[-1]
    base, at, digest = name.partition("@sha256:")
    return f"{base}@{digest[:12]}" if at else name


def is_ready(pod: Json) -> bool:
    if pod["metadata"].get("deletionTimestamp"):
        return False
    conditions = pod.get("status", {}).get("conditions", [])
    return any(c.get("type") == "Ready" and c.get("status") == "True" for c in conditions)


def is_overdue(item: Json, now: float) -> bool:
    """Whether it was deleted and should be gone; a pod's deletion time is already the end of its grace."""
    ends = parse_time(item["metadata"].get("deletionTimestamp"))
    return ends is not None and now - ends > _LATE


def pod_troubles(pod: Json, current: str | None, now: float) -> list[PodTrouble]:
    """Everything that is wrong with one pod, the cause before the symptom."""
    if pod["metadata"].get("deletionTimestamp"):
        return []
    name, status = pod["metadata"]["name"], pod.get("status", {})
    new = current is None or template_of(pod) == current
    containers = [*status.get("initContainerStatuses", []), *status.get("containerStatuses", [])]
    found = [_container(name, c, new=new) for c in containers]
    troubles = [trouble for trouble in found if trouble]
    troubles += [
        PodTrouble(
            pod=name, container="", kind=Trouble.UNSCHEDULABLE, reason="Unschedulable", new=new,
            message=condition.get("message", ""),
        )
        for condition in status.get("conditions", [])
        if condition.get("type") == "PodScheduled" and condition.get("reason") == "Unschedulable"
    ]  # fmt: skip
    return troubles or _unready(pod, now, new=new)


def _container(pod: str, status: Json, *, new: bool) -> PodTrouble | None:
    """One container: waiting for an image or its config, or crashed, whichever face of it the kubelet shows.

    A crashing container is `terminated` between two starts, `running` with a last state after one, and
    `CrashLoopBackOff` for a moment or for most of the wait, by the kubelet's age. All three are a crash.
    """
    state, last = status.get("state", {}), status.get("lastState", {}).get("terminated", {})
    waiting, ended = state.get("waiting", {}), state.get("terminated", {})
    reason = waiting.get("reason", "")
    common = {"pod": pod, "container": status["name"], "image": status.get("image", ""), "new": new,
              "restarts": status.get("restartCount", 0)}  # fmt: skip
    if reason in _IMAGE:
        return PodTrouble(kind=Trouble.IMAGE, reason=reason, message=waiting.get("message", ""), **common)
    if reason in _CONFIG:
        return PodTrouble(kind=Trouble.CONFIG, reason=reason, message=waiting.get("message", ""), **common)
    crash = ended or last
    code = crash.get("exitCode", 0)
    if (code or reason == _BACK_OFF) and not (state.get("running") and status.get("ready")):
        why = crash.get("reason", "Error")
        shown = why if why == _OUT_OF_MEMORY else reason or why
        return PodTrouble(kind=Trouble.CRASH, reason=shown, exit_code=code, **common)
    return None


def _unready(pod: Json, now: float, *, new: bool) -> list[PodTrouble]:
    status = pod.get("status", {})
    ready = next((c for c in status.get("conditions", []) if c.get("type") == "Ready"), None)
    if status.get("phase") != "Running" or ready is None or ready.get("status") == "True":
        return []
    since = parse_time(ready.get("lastTransitionTime")) or now
    if now - since < _LONG_UNREADY:
        return []
    first: Json = next((c for c in status.get("containerStatuses", []) if not c.get("ready")), {})
    probed = "running" in first.get("state", {})
    message = "its readiness probe does not pass" if probed else ready.get("message", "")
    image = first.get("image") or next(iter(images(pod)), "")
    return [
        PodTrouble(pod=pod["metadata"]["name"], container=first.get("name", ""), kind=Trouble.UNREADY,
                   new=new, reason=ready.get("reason", "ContainersNotReady"), message=message, image=image)
    ]  # fmt: skip


def older_pods(deployment: Json) -> tuple[int, int]:
    """How many of its pods are not of its template as it is now, and how many there are."""
    status = deployment.get("status", {})
    total: int = status.get("replicas", 0)
    return (total - int(status.get("updatedReplicas", 0)) if is_observed(deployment) else 0), total


def is_observed(workload: Json) -> bool:
    """Whether its status answers to its spec as it is now."""
    observed: int = workload.get("status", {}).get("observedGeneration", 0)
    return bool(workload["metadata"].get("generation", 0) <= observed)
