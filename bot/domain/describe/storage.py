"""Volumes and the claims to them: bound or not, how large, and who uses them."""

from __future__ import annotations

from bot.domain.describe.answer import Described, age_of, conditions, sentence, some
from bot.domain.describe.around import Around
from bot.domain.message import Button, Text, bold, code, text
from bot.domain.model import Json
from bot.domain.resources import ObjectRef
from bot.domain.workloads import place, where

_RESIZING = {"FileSystemResizePending": "True", "ControllerResizeError": "True", "NodeResizeError": "True"}


def claim(ref: ObjectRef, found: Json, around: Around, now: float) -> Described:
    spec, status = found["spec"], found.get("status", {})
    phase = status.get("phase", "Pending")
    asked = ((spec.get("resources") or {}).get("requests") or {}).get("storage", "")
    size = (status.get("capacity") or {}).get("storage", "")
    users = [pod["name"] for pod in around.pods if ref.name in pod["claims"]]
    return Described(
        headline=text("PersistentVolumeClaim {} · {} · {}", place(ref), code(phase), size or asked),
        wrong=(*_unbound(phase, spec), *conditions(found, bad=_RESIZING)),
        facts=(
            ("asked for", asked if asked != size else ""),
            ("class", spec.get("storageClassName", "")),
            ("volume", spec.get("volumeName", "")),
            ("access", ", ".join(spec.get("accessModes") or ())),
            ("used by", some(users) or "no pod"),
            ("age", age_of(found, now)),
        ),
        buttons=(Button(label="Events", command=f"events --for pvc/{ref.name} {where(ref)}"),),
        happenings=around.happenings,
    )  # fmt: skip


def volume(ref: ObjectRef, found: Json, around: Around, now: float) -> Described:
    spec, status = found["spec"], found.get("status", {})
    phase, bound = status.get("phase", "Pending"), spec.get("claimRef") or {}
    said = sentence(status.get("message") or "")
    ill = phase in {"Failed", "Released"}
    because = f": {said}" if said else ""
    return Described(
        headline=text("PersistentVolume {} · {} · {}", place(ref), code(phase),
                      (spec.get("capacity") or {}).get("storage", "?")),
        wrong=(text("It is {}{}", bold(phase), because),) if ill else (),
        facts=(
            ("claim", f"{bound['namespace']}/{bound['name']}" if bound else ""),
            ("class", spec.get("storageClassName", "")),
            ("access", ", ".join(spec.get("accessModes") or ())),
            ("when released", spec.get("persistentVolumeReclaimPolicy", "")),
            ("source", next((key for key in spec if _is_source(key, spec[key])), "")),
            ("age", age_of(found, now)),
        ),
        happenings=around.happenings,
    )  # fmt: skip


def _unbound(phase: str, spec: Json) -> tuple[Text, ...]:
    if phase == "Lost":
        return (text("Its volume {} is gone.", code(spec.get("volumeName", ""))),)
    if phase == "Pending":
        return (text("It is {}: no volume is bound to it yet.", bold("Pending")),)
    return ()


def with_claims(pod: Json) -> Json | None:
    """Of a pod its name and the claims that it uses; None where it uses none."""
    claims = [
        one["persistentVolumeClaim"].get("claimName")
        for one in pod["spec"].get("volumes") or ()
        if one.get("persistentVolumeClaim")
    ]
    return {"name": pod["metadata"]["name"], "claims": claims} if claims else None


def _is_source(key: str, value: object) -> bool:
    return isinstance(value, dict) and key not in {"capacity", "claimRef", "nodeAffinity"}
