"""CustomResourceDefinitions: their kinds are served from when they are posted until they are deleted."""

from bot.demo.kubernetes.api.deletion import delete
from bot.demo.kubernetes.clock import Clock, stamp
from bot.demo.kubernetes.controllers.worker import Key, Worker
from bot.demo.kubernetes.custom.definition import resources_of
from bot.demo.kubernetes.kinds import DEFINITIONS, Kinds, Resource
from bot.demo.kubernetes.objects import Obj, condition_of, is_terminating, name_of
from bot.demo.kubernetes.store import Event, Store

_CLEANUP = "customresourcecleanup.apiextensions.k8s.io"
_ACCEPTED = ("NamesAccepted", "True", "NoConflicts", "no conflicts found")
_ESTABLISHED = ("Established", "True", "InitialNamesAccepted", "the initial names have been accepted")
_LEAVING = (
    "Terminating",
    "True",
    "InstanceDeletionInProgress",
    "CustomResource deletion is in progress",
)


class Definitions:
    """The controllers of definitions, in one: names, establishing, and the end."""

    def __init__(self, store: Store, clock: Clock, kinds: Kinds) -> None:
        self._store, self._kinds = store, kinds
        self._served: dict[str, list[Resource]] = {}
        self.worker = Worker("crd-controller", clock, self.reconcile)

    def hear(self, event: Event) -> None:
        if event.resource is DEFINITIONS:
            if event.type == "DELETED":
                self._serve(name_of(event.obj), [])
            else:
                self.worker.add(("", name_of(event.obj)))
        elif event.resource.custom is not None and event.type == "DELETED":
            self.worker.add(("", event.resource.qualified))

    def reconcile(self, key: Key) -> None:
        definition = self._store.get(DEFINITIONS, "", key[1])
        if definition is None:
            return
        if is_terminating(definition):
            self._clean_up(definition)
        elif (conflict := self._conflict(definition)) is not None:
            reason, said = conflict
            pending = ("Established", "False", "NotAccepted", "not all names are accepted")
            self._write(definition, [("NamesAccepted", "False", reason, said), pending])
        else:
            self._serve(key[1], resources_of(definition))
            self._write(definition, [_ACCEPTED, _ESTABLISHED])

    def _conflict(self, definition: Obj) -> tuple[str, str] | None:
        """Tell which of its names another kind of the group has already."""
        names, mine = definition["spec"]["names"], definition["spec"]["names"]["plural"]
        others = [
            one
            for one in self._kinds.all()
            if one.group == definition["spec"]["group"] and one.plural != mine
        ]
        if any(names["kind"] == one.kind for one in others):
            return "KindConflict", f'"{names["kind"]}" is already in use'
        taken = {word for one in others for word in (*one.short, one.singular)}
        for field, words in (
            ("SingularConflict", [names["singular"]]),
            ("ShortNamesConflict", names.get("shortNames")),
        ):
            if clash := taken.intersection(words or ()):
                return field, f'"{min(clash)}" is already in use'
        return None

    def _serve(self, name: str, resources: list[Resource]) -> None:
        for resource in self._served.pop(name, []):
            self._kinds.drop(resource)
        for resource in resources:
            self._kinds.add(resource)
        if resources:
            self._served[name] = resources

    def _write(self, definition: Obj, told: list[tuple[str, str, str, str]]) -> None:
        conditions = []
        for kind, state, reason, message in told:
            old = condition_of(definition, kind)
            since = old["lastTransitionTime"] if old and old["status"] == state else stamp()
            made = {"lastTransitionTime": since, "message": message, "reason": reason, "status": state}
            conditions.append({**made, "type": kind})
        stored = next(one["name"] for one in definition["spec"]["versions"] if one.get("storage"))
        before = (definition.get("status") or {}).get("storedVersions") or []
        status = {
            "acceptedNames": definition["spec"]["names"],
            "conditions": conditions,
            "storedVersions": [*before, *([] if stored in before else [stored])],
        }
        metadata = {**definition["metadata"], "finalizers": _with_cleanup(definition)}
        self._store.update(
            DEFINITIONS, {**definition, "metadata": metadata, "status": status}, "kube-apiserver", "status"
        )

    def _clean_up(self, definition: Obj) -> None:
        """Delete the objects first; the definition goes with the last of them."""
        left = 0
        for resource in self._served.get(name_of(definition), []):
            for obj in list(self._store.each(resource)):
                left += not (not is_terminating(obj) and delete(self._store, resource, obj, {})[1])
        if left:
            if condition_of(definition, "Terminating") is None:
                self._write(definition, [_ACCEPTED, _ESTABLISHED, _LEAVING])
            return
        others = [one for one in definition["metadata"].get("finalizers") or () if one != _CLEANUP]
        metadata = {**definition["metadata"], "finalizers": others}
        self._store.update(DEFINITIONS, {**definition, "metadata": metadata}, "kube-apiserver")


def _with_cleanup(definition: Obj) -> list[str]:
    held = definition["metadata"].get("finalizers") or []
    return held if _CLEANUP in held else [*held, _CLEANUP]
