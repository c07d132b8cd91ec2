"""Objects are plain dicts, as they travel; these are the few words everybody needs to speak of them.

A stored object is never changed in place: whoever changes one clones what they change.
"""

import secrets
import uuid
from typing import Any

Obj = dict[str, Any]

_SUFFIX_LETTERS = "bcdfghjklmnpqrstvwxz2456789"  # Kubernetes leaves out vowels and look-alikes


def clone(value: Any) -> Any:
    """Copy a JSON document; quicker than copy.deepcopy, which must expect anything."""
    if isinstance(value, dict):
        return {key: clone(item) for key, item in value.items()}
    if isinstance(value, list):
        return [clone(item) for item in value]
    return value


def new_uid() -> str:
    return str(uuid.uuid4())


def suffix(length: int = 5) -> str:
    return "".join(secrets.choice(_SUFFIX_LETTERS) for _ in range(length))


def name_of(obj: Obj) -> str:
    return str(obj["metadata"].get("name", ""))


def namespace_of(obj: Obj) -> str:
    return str(obj["metadata"].get("namespace", ""))


def uid_of(obj: Obj) -> str:
    return str(obj["metadata"].get("uid", ""))


def key_of(obj: Obj) -> tuple[str, str]:
    return namespace_of(obj), name_of(obj)


def labels_of(obj: Obj) -> dict[str, str]:
    return obj["metadata"].get("labels") or {}


def annotations_of(obj: Obj) -> dict[str, str]:
    return obj["metadata"].get("annotations") or {}


def is_terminating(obj: Obj) -> bool:
    return bool(obj["metadata"].get("deletionTimestamp"))


def controller_of(obj: Obj) -> Obj | None:
    """Find the owner reference of the one controller that manages this object."""
    owners = obj["metadata"].get("ownerReferences") or ()
    return next((owner for owner in owners if owner.get("controller")), None)


def controlled_by(owner: Obj) -> Obj:
    """Make an owner reference that says: this object manages you."""
    return {
        "apiVersion": owner["apiVersion"],
        "kind": owner["kind"],
        "name": name_of(owner),
        "uid": uid_of(owner),
        "controller": True,
        "blockOwnerDeletion": True,
    }


def condition_of(obj: Obj, kind: str) -> Obj | None:
    conditions = obj.get("status", {}).get("conditions") or ()
    return next((condition for condition in conditions if condition["type"] == kind), None)


def is_ready(pod: Obj) -> bool:
    condition = condition_of(pod, "Ready")
    return condition is not None and condition["status"] == "True"


def reference_to(obj: Obj) -> Obj:
    """How an event names the object it is about."""
    found = {"kind": obj["kind"], "apiVersion": obj["apiVersion"], "name": name_of(obj), "uid": uid_of(obj)}
    if namespace_of(obj):
        found["namespace"] = namespace_of(obj)
    if obj["metadata"].get("resourceVersion"):
        found["resourceVersion"] = obj["metadata"]["resourceVersion"]
    return found
