"""ConfigMaps and Secrets, cut down to what may be kept: names of keys and who wrote when, never a value."""

from __future__ import annotations

from bot.domain.ages import parse_time
from bot.domain.model import Frozen, Json

_CONTROLLERS = frozenset({"kube-controller-manager", "kube-scheduler", "kubelet"})


class Config(Frozen):
    """What a pod template reads its settings from."""

    kind: str
    name: str
    exists: bool = True
    keys: tuple[str, ...] = ()
    at: float | None = None
    """When it was written last."""
    by: str = ""
    """The field manager that wrote it."""


def config(kind: str, found: Json) -> Config:
    """The values are left behind here."""
    when, by = written(found)
    keys = sorted({*(found.get("data") or {}), *(found.get("binaryData") or {})})
    return Config(kind=kind, name=found["metadata"]["name"], keys=tuple(keys), at=when, by=by)


def written(found: Json) -> tuple[float | None, str]:
    """When, and by which field manager, what people ask for was written last: no status, no controller."""
    entries = [
        (parse_time(entry.get("time")) or 0.0, str(entry.get("manager", "")))
        for entry in found["metadata"].get("managedFields") or ()
        if not entry.get("subresource") and entry.get("manager") not in _CONTROLLERS
    ]
    if not entries:
        return parse_time(found["metadata"].get("creationTimestamp")), ""
    return max(entries)
