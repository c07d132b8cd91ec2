"""Where objects live: one version counter, a bounded memory of what happened, and listeners.

The store knows nothing of the meaning of what it keeps. It hands out the very dicts it holds; nobody
changes them in place, so a reader keeps a consistent snapshot for as long as it likes.
"""

import bisect
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from json import dumps

from bot.demo.kubernetes.clock import stamp
from bot.demo.kubernetes.errors import already_exists, conflict
from bot.demo.kubernetes.kinds import Resource
from bot.demo.kubernetes.managed import touched
from bot.demo.kubernetes.objects import Obj, key_of, new_uid

FIRST_VERSION = 1000  # a version below it is older than anything remembered
REMEMBERED = 10_000  # events kept for each resource

# Kinds whose generation counts changes of the spec; the others have none.
_COUNTED = frozenset(
    (
        "CronJob",
        "CustomResourceDefinition",
        "DaemonSet",
        "Deployment",
        "EndpointSlice",
        "HorizontalPodAutoscaler",
        "Ingress",
        "Job",
        "NetworkPolicy",
        "Pod",
        "PodDisruptionBudget",
        "ReplicaSet",
        "ReplicationController",
        "StatefulSet",
    )
)


@dataclass(frozen=True)
class Event:
    """One change: what is now (or was last), and what was before."""

    type: str
    resource: Resource
    obj: Obj
    old: Obj | None
    version: int

    @cached_property
    def line(self) -> bytes:
        """The event as a plain JSON watch sends it; made once for all watchers."""
        return dumps({"type": self.type, "object": self.obj}, separators=(",", ":")).encode() + b"\n"


Listener = Callable[[Event], None]


class History:
    """The latest events of one resource; a watch may start at any version not below the floor."""

    def __init__(self, floor: int) -> None:
        self.floor = floor
        self._events: deque[Event] = deque()

    def append(self, event: Event) -> None:
        self._events.append(event)
        if len(self._events) > REMEMBERED:
            self.floor = self._events.popleft().version

    def since(self, version: int) -> list[Event]:
        start = bisect.bisect_right(self._events, version, key=lambda event: event.version)
        return [self._events[index] for index in range(start, len(self._events))]

    def forget(self, floor: int) -> None:
        self._events.clear()
        self.floor = floor


