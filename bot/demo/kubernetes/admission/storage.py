"""Claims, volumes and storage classes: what is filled in, what cannot be, and what may not change."""

from bot.demo.kubernetes.admission import fields
from bot.demo.kubernetes.errors import Fault
from bot.demo.kubernetes.kinds import STORAGE_CLASSES
from bot.demo.kubernetes.objects import Obj, annotations_of, name_of
from bot.demo.kubernetes.store import Store

DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"
IN_USE = "kubernetes.io/pvc-protection"
_MODES = ("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod")
_ABOUT_VOLUMES = frozenset(
    (
        "accessModes",
        "capacity",
        "claimRef",
        "mountOptions",
        "nodeAffinity",
        "persistentVolumeReclaimPolicy",
        "storageClassName",
        "volumeAttributesClassName",
        "volumeMode",
    )
)


def choose_class(store: Store, claim: Obj) -> None:
    """Give a claim that names no storage class the one that is the default, if there is one."""
    if claim["spec"].get("storageClassName") is not None:
        return
    chosen = [
        one for one in store.sorted(STORAGE_CLASSES) if annotations_of(one).get(DEFAULT_CLASS) == "true"
    ]
    if chosen:
        claim["spec"]["storageClassName"] = name_of(chosen[-1])


def default_claim(obj: Obj) -> None:
    obj["spec"].setdefault("volumeMode", "Filesystem")


def begin_claim(obj: Obj) -> None:
    obj["status"] = {"phase": "Pending"}
    held = obj["metadata"].get("finalizers") or []
    obj["metadata"]["finalizers"] = [*held, *(() if IN_USE in held else (IN_USE,))]


def default_volume(obj: Obj) -> None:
    obj["spec"].setdefault("volumeMode", "Filesystem")
    obj["spec"].setdefault("persistentVolumeReclaimPolicy", "Retain")


def default_class(obj: Obj) -> None:
    obj.setdefault("reclaimPolicy", "Delete")
    obj.setdefault("volumeBindingMode", "Immediate")


def check_claim(obj: Obj) -> list[Fault]:
    spec = obj["spec"]
    found = _modes(spec)
    if not ((spec.get("resources") or {}).get("requests") or {}).get("storage"):
        found.append(fields.required("spec.resources[storage]"))
    return found


def check_volume(obj: Obj) -> list[Fault]:
    spec = obj["spec"]
    found = _modes(spec)
    if not (spec.get("capacity") or {}).get("storage"):
        found.append(fields.required("spec.capacity"))
    if not set(spec) - _ABOUT_VOLUMES:
        found.append(fields.required("spec", "must specify a volume type"))
    return found


def check_class(obj: Obj) -> list[Fault]:
    found = [] if obj.get("provisioner") else [fields.required("provisioner")]
    found += fields.one_of(
        "volumeBindingMode", obj["volumeBindingMode"], ("Immediate", "WaitForFirstConsumer")
    )
    return found + fields.one_of("reclaimPolicy", obj["reclaimPolicy"], ("Delete", "Retain"))


def check_claim_change(spec: Obj, old: Obj) -> list[Fault]:
    """Refuse any change but a binding, and a request for more."""
    may_change = {"resources", "volumeName", "volumeAttributesClassName"}
    if all(old.get(key) == spec.get(key) for key in {*old, *spec} - may_change):
        return []
    why = "spec is immutable after creation except resources.requests and volumeAttributesClassName"
    return [fields.forbidden_field("spec", f"{why} for bound claims")]


def _modes(spec: Obj) -> list[Fault]:
    if not spec.get("accessModes"):
        return [fields.required("spec.accessModes", "at least 1 access mode is required")]
    return [
        fault for mode in spec["accessModes"] for fault in fields.one_of("spec.accessModes", mode, _MODES)
    ]
