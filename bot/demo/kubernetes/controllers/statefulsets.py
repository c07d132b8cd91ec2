"""StatefulSets: pods with a number each, which come up in order, go down in reverse, and keep their names."""

from bot.demo.kubernetes.admission import check_create, defaulted
from bot.demo.kubernetes.admission.quotas import check_quotas
from bot.demo.kubernetes.admission.storage import choose_class
from bot.demo.kubernetes.api.deletion import delete
from bot.demo.kubernetes.clock import Clock
from bot.demo.kubernetes.controllers.podmaking import MANAGER, make_pod
from bot.demo.kubernetes.controllers.replicasets import ReadyTimes
from bot.demo.kubernetes.controllers.revisions import (
    HASH,
    STATEFUL_HASH,
    current_revision,
    has_revision,
    template_at,
    trim,
)
from bot.demo.kubernetes.controllers.worker import Key, Worker
from bot.demo.kubernetes.errors import ApiError
from bot.demo.kubernetes.kinds import CLAIMS, PODS, STATEFUL_SETS
from bot.demo.kubernetes.objects import (
    Obj,
    clone,
    controller_of,
    is_ready,
    is_terminating,
    labels_of,
    name_of,
    namespace_of,
    uid_of,
)
from bot.demo.kubernetes.recorder import Recorder
from bot.demo.kubernetes.store import Event, Store

COMPONENT = "statefulset-controller"


