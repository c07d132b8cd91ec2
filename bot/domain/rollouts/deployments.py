"""Deployments: the cluster itself says when one is stuck, by its progress deadline."""

from __future__ import annotations

from bot.domain.model import Json
from bot.domain.rollouts.snapshot import HASH, REVISION, Phase, Progress, Snapshot, is_observed, newest_set


def progress(deployment: Json) -> Progress:
    status, (phase, sentence) = deployment.get("status", {}), _phase(deployment)
    return Progress(
        phase=phase,
        sentence=sentence,
        desired=deployment["spec"].get("replicas", 1),
        updated=status.get("updatedReplicas", 0),
        available=status.get("availableReplicas", 0),
        revision=deployment["metadata"].get("annotations", {}).get(REVISION, ""),
    )


def newest(seen: Snapshot) -> str | None:
    found = newest_set(seen)
    sign: str | None = found["metadata"]["labels"].get(HASH) if found else None
    return sign


def _phase(deployment: Json) -> tuple[Phase, str]:
    name = deployment["metadata"]["name"]
    spec, status = deployment["spec"], deployment.get("status", {})
    if not is_observed(deployment):
        return Phase.MOVING, "Waiting for deployment spec update to be observed..."
    waiting = f'Waiting for deployment "{name}" rollout to finish:'
    desired, total = spec.get("replicas", 1), status.get("replicas", 0)
    updated, available = status.get("updatedReplicas", 0), status.get("availableReplicas", 0)
    if _exceeded(status):
        return Phase.STUCK, f'deployment "{name}" exceeded its progress deadline'
    paused = Phase.PAUSED if spec.get("paused") else Phase.MOVING
    if updated < desired:
        return paused, f"{waiting} {updated} out of {desired} new replicas have been updated..."
    if total > updated:
        return paused, f"{waiting} {total - updated} old replicas are pending termination..."
    if available < updated:
        return paused, f"{waiting} {available} of {updated} updated replicas are available..."
    return Phase.DONE, f'deployment "{name}" successfully rolled out'


def _exceeded(status: Json) -> bool:
    return any(
        c.get("type") == "Progressing" and c.get("reason") == "ProgressDeadlineExceeded"
        for c in status.get("conditions", [])
    )
