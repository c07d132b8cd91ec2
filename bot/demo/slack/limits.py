"""Slack's rate limits: a bucket per method, and one per channel for everything that posts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.demo.slack.timing import Timing

# Calls per minute of each tier. Bursts are tolerated but unpublished: a fifth of a minute's worth is assumed.
TIERS = {"T1": 1, "T2": 20, "T3": 50, "T4": 100, "S": 300}
BURST_SHARE = 5
CHANNEL_BURST = 5


@dataclass
class Bucket:
    size: float
    per_second: float
    level: float
    at: float

    def take(self, now: float) -> float:
        """Take one; give 0, or the seconds until one is there."""
        self.level = min(self.size, self.level + (now - self.at) * self.per_second)
        self.at = now
        if self.level >= 1:
            self.level -= 1
            return 0.0
        return (1 - self.level) / self.per_second


class Limits:
    """Off until asked for, so that tests of other things run at full speed."""

    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self._buckets: dict[str, Bucket] = {}
        self.on = False

    def switch(self, *, on: bool) -> None:
        self.on = on
        self._buckets.clear()

    def refuse_call(self, method: str, tier: str) -> int:
        """Give the Retry-After in whole seconds, 0 if the call may pass."""
        per_minute = TIERS[tier]
        return self._take(method, max(per_minute // BURST_SHARE, 1), per_minute / 60)

    def refuse_post(self, channel: str) -> int:
        return self._take(f"channel {channel}", CHANNEL_BURST, 1.0)

    def _take(self, name: str, size: float, per_second: float) -> int:
        if not self.on:
            return 0
        now = self._timing.now()
        bucket = self._buckets.setdefault(name, Bucket(size, per_second, size, now))
        return math.ceil(bucket.take(now))
