"""Garbage collection: what belonged to something that is gone goes too, unless it was to be orphaned."""

from bot.demo.kubernetes.api.deletion import delete
from bot.demo.kubernetes.clock import Clock
from bot.demo.kubernetes.controllers.worker import Key, Worker
from bot.demo.kubernetes.kinds import Resource
from bot.demo.kubernetes.objects import Obj, is_terminating, key_of, uid_of
from bot.demo.kubernetes.store import Event, Store

_MANAGER = "kube-controller-manager"
_FOREGROUND, _ORPHAN = "foregroundDeletion", "orphan"


class Garbage:
    """The garbage collector; its keys are uids of owners."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self.worker = Worker("garbage-collector", clock, self.reconcile)
        self._leaving: dict[str, tuple[Resource, str, str]] = {}

    def hear(self, event: Event) -> None:
        uid = uid_of(event.obj)
        if event.type == "DELETED":
            self._leaving.pop(uid, None)
            if self._store.dependents(uid):
                self.worker.add(("", uid))
            for owner in event.obj["metadata"].get("ownerReferences") or ():
                if owner["uid"] in self._leaving:
                    self.worker.add(("", owner["uid"]))
        elif is_terminating(event.obj) and _finalizers(event.obj) & {_FOREGROUND, _ORPHAN}:
            self._leaving[uid] = (event.resource, *key_of(event.obj))
            self.worker.add(("", uid))

    def reconcile(self, key: Key) -> None:
        uid = key[1]
        place = self._leaving.get(uid)
        owner = self._store.get(*place) if place else None
        if place is None or owner is None:
            for resource, dependent in self._store.dependents(uid):
                self._release(resource, dependent, uid, orphan=False)
        elif _ORPHAN in _finalizers(owner):
            for resource, dependent in self._store.dependents(uid):
                self._release(resource, dependent, uid, orphan=True)
            self._let_go(place[0], owner, _ORPHAN)
        else:
            self._foreground(place[0], owner)

    def _foreground(self, resource: Resource, owner: Obj) -> None:
        left = self._store.dependents(uid_of(owner))
        for kind, dependent in left:
            if not is_terminating(dependent):
                delete(
                    self._store,
                    kind,
                    dependent,
                    {"propagationPolicy": "Foreground"} if kind.group == "apps" else {},
                )
        if not self._store.dependents(uid_of(owner)):
            self._let_go(resource, owner, _FOREGROUND)

    def _release(self, resource: Resource, dependent: Obj, uid: str, *, orphan: bool) -> None:
        others = [one for one in dependent["metadata"]["ownerReferences"] if one["uid"] != uid]
        if not others and not orphan:
            if not is_terminating(dependent):
                delete(self._store, resource, dependent, {})
            return
        metadata = {**dependent["metadata"], "ownerReferences": others}
        if not others:
            del metadata["ownerReferences"]
        self._store.update(resource, {**dependent, "metadata": metadata}, _MANAGER)

    def _let_go(self, resource: Resource, owner: Obj, finalizer: str) -> None:
        left = [one for one in owner["metadata"]["finalizers"] if one != finalizer]
        metadata = {key: value for key, value in owner["metadata"].items() if key != "finalizers"}
        self._store.update(
            resource, {**owner, "metadata": metadata | ({"finalizers": left} if left else {})}, _MANAGER
        )


def _finalizers(obj: Obj) -> set[str]:
    return set(obj["metadata"].get("finalizers") or ())
