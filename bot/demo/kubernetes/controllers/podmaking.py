"""Making pods from templates, as every controller of pods does."""

from bot.demo.kubernetes.admission import check_create, defaulted
from bot.demo.kubernetes.admission.quotas import check_quotas
from bot.demo.kubernetes.admission.ranges import apply_ranges, check_ranges
from bot.demo.kubernetes.admission.references import resolve_references
from bot.demo.kubernetes.errors import ApiError
from bot.demo.kubernetes.kinds import PODS
from bot.demo.kubernetes.objects import Obj, clone, controlled_by, name_of, namespace_of, suffix
from bot.demo.kubernetes.recorder import Recorder
from bot.demo.kubernetes.store import Store

MANAGER = "kube-controller-manager"


def make_pod(
    store: Store,
    recorder: Recorder,
    owner: Obj,
    template: Obj,
    *,
    component: str,
    name: str = "",
    stem: str = "",
    labels: Obj | None = None,
    said: str = "",
    refused: str = "",
) -> Obj | ApiError:
    """Create one pod of an owner and say so; returns the refusal when the server does not have it."""
    template = clone(template)
    metadata = template.get("metadata") or {}
    begins = f"{stem or name_of(owner)}-"
    spoken: Obj = {"name": name or f"{begins}{suffix()}", "namespace": namespace_of(owner)}
    if not name:
        spoken["generateName"] = begins
    for key in ("labels", "annotations", "finalizers"):
        if metadata.get(key):
            spoken[key] = metadata[key]
    if labels:
        spoken["labels"] = {**spoken.get("labels", {}), **labels}
    spoken["ownerReferences"] = [controlled_by(owner)]
    pod = defaulted(PODS, {"metadata": spoken, "spec": template["spec"]}, creating=True)
    try:
        resolve_references(store, pod)
        apply_ranges(store, pod)
        check_create(PODS, pod)
        check_ranges(store, pod)
        check_quotas(store, PODS, pod)
        made = store.create(PODS, pod, MANAGER)
    except ApiError as error:
        told = f"{refused or 'Error creating'}: {error.message}"
        recorder.note(owner, "FailedCreate", told, component=component, warning=True)
        return error
    recorder.note(owner, "SuccessfulCreate", said or f"Created pod: {name_of(made)}", component=component)
    return made
