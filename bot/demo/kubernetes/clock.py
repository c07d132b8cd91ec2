"""Time in the simulated cluster: instants are real, waiting is scaled by the pace."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache

_SECONDS = "%Y-%m-%dT%H:%M:%SZ"


class Clock:
    """`pace` 1.0 is life-like; 0.05 waits a twentieth as long for everything the cluster does."""

    def __init__(self, pace: float = 1.0) -> None:
        self.pace = pace

    def monotonic(self) -> float:
        """Count simulated seconds since some fixed moment: what durations are measured in."""
        return time.monotonic() / self.pace if self.pace else time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds * self.pace)

    def later(self, seconds: float, action: Callable[[], None]) -> asyncio.TimerHandle:
        return asyncio.get_running_loop().call_later(max(0.0, seconds) * self.pace, action)


def now() -> datetime:
    return datetime.now(UTC)


def stamp(moment: datetime | None = None) -> str:
    """Write an instant as most fields carry it, to the second."""
    return moment.strftime(_SECONDS) if moment else _stamped(int(time.time()))


@lru_cache(maxsize=1)
def _stamped(second: int) -> str:
    """Write the present second once: a busy cluster asks for it thousands of times."""
    return datetime.fromtimestamp(second, UTC).strftime(_SECONDS)


def micro_stamp(moment: datetime | None = None) -> str:
    """Write an instant as leases and event series carry it."""
    return (moment or now()).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_stamp(text: str) -> datetime:
    return datetime.fromisoformat(text)


def age(since: str | None, until: datetime | None = None) -> str:
    """How long ago, as tables print it: two units while the first one is small."""
    if not since:
        return "<unknown>"
    return human_duration(((until or now()) - parse_stamp(since)).total_seconds())


# Below each limit (in the first unit), how many of the second unit are worth telling.
_UNITS = (
    # limit in seconds, seconds of the first unit, its letter, seconds of the second, its letter
    (2 * 60, 1, "s", 0, ""),
    (10 * 60, 60, "m", 1, "s"),
    (3 * 3600, 60, "m", 0, ""),
    (8 * 3600, 3600, "h", 60, "m"),
    (48 * 3600, 3600, "h", 0, ""),
    (8 * 86400, 86400, "d", 3600, "h"),
    (2 * 365 * 86400, 86400, "d", 0, ""),
    (8 * 365 * 86400, 365 * 86400, "y", 86400, "d"),
)


def human_duration(seconds: float) -> str:
    """Say a duration as kubectl does: exact while it is short, rough when it is long."""
    whole = max(0, int(seconds))
    for limit, first, letter, second, small in _UNITS:
        if whole < limit:
            rest = whole % first // second if second else 0
            return f"{whole // first}{letter}" + (f"{rest}{small}" if rest else "")
    return f"{whole // (365 * 86400)}y"
