"""PodDisruptionBudgets. They bind evictions only: a rollout goes below them, and a scale makes them bind."""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain.message import code, plural, text
from bot.domain.model import Json
from bot.domain.obstacles.change import Change, Obstacle, pace, part_of
from bot.domain.selectors import selects


def budgeted(change: Change, budgets: Iterable[Json]) -> tuple[Obstacle, ...]:
    """What the budgets over its pods have to say to it."""
    labels = change.template.get("metadata", {}).get("labels") or {}
    over = (
        b for b in budgets if b["spec"].get("selector") is not None and selects(b["spec"]["selector"], labels)
    )
    return tuple(said for budget in over if (said := _said(change, budget)))


def wanted(budget: Json, pods: int) -> int:
    """How many of so many pods it wants available; percentages are rounded up, as the API does."""
    spec = budget["spec"]
    if "minAvailable" in spec:
        return part_of(spec["minAvailable"], pods)
    return max(0, pods - part_of(spec.get("maxUnavailable", 1), pods))


def _said(change: Change, budget: Json) -> Obstacle | None:
    name, pods = code(budget["metadata"]["name"]), change.replicas
    least = wanted(budget, pods)
    if change.replicas != change.before and change.found is not None and pods and least >= pods:
        return Obstacle(said=text("Budget {} wants {} available: with {} none can be evicted, so their nodes "
                                  "cannot be drained.", name, least, plural(pods, "pod")))  # fmt: skip
    missing, _ = pace(change)
    up = max(0, pods - missing)
    if change.rolls and change.before and pods and up < least:
        return Obstacle(said=text("Budget {} wants {} available, and this may go down to {}: a rollout does "
                                  "not ask it.", name, least, up))  # fmt: skip
    return None
