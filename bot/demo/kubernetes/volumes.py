"""What a pod keeps in volumes, and what keeps it waiting for them."""

from collections.abc import Iterator

from bot.demo.kubernetes.kinds import CLAIMS, CONFIG_MAPS, SECRETS, STORAGE_CLASSES, Resource
from bot.demo.kubernetes.objects import Obj, is_terminating, name_of, namespace_of
from bot.demo.kubernetes.store import Store

LATE = "WaitForFirstConsumer"
PROVISIONER = "rancher.io/local-path"  # the only one that runs here
SELECTED = "volume.kubernetes.io/selected-node"
NOBODY = "kubernetes.io/no-provisioner"


def claims_of(pod: Obj) -> list[str]:
    """Name the claims of a pod."""
    volumes = pod["spec"].get("volumes") or ()
    return [
        volume["persistentVolumeClaim"]["claimName"]
        for volume in volumes
        if "persistentVolumeClaim" in volume
    ]


def is_bound(claim: Obj) -> bool:
    return bool(claim["status"].get("phase") == "Bound")


def class_of(store: Store, claim: Obj) -> Obj | None:
    return store.get(STORAGE_CLASSES, "", claim["spec"].get("storageClassName") or "")


def binds_late(store: Store, claim: Obj) -> bool:
    """Tell whether a claim is bound only when a pod that needs it has a node."""
    chosen = class_of(store, claim)
    return chosen is not None and chosen["volumeBindingMode"] == LATE


def why_unplaced(store: Store, pod: Obj) -> str:
    """Tell why a pod can be placed on no node as its claims are; nothing when it can be."""
    claims = claims_of(pod)
    for name in claims:
        claim = store.get(CLAIMS, namespace_of(pod), name)
        if claim is None:
            return f'persistentvolumeclaim "{name}" not found'
        if is_terminating(claim):
            return f'persistentvolumeclaim "{name}" is being deleted'
    if any(not binds_late(store, claim) for claim in unbound_claims(store, pod)):
        return "pod has unbound immediate PersistentVolumeClaims"
    return ""


def unbound_claims(store: Store, pod: Obj) -> list[Obj]:
    found = (store.get(CLAIMS, namespace_of(pod), name) for name in claims_of(pod))
    return [claim for claim in found if claim is not None and not is_bound(claim)]


def unmounted(store: Store, pod: Obj) -> list[str]:
    """Say of each volume that cannot be set up what is missing, as the kubelet does."""
    return [
        f'MountVolume.SetUp failed for volume "{volume["name"]}" : {missing}'
        for volume in pod["spec"].get("volumes") or ()
        if (missing := next(_missing(store, pod, volume), None))
    ]


def _missing(store: Store, pod: Obj, volume: Obj) -> Iterator[str]:
    for source in (volume, *((volume.get("projected") or {}).get("sources") or ())):
        for kind, key, resource in (("configMap", "name", CONFIG_MAPS), ("secret", "secretName", SECRETS)):
            if reference := source.get(kind):
                name = reference.get(key) or reference.get("name", "")
                yield from _absent(store.get(resource, namespace_of(pod), name), resource, name, reference)


def _absent(found: Obj | None, resource: Resource, name: str, reference: Obj) -> Iterator[str]:
    what = resource.singular
    if reference.get("optional"):
        return
    if found is None:
        # every pod has the cluster's own certificate, which each namespace comes with
        if name != "kube-root-ca.crt":
            yield f'{what} "{name}" not found'
        return
    known = {**(found.get("data") or {}), **(found.get("binaryData") or {})}
    word = "config" if resource is CONFIG_MAPS else "secret"
    for item in reference.get("items") or ():
        if item.get("key") not in known:
            yield f"references non-existent {word} key: {item.get('key')}"


def users_of(pods: Iterator[Obj], claim: Obj) -> list[Obj]:
    """Find the pods that need a claim and have not ended."""
    return [pod for pod in pods if name_of(claim) in claims_of(pod) and not ended(pod)]


def ended(pod: Obj) -> bool:
    return pod["status"].get("phase") in ("Succeeded", "Failed")
