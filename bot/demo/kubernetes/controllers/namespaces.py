"""Namespaces: what every one is born with, and how one is emptied before it goes."""

from collections import Counter
from collections.abc import Iterator

from bot.demo.kubernetes.api.deletion import delete
from bot.demo.kubernetes.clock import Clock, stamp
from bot.demo.kubernetes.controllers.worker import Key, Worker
from bot.demo.kubernetes.kinds import CONFIG_MAPS, NAMESPACES, SERVICE_ACCOUNTS, Kinds
from bot.demo.kubernetes.objects import Obj, condition_of, is_terminating, key_of, name_of, namespace_of
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
        """Delete what is in a namespace; let it go when nothing is, or else tell what remains."""
        counts: Counter[str] = Counter()
        finalizers: Counter[str] = Counter()
        for resource in self._kinds.all():
            if not resource.namespaced:
                continue
            for obj in self._store.each(resource, name_of(space)):
                if not is_terminating(obj):
                    delete(self._store, resource, obj, {})
                if (left := self._store.get(resource, *key_of(obj))) is not None:
                    counts[f"{resource.plural}.{resource.group}"] += 1
                    finalizers.update(left["metadata"].get("finalizers") or ())
        held = {*(space["metadata"].get("finalizers") or ()), *(space["spec"].get("finalizers") or ())}
        if not counts and held <= {"kubernetes"}:
            self._store.remove(NAMESPACES, "", name_of(space))
            return
        conditions = [_condition(space, *one) for one in _remaining(counts, finalizers)]
        status = {**space["status"], "conditions": conditions}
        self._store.update(NAMESPACES, {**space, "status": status}, _MANAGER, "status")


def _remaining(counts: Counter[str], finalizers: Counter[str]) -> Iterator[tuple[str, bool, str, str]]:
    """Say how far a namespace is with its end: what is said, whether it is so, the reason and the words."""
    about = "NamespaceDeletion"
    discovered = "All resources successfully discovered"
    yield f"{about}DiscoveryFailure", False, "ResourcesDiscovered", discovered
    parsed = "All legacy kube types successfully parsed"
    yield f"{about}GroupVersionParsingFailure", False, "ParsedGroupVersions", parsed
    deleted = "All content successfully deleted, may be waiting on finalization"
    yield f"{about}ContentFailure", False, "ContentDeleted", deleted
    told = ", ".join(f"{name} has {count} resource instances" for name, count in sorted(counts.items()))
    remaining = f"Some resources are remaining: {told}" if told else "All content successfully removed"
    reason = "SomeResourcesRemain" if told else "ContentRemoved"
    yield "NamespaceContentRemaining", bool(told), reason, remaining
    told = ", ".join(f"{name} in {count} resource instances" for name, count in sorted(finalizers.items()))
    some = f"Some content in the namespace has finalizers remaining: {told}"
    reason = "SomeFinalizersRemain" if told else "ContentHasNoFinalizers"
    words = some if told else "All content-preserving finalizers finished"
    yield "NamespaceFinalizersRemaining", bool(told), reason, words


def _condition(space: Obj, kind: str, holds: bool, reason: str, message: str) -> Obj:  # noqa: FBT001  # a condition is a statement and whether it holds
    status, old = "True" if holds else "False", condition_of(space, kind)
    since = old["lastTransitionTime"] if old and old["status"] == status else stamp()
    return {
        "type": kind,
        "status": status,
        "lastTransitionTime": since,
        "reason": reason,
        "message": message,
    }
