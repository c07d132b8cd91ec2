"""ReplicaSets: as many pods as wanted; strays are adopted, and those that no longer match let go."""

from bot.demo.kubernetes.api.deletion import delete
from bot.demo.kubernetes.clock import Clock, stamp
from bot.demo.kubernetes.controllers.podmaking import MANAGER, make_pod
from bot.demo.kubernetes.controllers.worker import Key, Worker
from bot.demo.kubernetes.errors import ApiError
from bot.demo.kubernetes.kinds import PODS, REPLICA_SETS
from bot.demo.kubernetes.objects import (
    Obj,
    condition_of,
    controlled_by,
    controller_of,
    is_ready,
    is_terminating,
    key_of,
    labels_of,
    name_of,
    namespace_of,
    uid_of,
)
from bot.demo.kubernetes.recorder import Recorder
from bot.demo.kubernetes.selectors import selects
from bot.demo.kubernetes.store import Event, Store

COMPONENT = "replicaset-controller"
_PHASES = {"Pending": 0, "Unknown": 1, "Running": 2}


class ReadyTimes:
    """Since when each pod has been ready, to the moment; the objects only tell it to the second."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._since: dict[str, float] = {}

    def hear(self, event: Event) -> None:
        if event.resource is not PODS:
            return
        uid = uid_of(event.obj)
        if event.type == "DELETED" or not is_ready(event.obj):
            self._since.pop(uid, None)
        else:
            self._since.setdefault(uid, self._clock.monotonic())

    def left(self, pod: Obj, seconds: float) -> float:
        """Tell how long until a ready pod has been ready for so many seconds."""
        return self._since.get(uid_of(pod), self._clock.monotonic()) + seconds - self._clock.monotonic()

    def is_available(self, pod: Obj, owner: Obj) -> bool:
        """Tell whether a pod that stays has been ready for as long as its owner asks for."""
        return not is_terminating(pod) and is_ready(pod) and not self.waits([pod], owner)

    def waits(self, pods: list[Obj], owner: Obj) -> list[float]:
        """For each pod that is ready and not available yet, give the seconds until it is."""
        wait = owner["spec"].get("minReadySeconds", 0)
        ready = [pod for pod in pods if is_ready(pod) and not is_terminating(pod)] if wait else []
        return [left for pod in ready if (left := self.left(pod, wait)) > 0]


class ReplicaSets:
    """The replica set controller."""

    def __init__(self, store: Store, clock: Clock, recorder: Recorder, ready: ReadyTimes) -> None:
        self._store, self._recorder, self._ready = store, recorder, ready
        self.worker = Worker(COMPONENT, clock, self.reconcile)
        self._strays: dict[Key, None] = {}  # pods that nobody controls

    def hear(self, event: Event) -> None:
        if event.resource is REPLICA_SETS:
            self.worker.add((namespace_of(event.obj), name_of(event.obj)))
        elif event.resource is PODS:
            self._strays.pop(key_of(event.obj), None)
            if controller_of(event.obj) is None and event.type != "DELETED":
                self._strays[key_of(event.obj)] = None
            owners = {
                (controller_of(pod) or {}).get("name") for pod in (event.obj, event.old) if pod is not None
            }
            for name in owners - {None}:
                self.worker.add((namespace_of(event.obj), str(name)))
            if None in owners and event.type != "DELETED":
                self._wake_matching(event.obj)

    def _wake_matching(self, pod: Obj) -> None:
        for one in self._store.each(REPLICA_SETS, namespace_of(pod)):
            if selects(one["spec"].get("selector"), labels_of(pod)):
                self.worker.add((namespace_of(one), name_of(one)))

    def reconcile(self, key: Key) -> None:
        replica_set = self._store.get(REPLICA_SETS, *key)
        if replica_set is None:
            return
        pods = self._pods(replica_set)
        active = [pod for pod in pods if _is_active(pod)]
        failure: str | None = None
        if not is_terminating(replica_set):
            failure = self._settle(replica_set, active)
        current = self._store.get(REPLICA_SETS, *key)
        if current is not None:
            self._write_status(current, active, [pod for pod in pods if is_terminating(pod)], failure)

    def _pods(self, replica_set: Obj) -> list[Obj]:
        selector = replica_set["spec"]["selector"]
        mine = []
        for resource, pod in self._store.dependents(uid_of(replica_set)):
            if resource is not PODS:
                continue
            if selects(selector, labels_of(pod)):
                mine.append(pod)
            else:
                self._own(
                    pod, [o for o in pod["metadata"]["ownerReferences"] if o["uid"] != uid_of(replica_set)]
                )
        for pod in [] if is_terminating(replica_set) else self._unowned(namespace_of(replica_set)):
            if _is_active(pod) and selects(selector, labels_of(pod)):
                owners = [*(pod["metadata"].get("ownerReferences") or ()), controlled_by(replica_set)]
                mine.append(self._own(pod, owners))
        return mine

    def _unowned(self, namespace: str) -> list[Obj]:
        found = (self._store.get(PODS, *key) for key in list(self._strays) if key[0] == namespace)
        return [pod for pod in found if pod is not None]

    def _own(self, pod: Obj, owners: list[Obj]) -> Obj:
        metadata = {**pod["metadata"], "ownerReferences": owners}
        if not owners:
            del metadata["ownerReferences"]
        return self._store.update(PODS, {**pod, "metadata": metadata}, MANAGER)

    def _settle(self, replica_set: Obj, active: list[Obj]) -> str | None:
        """Create what is missing and delete what is too much; returns why a pod could not be made."""
        wanted = replica_set["spec"].get("replicas", 0)
        for _ in range(wanted - len(active)):
            template = replica_set["spec"]["template"]
            made = make_pod(self._store, self._recorder, replica_set, template, component=COMPONENT)
            if isinstance(made, ApiError):
                self.worker.add_after((namespace_of(replica_set), name_of(replica_set)), 10)
                return made.message
        for pod in sorted(active, key=_worth)[: max(0, len(active) - wanted)]:
            delete(self._store, PODS, pod, {})
            said = f"Deleted pod: {name_of(pod)}"
            self._recorder.note(replica_set, "SuccessfulDelete", said, component=COMPONENT)
        return None

    def _write_status(
        self, replica_set: Obj, active: list[Obj], ending: list[Obj], failure: str | None
    ) -> None:
        labels = labels_of(replica_set["spec"]["template"])
        ready = [pod for pod in active if is_ready(pod)]
        waits = self._ready.waits(ready, replica_set)
        if waits:
            self.worker.add_after((namespace_of(replica_set), name_of(replica_set)), min(waits))
        numbers = {
            "fullyLabeledReplicas": sum(1 for pod in active if labels.items() <= labels_of(pod).items()),
            "readyReplicas": len(ready),
            "availableReplicas": len(ready) - len(waits),
        }
        status: Obj = {"replicas": len(active)} | {key: value for key, value in numbers.items() if value}
        status["observedGeneration"] = replica_set["metadata"]["generation"]
        status["terminatingReplicas"] = len(ending)
        old = condition_of(replica_set, "ReplicaFailure")
        if failure:
            said = {
                "type": "ReplicaFailure",
                "status": "True",
                "reason": "FailedCreate",
                "message": failure,
            }
            status["conditions"] = [old or {**said, "lastTransitionTime": stamp()}]
        self._store.update(REPLICA_SETS, {**replica_set, "status": status}, MANAGER, "status")


def _is_active(pod: Obj) -> bool:
    return pod["status"].get("phase") not in ("Succeeded", "Failed") and not is_terminating(pod)


def _worth(pod: Obj) -> tuple[bool, int, bool, int]:
    """Order pods by how little is lost with them: unplaced, unready and young ones go first."""
    placed, phase = bool(pod["spec"].get("nodeName")), _PHASES.get(pod["status"].get("phase", ""), 0)
    return placed, phase, is_ready(pod), -int(pod["metadata"]["resourceVersion"])
