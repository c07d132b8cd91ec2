"""Which lists are merged item by item, and what tells their items apart.

From the published schemas of the built-in kinds: `x-kubernetes-patch-merge-key` for strategic merge
(one key), `x-kubernetes-list-map-keys` for server-side apply (sometimes two).
"""

from typing import Any

_BY_NAME = (
    "allocatedResourcesStatus",
    "containers",
    "drivers",
    "env",
    "ephemeralContainers",
    "imagePullSecrets",
    "initContainers",
    "matchConditions",
    "resourceClaimStatuses",
    "resourceClaims",
    "schedulingGates",
    "secrets",
    "variables",
    "volumes",
    "webhooks",
)
_MERGE_KEYS: dict[str, tuple[str, ...]] = dict.fromkeys(_BY_NAME, ("name",)) | {
    "addresses": ("type",),
    "conditions": ("type",),
    "hostAliases": ("ip",),
    "hostIPs": ("ip",),
    "ownerReferences": ("uid",),
    "podIPs": ("ip",),
    "ports": ("containerPort", "port"),  # a container's, a service's
    "reservedFor": ("uid",),
    "topologySpreadConstraints": ("topologyKey",),
    "volumeDevices": ("devicePath",),
    "volumeMounts": ("mountPath",),
    "x-kubernetes-validations": ("rule",),
}
_SECOND_KEYS = {
    "containerPort": ("protocol", "TCP"),
    "port": ("protocol", "TCP"),
    "topologyKey": ("whenUnsatisfiable", "DoNotSchedule"),
}
SETS = frozenset(("finalizers", "podCIDRs"))  # lists of plain words, merged as sets


def merge_key(field: str, items: list[Any]) -> str | None:
    """Tell the key by which a list in this field is merged; None when it is replaced as a whole."""
    if not items or not all(isinstance(item, dict) for item in items):
        return None
    return next((key for key in _MERGE_KEYS.get(field, ()) if all(key in item for item in items)), None)


def identity(field: str, items: list[Any], item: dict[str, Any]) -> dict[str, Any] | None:
    """Tell what identifies one item for server-side apply; None when the list is one value."""
    key = merge_key(field, items)
    if key is None:
        return None
    found = {key: item[key]}
    if key in _SECOND_KEYS:
        second, default = _SECOND_KEYS[key]
        found[second] = item.get(second, default)
    return found
