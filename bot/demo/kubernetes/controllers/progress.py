"""What a deployment says of itself: its counts, its conditions, and whether it still moves."""

from bot.demo.kubernetes.clock import Clock, stamp
from bot.demo.kubernetes.controllers.rollout import REVISION, counted, fences, replicas_of
from bot.demo.kubernetes.controllers.worker import Worker
from bot.demo.kubernetes.kinds import DEPLOYMENTS
from bot.demo.kubernetes.objects import Obj, annotations_of, condition_of, name_of, namespace_of, uid_of
from bot.demo.kubernetes.store import Store

_MANAGER = "kube-controller-manager"
_NO_DEADLINE = 2**31 - 1
_COUNTS = ("replicas", "updatedReplicas", "readyReplicas", "availableReplicas", "unavailableReplicas")


class Progress:
    """Keeps the status of deployments; remembers to the moment when each last moved."""

    def __init__(self, store: Store, clock: Clock, worker: Worker) -> None:
        self._store, self._clock, self._worker = store, clock, worker
        self._moved: dict[str, float] = {}

    def forget(self, uid: str) -> None:
        self._moved.pop(uid, None)

    # steps of a rollout that leave a mark

    def mark_pause(self, deployment: Obj) -> Obj:
        progressing = condition_of(deployment, "Progressing")
        reason = progressing["reason"] if progressing else ""
        if not _has_deadline(deployment) or reason == "ProgressDeadlineExceeded":
            return deployment
        paused = bool(deployment["spec"].get("paused"))
        if paused and reason != "DeploymentPaused":
            return self._mark(deployment, "Unknown", "DeploymentPaused", "Deployment is paused")
        if not paused and reason == "DeploymentPaused":
            return self._mark(deployment, "Unknown", "DeploymentResumed", "Deployment is resumed")
        return deployment

    def created(self, deployment: Obj, new: Obj, revision: int) -> Obj:
        deployment = _with_revision(deployment, revision)
        if not _has_deadline(deployment):
            return self._store.update(DEPLOYMENTS, deployment, _MANAGER)
        return self._mark(
            deployment, "True", "NewReplicaSetCreated", f'Created new replica set "{name_of(new)}"'
        )

    def found(self, deployment: Obj, new: Obj, revision: int) -> Obj:
        revised = _with_revision(deployment, revision)
        if _has_deadline(revised) and condition_of(revised, "Progressing") is None:
            return self._mark(
                revised, "True", "FoundNewReplicaSet", f'Found new replica set "{name_of(new)}"'
            )
        return self._store.update(DEPLOYMENTS, revised, _MANAGER) if revised is not deployment else deployment

    def _mark(self, deployment: Obj, status: str, reason: str, message: str) -> Obj:
        conditions = _with(deployment, "Progressing", status, reason, message)
        self._moved[uid_of(deployment)] = self._clock.monotonic()
        changed = {**deployment, "status": {**deployment.get("status", {}), "conditions": conditions}}
        return self._store.update(DEPLOYMENTS, changed, _MANAGER, "status")

    # the status as a whole

    def is_complete(self, deployment: Obj) -> bool:
        return _complete(deployment, deployment.get("status", {}))

    def sync_counts(self, deployment: Obj, sets: list[Obj], new: Obj | None) -> None:
        self._write(deployment, _counted(deployment, sets, new))

    def sync(self, deployment: Obj, sets: list[Obj], new: Obj | None) -> None:
        """Bring the status up to date, and with it the word on whether the rollout gets on."""
        status = _counted(deployment, sets, new)
        before = deployment.get("status", {})
        current = condition_of(deployment, "Progressing")
        settled = (
            current is not None
            and current["reason"] == "NewReplicaSetAvailable"
            and status.get("replicas", 0) == status.get("updatedReplicas", 0)
        )
        if _has_deadline(deployment) and not settled:
            who = f'ReplicaSet "{name_of(new)}"' if new else f'Deployment "{name_of(deployment)}"'
            step = self._step(deployment, status, before)
            if step is not None:
                state, reason, said = step
                self._note(deployment, status, (state, reason, f"{who} {said}"))
        self._sync_failures(status, sets, new)
        self._write(deployment, status)
        self._look_again(deployment, status)

    def _step(self, deployment: Obj, status: Obj, before: Obj) -> tuple[str, str, str] | None:
        if _complete(deployment, status):
            return "True", "NewReplicaSetAvailable", "has successfully progressed."
        if _moves(status, before):
            return "True", "ReplicaSetUpdated", "is progressing."
        if self._timed_out(deployment):
            return "False", "ProgressDeadlineExceeded", "has timed out progressing."
        return None

    def _note(self, deployment: Obj, status: Obj, told: tuple[str, str, str]) -> None:
        old = condition_of(deployment, "Progressing")
        moves = told[1] == "ReplicaSetUpdated"
        if old and not moves and (old["status"], old["reason"]) == told[:2]:
            return
        status["conditions"] = _with({"status": status}, "Progressing", *told)
        self._moved[uid_of(deployment)] = self._clock.monotonic()

    def _timed_out(self, deployment: Obj) -> bool:
        current = condition_of(deployment, "Progressing")
        if current is None or current["reason"] == "NewReplicaSetAvailable":
            return False
        if current["reason"] == "ProgressDeadlineExceeded":
            return True
        moved = self._moved.setdefault(uid_of(deployment), self._clock.monotonic())
        return self._clock.monotonic() - moved >= float(deployment["spec"]["progressDeadlineSeconds"])

    def _look_again(self, deployment: Obj, status: Obj) -> None:
        """Come back when the deadline passes, if nothing else happens before."""
        current = condition_of({"status": status}, "Progressing")
        done = ("NewReplicaSetAvailable", "ProgressDeadlineExceeded", "DeploymentPaused")
        if not _has_deadline(deployment) or current is None or current["reason"] in done:
            return
        moved = self._moved.setdefault(uid_of(deployment), self._clock.monotonic())
        left = moved + float(deployment["spec"]["progressDeadlineSeconds"]) - self._clock.monotonic()
        self._worker.add_after((namespace_of(deployment), name_of(deployment)), max(0.05, left))

    def _sync_failures(self, status: Obj, sets: list[Obj], new: Obj | None) -> None:
        order = ([new] if new else []) + [one for one in sets if new is None or uid_of(one) != uid_of(new)]
        failure = next((found for one in order if (found := condition_of(one, "ReplicaFailure"))), None)
        kept = [one for one in status["conditions"] if one["type"] != "ReplicaFailure"]
        if failure is not None:
            told = {
                key: failure.get(key, "")
                for key in ("type", "status", "reason", "message", "lastTransitionTime")
            }
            kept.append({**told, "lastUpdateTime": told["lastTransitionTime"]})
        status["conditions"] = kept

    def _write(self, deployment: Obj, status: Obj) -> None:
        self._store.update(DEPLOYMENTS, {**deployment, "status": status}, _MANAGER, "status")


