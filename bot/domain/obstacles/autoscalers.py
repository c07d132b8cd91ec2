"""What keeps the number of a workload's pods: HorizontalPodAutoscalers, and KEDA's ScaledObjects."""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain.message import Button, Text, code, text
from bot.domain.model import Json
from bot.domain.obstacles.change import Change, Obstacle
from bot.domain.resources import ObjectRef
from bot.domain.workloads import where

KEDA = "scaledobjects.keda.sh"
_PAUSED = "autoscaling.keda.sh/paused"
_PAUSED_AT = "autoscaling.keda.sh/paused-replicas"
_LEAST, _MOST = 0, 100
"""What KEDA keeps where a ScaledObject says nothing."""


def autoscaled(change: Change, scalers: Iterable[Json]) -> tuple[Obstacle, ...]:
    """What the autoscalers that aim at it make of another number of pods; KEDA's own are left to KEDA."""
    if not _is_scaled(change):
        return ()
    return tuple(
        _bounded(change, text("{}", code(scaler["metadata"]["name"])), *bounds(scaler))
        for scaler in aiming_at(change.ref, scalers)
        if not _made_by_keda(scaler)
    )


def scaled_by_keda(change: Change, objects: Iterable[Json]) -> tuple[Obstacle, ...]:
    """What KEDA will make of another number of pods."""
    if not _is_scaled(change):
        return ()
    return tuple(said for one in aiming_at(change.ref, objects) if (said := _keda(change, one)))


def aiming_at(ref: ObjectRef, scalers: Iterable[Json]) -> tuple[Json, ...]:
    """Those that scale this one workload; a ScaledObject that names no kind means a deployment."""
    aimed = ((scaler, scaler.get("spec", {}).get("scaleTargetRef") or {}) for scaler in scalers)
    return tuple(s for s, aim in aimed if (aim.get("kind", "Deployment"), aim.get("name")) == _aim(ref))


def bounds(scaler: Json) -> tuple[int, int]:
    """The fewest and the most pods that a HorizontalPodAutoscaler keeps."""
    spec = scaler["spec"]
    return spec.get("minReplicas", 1), spec["maxReplicas"]


def _is_scaled(change: Change) -> bool:
    return change.found is not None and change.replicas != change.before


def _aim(ref: ObjectRef) -> tuple[str, str]:
    return ref.type.kind, ref.name


def _made_by_keda(scaler: Json) -> bool:
    return any(o.get("kind") == "ScaledObject" for o in scaler["metadata"].get("ownerReferences") or ())


def _bounded(change: Change, keeper: Text, low: int, high: int) -> Obstacle:
    if change.replicas == 0 and low > 0:
        return Obstacle(said=text("{} rests while there is no pod: it will not bring any back.", keeper))
    return _kept(change, keeper, low, high)


def _kept(change: Change, keeper: Text, low: int, high: int) -> Obstacle:
    nearest = max(low, min(high, change.replicas))
    if nearest == change.replicas:
        said = text("{} keeps {} to {} by load: {} holds only until it decides anew.", keeper, low, high,
                    change.replicas)  # fmt: skip
        return Obstacle(said=said)
    said = text(
        "{} keeps {} to {}: it will bring this back to {} within a minute.", keeper, low, high, nearest
    )
    return Obstacle(said=said, remedy=_scale_to(change, nearest))


def _scale_to(change: Change, replicas: int) -> Button | None:
    """The nearest number that lasts, unless it is there already."""
    if replicas == change.before:
        return None
    ref = change.ref
    line = f"scale {ref.type.plural}/{ref.name} --replicas={replicas} {where(ref)}"
    return Button(label=f"Scale to {replicas} instead", command=line)


def _keda(change: Change, scaled: Json) -> Obstacle | None:
    metadata, spec = scaled["metadata"], scaled.get("spec", {})
    keeper = text("KEDA's {}", code(metadata["name"]))
    notes = metadata.get("annotations") or {}
    at = str(notes.get(_PAUSED_AT, ""))
    if at.isdecimal():
        return _kept_at(change, keeper, int(at))
    if str(notes.get(_PAUSED, "")).lower() == "true":
        return None
    low = _number(spec.get("idleReplicaCount"), _number(spec.get("minReplicaCount"), _LEAST))
    return _kept(change, keeper, low, _number(spec.get("maxReplicaCount"), _MOST))


def _number(given: object, otherwise: int) -> int:
    """A custom resource has the types that its definition gives it, whoever wrote that."""
    return given if isinstance(given, int) else otherwise


def _kept_at(change: Change, keeper: Text, at: int) -> Obstacle | None:
    if at == change.replicas:
        return None
    return Obstacle(said=text("{} is paused at {}: it will bring this back to {}.", keeper, at, at))
