"""Events: what the parts of the cluster say about what they do; the same thing said again is counted."""

import time
from collections.abc import Mapping

from bot.demo.kubernetes.clock import micro_stamp, stamp
from bot.demo.kubernetes.kinds import EVENTS
from bot.demo.kubernetes.objects import Obj, name_of, namespace_of, reference_to
from bot.demo.kubernetes.store import Store

_KEPT = 20_000  # the oldest are dropped beyond it, as real ones are after an hour


class Recorder:
    """Writes Events into the store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[tuple[str, ...], tuple[str, str]] = {}

    def note(
        self,
        about: Obj,
        reason: str,
        message: str,
        *,
        component: str,
        warning: bool = False,
        host: str = "",
        field: str = "",
    ) -> None:
        """Say something about an object, in the form that controllers and kubelets use."""
        kind = "Warning" if warning else "Normal"
        key = (about["metadata"]["uid"], kind, reason, message, component, field)
        if (place := self._known.get(key)) and (old := self._store.get(EVENTS, *place)) is not None:
            again = {**old, "count": old.get("count", 1) + 1, "lastTimestamp": stamp()}
            self._store.update(EVENTS, again)
            return
        event = self._begin(about, {"type": kind, "reason": reason, "message": message})
        event["involvedObject"] |= {"fieldPath": field} if field else {}
        source = {"component": component} | ({"host": host} if host else {})
        event |= {
            "source": source,
            "firstTimestamp": stamp(),
            "lastTimestamp": stamp(),
            "count": 1,
            "eventTime": None,
        }
        event |= {"reportingComponent": component, "reportingInstance": host}
        self._keep(key, event)

    def note_action(
        self, about: Obj, reason: str, message: str, *, action: str, warning: bool = False
    ) -> None:
        """Say something in the newer form, which the scheduler uses."""
        kind = "Warning" if warning else "Normal"
        event = self._begin(about, {"type": kind, "reason": reason, "message": message})
        event |= {"action": action, "eventTime": micro_stamp(), "source": {}}
        event |= {"firstTimestamp": None, "lastTimestamp": None}
        event |= {
            "reportingComponent": "default-scheduler",
            "reportingInstance": "default-scheduler-control-plane",
        }
        self._keep((about["metadata"]["uid"], kind, reason, message, "default-scheduler", ""), event)

    def _begin(self, about: Obj, told: Mapping[str, str]) -> Obj:
        name = f"{name_of(about)}.{time.time_ns():x}"
        metadata = {"name": name, "namespace": namespace_of(about) or "default"}
        return {"metadata": metadata, "involvedObject": reference_to(about), **told}

    def _keep(self, key: tuple[str, ...], event: Obj) -> None:
        self._store.create(EVENTS, event)
        self._known[key] = (event["metadata"]["namespace"], event["metadata"]["name"])
        if len(self._known) > _KEPT:
            oldest = next(iter(self._known))
            self._store.remove(EVENTS, *self._known.pop(oldest))
