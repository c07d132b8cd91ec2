"""Nodes: how they join, beat, fall silent, and what becomes of the pods on one that is lost."""

import hashlib
import uuid

from bot.demo.kubernetes.api.deletion import delete
from bot.demo.kubernetes.clock import Clock, micro_stamp, stamp
from bot.demo.kubernetes.controllers.worker import Key, Worker
from bot.demo.kubernetes.kinds import LEASES, NODES, PODS
from bot.demo.kubernetes.objects import Obj, is_terminating, key_of, name_of
from bot.demo.kubernetes.recorder import Recorder
from bot.demo.kubernetes.store import Event, Store

_KUBELET, _CONTROLLER = "kubelet", "node-controller"
_LEASES = "kube-node-lease"
_BEAT = 10.0  # seconds between renewals of a lease
_DEFAULT_TOLERANCE = 300  # what admission writes into pods that say nothing themselves
_UNREACHABLE = "node.kubernetes.io/unreachable"
_CAPACITY = {
    "cpu": "8",
    "ephemeral-storage": "264212084Ki",
    "hugepages-1Gi": "0",
    "hugepages-2Mi": "0",
    "memory": "32768000Ki",
    "pods": "250",
}
_HEALTHY = (
    ("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
    ("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
    ("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
    ("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
)


def make_node(number: int) -> Obj:
    """Make a worker node as its kubelet registers it."""
    name = f"node-{number}"
    labels = {"kubernetes.io/arch": "amd64", "kubernetes.io/hostname": name, "kubernetes.io/os": "linux"}
    beta = {"beta.kubernetes.io/arch": "amd64", "beta.kubernetes.io/os": "linux"}
    notes = {
        "node.alpha.kubernetes.io/ttl": "0",
        "volumes.kubernetes.io/controller-managed-attach-detach": "true",
    }
    info = {
        "machineID": hashlib.md5(name.encode(), usedforsecurity=False).hexdigest(),
        "systemUUID": str(uuid.uuid5(uuid.NAMESPACE_DNS, name)),
        "bootID": str(uuid.uuid4()),
        "kernelVersion": "6.1.0",
        "osImage": "Debian GNU/Linux 12 (bookworm)",
        "containerRuntimeVersion": "containerd://1.6.20",
        "kubeletVersion": "v1.36.2",
        "kubeProxyVersion": "",
        "operatingSystem": "linux",
        "architecture": "amd64",
    }
    addresses = [
        {"type": "InternalIP", "address": f"192.0.2.{9 + number}"},
        {"type": "Hostname", "address": name},
    ]
    status = {
        "capacity": dict(_CAPACITY),
        "allocatable": {**_CAPACITY, "memory": "32665600Ki"},
        "conditions": _conditions(None),
        "addresses": addresses,
        "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
        "nodeInfo": info,
    }
    return {
        "metadata": {"name": name, "labels": beta | labels, "annotations": notes},
        "spec": {},
        "status": status,
    }


def _conditions(node: Obj | None) -> list[Obj]:
    moment = stamp()
    before = {one["type"]: one for one in (node or {}).get("status", {}).get("conditions", ())}
    found = []
    for kind, state, reason, message in _HEALTHY:
        old = before.get(kind)
        since = old["lastTransitionTime"] if old and old["status"] == state else moment
        times = {"lastHeartbeatTime": moment, "lastTransitionTime": since}
        found.append({"type": kind, "status": state, **times, "reason": reason, "message": message})
    return found


class Nodes:
    """Heartbeats, and the controller that misses them. `tolerance`: seconds pods put up with a lost node."""

    def __init__(self, store: Store, clock: Clock, recorder: Recorder, tolerance: float) -> None:
        self._store, self._clock, self._recorder = store, clock, recorder
        self._tolerance, self._grace = tolerance, min(40.0, tolerance)
        self._lost: set[str] = set()
        self.worker = Worker(_CONTROLLER, clock, self._look)
        self.heart = Worker(_KUBELET, clock, self._beat, 0.0)

    def hear(self, event: Event) -> None:
        if event.resource is NODES and event.type == "ADDED":
            self.heart.add(("", name_of(event.obj)))
        elif event.resource is NODES and event.type == "DELETED":
            for pod in self._pods(name_of(event.obj)):
                self._store.remove(PODS, pod["metadata"]["namespace"], name_of(pod))

    def is_lost(self, name: str) -> bool:
        return name in self._lost

    def set_lost(self, name: str, *, lost: bool) -> None:
        """Cut a node off, or let it come back; the controller notices when its grace is over."""
        if lost and name not in self._lost:
            self._lost.add(name)
            self.worker.add_after(("", name), self._grace)
        elif not lost and name in self._lost:
            self._lost.discard(name)
            self._recover(name)

    def _beat(self, key: Key) -> None:
        name = key[1]
        node = self._store.get(NODES, "", name)
        if node is None:
            return
        self.heart.add_after(key, _BEAT)
        if name in self._lost:
            return
        spec = {"holderIdentity": name, "leaseDurationSeconds": 40, "renewTime": micro_stamp()}
        lease = self._store.get(LEASES, _LEASES, name)
        if lease is None:
            owner = {"apiVersion": "v1", "kind": "Node", "name": name, "uid": node["metadata"]["uid"]}
            metadata = {"name": name, "namespace": _LEASES, "ownerReferences": [owner]}
            self._store.create(LEASES, {"metadata": metadata, "spec": spec}, _KUBELET)
        else:
            self._store.update(LEASES, {**lease, "spec": spec}, _KUBELET)

    def _look(self, key: Key) -> None:
        """Look at a node that is silent (its key has no namespace), or at a pod whose patience is over."""
        namespace, name = key
        if not namespace:
            if name in self._lost:
                self._mark_unknown(name)
            return
        pod = self._store.get(PODS, namespace, name)
        if pod is None or is_terminating(pod) or pod["spec"].get("nodeName") not in self._lost:
            return
        said = f"Marking for deletion Pod {namespace}/{name}"
        self._recorder.note(pod, "TaintManagerEviction", said, component="taint-eviction-controller")
        delete(self._store, PODS, pod, {})

    def _patience(self, pod: Obj) -> float | None:
        """Tell for how long a pod puts up with an unreachable node; None is for ever."""
        for one in pod["spec"].get("tolerations") or ():
            if one.get("key") in (None, "", _UNREACHABLE) and one.get("effect") in (None, "", "NoExecute"):
                seconds = one.get("tolerationSeconds")
                return self._tolerance if seconds == _DEFAULT_TOLERANCE else seconds
        return 0.0

    def _mark_unknown(self, name: str) -> None:
        node = self._store.get(NODES, "", name)
        if node is None:
            return
        moment = stamp()
        unknown = [
            {
                **one,
                "status": "Unknown",
                "lastTransitionTime": moment,
                "reason": "NodeStatusUnknown",
                "message": "Kubelet stopped posting node status.",
            }
            for one in node["status"]["conditions"]
        ]
        taints = [
            {"key": _UNREACHABLE, "effect": effect, "timeAdded": moment}
            for effect in ("NoSchedule", "NoExecute")
        ]
        spec = {**node["spec"], "taints": [*(node["spec"].get("taints") or ()), *taints]}
        changed = {**node, "spec": spec, "status": {**node["status"], "conditions": unknown}}
        node = self._store.update(NODES, changed, "kube-controller-manager")
        self._recorder.note(
            node, "NodeNotReady", f"Node {name} status is now: NodeNotReady", component=_CONTROLLER
        )
        for pod in self._pods(name):
            self._unready(pod)
            if (seconds := self._patience(pod)) is not None:
                self.worker.add_after(key_of(pod), seconds)

    def _unready(self, pod: Obj) -> None:
        changed = [
            {**one, "status": "False", "lastTransitionTime": stamp()}
            if one["type"] == "Ready" and one["status"] == "True"
            else one
            for one in pod["status"].get("conditions") or ()
        ]
        if changed != pod["status"].get("conditions"):
            self._recorder.note(pod, "NodeNotReady", "Node is not ready", component=_CONTROLLER, warning=True)
            self._store.update(
                PODS,
                {**pod, "status": {**pod["status"], "conditions": changed}},
                "kube-controller-manager",
                "status",
            )

    def _recover(self, name: str) -> None:
        node = self._store.get(NODES, "", name)
        if node is None:
            return
        kept = [taint for taint in node["spec"].get("taints") or () if taint["key"] != _UNREACHABLE]
        spec = {key: value for key, value in node["spec"].items() if key != "taints"} | (
            {"taints": kept} if kept else {}
        )
        status = {**node["status"], "conditions": _conditions(node)}
        node = self._store.update(NODES, {**node, "spec": spec, "status": status}, _KUBELET, "status")
        self._recorder.note(
            node, "NodeReady", f"Node {name} status is now: NodeReady", component=_KUBELET, host=name
        )
        self.heart.add(("", name))

    def _pods(self, node: str) -> list[Obj]:
        return [pod for pod in self._store.each(PODS) if pod["spec"].get("nodeName") == node]
