"""Managed fields: the note on every object that says who set which field.

The cluster's own parts own what they write coarsely (`f:status` and its first level), for the price of
a shared constant; what people and tools own is worked out field by field, in `patch/ownership.py`.
"""

from functools import lru_cache

from bot.demo.kubernetes.clock import stamp
from bot.demo.kubernetes.objects import Obj


@lru_cache(maxsize=512)
def _coarse(part: str, names: frozenset[str]) -> Obj:
    return {f"f:{part}": {f"f:{name}": {} for name in sorted(names)}}


def touched(obj: Obj, manager: str, subresource: str = "") -> None:
    """Note on a fresh object that a part of the cluster has written it."""
    part = "status" if subresource == "status" else "spec"
    body = obj.get(part)
    entry: Obj = {
        "manager": manager,
        "operation": "Update",
        "apiVersion": obj["apiVersion"],
        "time": stamp(),
        "fieldsType": "FieldsV1",
        "fieldsV1": _coarse(part, frozenset(body) if isinstance(body, dict) else frozenset()),
    }
    if subresource:
        entry["subresource"] = subresource
    others = [e for e in obj["metadata"].get("managedFields") or () if not _same_writer(e, entry)]
    obj["metadata"]["managedFields"] = [*others, entry]


def _same_writer(one: Obj, other: Obj) -> bool:
    return all(
        one.get(key) == other.get(key) for key in ("manager", "operation", "apiVersion", "subresource")
    )
