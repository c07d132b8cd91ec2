"""Tables of claims, volumes and storage classes."""

from bot.demo.kubernetes.admission.storage import DEFAULT_CLASS
from bot.demo.kubernetes.objects import Obj, annotations_of, is_terminating, name_of
from bot.demo.kubernetes.printers.columns import AGE, NAME, Column, Printer, age_of, wide

_MODES = {
    "ReadWriteOnce": "RWO",
    "ReadOnlyMany": "ROX",
    "ReadWriteMany": "RWX",
    "ReadWriteOncePod": "RWOP",
}


def _modes(modes: list[str] | None) -> str:
    return ",".join(_MODES.get(mode, mode) for mode in modes or ())


def _phase(obj: Obj) -> str:
    return "Terminating" if is_terminating(obj) else str(obj.get("status", {}).get("phase", ""))


def _claim(obj: Obj) -> list[object]:
    spec, status = obj["spec"], obj.get("status", {})
    return [
        name_of(obj),
        _phase(obj),
        spec.get("volumeName", ""),
        (status.get("capacity") or {}).get("storage", ""),
        _modes(status.get("accessModes")),
        spec.get("storageClassName") or "",
        "<unset>",
        age_of(obj),
        spec.get("volumeMode", ""),
    ]


def _volume(obj: Obj) -> list[object]:
    spec, claim = obj["spec"], obj["spec"].get("claimRef")
    return [
        name_of(obj),
        (spec.get("capacity") or {}).get("storage", ""),
        _modes(spec.get("accessModes")),
        spec.get("persistentVolumeReclaimPolicy", ""),
        _phase(obj),
        f"{claim.get('namespace', '')}/{claim.get('name', '')}" if claim else "",
        spec.get("storageClassName") or "",
        "<unset>",
        obj.get("status", {}).get("reason", ""),
        age_of(obj),
        spec.get("volumeMode", ""),
    ]


def _class(obj: Obj) -> list[object]:
    is_default = annotations_of(obj).get(DEFAULT_CLASS) == "true"
    return [
        f"{name_of(obj)} (default)" if is_default else name_of(obj),
        obj.get("provisioner", ""),
        obj.get("reclaimPolicy", ""),
        obj.get("volumeBindingMode", ""),
        bool(obj.get("allowVolumeExpansion")),
        age_of(obj),
    ]


STORAGE = {
    ("", "persistentvolumeclaims"): Printer(
        (
            NAME,
            Column("Status", "The current phase of the claim."),
            Column("Volume", "The volume that is bound to the claim."),
            Column("Capacity", "The resources of the underlying volume."),
            Column("Access Modes", "The access modes the volume has."),
            Column("StorageClass", "The class the claim asks for."),
            Column("VolumeAttributesClass", "The attributes class the claim asks for."),
            AGE,
            wide("VolumeMode", "What type of volume is required by the claim."),
        ),
        _claim,
    ),
    ("", "persistentvolumes"): Printer(
        (
            NAME,
            Column("Capacity", "The resources of the volume."),
            Column("Access Modes", "The ways the volume can be mounted."),
            Column("Reclaim Policy", "What happens to the volume when its claim has gone."),
            Column("Status", "Whether the volume is available, bound or released."),
            Column("Claim", "The claim that the volume is bound to."),
            Column("StorageClass", "The class the volume belongs to."),
            Column("VolumeAttributesClass", "The attributes class the volume belongs to."),
            Column("Reason", "Why the volume is in its state."),
            AGE,
            wide("VolumeMode", "What type of volume it is."),
        ),
        _volume,
    ),
    ("storage.k8s.io", "storageclasses"): Printer(
        (
            NAME,
            Column("Provisioner", "The type of the provisioner."),
            Column("ReclaimPolicy", "The reclaim policy of the volumes it makes."),
            Column("VolumeBindingMode", "When claims are bound."),
            Column("AllowVolumeExpansion", "Whether volumes may grow."),
            AGE,
        ),
        _class,
    ),
}
