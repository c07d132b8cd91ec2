"""Values of the wrong type, told as the decoder tells them: in terms of its own structures."""

from typing import Any

from bot.demo.kubernetes.objects import Obj

_GO = {"int32": int, "int64": int, "bool": bool, "string": str, "map": dict, "list": list}

# kind → path → (structure and field as the decoder names them, type)
_COUNT = {
    "spec.replicas": ("{kind}Spec.spec.replicas", "int32"),
    "spec.minReadySeconds": ("{kind}Spec.spec.minReadySeconds", "int32"),
}
_SHAPES: dict[str, dict[str, tuple[str, str]]] = {
    "Scale": {"spec.replicas": ("ScaleSpec.spec.replicas", "int32")},
    "ReplicaSet": _COUNT,
    "StatefulSet": _COUNT,
    "Deployment": _COUNT
    | {
        "spec.paused": ("DeploymentSpec.spec.paused", "bool"),
        "spec.progressDeadlineSeconds": ("DeploymentSpec.spec.progressDeadlineSeconds", "int32"),
        "spec.revisionHistoryLimit": ("DeploymentSpec.spec.revisionHistoryLimit", "int32"),
    },
    "Node": {"spec.unschedulable": ("NodeSpec.spec.unschedulable", "bool")},
    "HorizontalPodAutoscaler": {
        "spec.minReplicas": ("HorizontalPodAutoscalerSpec.spec.minReplicas", "int32"),
        "spec.maxReplicas": ("HorizontalPodAutoscalerSpec.spec.maxReplicas", "int32"),
    },
}
_EVERYWHERE = {
    "metadata.labels": ("ObjectMeta.metadata.labels", "map"),
    "metadata.annotations": ("ObjectMeta.metadata.annotations", "map"),
    "spec.template.spec.containers": ("PodSpec.spec.template.spec.containers", "list"),
    "spec.containers": ("PodSpec.spec.containers", "list"),
    "spec.ports": ("ServiceSpec.spec.ports", "list"),
}


def misshapen(obj: Obj) -> str | None:
    """Name the first value of a wrong type; None when there is none."""
    kind = str(obj.get("kind"))
    if "spec" in obj and not isinstance(obj["spec"], dict):
        return _sentence(obj["spec"], f"{kind}.spec", f"v1.{kind}Spec")
    for path, (field, wanted) in (_EVERYWHERE | _SHAPES.get(kind, {})).items():
        value = _at(obj, path)
        if value is not None and not _is(value, wanted):
            named = {"map": "map[string]string", "list": "[]interface {}"}.get(wanted, wanted)
            return _sentence(value, field.format(kind=kind), named)
    return _crooked_labels(obj)


def _crooked_labels(obj: Obj) -> str | None:
    for part in ("labels", "annotations"):
        for value in (obj["metadata"].get(part) or {}).values():
            if not isinstance(value, str):
                return _sentence(value, f"ObjectMeta.metadata.{part}", "string")
    return None


def _sentence(value: Any, field: str, wanted: str) -> str:
    said = {dict: "object", list: "array", str: "string", bool: "bool"}.get(type(value), f"number {value}")
    if wanted not in ("int32", "int64"):
        said = said.split()[0]
    return f"json: cannot unmarshal {said} into Go struct field {field} of type {wanted}"


def _is(value: Any, wanted: str) -> bool:
    return isinstance(value, _GO[wanted]) and not (wanted.startswith("int") and isinstance(value, bool))


def _at(obj: Any, path: str) -> Any:
    for part in path.split("."):
        obj = obj.get(part) if isinstance(obj, dict) else None
    return obj