def _with_revision(deployment: Obj, revision: int) -> Obj:
    if annotations_of(deployment).get(REVISION) == str(revision):
        return deployment
    notes = {**annotations_of(deployment), REVISION: str(revision)}
    return {**deployment, "metadata": {**deployment["metadata"], "annotations": notes}}


def _has_deadline(deployment: Obj) -> bool:
    return deployment["spec"].get("progressDeadlineSeconds") not in (None, _NO_DEADLINE)


def _counted(deployment: Obj, sets: list[Obj], new: Obj | None) -> Obj:
    available = counted("availableReplicas", *sets)
    numbers = {
        "replicas": counted("replicas", *sets),
        "updatedReplicas": counted("replicas", new),
        "readyReplicas": counted("readyReplicas", *sets),
        "availableReplicas": available,
        "unavailableReplicas": max(0, replicas_of(*sets) - available),
    }
    status: Obj = {"observedGeneration": deployment["metadata"]["generation"]}
    status |= {name: numbers[name] for name in _COUNTS if numbers[name]}
    status["terminatingReplicas"] = counted("terminatingReplicas", *sets)
    _, missing = fences(deployment)
    if available >= deployment["spec"]["replicas"] - missing:
        told = ("True", "MinimumReplicasAvailable", "Deployment has minimum availability.")
    else:
        told = ("False", "MinimumReplicasUnavailable", "Deployment does not have minimum availability.")
    old = condition_of(deployment, "Available")
    if old and (old["status"], old["reason"]) == told[:2]:
        status["conditions"] = list(deployment["status"]["conditions"])
    else:
        status["conditions"] = _with(deployment, "Available", *told)
    if not _has_deadline(deployment):
        status["conditions"] = [one for one in status["conditions"] if one["type"] != "Progressing"]
    return status


def _complete(deployment: Obj, status: Obj) -> bool:
    wanted = deployment["spec"]["replicas"]
    counts = (status.get(name, 0) for name in ("updatedReplicas", "replicas", "availableReplicas"))
    return all(count == wanted for count in counts) and (
        status.get("observedGeneration", 0) >= deployment["metadata"]["generation"]
    )


def _moves(status: Obj, before: Obj) -> bool:
    def old_pods(one: Obj) -> int:
        return int(one.get("replicas", 0) - one.get("updatedReplicas", 0))

    grown = ("updatedReplicas", "readyReplicas", "availableReplicas")
    return any(status.get(name, 0) > before.get(name, 0) for name in grown) or old_pods(status) < old_pods(
        before
    )


def _with(obj: Obj, kind: str, state: str, reason: str, message: str) -> list[Obj]:
    """Return the conditions of an object with this one set; its transition time moves only with its state."""
    old = condition_of(obj, kind)
    moment = stamp()
    made = {
        "type": kind,
        "status": state,
        "lastUpdateTime": moment,
        "lastTransitionTime": old["lastTransitionTime"] if old and old["status"] == state else moment,
        "reason": reason,
        "message": message,
    }
    others = [one for one in obj.get("status", {}).get("conditions") or () if one["type"] != kind]
    return [*others, made]
