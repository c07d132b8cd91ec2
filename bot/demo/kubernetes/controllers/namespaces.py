"""Namespaces: what every one is born with, and how one is emptied before it goes."""

from bot.demo.kubernetes.api.deletion import delete
from bot.demo.kubernetes.clock import Clock
from bot.demo.kubernetes.controllers.worker import Key, Worker
from bot.demo.kubernetes.kinds import CONFIG_MAPS, NAMESPACES, SERVICE_ACCOUNTS, Kinds
from bot.demo.kubernetes.objects import Obj, is_terminating, name_of, namespace_of
from bot.demo.kubernetes.store import Event, Store

_MANAGER = "kube-controller-manager"
_CA = "-----BEGIN CERTIFICATE-----\n(the simulated cluster speaks plain HTTP)\n-----END CERTIFICATE-----\n"
_CA_NOTE = "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints."


class Namespaces:
    """The controllers of namespaces, of their default account and of their root certificate."""

    def __init__(self, store: Store, clock: Clock, kinds: Kinds) -> None:
        self._store, self._kinds = store, kinds
        self.worker = Worker("namespace-controller", clock, self.reconcile, 0.0)

    def hear(self, event: Event) -> None:
        if event.resource is NAMESPACES:
            if event.type != "DELETED":
                self.worker.add(("", name_of(event.obj)))
        elif event.type == "DELETED" and (space := namespace_of(event.obj)):
            owner = self._store.get(NAMESPACES, "", space)
            if owner is not None and (
                is_terminating(owner) or event.resource in (SERVICE_ACCOUNTS, CONFIG_MAPS)
            ):
                self.worker.add(("", space))

    def reconcile(self, key: Key) -> None:
        space = self._store.get(NAMESPACES, "", key[1])
        if space is None:
            return
        if is_terminating(space):
            self._empty(space)
        else:
            self._furnish(name_of(space))

    def _furnish(self, space: str) -> None:
        if self._store.get(SERVICE_ACCOUNTS, space, "default") is None:
            self._store.create(
                SERVICE_ACCOUNTS, {"metadata": {"name": "default", "namespace": space}}, _MANAGER
            )
        if self._store.get(CONFIG_MAPS, space, "kube-root-ca.crt") is None:
            notes = {"kubernetes.io/description": _CA_NOTE}
            metadata = {"name": "kube-root-ca.crt", "namespace": space, "annotations": notes}
            self._store.create(CONFIG_MAPS, {"metadata": metadata, "data": {"ca.crt": _CA}}, _MANAGER)

    def _empty(self, space: Obj) -> None:
        left = 0
        for resource in self._kinds.all():
            if not resource.namespaced:
                continue
            for obj in self._store.each(resource, name_of(space)):
                gone = is_terminating(obj) or delete(self._store, resource, obj, {})[1]
                left += not gone or self._store.get(resource, namespace_of(obj), name_of(obj)) is not None
        if not left and not space["metadata"].get("finalizers"):
            self._store.remove(NAMESPACES, "", name_of(space))
