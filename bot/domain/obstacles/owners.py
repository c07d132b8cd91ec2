"""What else has a workload in its hands, and will put its own will back: GitOps, Helm, a controller."""

from __future__ import annotations

from bot.domain.message import Span, Text, code, text
from bot.domain.model import Json
from bot.domain.obstacles.change import Change, Obstacle

_ARGO_ID = "argocd.argoproj.io/tracking-id"
_ARGO_LABEL = "argocd.argoproj.io/instance"
_INSTANCE = "app.kubernetes.io/instance"
_FLUX = "kustomize.toolkit.fluxcd.io"
_FLUX_HELM = "helm.toolkit.fluxcd.io"
_HELM = "meta.helm.sh"
_MANAGED_BY = "app.kubernetes.io/managed-by"
_LONGEST = 80


def owned(change: Change) -> tuple[Obstacle, ...]:
    """Who will revert it, and when: the one that deploys it, and the controller that made it."""
    if change.found is None:
        return ()
    metadata = change.found["metadata"]
    said = (_deployed(metadata), _controlled(metadata))
    return tuple(Obstacle(said=line) for line in said if line)


def _deployed(metadata: Json) -> Text:
    """The tool that deploys it; Flux with Helm leaves Helm's own signs too, and only Flux is said then."""
    labels, notes = metadata.get("labels") or {}, metadata.get("annotations") or {}
    if app := _argo(metadata, labels, notes):
        return text("Argo CD application {} will revert this at its next sync.", _name(app))
    if labels.get(f"{_FLUX}/name") and notes.get(f"{_FLUX}/reconcile") != "disabled":
        return text("Flux kustomization {} will revert this when it next reconciles.", _flux(labels, _FLUX))
    if labels.get(f"{_FLUX_HELM}/name"):
        release = _flux(labels, _FLUX_HELM)
        return text("Flux's Helm release {} will revert this at its next upgrade, or sooner.", release)
    if labels.get(_MANAGED_BY) == "Helm" and notes.get(f"{_HELM}/release-name"):
        release = _name(notes[f"{_HELM}/release-name"])
        return text("Helm release {} will put its own values back at its next upgrade.", release)
    return Text()


def _argo(metadata: Json, labels: Json, notes: Json) -> str:
    """The application: `shop:apps/Deployment:shop/web` tells it first. Helm uses the instance label as well,
    so that one counts only where Argo CD has written to the object.
    """
    if notes.get(_ARGO_ID):
        return str(notes[_ARGO_ID]).partition(":")[0]
    if labels.get(_ARGO_LABEL):
        return str(labels[_ARGO_LABEL])
    writers = (str(entry.get("manager", "")) for entry in metadata.get("managedFields") or ())
    return str(labels.get(_INSTANCE, "")) if any(name.startswith("argocd") for name in writers) else ""


def _flux(labels: Json, family: str) -> Span:
    parts = (labels.get(f"{family}/namespace"), labels.get(f"{family}/name"))
    return _name("/".join(str(part) for part in parts if part))


def _controlled(metadata: Json) -> Text:
    """A ReplicaSet is its deployment's, and an operator's workload is the operator's."""
    found = next((o for o in metadata.get("ownerReferences") or () if o.get("controller")), None)
    if found is None:
        return Text()
    return text("It was made by {}, which will bring it back.", _name(f"{found['kind']} {found['name']}"))


def _name(words: str) -> Span:
    return code(words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…")
