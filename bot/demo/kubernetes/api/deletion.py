"""Deletion: at once, or when those who must let go first have done so."""

from datetime import timedelta

from bot.demo.kubernetes.clock import now, stamp
from bot.demo.kubernetes.errors import conflict, other_uid
from bot.demo.kubernetes.kinds import NAMESPACES, PODS, Resource
from bot.demo.kubernetes.objects import Obj, is_terminating, name_of
from bot.demo.kubernetes.store import Store


def check_preconditions(resource: Resource, old: Obj, options: Obj) -> None:
    """Refuse to delete another object than the one that is meant."""
    wanted = options.get("preconditions") or {}
    if wanted.get("uid") and wanted["uid"] != old["metadata"]["uid"]:
        raise other_uid(resource, old, wanted["uid"])
    version, current = wanted.get("resourceVersion"), old["metadata"]["resourceVersion"]
    if version and version != current:
        why = f"the ResourceVersion in the precondition ({version}) does not match the one in record "
        raise conflict(resource, name_of(old), f"{why}({current}). The object might have been modified")


def delete(store: Store, resource: Resource, old: Obj, options: Obj) -> tuple[Obj, bool]:
    """Delete an object as its kind and the options ask: at once, or when others have let go of it."""
    finalizers = list(old["metadata"].get("finalizers") or ())
    policy = options.get("propagationPolicy") or "Background"
    for wish, finalizer in (("Foreground", "foregroundDeletion"), ("Orphan", "orphan")):
        if policy == wish and finalizer not in finalizers:
            finalizers.append(finalizer)
    grace = _grace(resource, old, options)
    if resource is NAMESPACES:
        return _mark(store, resource, old, finalizers, 0), False
    if grace or finalizers:
        if is_terminating(old) and (
            not grace or old["metadata"].get("deletionGracePeriodSeconds", 0) <= grace
        ):
            return old, False
        return _mark(store, resource, old, finalizers, grace), False
    store.remove(resource, old["metadata"].get("namespace", ""), name_of(old))
    return old, True


def _grace(resource: Resource, old: Obj, options: Obj) -> int:
    """Tell how many seconds a pod is given to end; what runs nowhere needs none."""
    if resource is not PODS or not old["spec"].get("nodeName"):
        return 0
    if old["status"].get("phase") in ("Succeeded", "Failed"):
        return 0
    asked = options.get("gracePeriodSeconds")
    return int(old["spec"].get("terminationGracePeriodSeconds", 30) if asked is None else asked)


def _mark(store: Store, resource: Resource, old: Obj, finalizers: list[str], grace: int) -> Obj:
    """Note on an object that it is to go, and after which grace."""
    metadata = {**old["metadata"], "deletionTimestamp": stamp_in(grace), "deletionGracePeriodSeconds": grace}
    if is_terminating(old):
        metadata["deletionTimestamp"] = min(
            metadata["deletionTimestamp"], old["metadata"]["deletionTimestamp"]
        )
    if finalizers:
        metadata["finalizers"] = finalizers
    marked = {**old, "metadata": metadata}
    if resource is NAMESPACES:
        marked["status"] = {**old.get("status", {}), "phase": "Terminating"}
    return store.update(resource, marked)


def stamp_in(seconds: float) -> str:
    return stamp(now() + timedelta(seconds=seconds))
