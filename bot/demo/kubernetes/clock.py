"""Time in the simulated cluster: instants are real, waiting is scaled by the pace."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime


class Clock:
    """`pace` 1.0 is life-like; 0.05 waits a twentieth as long for everything the cluster does."""

    def __init__(self, pace: float = 1.0) -> None:
        self.pace = pace

    def monotonic(self) -> float:
        """Simulated seconds since some fixed moment: what durations are measured in."""
        return time.monotonic() / self.pace if self.pace else time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds * self.pace)

    def later(self, seconds: float, action: Callable[[], None]) -> asyncio.TimerHandle:
        return asyncio.get_running_loop().call_later(max(0.0, seconds) * self.pace, action)


def now() -> datetime:
    return datetime.now(UTC)


def stamp(moment: datetime | None = None) -> str:
    """An instant as most fields carry it, to the second."""
    return (moment or now()).strftime("%Y-%m-%dT%H:%M:%SZ")


def micro_stamp(moment: datetime | None = None) -> str:
    """An instant as leases and event series carry it."""
    return (moment or now()).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_stamp(text: str) -> datetime:
    return datetime.fromisoformat(text)


def age(since: str | None, until: datetime | None = None) -> str:
    """How long ago, as tables print it: two units while the first one is small."""
    if not since:
        return "<unknown>"
    return human_duration(((until or now()) - parse_stamp(since)).total_seconds())


def human_duration(seconds: float) -> str:
    whole = int(seconds)
    if whole < 0:
        return "0s"
    if whole < 60 * 2:
        return f"{whole}s"
    minutes, rest = divmod(whole, 60)
    if minutes < 10:
        return f"{minutes}m{rest}s" if rest else f"{minutes}m"
    if minutes < 60 * 3:
        return f"{minutes}m"
    hours, rest = divmod(minutes, 60)
    if hours < 8:
        return f"{hours}h{rest}m" if rest else f"{hours}h"
    if hours < 48:
        return f"{hours}h"
    days, rest = divmod(hours, 24)
    if days < 8:
        return f"{days}d{rest}h" if rest else f"{days}d"
    if days < 365 * 2:
        return f"{days}d"
    years, rest = divmod(days, 365)
    if years < 8:
        return f"{years}y{rest}d" if rest else f"{years}y"
    return f"{years}y"
