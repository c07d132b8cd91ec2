"""Kinds that are stored as another: an older version, or a second group, is a view of the same object."""

from collections.abc import Callable
from dataclasses import dataclass
from json import dumps, loads

from bot.demo.kubernetes.kinds import AUTOSCALERS, EVENTS, Kinds, Resource
from bot.demo.kubernetes.objects import Obj

Convert = Callable[[Obj], Obj]


@dataclass(frozen=True)
class View:
    """`resource` as it is asked for; what is stored is of another."""

    resource: Resource
    stored: Resource
    inward: Convert
    outward: Convert

    def read(self, obj: Obj) -> Obj:
        """Convert what a caller wrote into what is stored."""
        return {**self.inward(obj), "apiVersion": self.stored.api_version, "kind": self.stored.kind}

    def show(self, obj: Obj) -> Obj:
        """Convert what is stored into what the caller asked for."""
        return {**self.outward(obj), "apiVersion": self.resource.api_version, "kind": self.resource.kind}


def view_of(kinds: Kinds, asked: Resource) -> View | None:
    """Find how a resource is seen, if it is not stored as itself."""
    stored, inward, outward = AS_STORED.get(asked.address, (None, _same, _same))
    if stored is None and asked.custom is not None and asked.custom.stored_version != asked.version:
        stored = kinds.at(asked.group, asked.custom.stored_version, asked.plural)
    return View(asked, stored, inward, outward) if stored is not None else None


def _same(obj: Obj) -> Obj:
    return obj


# Events: the newer group has other names for the same fields.
_RENAMED = {
    "count": "deprecatedCount",
    "firstTimestamp": "deprecatedFirstTimestamp",
    "involvedObject": "regarding",
    "lastTimestamp": "deprecatedLastTimestamp",
    "message": "note",
    "reportingComponent": "reportingController",
    "source": "deprecatedSource",
}
_NAMED_BACK = {new: old for old, new in _RENAMED.items()}


def _event_in(event: Obj) -> Obj:
    return {"involvedObject": {}} | {_NAMED_BACK.get(key, key): value for key, value in event.items()}


def _event_out(event: Obj) -> Obj:
    return {_RENAMED.get(key, key): value for key, value in event.items()}


# Autoscalers: the first version knows one percentage; all else travels in annotations.
_NOTES = "autoscaling.alpha.kubernetes.io/"
_PERCENTAGE, _USED = "targetCPUUtilizationPercentage", "currentCPUUtilizationPercentage"


def _autoscaler_in(scaler: Obj) -> Obj:
    spec, metadata = dict(scaler.get("spec") or {}), dict(scaler["metadata"])
    notes = dict(metadata.get("annotations") or {})
    metrics = loads(notes.pop(f"{_NOTES}metrics", "[]"))
    percentage = spec.pop(_PERCENTAGE, None)
    if percentage is not None:
        target = {"type": "Utilization", "averageUtilization": percentage}
        metrics = [{"type": "Resource", "resource": {"name": "cpu", "target": target}}, *metrics]
    status = {key: value for key, value in (scaler.get("status") or {}).items() if key != _USED}
    for key in ("conditions", "current-metrics"):
        told = notes.pop(f"{_NOTES}{key}", None)
        if told is not None:
            status["currentMetrics" if key != "conditions" else key] = loads(told)
    metadata["annotations"] = notes
    return {
        **scaler,
        "metadata": metadata,
        "spec": spec | ({"metrics": metrics} if metrics else {}),
        "status": status,
    }


def _autoscaler_out(scaler: Obj) -> Obj:
    spec, status = dict(scaler["spec"]), dict(scaler.get("status") or {})
    notes = dict(scaler["metadata"].get("annotations") or {})
    metrics, current = spec.pop("metrics", None) or [], status.pop("currentMetrics", None) or []
    simple = next((one for one in metrics if _is_cpu_share(one, "target")), None)
    if simple is not None:
        spec[_PERCENTAGE] = simple["resource"]["target"]["averageUtilization"]
    used = next((one for one in current if _is_cpu_share(one, "current")), None)
    if used is not None:
        status[_USED] = used["resource"]["current"]["averageUtilization"]
    others = [one for one in metrics if one is not simple]
    kept = {"conditions": status.pop("conditions", None), "current-metrics": current, "metrics": others}
    notes |= {f"{_NOTES}{key}": dumps(value, separators=(",", ":")) for key, value in kept.items() if value}
    status = {"currentReplicas": 0, "desiredReplicas": 0} | status
    metadata = {**scaler["metadata"]} | ({"annotations": notes} if notes else {})
    return {**scaler, "metadata": metadata, "spec": spec, "status": status}


def _is_cpu_share(metric: Obj, part: str) -> bool:
    resource = metric.get("resource") or {}
    return resource.get("name") == "cpu" and "averageUtilization" in (resource.get(part) or {})


AS_STORED: dict[tuple[str, str, str], tuple[Resource, Convert, Convert]] = {
    ("events.k8s.io", "v1", "events"): (EVENTS, _event_in, _event_out),
    ("autoscaling", "v1", "horizontalpodautoscalers"): (AUTOSCALERS, _autoscaler_in, _autoscaler_out),
}
