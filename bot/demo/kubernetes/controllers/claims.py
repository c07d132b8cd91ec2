"""Claims: each gets a volume that fits, one that is made for it, or word of what it waits for."""

from collections.abc import Iterator
from decimal import Decimal

from bot.demo.kubernetes.admission import defaulted
from bot.demo.kubernetes.admission.storage import IN_USE
from bot.demo.kubernetes.clock import Clock
from bot.demo.kubernetes.controllers.worker import Key, Worker
from bot.demo.kubernetes.kinds import CLAIMS, PODS, STORAGE_CLASSES, VOLUMES
from bot.demo.kubernetes.objects import (
    Obj,
    annotations_of,
    is_terminating,
    key_of,
    name_of,
    namespace_of,
    reference_to,
    uid_of,
)
from bot.demo.kubernetes.quantity import parse_quantity
from bot.demo.kubernetes.recorder import Recorder
from bot.demo.kubernetes.selectors import selects
from bot.demo.kubernetes.store import Event, Store
from bot.demo.kubernetes.volumes import (
    LATE,
    NOBODY,
    PROVISIONER,
    SELECTED,
    claims_of,
    class_of,
    ended,
    is_bound,
    users_of,
)

_COMPONENT = "persistentvolume-controller"
_MANAGER = "kube-controller-manager"
_AGAIN = 15.0  # seconds between two looks at what is not there


