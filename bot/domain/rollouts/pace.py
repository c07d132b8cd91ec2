"""When a rollout counts as stuck of which the cluster never says so: only Deployments have a deadline."""

from __future__ import annotations

from bot.domain.model import Frozen
from bot.domain.resources import DEPLOYMENTS
from bot.domain.rollouts.snapshot import Phase, Progress, Snapshot

PATIENCE = 600.0
"""Seconds without a step, as a Deployment has them where nothing else is said."""
_GRACE = 30


class Mark(Frozen):
    """The furthest that a rollout came, and when. A pod that comes and goes gets it no further."""

    updated: int
    available: int
    surplus: int
    at: float


def reached(before: Mark | None, progress: Progress, now: float) -> Mark:
    """The mark after one more look; the same one where it came no further."""
    if before is None:
        return Mark(updated=progress.updated, available=progress.available, surplus=progress.surplus, at=now)
    furthest = Mark(
        updated=max(before.updated, progress.updated),
        available=max(before.available, progress.available),
        surplus=min(before.surplus, progress.surplus),
        at=before.at,
    )
    return before if furthest == before else furthest.model_copy(update={"at": now})


def timed(seen: Snapshot, progress: Progress, mark: Mark, now: float) -> Progress:
    """Stuck, where it has stood still for longer than any single step of it may take."""
    if seen.kind == DEPLOYMENTS or seen.workload is None or progress.phase is not Phase.MOVING:
        return progress
    spec = seen.workload["spec"]
    ending = spec["template"].get("spec", {}).get("terminationGracePeriodSeconds", _GRACE)
    idle = now - mark.at
    if idle <= PATIENCE + spec.get("minReadySeconds", 0) + ending:
        return progress
    return progress.model_copy(update={"phase": Phase.STUCK, "idle": idle})
