"""What StatefulSets and DaemonSets have alike: an update strategy, and templates kept as revisions."""

from __future__ import annotations

from bot.domain.model import Json
from bot.domain.rollouts.snapshot import Snapshot, owner

ONLY_ROLLING = "rollout status is only available for RollingUpdate strategy type"
"""What kubectl says of one that replaces no pod by itself."""


def is_on_delete(found: Json) -> bool:
    return bool(_strategy(found).get("type") == "OnDelete")


def rolling_update(found: Json) -> Json | None:
    """How it replaces pods, where that is said."""
    said: Json | None = _strategy(found).get("rollingUpdate")
    return said


def own_newest(seen: Snapshot) -> Json | None:
    """The revision with the highest number that is its own."""
    uid = seen.workload["metadata"]["uid"] if seen.workload else ""
    mine = [one for one in seen.revisions if uid and owner(one) == uid]
    return max(mine, key=lambda one: int(one.get("revision", 0)), default=None)


def number_of(revision: Json) -> str:
    return str(revision.get("revision", ""))


def _strategy(found: Json) -> Json:
    return found["spec"].get("updateStrategy") or {}