class Claims:
    """The persistent volume controller, the protection of claims in use, and the provisioner."""

    def __init__(self, store: Store, clock: Clock, recorder: Recorder) -> None:
        self._store, self._recorder = store, recorder
        self.worker = Worker(_COMPONENT, clock, self.reconcile)

    def hear(self, event: Event) -> None:
        obj = event.obj
        if event.resource is CLAIMS:
            self._release(obj) if event.type == "DELETED" else self.worker.add(key_of(obj))
        elif event.resource is PODS and (event.type != "MODIFIED" or ended(obj)):
            for name in claims_of(obj):
                self.worker.add((namespace_of(obj), name))
        elif event.resource in (VOLUMES, STORAGE_CLASSES) and event.type != "DELETED":
            if event.resource is VOLUMES and event.type == "ADDED":
                self._begin(obj)
            for claim in self._store.each(CLAIMS):
                if not is_bound(claim):
                    self.worker.add(key_of(claim))

    def reconcile(self, key: Key) -> None:
        claim = self._store.get(CLAIMS, *key)
        if claim is None:
            return
        if is_terminating(claim):
            self._let_go(claim)
        elif not is_bound(claim):
            self._find(claim)
            self.worker.add_after(key, _AGAIN)

    def _find(self, claim: Obj) -> None:
        """Bind a claim, or say why it stays as it is."""
        chosen, wanted = class_of(self._store, claim), claim["spec"].get("storageClassName") or ""
        late = chosen is not None and chosen["volumeBindingMode"] == LATE
        if late and SELECTED not in annotations_of(claim):
            said = "waiting for first consumer to be created before binding"
            self._say(claim, LATE, said)
        elif volume := next(self._fitting(claim), None):
            self._bind(claim, volume)
        elif chosen is None and wanted:
            said = f'storageclass.storage.k8s.io "{wanted}" not found'
            self._say(claim, "ProvisioningFailed", said, warning=True)
        elif chosen is None or chosen["provisioner"] == NOBODY:
            said = "no persistent volumes available for this claim and no storage class is set"
            self._say(claim, "FailedBinding", said)
        else:
            self._ask(claim, chosen)

    def _ask(self, claim: Obj, chosen: Obj) -> None:
        """Ask the provisioner of a class for a volume."""
        by = chosen["provisioner"]
        said = (
            f"Waiting for a volume to be created either by the external provisioner '{by}' or manually by "
            "the system administrator. If volume creation is delayed, please verify that the provisioner is "
            "running and correctly registered."
        )
        self._say(claim, "ExternalProvisioning", said)
        if by == PROVISIONER:
            self._provision(claim, chosen)

    def _provision(self, claim: Obj, chosen: Obj) -> None:
        name = f"pvc-{uid_of(claim)}"
        spec = {
            "accessModes": claim["spec"]["accessModes"],
            "capacity": {"storage": _asked(claim)},
            "claimRef": reference_to(claim),
            "hostPath": {"path": f"/opt/local-path-provisioner/{name}", "type": "DirectoryOrCreate"},
            "persistentVolumeReclaimPolicy": chosen["reclaimPolicy"],
            "storageClassName": name_of(chosen),
            "volumeMode": claim["spec"]["volumeMode"],
        }
        metadata = {"name": name, "annotations": {"pv.kubernetes.io/provisioned-by": PROVISIONER}}
        volume = defaulted(VOLUMES, {"metadata": metadata, "spec": spec}, creating=True)
        self._say(
            claim, "Provisioning", f'External provisioner is provisioning volume for claim "{_place(claim)}"'
        )
        if self._store.get(VOLUMES, "", name) is None:
            self._store.create(VOLUMES, volume, PROVISIONER)
        self._say(claim, "ProvisioningSucceeded", f"Successfully provisioned volume {name}")

    def _fitting(self, claim: Obj) -> Iterator[Obj]:
        """Find the volumes that a claim may have, the one made for it and the smallest first."""
        volumes = [volume for volume in self._store.each(VOLUMES) if _fits(claim, volume)]
        yield from sorted(
            volumes, key=lambda volume: ("claimRef" not in volume["spec"], _size(volume), name_of(volume))
        )

    def _bind(self, claim: Obj, volume: Obj) -> None:
        spec = {**volume["spec"], "claimRef": reference_to(claim)}
        volume = self._store.update(VOLUMES, {**volume, "spec": spec, "status": {"phase": "Bound"}}, _MANAGER)
        done = {f"pv.kubernetes.io/{word}": "yes" for word in ("bind-completed", "bound-by-controller")}
        metadata = {**claim["metadata"], "annotations": {**annotations_of(claim), **done}}
        status = {
            "phase": "Bound",
            "accessModes": volume["spec"]["accessModes"],
            "capacity": volume["spec"]["capacity"],
        }
        spec = {**claim["spec"], "volumeName": name_of(volume)}
        self._store.update(CLAIMS, {**claim, "metadata": metadata, "spec": spec, "status": status}, _MANAGER)

    def _begin(self, volume: Obj) -> None:
        if volume["status"].get("phase") == "Pending":
            self._store.update(VOLUMES, {**volume, "status": {"phase": "Available"}}, _MANAGER)

    def _let_go(self, claim: Obj) -> None:
        """Let a claim go that nobody needs any more."""
        held = claim["metadata"].get("finalizers") or []
        if IN_USE in held and not users_of(self._store.each(PODS, namespace_of(claim)), claim):
            metadata = {**claim["metadata"], "finalizers": [one for one in held if one != IN_USE]}
            self._store.update(CLAIMS, {**claim, "metadata": metadata}, _MANAGER)

    def _release(self, claim: Obj) -> None:
        """Do with the volume of a claim that is gone as its policy says."""
        volume = self._store.get(VOLUMES, "", claim["spec"].get("volumeName", ""))
        if volume is None or (volume["spec"].get("claimRef") or {}).get("uid") != uid_of(claim):
            return
        if volume["spec"]["persistentVolumeReclaimPolicy"] == "Delete":
            self._store.remove(VOLUMES, "", name_of(volume))
        else:
            self._store.update(VOLUMES, {**volume, "status": {"phase": "Released"}}, _MANAGER)

    def _say(self, claim: Obj, reason: str, message: str, *, warning: bool = False) -> None:
        self._recorder.note(claim, reason, message, component=_COMPONENT, warning=warning)


def _fits(claim: Obj, volume: Obj) -> bool:
    spec, wanted = volume["spec"], claim["spec"]
    if spec.get("claimRef"):
        meant = spec["claimRef"]
        same = (meant.get("namespace"), meant.get("name")) == key_of(claim)
        return (
            same
            and meant.get("uid", uid_of(claim)) == uid_of(claim)
            and volume["status"].get("phase") != "Released"
        )
    named = wanted.get("volumeName")
    if named and named != name_of(volume):
        return False
    return (
        volume["status"].get("phase") in ("Pending", "Available")
        and (spec.get("storageClassName") or "") == (wanted.get("storageClassName") or "")
        and set(wanted["accessModes"]) <= set(spec["accessModes"])
        and spec.get("volumeMode") == wanted.get("volumeMode")
        and _size(volume) >= parse_quantity(_asked(claim))
        and (
            not wanted.get("selector") or selects(wanted["selector"], volume["metadata"].get("labels") or {})
        )
    )


def _asked(claim: Obj) -> str:
    return str(claim["spec"]["resources"]["requests"]["storage"])


def _size(volume: Obj) -> Decimal:
    return parse_quantity(volume["spec"]["capacity"]["storage"])


def _place(claim: Obj) -> str:
    return f"{namespace_of(claim)}/{name_of(claim)}"