class Store:
    """All objects of the cluster."""

    def __init__(self) -> None:
        self.version = FIRST_VERSION
        self._objects: dict[Resource, dict[str, dict[str, Obj]]] = {}
        self._histories: dict[Resource, History] = {}
        self._dependents: dict[str, dict[tuple[Resource, str, str], None]] = {}
        self._listeners: list[Listener] = []

    @property
    def is_empty(self) -> bool:
        return self.version == FIRST_VERSION

    # reading

    def get(self, resource: Resource, namespace: str, name: str) -> Obj | None:
        return self._objects.get(resource, {}).get(namespace, {}).get(name)

    def each(self, resource: Resource, namespace: str | None = None) -> Iterator[Obj]:
        """Every object, in no order; with a namespace, those in it."""
        spaces = self._objects.get(resource, {})
        if namespace is not None:
            yield from list(spaces.get(namespace, {}).values())
            return
        for objects in list(spaces.values()):
            yield from list(objects.values())

    def sorted(self, resource: Resource, namespace: str | None = None) -> list[Obj]:
        """Every object, by namespace and name, as lists are answered."""
        return sorted(self.each(resource, namespace), key=key_of)

    def dependents(self, uid: str) -> list[tuple[Resource, Obj]]:
        """Find the objects that name this uid as an owner."""
        found = ((place[0], self.get(*place)) for place in list(self._dependents.get(uid, ())))
        return [(resource, obj) for resource, obj in found if obj is not None]

    def history(self, resource: Resource) -> History:
        return self._histories.setdefault(resource, History(FIRST_VERSION))

    def forget(self) -> None:
        """Lose the memory of events: a watch from before now gets a 410."""
        self.version += 1
        for history in self._histories.values():
            history.forget(self.version)

    # writing

    def create(self, resource: Resource, obj: Obj, manager: str = "") -> Obj:
        """Keep a new object; uid, creation time and version are given here, if not given before."""
        namespace, name = key_of(obj)
        if self.get(resource, namespace, name) is not None:
            raise already_exists(resource, name)
        metadata = {"uid": new_uid(), "creationTimestamp": stamp()} | obj["metadata"]
        if _is_counted(resource):
            metadata.setdefault("generation", 1)
        fresh = {"apiVersion": resource.api_version, "kind": resource.kind} | obj | {"metadata": metadata}
        if manager:
            touched(fresh, manager)
        return self._keep("ADDED", resource, fresh, None)

    def update(self, resource: Resource, obj: Obj, manager: str = "", subresource: str = "") -> Obj:
        """Keep a new state of an object; what is the same as before is no change and no event.

        The version in the metadata must be the stored one: a writer who has not seen the latest is refused.
        """
        namespace, name = key_of(obj)
        old = self.get(resource, namespace, name)
        version = obj["metadata"].get("resourceVersion")
        if (
            old is None
            or old["metadata"]["uid"] != obj["metadata"].get("uid")
            or (version and version != old["metadata"]["resourceVersion"])
        ):
            raise conflict(resource, name)
        if _same(old, obj):
            return old
        fresh = {**obj, "metadata": dict(obj["metadata"])}
        if _is_counted(resource) and _desires(old) != _desires(fresh):
            fresh["metadata"]["generation"] = old["metadata"].get("generation", 0) + 1
        if manager:
            touched(fresh, manager, subresource)
        if (
            fresh["metadata"].get("deletionTimestamp")
            and not fresh["metadata"].get("finalizers")
            and (old["metadata"].get("finalizers"))
        ):
            return self._drop(resource, fresh)  # the last finalizer has let go
        return self._keep("MODIFIED", resource, fresh, old)

    def remove(self, resource: Resource, namespace: str, name: str) -> Obj | None:
        """Let an object go, at once and for good."""
        old = self.get(resource, namespace, name)
        return self._drop(resource, old) if old is not None else None

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Hear of every change, in order, before the writer goes on; returns how to stop hearing."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def _keep(self, kind: str, resource: Resource, obj: Obj, old: Obj | None) -> Obj:
        self.version += 1
        obj["metadata"]["resourceVersion"] = str(self.version)
        namespace, name = key_of(obj)
        self._objects.setdefault(resource, {}).setdefault(namespace, {})[name] = obj
        self._index(resource, obj, old)
        self._tell(Event(kind, resource, obj, old, self.version))
        return obj

    def _drop(self, resource: Resource, last: Obj) -> Obj:
        namespace, name = key_of(last)
        old = self._objects[resource][namespace].pop(name)
        self.version += 1
        gone = {**last, "metadata": {**last["metadata"], "resourceVersion": str(self.version)}}
        self._index(resource, None, old)
        self._tell(Event("DELETED", resource, gone, old, self.version))
        return gone

    def _index(self, resource: Resource, obj: Obj | None, old: Obj | None) -> None:
        before, after = _owners(old), _owners(obj)
        if before == after:
            return
        place = (resource, *key_of(obj or old or {}))
        for uid in before - after:
            self._dependents[uid].pop(place, None)
            if not self._dependents[uid]:
                del self._dependents[uid]
        for uid in after - before:
            self._dependents.setdefault(uid, {})[place] = None

    def _tell(self, event: Event) -> None:
        self.history(event.resource).append(event)
        for listener in list(self._listeners):
            listener(event)


def _is_counted(resource: Resource) -> bool:
    return resource.custom is not None or resource.kind in _COUNTED


def _owners(obj: Obj | None) -> frozenset[str]:
    if obj is None:
        return frozenset()
    return frozenset(owner["uid"] for owner in obj["metadata"].get("ownerReferences") or ())


def _desires(obj: Obj) -> tuple[object, object]:
    """Tell what a generation counts: the spec, and the wish that the object be gone."""
    return obj.get("spec"), obj["metadata"].get("deletionTimestamp")


def _same(old: Obj, new: Obj) -> bool:
    ignored = ("resourceVersion", "managedFields", "generation")
    mine = {key: value for key, value in new["metadata"].items() if key not in ignored}
    theirs = {key: value for key, value in old["metadata"].items() if key not in ignored}
    rest = {key: value for key, value in new.items() if key != "metadata"}
    return mine == theirs and rest == {key: value for key, value in old.items() if key != "metadata"}
