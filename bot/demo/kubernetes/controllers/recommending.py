"""What an autoscaler makes of the metrics: how many pods there should be, and what it has to say of that."""

from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Decimal

from bot.demo.kubernetes.kinds import PODS
from bot.demo.kubernetes.metrics import Metrics
from bot.demo.kubernetes.objects import Obj, is_ready, is_terminating, labels_of, name_of, namespace_of
from bot.demo.kubernetes.quantity import parse_quantity
from bot.demo.kubernetes.selectors import selects
from bot.demo.kubernetes.store import Store

_TOLERANCE = Decimal("0.1")


class NoMetricError(Exception):
    """A metric cannot be had; the sentence says why."""


@dataclass(frozen=True)
class Reading:
    """One metric as it stands, and how many pods it calls for."""

    described: str
    replicas: int
    current: Obj = field(compare=False)


class Recommender:
    """Reads the resource metrics of a workload's pods."""

    def __init__(self, store: Store, metrics: Metrics) -> None:
        self._store, self._metrics = store, metrics

    def readings(self, scaler: Obj, workload: Obj) -> list[Reading]:
        """Read every resource metric of an autoscaler; other kinds of metrics are not served here."""
        pods = [
            pod
            for pod in self._store.sorted(PODS, namespace_of(workload))
            if selects(workload["spec"].get("selector"), labels_of(pod)) and not is_terminating(pod)
        ]
        has = workload["spec"].get("replicas", 0)
        wanted = (one for one in scaler["spec"].get("metrics") or () if one["type"] == "Resource")
        return [self._read(one["resource"], pods, has) for one in wanted]

    def _read(self, wanted: Obj, pods: list[Obj], has: int) -> Reading:
        name, target = wanted["name"], wanted["target"]
        used = {name_of(pod): self._used(pod, name) for pod in pods if is_ready(pod)}
        measured = {pod: amount for pod, amount in used.items() if amount is not None}
        if not measured:
            raise NoMetricError(
                f"failed to get {name} utilization: unable to get metrics for resource {name}: "
                "no metrics returned from resource metrics API"
            )
        total = sum(measured.values(), Decimal(0))
        average = _quantity(name, total / len(measured))
        if target.get("averageUtilization") is not None:
            asked = sum((_asked(pod, name) for pod in pods if name_of(pod) in measured), Decimal(0))
            share = total * 100 / asked
            current = {"averageUtilization": int(share), "averageValue": average}
            ratio = share / target["averageUtilization"]
            described = f"{name} resource utilization (percentage of request)"
        else:
            current, described = {"averageValue": average}, f"{name} resource"
            ratio = total / len(measured) / parse_quantity(target["averageValue"])
        replicas = has
        if abs(ratio - 1) > _TOLERANCE:
            replicas = int((ratio * len(measured)).to_integral_value(ROUND_CEILING))
        told = {"type": "Resource", "resource": {"name": name, "current": current}}
        return Reading(described, replicas, told)

    def _used(self, pod: Obj, name: str) -> Decimal | None:
        usage = self._metrics.usage(pod)
        if usage is None:
            return None
        return sum((cpu if name == "cpu" else Decimal(memory) for cpu, memory in usage.values()), Decimal(0))


def _asked(pod: Obj, name: str) -> Decimal:
    total = Decimal(0)
    for container in pod["spec"]["containers"]:
        amount = ((container.get("resources") or {}).get("requests") or {}).get(name)
        if amount is None:
            where = f"container {container['name']} of Pod {name_of(pod)}"
            raise NoMetricError(f"failed to get {name} utilization: missing request for {name} in {where}")
        total += parse_quantity(amount)
    return total


def _quantity(name: str, amount: Decimal) -> str:
    return f"{int(amount * 1000)}m" if name == "cpu" else str(int(amount))
