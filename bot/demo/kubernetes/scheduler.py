"""The scheduler: a node for every pod that has none, or the sentence that says why there is none."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from bot.demo.kubernetes.clock import Clock, stamp
from bot.demo.kubernetes.controllers.worker import Key, Worker
from bot.demo.kubernetes.kinds import CLAIMS, NODES, PODS, VOLUMES
from bot.demo.kubernetes.objects import (
    Obj,
    annotations_of,
    condition_of,
    is_terminating,
    labels_of,
    name_of,
    namespace_of,
    uid_of,
)
from bot.demo.kubernetes.quantity import parse_quantity
from bot.demo.kubernetes.recorder import Recorder
from bot.demo.kubernetes.selectors import Requirement, matches
from bot.demo.kubernetes.store import Event, Store
from bot.demo.kubernetes.volumes import SELECTED, unbound_claims, why_unplaced

_MANAGER = "kube-scheduler"
_COUNTED = ("cpu", "memory", "ephemeral-storage")


class Usage:
    """What the pods on each node ask for; kept up by every event, so that nothing is summed twice."""

    def __init__(self) -> None:
        self._of_pod: dict[str, tuple[str, dict[str, Decimal]]] = {}
        self._count: Counter[str] = Counter()
        self._sums: dict[str, dict[str, Decimal]] = {}

    def hear(self, event: Event) -> None:
        uid, node = uid_of(event.obj), event.obj["spec"].get("nodeName")
        gone = event.type == "DELETED" or event.obj["status"].get("phase") in ("Succeeded", "Failed")
        held = self._of_pod.get(uid)
        if gone and held is not None:
            self._add(held[0], held[1], -1)
            del self._of_pod[uid]
        elif node and not gone and held is None:
            asked = requests_of(event.obj["spec"])
            self._of_pod[uid] = (node, asked)
            self._add(node, asked, 1)

    def _add(self, node: str, asked: dict[str, Decimal], sign: int) -> None:
        sums = self._sums.setdefault(node, {})
        for name, amount in asked.items():
            sums[name] = sums.get(name, Decimal(0)) + sign * amount
        self._count[node] += sign

    def pods(self, node: str) -> int:
        return self._count[node]

    def used(self, node: str, name: str) -> Decimal:
        return self._sums.get(node, {}).get(name, Decimal(0))


def requests_of(spec: Obj) -> dict[str, Decimal]:
    """Sum what a pod asks for."""
    sums: dict[str, Decimal] = {}
    for container in spec.get("containers") or ():
        for name, amount in ((container.get("resources") or {}).get("requests") or {}).items():
            sums[name] = sums.get(name, Decimal(0)) + parse_quantity(amount)
    return sums


class Scheduler:
    """Binds pods to nodes; those that fit nowhere are tried again when something has changed."""

    def __init__(self, store: Store, clock: Clock, recorder: Recorder) -> None:
        self._store, self._recorder = store, recorder
        self._usage = Usage()
        self._unplaced: dict[Key, None] = {}
        self.worker = Worker("scheduler", clock, self.reconcile, 0.01)

    def hear(self, event: Event) -> None:
        if event.resource is PODS:
            self._usage.hear(event)
            key = (namespace_of(event.obj), name_of(event.obj))
            if event.type == "DELETED":
                self._unplaced.pop(key, None)
                self._retry()
            elif not event.obj["spec"].get("nodeName") and event.type == "ADDED":
                self.worker.add(key)
            elif event.obj["status"].get("phase") in ("Succeeded", "Failed"):
                self._retry()
        elif event.resource in (NODES, CLAIMS, VOLUMES):
            self._retry()

    def _retry(self) -> None:
        for key in self._unplaced:
            self.worker.add(key)

    def reconcile(self, key: Key) -> None:
        pod = self._store.get(PODS, *key)
        if pod is None or pod["spec"].get("nodeName") or is_terminating(pod):
            self._unplaced.pop(key, None)
            return
        if pod["spec"].get("schedulerName") != "default-scheduler" or pod["spec"].get("schedulingGates"):
            return
        if told := why_unplaced(self._store, pod):
            self._unplaced[key] = None
            count = sum(1 for _ in self._store.each(NODES))
            self._give_up(pod, _sentence(count, told, helpless=True))
            return
        asked = requests_of(pod["spec"])
        nodes = sorted(self._store.each(NODES), key=self._filling)
        chosen = next((node for node in nodes if not any(self._obstacles(pod, asked, node))), None)
        if chosen is None:
            self._unplaced[key] = None
            reasons = Counter(why for node in nodes for why in self._obstacles(pod, asked, node))
            told = ", ".join(sorted(f"{number} {reason}" for reason, number in reasons.items()))
            full = any(reason.startswith(("Insufficient", "Too many")) for reason in reasons)
            self._give_up(pod, _sentence(len(nodes), told, helpless=not full or self._never_fits(pod)))
            return
        if self._claims(pod, name_of(chosen)):
            self._unplaced[key] = None
            return
        self._unplaced.pop(key, None)
        self.bind(pod, name_of(chosen))

    def _filling(self, node: Obj) -> tuple[int, str]:
        """Order the nodes as pods are spread over them: the emptiest first."""
        return self._usage.pods(name_of(node)), name_of(node)

    def bind(self, pod: Obj, node: str) -> None:
        """Place a pod on a node."""
        condition = _condition("True")
        others = [one for one in pod["status"].get("conditions") or () if one["type"] != "PodScheduled"]
        status = {**pod["status"], "conditions": [*others, condition]}
        bound = {**pod, "spec": {**pod["spec"], "nodeName": node}, "status": status}
        metadata = dict(bound["metadata"])
        bound["metadata"] = metadata
        pod = self._store.update(PODS, bound, _MANAGER, "status")
        said = f"Successfully assigned {namespace_of(pod)}/{name_of(pod)} to {node}"
        self._recorder.note_action(pod, "Scheduled", said, action="Binding")

    def _claims(self, pod: Obj, node: str) -> bool:
        """Have the claims bound that wait for a node, and tell whether any of them does."""
        waiting = unbound_claims(self._store, pod)
        for claim in waiting:
            annotations = {**annotations_of(claim), SELECTED: node}
            changed = {**claim, "metadata": {**claim["metadata"], "annotations": annotations}}
            self._store.update(CLAIMS, changed, _MANAGER)
        return bool(waiting)

    def _give_up(self, pod: Obj, message: str) -> None:
        old = condition_of(pod, "PodScheduled")
        if old and old.get("message") == message:
            return
        condition = _condition("False") | {"reason": "Unschedulable", "message": message}
        others = [one for one in pod["status"].get("conditions") or () if one["type"] != "PodScheduled"]
        status = {
            **pod["status"],
            "conditions": [*others, condition | {"observedGeneration": pod["metadata"]["generation"]}],
        }
        pod = self._store.update(PODS, {**pod, "status": status}, _MANAGER, "status")
        self._recorder.note_action(pod, "FailedScheduling", message, action="Scheduling", warning=True)

    def _never_fits(self, pod: Obj) -> bool:
        """Tell whether no node could take the pod even if it were empty."""
        asked = requests_of(pod["spec"])
        return not any(
            all(
                amount <= parse_quantity(node["status"]["allocatable"].get(name, 0))
                for name, amount in asked.items()
            )
            for node in self._store.each(NODES)
        )

    def _obstacles(self, pod: Obj, asked: dict[str, Decimal], node: Obj) -> Iterator[str]:
        spec, name = pod["spec"], name_of(node)
        if node["spec"].get("unschedulable") and not tolerates(
            spec, {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}
        ):
            yield "node(s) were unschedulable"
            return
        for taint in node["spec"].get("taints") or ():
            if taint["effect"] in ("NoSchedule", "NoExecute") and not tolerates(spec, taint):
                yield f"node(s) had untolerated taint(s) {{{taint['key']}: {taint.get('value', '')}}}"
                return
        if not _chooses(spec, node):
            yield "node(s) didn't match Pod's node affinity/selector"
            return
        allocatable = node["status"]["allocatable"]
        if self._usage.pods(name) >= int(allocatable["pods"]):
            yield "Too many pods"
        for kind, amount in asked.items():
            free = parse_quantity(allocatable.get(kind, 0)) - self._usage.used(name, kind)
            if amount > free:
                yield f"Insufficient {kind}"


def _condition(status: str) -> Obj:
    return {"type": "PodScheduled", "status": status, "lastProbeTime": None, "lastTransitionTime": stamp()}


def _sentence(count: int, told: str, *, helpless: bool) -> str:
    """Say why there is no node; `helpless`: taking others' place would not help."""
    if not count:
        return "no nodes available to schedule pods"
    why = (
        "Preemption is not helpful for scheduling"
        if helpless
        else "No preemption victims found for incoming pod"
    )
    preemption = f"preemption: 0/{count} nodes are available: {count} {why}."
    return f"0/{count} nodes are available: {told}. no new claims to deallocate, {preemption}"


def tolerates(spec: Obj, taint: Obj) -> bool:
    for toleration in spec.get("tolerations") or ():
        if toleration.get("effect") not in (None, "", taint["effect"]):
            continue
        if not toleration.get("key") and toleration.get("operator") == "Exists":
            return True
        if toleration.get("key") != taint["key"]:
            continue
        if toleration.get("operator") == "Exists" or toleration.get("value", "") == taint.get("value", ""):
            return True
    return False


def _chooses(spec: Obj, node: Obj) -> bool:
    labels = labels_of(node)
    if not (spec.get("nodeSelector") or {}).items() <= labels.items():
        return False
    affinity = ((spec.get("affinity") or {}).get("nodeAffinity") or {}).get(
        "requiredDuringSchedulingIgnoredDuringExecution"
    )
    if not affinity:
        return True
    return any(
        matches(
            [
                Requirement(e["key"], e["operator"], frozenset(e.get("values") or ()))
                for e in term.get("matchExpressions") or ()
            ],
            labels,
        )
        and all(name_of(node) in (field.get("values") or ()) for field in term.get("matchFields") or ())
        for term in affinity.get("nodeSelectorTerms") or ()
    )
