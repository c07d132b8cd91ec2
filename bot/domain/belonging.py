"""What an object belongs to, of the kinds that can be locked: its controller, or what it scales. Pure."""

from __future__ import annotations

from bot.domain.model import Json
from bot.domain.resources import AUTOSCALERS, DAEMONSETS, DEPLOYMENTS, REPLICASETS, STATEFULSETS, ObjectRef

_KINDS = {(one.group, one.kind): one for one in (DEPLOYMENTS, REPLICASETS, STATEFULSETS, DAEMONSETS)}


def owner_of(ref: ObjectRef, found: Json) -> ObjectRef | None:
    """None where nothing controls it, or what does cannot be locked by its name."""
    owners = found.get("metadata", {}).get("ownerReferences") or ()
    controller = next((one for one in owners if one.get("controller")), None)
    if ref.type == AUTOSCALERS:
        controller = found.get("spec", {}).get("scaleTargetRef")
    if not controller or not ref.namespace:
        return None
    group = str(controller.get("apiVersion", "")).rpartition("/")[0]
    kind = _KINDS.get((group, str(controller.get("kind", ""))))
    return ref.model_copy(update={"type": kind, "name": str(controller["name"])}) if kind else None
