"""What pods and nodes use right now, beside what they asked for and what they may have at most.

The figures come from the metrics API, the bounds from the objects themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Literal, TypeAlias

from bot.domain.model import Frozen, Json
from bot.domain.quantities import amount, cores, mebibytes, percent
from bot.domain.resources import ResourceType

_METRICS = {"group": "metrics.k8s.io", "version": "v1beta1"}
POD_METRICS = ResourceType(**_METRICS, plural="pods", kind="PodMetrics", namespaced=True)
NODE_METRICS = ResourceType(**_METRICS, plural="nodes", kind="NodeMetrics", namespaced=False)

NEAR = 90
"""Percent of a limit from which on it is nearly reached."""

Measure: TypeAlias = Literal["cpu", "memory"]
MEASURES: tuple[Measure, ...] = ("cpu", "memory")


def write(measure: Measure, much: Decimal) -> str:
    """As kubectl prints it: `12m`, `57Mi`."""
    return cores(much) if measure == "cpu" else mebibytes(much)


class Used(Frozen):
    """One resource of one row, in cores or bytes."""

    used: Decimal | None = None
    request: Decimal | None = None
    limit: Decimal | None = None
    """Of a node, what it has to give."""
    percent: int | None = None
    """Of the limit; of several containers, where it is highest: the fullest is the one that is killed."""

    @property
    def is_near(self) -> bool:
        return self.percent is not None and self.percent >= NEAR


class Figure(Frozen):
    """One row: a pod, a container of one, or a node."""

    namespace: str = ""
    name: str
    container: str = ""
    cpu: Used
    memory: Used

    @property
    def is_near(self) -> bool:
        return self.cpu.is_near or self.memory.is_near

    def of(self, measure: Measure) -> Used:
        return self.cpu if measure == "cpu" else self.memory


def of_pods(metrics: Iterable[Json], pods: Iterable[Json]) -> tuple[Figure, ...]:
    """A row for each pod that has figures, by namespace and name."""
    specs = {_key(pod): pod for pod in pods}
    rows = [_pod(item, specs.get(_key(item), {})) for item in metrics]
    return tuple(sorted(rows, key=lambda row: (row.namespace, row.name)))


def of_containers(metrics: Iterable[Json], pods: Iterable[Json]) -> tuple[Figure, ...]:
    """A row for each container of them."""
    specs = {_key(pod): pod for pod in pods}
    rows = [row for item in metrics for row in _containers(item, specs.get(_key(item), {}))]
    return tuple(sorted(rows, key=lambda row: (row.namespace, row.name, row.container)))


def of_nodes(metrics: Iterable[Json], nodes: Iterable[Json]) -> tuple[Figure, ...]:
    """A row for each node, also for one that has no figures."""
    usage = {item["metadata"]["name"]: item.get("usage") or {} for item in metrics}
    rows = []
    for node in nodes:
        name = node["metadata"]["name"]
        there = (node.get("status") or {}).get("allocatable") or {}
        rows.append(Figure(
            name=name,
            cpu=_used("cpu", usage.get(name, {}), {}, there),
            memory=_used("memory", usage.get(name, {}), {}, there),
        ))  # fmt: skip
    return tuple(sorted(rows, key=lambda row: row.name))


def without_figures(metrics: Iterable[Json], pods: Iterable[Json]) -> tuple[str, ...]:
    """Pods that have not ended and are not measured: they do not run, or not for long."""
    measured = {_key(item) for item in metrics}
    return tuple(
        pod["metadata"]["name"]
        for pod in pods
        if _key(pod) not in measured and phase(pod) not in {"Succeeded", "Failed"}
    )


def phase(pod: Json) -> str:
    return str((pod.get("status") or {}).get("phase") or "Unknown")


def sorted_by(figures: Sequence[Figure], measure: Measure) -> tuple[Figure, ...]:
    """The largest first."""
    return tuple(sorted(figures, key=lambda row: row.of(measure).used or Decimal(0), reverse=True))


def total(figures: Iterable[Figure], measure: Measure) -> Decimal:
    return sum((row.of(measure).used or Decimal(0) for row in figures), Decimal(0))


def _key(item: Json) -> tuple[str, str]:
    return str(item["metadata"].get("namespace", "")), str(item["metadata"]["name"])


def _pod(item: Json, pod: Json) -> Figure:
    parts = _containers(item, pod)
    namespace, name = _key(item)
    return Figure(
        namespace=namespace,
        name=name,
        cpu=_together([part.cpu for part in parts]),
        memory=_together([part.memory for part in parts]),
    )


def _containers(item: Json, pod: Json) -> list[Figure]:
    namespace, name = _key(item)
    spec = pod.get("spec") or {}
    declared = {
        one["name"]: one.get("resources") or {}
        for one in (*(spec.get("initContainers") or ()), *(spec.get("containers") or ()))
    }
    rows = []
    for one in item.get("containers") or ():
        bounds = declared.get(one["name"], {})
        usage, requests, limits = (
            one.get("usage") or {},
            bounds.get("requests") or {},
            bounds.get("limits") or {},
        )
        rows.append(Figure(
            namespace=namespace,
            name=name,
            container=one["name"],
            cpu=_used("cpu", usage, requests, limits),
            memory=_used("memory", usage, requests, limits),
        ))  # fmt: skip
    return rows


def _used(measure: Measure, usage: Json, requests: Json, limits: Json) -> Used:
    used, limit = amount(usage.get(measure)), amount(limits.get(measure))
    part = percent(used, limit) if used is not None and limit is not None else None
    return Used(used=used, request=amount(requests.get(measure)), limit=limit, percent=part)


def _together(parts: list[Used]) -> Used:
    """Of several containers. Where one has no limit, they have none together."""
    limits = [part.limit for part in parts if part.limit is not None]
    return Used(
        used=_sum(part.used for part in parts),
        request=_sum(part.request for part in parts),
        limit=sum(limits, Decimal(0)) if limits and len(limits) == len(parts) else None,
        percent=max((part.percent for part in parts if part.percent is not None), default=None),
    )


def _sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    known = [one for one in amounts if one is not None]
    return sum(known, Decimal(0)) if known else None