class StatefulSets:
    """The stateful set controller."""

    def __init__(self, store: Store, clock: Clock, recorder: Recorder, ready: ReadyTimes) -> None:
        self._store, self._recorder, self._ready = store, recorder, ready
        self.worker = Worker(COMPONENT, clock, self.reconcile)

    def hear(self, event: Event) -> None:
        if event.resource is STATEFUL_SETS:
            self.worker.add((namespace_of(event.obj), name_of(event.obj)))
        elif event.resource is PODS:
            owner = controller_of(event.obj)
            if owner and owner["kind"] == "StatefulSet":
                self.worker.add((namespace_of(event.obj), owner["name"]))

    def reconcile(self, key: Key) -> None:
        owner = self._store.get(STATEFUL_SETS, *key)
        if owner is None or is_terminating(owner):
            return
        revision = current_revision(self._store, owner, STATEFUL_HASH)
        pods = {
            name_of(pod): pod for resource, pod in self._store.dependents(uid_of(owner)) if resource is PODS
        }
        self._step(owner, pods, revision)
        current = self._write_status(owner, list(pods.values()), revision)
        live = {labels_of(pod).get(HASH, "") for pod in pods.values()}
        trim(self._store, owner, live | {current, revision}, all_count=False)

    def _step(self, owner: Obj, pods: dict[str, Obj], revision: str) -> None:
        """Do what may be done now; in the orderly policy that is one thing at a time."""
        spec = owner["spec"]
        orderly = spec["podManagementPolicy"] == "OrderedReady"
        first = _first(owner)
        names = [f"{name_of(owner)}-{number}" for number in range(first, first + spec["replicas"])]
        for name in names:
            pod = pods.get(name)
            if pod is None:
                self._create(owner, name, self._born_with(owner, name, revision))
            elif pod["status"].get("phase") in ("Failed", "Succeeded") and not is_terminating(pod):
                delete(self._store, PODS, pod, {})
            if orderly and (pod is None or not self._ready.is_available(pod, owner)):
                return
        for pod in sorted(
            (pod for name, pod in pods.items() if name not in names), key=_number, reverse=True
        ):
            if not is_terminating(pod):
                self._delete(owner, pod)
            if orderly:
                return
        if spec["updateStrategy"]["type"] == "RollingUpdate":
            self._update(owner, [pods[name] for name in names if name in pods], revision)

    def _update(self, owner: Obj, pods: list[Obj], revision: str) -> None:
        """Replace the last pod of an older revision, once those after it are available."""
        for pod in reversed(pods):
            if _number(pod) < _partition(owner):
                return
            if not has_revision(pod, revision):
                if not is_terminating(pod):
                    self._delete(owner, pod)
                return
            if not self._ready.is_available(pod, owner):
                return

    def _born_with(self, owner: Obj, name: str, revision: str) -> str:
        """Name the revision of a new pod: below the partition it is the one from before the update."""
        current = owner.get("status", {}).get("currentRevision")
        return current if current and int(name.rpartition("-")[2]) < _partition(owner) else revision

    def _create(self, owner: Obj, name: str, revision: str) -> None:
        template = template_at(self._store, owner, revision)
        spec, number = template["spec"], name.rpartition("-")[2]
        spec["hostname"] = name
        if owner["spec"].get("serviceName"):
            spec["subdomain"] = owner["spec"]["serviceName"]
        for claim in owner["spec"].get("volumeClaimTemplates") or ():
            if not self._claim(owner, claim, name):
                self.worker.add_after((namespace_of(owner), name_of(owner)), 10)
                return
            source = {"claimName": f"{name_of(claim)}-{name}"}
            spec.setdefault("volumes", []).append({"name": name_of(claim), "persistentVolumeClaim": source})
        labels = {
            "statefulset.kubernetes.io/pod-name": name,
            "apps.kubernetes.io/pod-index": number,
            HASH: revision,
        }
        said = f"create Pod {name} in StatefulSet {name_of(owner)} successful"
        made = make_pod(
            self._store,
            self._recorder,
            owner,
            template,
            component=COMPONENT,
            name=name,
            labels=labels,
            said=said,
            refused=f"create Pod {name} in StatefulSet {name_of(owner)} failed error",
        )
        if isinstance(made, ApiError):
            self.worker.add_after((namespace_of(owner), name_of(owner)), 10)

    def _claim(self, owner: Obj, template: Obj, pod: str) -> bool:
        """Have the pod's own claim, which may be there from its last life; tells whether it is there now."""
        name = f"{name_of(template)}-{pod}"
        if self._store.get(CLAIMS, namespace_of(owner), name) is not None:
            return True
        labels = (template["metadata"].get("labels") or {}) | (
            owner["spec"]["selector"].get("matchLabels") or {}
        )
        metadata = {"name": name, "namespace": namespace_of(owner), "labels": labels}
        claim = {"metadata": metadata, "spec": clone(template["spec"])}
        claim = defaulted(CLAIMS, claim, creating=True)
        choose_class(self._store, claim)
        said = f"create Claim {name} Pod {pod} in StatefulSet {name_of(owner)}"
        try:
            check_create(CLAIMS, claim)
            check_quotas(self._store, CLAIMS, claim)
        except ApiError as error:
            told = f"{said} failed error: {error.message}"
            self._recorder.note(owner, "FailedCreate", told, component=COMPONENT, warning=True)
            return False
        self._store.create(CLAIMS, claim, MANAGER)
        said += " success"
        self._recorder.note(owner, "SuccessfulCreate", said, component=COMPONENT)
        return True

    def _delete(self, owner: Obj, pod: Obj) -> None:
        delete(self._store, PODS, pod, {})
        said = f"delete Pod {name_of(pod)} in StatefulSet {name_of(owner)} successful"
        self._recorder.note(owner, "SuccessfulDelete", said, component=COMPONENT)

    def _write_status(self, owner: Obj, pods: list[Obj], revision: str) -> str:
        """Count the pods, and tell the revision that was reached last: the newest once all have it."""
        alive = [pod for pod in pods if not is_terminating(pod)]
        ready, waits = sum(1 for pod in alive if is_ready(pod)), self._ready.waits(alive, owner)
        if waits:
            self.worker.add_after((namespace_of(owner), name_of(owner)), min(waits))
        updated = sum(1 for pod in alive if has_revision(pod, revision))
        before = owner.get("status", {}).get("currentRevision") or revision
        rolls = owner["spec"]["updateStrategy"]["type"] == "RollingUpdate"
        settled = rolls and updated == ready == len(pods) == owner["spec"]["replicas"]
        current = revision if settled else before
        numbers = {
            "readyReplicas": ready,
            "currentReplicas": sum(1 for pod in alive if has_revision(pod, current)),
            "updatedReplicas": updated,
        }
        status = {
            "observedGeneration": owner["metadata"]["generation"],
            "replicas": len(pods),
            **{key: value for key, value in numbers.items() if value},
            "availableReplicas": ready - len(waits),
            "currentRevision": current,
            "updateRevision": revision,
            "collisionCount": 0,
        }
        self._store.update(STATEFUL_SETS, {**owner, "status": status}, MANAGER, "status")
        return str(current)


def _number(pod: Obj) -> int:
    return int(name_of(pod).rpartition("-")[2])


def _first(owner: Obj) -> int:
    return int((owner["spec"].get("ordinals") or {}).get("start", 0))


def _partition(owner: Obj) -> int:
    """Give the number from which on pods follow an update."""
    rolling = owner["spec"]["updateStrategy"].get("rollingUpdate") or {}
    return _first(owner) + int(rolling.get("partition", 0))
