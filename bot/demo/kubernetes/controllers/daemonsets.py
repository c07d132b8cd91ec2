"""DaemonSets: one pod on every node that will have it."""

from bot.demo.kubernetes.api.deletion import delete
from bot.demo.kubernetes.clock import Clock
from bot.demo.kubernetes.controllers.podmaking import MANAGER, make_pod
from bot.demo.kubernetes.controllers.replicasets import ReadyTimes
from bot.demo.kubernetes.controllers.revisions import HASH, current_revision, digest_of, has_revision, trim
from bot.demo.kubernetes.controllers.rollout import scaled
from bot.demo.kubernetes.controllers.worker import Key, Worker
from bot.demo.kubernetes.errors import ApiError
from bot.demo.kubernetes.kinds import DAEMON_SETS, NODES, PODS
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
from bot.demo.kubernetes.scheduler import tolerates
from bot.demo.kubernetes.store import Event, Store

COMPONENT = "daemonset-controller"
_ENDURED = (
    ("not-ready", "NoExecute"),
    ("unreachable", "NoExecute"),
    ("disk-pressure", "NoSchedule"),
    ("memory-pressure", "NoSchedule"),
    ("pid-pressure", "NoSchedule"),
    ("unschedulable", "NoSchedule"),
)


class DaemonSets:
    """The daemon set controller."""

    def __init__(self, store: Store, clock: Clock, recorder: Recorder, ready: ReadyTimes) -> None:
        self._store, self._recorder, self._ready = store, recorder, ready
        self.worker = Worker(COMPONENT, clock, self.reconcile)

    def hear(self, event: Event) -> None:
        if event.resource is DAEMON_SETS:
            self.worker.add((namespace_of(event.obj), name_of(event.obj)))
        elif event.resource is NODES:
            for one in self._store.each(DAEMON_SETS):
                self.worker.add((namespace_of(one), name_of(one)))
        elif event.resource is PODS:
            owner = controller_of(event.obj)
            if owner and owner["kind"] == "DaemonSet":
                self.worker.add((namespace_of(event.obj), owner["name"]))

    def reconcile(self, key: Key) -> None:
        owner = self._store.get(DAEMON_SETS, *key)
        if owner is None or is_terminating(owner):
            return
        revision = current_revision(self._store, owner, HASH)
        template = _template(owner)
        nodes = [name_of(node) for node in self._store.sorted(NODES) if _suits(template["spec"], node)]
        pods: dict[str, Obj] = {}
        for resource, pod in self._store.dependents(uid_of(owner)):
            if resource is not PODS:
                continue
            if pod["status"].get("phase") in ("Failed", "Succeeded") or _home(pod) not in nodes:
                self._delete(owner, pod)
            else:
                pods[_home(pod)] = pod
        for node in nodes:
            if node not in pods:
                self._create(owner, template, node, revision)
        if owner["spec"]["updateStrategy"]["type"] == "RollingUpdate":
            self._update(owner, list(pods.values()), len(nodes), revision)
        self._write_status(owner, list(pods.values()), len(nodes), revision)
        live = {f"{name_of(owner)}-{labels_of(pod).get(HASH, '')}" for pod in pods.values()}
        trim(self._store, owner, live, all_count=True)

    def _create(self, owner: Obj, template: Obj, node: str, revision: str) -> None:
        placed = clone(template)
        field = {"key": "metadata.name", "operator": "In", "values": [node]}
        chosen = {"nodeSelectorTerms": [{"matchFields": [field]}]}
        placed["spec"]["affinity"] = {
            "nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": chosen}
        }
        labels = {HASH: digest_of(revision)}
        made = make_pod(self._store, self._recorder, owner, placed, component=COMPONENT, labels=labels)
        if isinstance(made, ApiError):
            self.worker.add_after((namespace_of(owner), name_of(owner)), 10)

    def _update(self, owner: Obj, pods: list[Obj], wanted: int, revision: str) -> None:
        """Replace pods of older revisions, so that no more are missing than allowed."""
        rolling = owner["spec"]["updateStrategy"]["rollingUpdate"]
        may = max(1, scaled(rolling["maxUnavailable"], wanted, up=True))
        missing = wanted - sum(1 for pod in pods if self._ready.is_available(pod, owner))
        for pod in pods:
            if has_revision(pod, revision) or is_terminating(pod):
                continue
            if self._ready.is_available(pod, owner):
                if missing >= may:
                    continue
                missing += 1
            self._delete(owner, pod)

    def _delete(self, owner: Obj, pod: Obj) -> None:
        if is_terminating(pod):
            return
        delete(self._store, PODS, pod, {})
        said = f"Deleted pod: {name_of(pod)}"
        self._recorder.note(owner, "SuccessfulDelete", said, component=COMPONENT)

    def _write_status(self, owner: Obj, pods: list[Obj], wanted: int, revision: str) -> None:
        ready = sum(1 for pod in pods if is_ready(pod) and not is_terminating(pod))
        waits = self._ready.waits(pods, owner)
        if waits:
            self.worker.add_after((namespace_of(owner), name_of(owner)), min(waits))
        available = ready - len(waits)
        status = {
            "observedGeneration": owner["metadata"]["generation"],
            "desiredNumberScheduled": wanted,
            "currentNumberScheduled": len(pods),
            "numberMisscheduled": 0,
            "numberReady": ready,
        }
        numbers = {
            "updatedNumberScheduled": sum(1 for pod in pods if has_revision(pod, revision)),
            "numberAvailable": available,
            "numberUnavailable": wanted - available,
        }
        status |= {key: value for key, value in numbers.items() if value}
        self._store.update(DAEMON_SETS, {**owner, "status": status}, MANAGER, "status")


def _template(owner: Obj) -> Obj:
    """Take the template, made to endure whatever may befall a node."""
    template: Obj = clone(owner["spec"]["template"])
    tolerations = template["spec"].setdefault("tolerations", [])
    for trouble, effect in _ENDURED:
        tolerations.append({"key": f"node.kubernetes.io/{trouble}", "operator": "Exists", "effect": effect})
    return template


def _suits(spec: Obj, node: Obj) -> bool:
    """Tell whether a node should have a pod; a silent node keeps its own."""
    taints = [one for one in node["spec"].get("taints") or () if one["effect"] in ("NoSchedule", "NoExecute")]
    mine = [one for one in taints if not one["key"].startswith("node.kubernetes.io/")]
    chosen = (spec.get("nodeSelector") or {}).items() <= labels_of(node).items()
    return chosen and all(tolerates(spec, taint) for taint in mine)


def _home(pod: Obj) -> str:
    """Name the node a daemon's pod is for, whether or not it is there yet."""
    if pod["spec"].get("nodeName"):
        return str(pod["spec"]["nodeName"])
    chosen = pod["spec"]["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    return str(chosen["nodeSelectorTerms"][0]["matchFields"][0]["values"][0])
