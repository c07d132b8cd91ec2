"""DaemonSets: one pod on every node that it chose, replaced a few at a time."""

from __future__ import annotations

from bot.domain.model import Json
from bot.domain.rollouts.revisions import ONLY_ROLLING, is_on_delete, number_of, own_newest
from bot.domain.rollouts.snapshot import REVISION_HASH, Phase, Progress, Snapshot, is_observed


def progress(found: Json) -> Progress:
    status, (phase, sentence) = found.get("status", {}), _phase(found)
    desired, updated = status.get("desiredNumberScheduled", 0), status.get("updatedNumberScheduled", 0)
    return Progress(
        phase=phase,
        sentence=sentence,
        desired=desired,
        updated=updated,
        available=status.get("numberAvailable", 0),
        held=max(0, desired - updated) if is_on_delete(found) else 0,
        on_delete=is_on_delete(found),
    )


def newest(seen: Snapshot) -> str | None:
    found = own_newest(seen)
    sign: str | None = (found["metadata"].get("labels") or {}).get(REVISION_HASH) if found else None
    return sign


def revision(seen: Snapshot) -> str:
    found = own_newest(seen)
    return number_of(found) if found else ""


def _phase(found: Json) -> tuple[Phase, str]:
    name, status = found["metadata"]["name"], found.get("status", {})
    if not is_observed(found):
        return Phase.MOVING, "Waiting for daemon set spec update to be observed..."
    waiting = f'Waiting for daemon set "{name}" rollout to finish:'
    desired, available = status.get("desiredNumberScheduled", 0), status.get("numberAvailable", 0)
    updated = status.get("updatedNumberScheduled", 0)
    if updated < desired and is_on_delete(found):
        return Phase.HELD, ONLY_ROLLING
    if updated < desired:
        return Phase.MOVING, f"{waiting} {updated} out of {desired} new pods have been updated..."
    if available < desired:
        return Phase.MOVING, f"{waiting} {available} of {desired} updated pods are available..."
    return Phase.DONE, f'daemon set "{name}" successfully rolled out'
