"""Values of the wrong type, told as the decoder tells them: in terms of its own structures.

A field's name says its type nearly everywhere in the API, so one table of names stands for all schemas.
"""

from typing import Any

from bot.demo.kubernetes.objects import Obj

_STRINGS = [
    "apiVersion",
    "clusterIP",
    "externalName",
    "generateName",
    "image",
    "imagePullPolicy",
    "key",
    "kind",
    "mountPath",
    "name",
    "namespace",
    "nodeName",
    "operator",
    "path",
    "protocol",
    "restartPolicy",
    "schedule",
    "schedulerName",
    "serviceAccountName",
    "type",
    "uid",
]
_NUMBERS = [
    "activeDeadlineSeconds",
    "backoffLimit",
    "completions",
    "containerPort",
    "failureThreshold",
    "initialDelaySeconds",
    "maxReplicas",
    "minReadySeconds",
    "minReplicas",
    "nodePort",
    "parallelism",
    "periodSeconds",
    "progressDeadlineSeconds",
    "replicas",
    "revisionHistoryLimit",
    "successThreshold",
    "terminationGracePeriodSeconds",
    "timeoutSeconds",
    "tolerationSeconds",
]
_BOOLEANS = [
    "enableServiceLinks",
    "hostNetwork",
    "immutable",
    "paused",
    "readOnly",
    "stdin",
    "suspend",
    "tty",
    "unschedulable",
]
_OBJECTS = [
    "affinity",
    "jobTemplate",
    "livenessProbe",
    "metadata",
    "readinessProbe",
    "roleRef",
    "rollingUpdate",
    "scaleTargetRef",
    "securityContext",
    "selector",
    "spec",
    "startupProbe",
    "strategy",
    "template",
    "updateStrategy",
    "valueFrom",
]
_MAPS = [
    "annotations",
    "binaryData",
    "data",
    "labels",
    "matchLabels",
    "nodeSelector",
    "stringData",
]  # of strings
_AMOUNTS = ["limits", "requests"]  # maps of quantities, which may be written as numbers
_LISTS = [
    "containers",
    "env",
    "envFrom",
    "ephemeralContainers",
    "initContainers",
    "matchExpressions",
    "metrics",
    "ownerReferences",
    "ports",
    "rules",
    "subjects",
    "taints",
    "tolerations",
    "volumeMounts",
    "volumes",
]
_WORDS = [
    "apiGroups",
    "args",
    "clusterIPs",
    "command",
    "finalizers",
    "resourceNames",
    "values",
    "verbs",
]  # lists of strings

_TYPES: dict[str, tuple[type, str]] = {
    **dict.fromkeys(_STRINGS, (str, "string")),
    **dict.fromkeys(_NUMBERS, (int, "int32")),
    **dict.fromkeys(_BOOLEANS, (bool, "bool")),
    **dict.fromkeys((*_OBJECTS, *_AMOUNTS), (dict, "map[string]interface {}")),
    **dict.fromkeys(_MAPS, (dict, "map[string]string")),
    **dict.fromkeys((*_LISTS, *_WORDS), (list, "[]interface {}")),
}
_OPAQUE = frozenset((*_MAPS, *_AMOUNTS, "fieldsV1", "status"))
_STRUCTS = {
    "containers": "Container",
    "env": "EnvVar",
    "initContainers": "Container",
    "metadata": "ObjectMeta",
    "ports": "ServicePort",
    "template": "PodTemplateSpec",
}


def misshapen(obj: Obj) -> str | None:
    """Name the first value of a wrong type; None when there is none."""
    kind = str(obj.get("kind"))
    if kind == "ControllerRevision":  # its data is of any type
        obj = {key: value for key, value in obj.items() if key != "data"}
    elif kind == "LimitRange":  # its limits are a list
        obj = {key: value for key, value in obj.items() if key != "spec"}
    return _fields(obj, kind, (), kind)


def _fields(node: Obj, struct: str, path: tuple[str, ...], kind: str) -> str | None:
    for key, value in node.items():
        if value is None:
            continue
        place = (*path, key)
        if (said := _mistyped(key, value, f"{struct}.{'.'.join(place)}")) is not None:
            return said
        if (
            key == "resources" and struct == "Container" and not isinstance(value, dict)
        ):  # elsewhere it is a list
            return _sentence(value, f"{struct}.{'.'.join(place)}", "v1.ResourceRequirements")
        below = (
            f"{kind}Spec" if place == ("spec",) else "PodSpec" if key == "spec" else _STRUCTS.get(key, key)
        )
        for inner in _inside(key, value):
            if (said := _fields(inner, below, place, kind)) is not None:
                return said
    return None


def _mistyped(key: str, value: Any, field: str) -> str | None:
    wanted, named = _TYPES.get(key, (object, ""))
    if not _is(value, wanted):
        return _sentence(value, field, named)
    if key in _MAPS:
        items, wanted, named = list(value.values()), str, "string"
    elif key in _WORDS:
        items, wanted, named = value, str, "string"
    elif key in _LISTS:
        items, wanted, named = value, dict, f"v1.{_STRUCTS.get(key, key)}"
    else:
        return None
    return next((_sentence(one, field, named) for one in items if not isinstance(one, wanted)), None)


def _inside(key: str, value: Any) -> list[Obj]:
    if key in _OPAQUE:
        return []
    if isinstance(value, dict):
        return [value]
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _is(value: Any, wanted: type) -> bool:
    return isinstance(value, wanted) and not (wanted is int and isinstance(value, bool))


def _sentence(value: Any, field: str, wanted: str) -> str:
    words = {dict: "object", list: "array", str: "string", bool: "bool"}
    said = words.get(type(value), f"number {value}" if wanted == "int32" else "number")
    return f"json: cannot unmarshal {said} into Go struct field {field} of type {wanted}"
