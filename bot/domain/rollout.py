"""A rollout at one moment: from what the API shows to how far it is, what is wrong, and what still works.

The rules and the sentences are those of `kubectl rollout status`; the generation is compared first, so that
an old status is never taken for an answer to a new change.
"""

from __future__ import annotations

from enum import StrEnum

from bot.domain.ages import parse_time
from bot.domain.model import Frozen, Json

REVISION = "deployment.kubernetes.io/revision"
CAUSE = "kubernetes.io/change-cause"
HASH = "pod-template-hash"

_IMAGE = {"ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "RegistryUnavailable"}
_CONFIG = {"CreateContainerConfigError", "CreateContainerError", "RunContainerError"}
_BACK_OFF = "CrashLoopBackOff"
"""Said of one that ends with code 0, too: what is meant to serve must not end."""
_OUT_OF_MEMORY = "OOMKilled"
"""Says more than the back-off that follows it."""
_LONG_UNREADY = 30.0
"""Seconds after which a running pod that is not ready is worth a line."""


class Phase(StrEnum):
    MOVING = "moving"
    DONE = "done"
    STUCK = "stuck"
    """The progress deadline has passed, or nothing more can come of it."""
    PAUSED = "paused"
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
    images: tuple[str, ...] = ()
    old_images: tuple[str, ...] = ()
    revision: str = ""
    troubles: tuple[PodTrouble, ...] = ()


class Snapshot(Frozen):
    """A deployment with what it owns, read together."""

    deployment: Json | None
    replicasets: tuple[Json, ...] = ()
    pods: tuple[Json, ...] = ()


def assess(snapshot: Snapshot, now: float, *, uid: str = "") -> Progress:
    """Judge a snapshot. With `uid`, a deployment that was deleted and made anew counts as gone."""
    deployment = snapshot.deployment
    if deployment is None or (uid and deployment["metadata"]["uid"] != uid):
        return Progress(phase=Phase.GONE, sentence="the deployment is gone")
    phase, sentence = _phase(deployment)
    observed = _is_observed(deployment)  # else the counts and the troubles are those of the change before
    status, newest = deployment.get("status", {}), newest_set(snapshot)
    current = newest["metadata"]["labels"].get(HASH) if newest else None
    sets = {s["metadata"]["uid"] for s in own_sets(snapshot)}
    own = [pod for pod in snapshot.pods if _owner(pod) in sets]
    old = [pod for pod in own if pod["metadata"]["labels"].get(HASH) != current and is_ready(pod)]
    return Progress(
        phase=phase,
        sentence=sentence,
        desired=deployment["spec"].get("replicas", 1),
        updated=status.get("updatedReplicas", 0) if observed else 0,
        available=status.get("availableReplicas", 0),
        old=len(old),
        images=images(deployment["spec"]["template"]),
        old_images=tuple(sorted({image for pod in old for image in images(pod)})),
        revision=deployment["metadata"].get("annotations", {}).get(REVISION, ""),
        troubles=tuple(t for pod in own for t in pod_troubles(pod, current, now)) if observed else (),
    )


def _phase(deployment: Json) -> tuple[Phase, str]:
    name = deployment["metadata"]["name"]
    spec, status = deployment["spec"], deployment.get("status", {})
    if not _is_observed(deployment):
        return Phase.MOVING, "Waiting for deployment spec update to be observed..."
    waiting = f'Waiting for deployment "{name}" rollout to finish:'
    desired, total = spec.get("replicas", 1), status.get("replicas", 0)
    updated, available = status.get("updatedReplicas", 0), status.get("availableReplicas", 0)
    if _exceeded(status):
        return Phase.STUCK, f'deployment "{name}" exceeded its progress deadline'
    paused = Phase.PAUSED if spec.get("paused") else Phase.MOVING
    if updated < desired:
        return paused, f"{waiting} {updated} out of {desired} new replicas have been updated..."
    if total > updated:
        return paused, f"{waiting} {total - updated} old replicas are pending termination..."
    if available < updated:
        return paused, f"{waiting} {available} of {updated} updated replicas are available..."
    return Phase.DONE, f'deployment "{name}" successfully rolled out'


def _is_observed(deployment: Json) -> bool:
    observed: int = deployment.get("status", {}).get("observedGeneration", 0)
    return bool(deployment["metadata"].get("generation", 0) <= observed)


def _exceeded(status: Json) -> bool:
    return any(
        c.get("type") == "Progressing" and c.get("reason") == "ProgressDeadlineExceeded"
        for c in status.get("conditions", [])
    )


def newest_set(snapshot: Snapshot) -> Json | None:
    """The ReplicaSet of the current template: the one of the deployment's own revision, else the highest."""
    if snapshot.deployment is None:
        return None
    wanted = snapshot.deployment["metadata"].get("annotations", {}).get(REVISION)
    mine = own_sets(snapshot)
    return max(mine, key=lambda s: (revision(s) == wanted, int(revision(s) or 0)), default=None)


def own_sets(snapshot: Snapshot) -> list[Json]:
    """Its own ReplicaSets: not those left by a namesake that was deleted, nor a neighbour's."""
    uid = snapshot.deployment["metadata"]["uid"] if snapshot.deployment else ""
    return [s for s in snapshot.replicasets if uid and _owner(s) == uid]


def revision(replicaset: Json) -> str:
    found: str = replicaset["metadata"].get("annotations", {}).get(REVISION, "")
    return found


def _owner(item: Json) -> str:
    return next((o["uid"] for o in item["metadata"].get("ownerReferences", []) if o.get("controller")), "")


def images(holder: Json) -> tuple[str, ...]:
    """The images of a pod or of a pod template, in order."""
    return tuple(container.get("image", "") for container in holder.get("spec", {}).get("containers", []))


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


def pod_troubles(pod: Json, current: str | None, now: float) -> list[PodTrouble]:
    """Everything that is wrong with one pod, the cause before the symptom."""
    if pod["metadata"].get("deletionTimestamp"):
        return []
    name, status = pod["metadata"]["name"], pod.get("status", {})
    new = current is None or pod["metadata"].get("labels", {}).get(HASH) == current
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
    return (total - int(status.get("updatedReplicas", 0)) if _is_observed(deployment) else 0), total
