"""ReplicaSets: only their number is followed. They replace no pod, so kubectl has no sentence for them."""

from __future__ import annotations

from bot.domain.model import Json
from bot.domain.rollouts.snapshot import Phase, Progress, is_observed


def progress(found: Json) -> Progress:
    status, (phase, sentence) = found.get("status", {}), _phase(found)
    desired, total = _desired(found), status.get("replicas", 0)
    return Progress(
        phase=phase,
        sentence=sentence,
        desired=desired,
        updated=min(total, desired),
        available=status.get("availableReplicas", 0),
        surplus=max(0, total - desired),
    )


def _phase(found: Json) -> tuple[Phase, str]:
    name, status, desired = found["metadata"]["name"], found.get("status", {}), _desired(found)
    if not is_observed(found):
        return Phase.MOVING, "Waiting for replica set spec update to be observed..."
    total, available = status.get("replicas", 0), status.get("availableReplicas", 0)
    waiting = f'Waiting for replica set "{name}":'
    if total > desired:
        return (
            Phase.MOVING,
            f"{waiting} {total - desired} pods are pending termination...",
        )
    if available < desired:
        return (
            Phase.MOVING,
            f"{waiting} {available} of {desired} pods are available...",
        )
    return Phase.DONE, f'replica set "{name}" has {available} of {desired} pods available'


def _desired(found: Json) -> int:
    return int(found["spec"].get("replicas", 1))
