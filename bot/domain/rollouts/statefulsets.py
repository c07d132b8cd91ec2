"""StatefulSets: pods with a number each, replaced from the last to the first, down to the partition.

Where pods come up in order, it waits for each to be ready before it touches another. So one that never will
be stops it, and stops what would put it right, too: a rollback waits for the broken pod until it is deleted.
"""

from __future__ import annotations

from bot.domain.model import Json
from bot.domain.rollouts.revisions import ONLY_ROLLING, is_on_delete, number_of, rolling_update
from bot.domain.rollouts.snapshot import Phase, PodTrouble, Progress, Snapshot, is_observed


def progress(found: Json) -> Progress:
    status, (phase, sentence) = found.get("status", {}), _phase(found)
    desired, updated = _desired(found), status.get("updatedReplicas", 0)
    return Progress(
        phase=phase,
        sentence=sentence,
        desired=desired,
        updated=updated,
        available=status.get("availableReplicas", 0),
        surplus=max(0, status.get("replicas", 0) - desired),
        held=max(0, desired - updated) if is_on_delete(found) else _below_partition(found),
        on_delete=is_on_delete(found),
        ordered=_is_ordered(found),
    )


def newest(seen: Snapshot) -> str | None:
    sign: str | None = (seen.workload or {}).get("status", {}).get("updateRevision")
    return sign


def revision(seen: Snapshot) -> str:
    sign = newest(seen)
    return next((number_of(one) for one in seen.revisions if one["metadata"]["name"] == sign), "")


def blocking(found: Json, troubles: tuple[PodTrouble, ...]) -> str:
    """The broken pod that it waits for, where that would come back with the newest template: the first of its
    row, for no other is made anew before that is ready. None while the newest template itself is in trouble.
    """
    if not _is_ordered(found) or any(bad.new for bad in troubles):
        return ""
    first = (found["spec"].get("ordinals") or {}).get("start", 0) + _partition(found)
    broken = (bad.pod for bad in troubles if _ordinal(bad.pod) >= 0)
    pod = min(broken, key=_ordinal, default="")
    return pod if _ordinal(pod) >= first else ""


def _phase(found: Json) -> tuple[Phase, str]:
    status, desired = found.get("status", {}), _desired(found)
    ready, available = status.get("readyReplicas", 0), status.get("availableReplicas", 0)
    surplus = status.get("replicas", 0) - desired
    if not status.get("observedGeneration") or not is_observed(found):
        return Phase.MOVING, "Waiting for statefulset spec update to be observed..."
    if is_on_delete(found) and _is_untouched(status, desired):
        return Phase.HELD, ONLY_ROLLING
    if ready < desired:
        return Phase.MOVING, f"Waiting for {desired - ready} pods to be ready..."
    if surplus > 0:  # of which kubectl thinks nothing
        return Phase.MOVING, f"Waiting for {surplus} pods to be terminated..."
    updates = _on_delete(status, desired) if is_on_delete(found) else _rolling(found, desired)
    if updates[0] is Phase.DONE and available < desired:  # nor of minReadySeconds
        return Phase.MOVING, f"Waiting for {desired - available} pods to be available..."
    return updates


def _is_untouched(status: Json, desired: int) -> bool:
    """No pod has the newest template, and none is to be made; also one that is broken stays as it is."""
    return 0 < desired <= status.get("replicas", 0) and not status.get("updatedReplicas", 0)


def _on_delete(status: Json, desired: int) -> tuple[Phase, str]:
    updated = status.get("updatedReplicas", 0)
    if updated < desired:
        return Phase.HELD, ONLY_ROLLING
    return Phase.DONE, f"{updated} of {desired} pods have the newest template."


def _rolling(found: Json, desired: int) -> tuple[Phase, str]:
    status = found.get("status", {})
    updated, newest_ = status.get("updatedReplicas", 0), status.get("updateRevision", "")
    if rolling_update(found) is None:
        if newest_ != status.get("currentRevision", ""):
            waiting = "waiting for statefulset rolling update to complete"
            return Phase.MOVING, f"{waiting} {updated} pods at revision {newest_}..."
        current = status.get("currentReplicas", 0)
        return Phase.DONE, f"statefulset rolling update complete {current} pods at revision {newest_}..."
    due = desired - _partition(found)
    if updated < due:
        waiting = "Waiting for partitioned roll out to finish:"
        return Phase.MOVING, f"{waiting} {updated} out of {due} new pods have been updated..."
    return Phase.DONE, f"partitioned roll out complete: {updated} new pods have been updated..."


def _desired(found: Json) -> int:
    return int(found["spec"].get("replicas", 1))


def _partition(found: Json) -> int:
    return int((rolling_update(found) or {}).get("partition") or 0)


def _below_partition(found: Json) -> int:
    """How many stay as they are; none, once all have the newest template."""
    status = found.get("status", {})
    is_one = status.get("currentRevision") == status.get("updateRevision")
    return 0 if is_one else min(_partition(found), _desired(found))


def _is_ordered(found: Json) -> bool:
    """Whether it replaces pods, and one after the other."""
    return found["spec"].get("podManagementPolicy") != "Parallel" and not is_on_delete(found)


def _ordinal(pod: str) -> int:
    number = pod.rpartition("-")[2]
    return int(number) if number.isdecimal() else -1
