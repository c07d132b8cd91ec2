"""How often Slack may be called: pure arithmetic on a clock that is handed in.

Slack counts posts per channel and edits per workspace, and says after a refusal how long a method rests.
Keeping below all three costs a little patience; running into them costs the final state of a card.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Pace:
    """What Slack tolerates, in seconds and calls per second; tests make it quick."""

    posts_per_second: float = 1.0
    posts_at_once: int = 5
    """In one channel, after a pause."""
    edits_per_second: float = 50 / 60
    edits_at_once: int = 10
    """In the whole workspace, after a pause. Slack publishes no number; this is a modest one."""
    edits_kept_for_finals: int = 3
    """Routine edits leave so many of those at once, so that a final one need not wait behind them."""
    edit_gap: float = 2.0
    """Between two edits of one message, unless the later is final."""
    timeout: float = 10.0
    """For one call."""
    patience: float = 60.0
    """With what fails but passes by itself: no connection, 5xx, a rate limit."""
    first_delay: float = 0.5
    longest_delay: float = 10.0
    drain: float = 8.0
    """For what is still owed when the process ends."""

    def delay(self, attempt: int) -> float:
        """How long to wait after that many failures; jittered, so that replicas do not come back in step."""
        longest = min(self.longest_delay, self.first_delay * 2.0 ** min(attempt, 16))
        return longest * random.uniform(0.5, 1.0)  # noqa: S311  # jitter keeps no secret


@dataclass
class Bucket:
    """Holds up to `size` calls and fills at `rate` a second."""

    rate: float
    size: float
    level: float = field(init=False)
    filled: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        self.level = self.size

    def wait(self, now: float, *, leaving: float = 0) -> float:
        """Seconds until a call may be taken that leaves so many others; 0 when it may now."""
        self._fill(now)
        return max(0.0, (1 + leaving - self.level) / self.rate)

    def take(self, now: float) -> None:
        self._fill(now)
        self.level -= 1

    def is_full(self, now: float) -> bool:
        self._fill(now)
        return self.level >= self.size

    def _fill(self, now: float) -> None:
        self.level = min(self.size, self.level + max(0.0, now - self.filled) * self.rate)
        self.filled = now


class Budget:
    """The workspace's share: edits, and methods that Slack has told to rest."""

    def __init__(self, pace: Pace) -> None:
        self._edits = Bucket(rate=pace.edits_per_second, size=pace.edits_at_once)
        self._kept = pace.edits_kept_for_finals
        self._resting: dict[str, float] = {}

    def wait_to_edit(self, now: float, *, final: bool) -> float:
        return self._edits.wait(now, leaving=0 if final else self._kept)

    def take_edit(self, now: float) -> None:
        self._edits.take(now)

    def wait_for(self, method: str, now: float) -> float:
        return max(0.0, self._resting.get(method, 0.0) - now)

    def rest(self, method: str, until: float) -> None:
        """Take note of a Retry-After. It counts for the whole workspace, whoever was refused."""
        self._resting[method] = max(until, self._resting.get(method, 0.0))
