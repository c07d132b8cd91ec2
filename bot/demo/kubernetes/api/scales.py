"""The scale of a workload: a small object of its own kind that stands for one number of another."""

from collections.abc import Mapping
from typing import Any

from bot.demo.kubernetes.admission.fields import at_least
from bot.demo.kubernetes.admission.shapes import misshapen
from bot.demo.kubernetes.admission.validation import unpatchable
from bot.demo.kubernetes.api.request import Request
from bot.demo.kubernetes.api.rest import Rest
from bot.demo.kubernetes.errors import conflict, invalid, unsupported_media_type
from bot.demo.kubernetes.objects import Obj
from bot.demo.kubernetes.patch import PATCHES
from bot.demo.kubernetes.selectors import selector_text


def _steps(path: str) -> tuple[str, ...]:
    return tuple(path.strip(".").split("."))


def _at(obj: Obj, path: str) -> Any:
    value: Any = obj
    for step in _steps(path):
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _with(obj: Obj, path: tuple[str, ...], value: int) -> Obj:
    first, *rest = path
    return {**obj, first: _with(obj.get(first) or {}, tuple(rest), value) if rest else value}


def scale_of(obj: Obj, paths: Obj | None = None) -> Obj:
    """Show a workload as its Scale; a count of zero is left out, as the server does.

    `paths`: where a custom resource keeps its counts and its selector.
    """
    if paths:
        replicas, counted = (int(_at(obj, paths[f"{part}ReplicasPath"]) or 0) for part in ("spec", "status"))
        text = str(_at(obj, paths.get("labelSelectorPath", "")) or "")
        return _scale(obj, replicas, {"replicas": counted} | ({"selector": text} if text else {}))
    replicas = obj["spec"].get("replicas", 0)
    selector = obj["spec"].get("selector")
    labels = selector if obj["kind"] != "ReplicationController" else {"matchLabels": selector or {}}
    counted = obj.get("status", {}).get("replicas", 0)
    return _scale(obj, replicas, {"replicas": counted, "selector": selector_text(labels)})


def _scale(obj: Obj, replicas: int, status: Obj) -> Obj:
    kept = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")
    return {
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": {key: obj["metadata"][key] for key in kept if key in obj["metadata"]},
        "spec": {"replicas": replicas} if replicas else {},
        "status": status,
    }


class Scales:
    """Reads and writes of /scale."""

    def __init__(self, rest: Rest) -> None:
        self._rest = rest

    def get(self, request: Request) -> Obj:
        return scale_of(self._rest.get(request), _paths(request))

    def update(self, request: Request, scale: Obj) -> Obj:
        return self._write(request, self._rest.get(request), scale)

    def patch(self, request: Request, content_type: str, patch: Any) -> Obj:
        media = content_type.split(";", maxsplit=1)[0].strip()
        if media not in PATCHES:
            raise unsupported_media_type()
        obj = self._rest.get(request)
        return self._write(request, obj, PATCHES[media](scale_of(obj, _paths(request)), patch))

    def _write(self, request: Request, obj: Obj, scale: Obj) -> Obj:
        if (said := misshapen(scale)) is not None:
            raise unpatchable(scale, said)
        version = (scale.get("metadata") or {}).get("resourceVersion")
        if version and version != obj["metadata"]["resourceVersion"]:
            raise conflict(request.resource, request.name)
        wanted = (scale.get("spec") or {}).get("replicas", 0)
        if faults := at_least("spec.replicas", wanted):
            raise invalid("Scale", "autoscaling", request.name, faults)
        paths = _paths(request)
        place = paths["specReplicasPath"] if paths else ".spec.replicas"
        changed = _with(request.view.show(obj) if request.view else obj, _steps(place), wanted)
        whole: Mapping[str, Any] = {**request.__dict__, "subresource": ""}
        return scale_of(self._rest.update(Request(**whole), changed), paths)


def _paths(request: Request) -> Obj | None:
    return request.asked.custom.scale if request.asked.custom else None
