"""What a metrics server knows: how much the pods that run, and the nodes they run on, use right now."""

from collections.abc import Iterator
from decimal import Decimal

from bot.demo.kubernetes.clock import stamp
from bot.demo.kubernetes.errors import ApiError
from bot.demo.kubernetes.kinds import NODES, PODS, Resource
from bot.demo.kubernetes.objects import Obj, labels_of, name_of, namespace_of
from bot.demo.kubernetes.selectors import test_of
from bot.demo.kubernetes.shell import knows
from bot.demo.kubernetes.store import Store
from bot.demo.kubernetes.trouble import Trouble

GROUP = "metrics.k8s.io"
_WINDOW = "15s"
_SYSTEM_CPU, _SYSTEM_MEMORY = Decimal("0.12"), 700 * 1024 * 1024  # what a node needs for itself


class Metrics:
    """Computed when asked for; nothing is stored."""

    def __init__(self, store: Store, trouble: Trouble) -> None:
        self._store, self._trouble = store, trouble

    def one(self, resource: Resource, namespace: str, name: str) -> Obj:
        found = next((one for one in self.each(resource, namespace, name=name)), None)
        if found is None:
            kind, place = resource.kind.lower(), f"{namespace}/{name}" if namespace else name
            details = {"name": place, "group": GROUP, "kind": kind}
            raise ApiError(404, "NotFound", f'{kind}.{GROUP} "{place}" not found', details)
        return found

    def each(self, resource: Resource, namespace: str, *, name: str = "", labels: str = "") -> Iterator[Obj]:
        test = test_of(labels, "", resource)
        by_node = {} if resource.namespaced else self._by_node()
        for obj in self._store.sorted(PODS if resource.namespaced else NODES, namespace or None):
            if (name and name_of(obj) != name) or (test is not None and not test(obj)):
                continue
            told = self.of_pod(obj) if resource.namespaced else _of_node(obj, by_node)
            if told is not None:
                metadata = {"name": name_of(obj), "creationTimestamp": stamp(), "labels": labels_of(obj)}
                if namespace_of(obj):
                    metadata["namespace"] = namespace_of(obj)
                head = {"kind": resource.kind, "apiVersion": resource.api_version, "metadata": metadata}
                yield {**head, "timestamp": stamp(), "window": _WINDOW, **told}

    def of_pod(self, pod: Obj) -> Obj | None:
        """Tell what the containers of a pod use; None while not all of them run."""
        usage = self.usage(pod)
        if usage is None:
            return None
        return {
            "containers": [
                {"name": name, "usage": _spoken(cpu, memory)} for name, (cpu, memory) in usage.items()
            ]
        }

    def usage(self, pod: Obj) -> dict[str, tuple[Decimal, int]] | None:
        states = {one["name"]: one["state"] for one in pod["status"].get("containerStatuses") or ()}
        if not states or not all("running" in state for state in states.values()):
            return None
        return {
            one["name"]: (
                self._trouble.cpu(pod, one),
                self._trouble.memory(pod, one, scripted=knows(one.get("command") or [""])),
            )
            for one in pod["spec"]["containers"]
        }

    def _by_node(self) -> dict[str, tuple[Decimal, int]]:
        """Sum what the pods use, for each node."""
        found: dict[str, tuple[Decimal, int]] = {}
        for pod in self._store.each(PODS):
            node = pod["spec"].get("nodeName", "")
            for cpu, memory in (self.usage(pod) or {}).values():
                sums = found.get(node, (Decimal(0), 0))
                found[node] = (sums[0] + cpu, sums[1] + memory)
        return found


def _of_node(node: Obj, by_node: dict[str, tuple[Decimal, int]]) -> Obj:
    cpu, memory = by_node.get(name_of(node), (Decimal(0), 0))
    return {"usage": _spoken(_SYSTEM_CPU + cpu, _SYSTEM_MEMORY + memory)}


def _spoken(cpu: Decimal, memory: int) -> Obj:
    return {"cpu": f"{int(cpu * 10**9)}n", "memory": f"{memory // 1024}Ki"}
