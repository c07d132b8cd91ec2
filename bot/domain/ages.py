"""Times as kubectl and people write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from bot.domain.errors import UsageError

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATION = re.compile(r"(?:\d+[smhd])+")


def parse_duration(word: str) -> int:
    """`90s`, `5m`, `1h30m`, `2d` in seconds."""
    if not _DURATION.fullmatch(word):
        raise UsageError(f"`{word[:40]}` is not a duration", hint="Write it as 90s, 5m, 1h30m or 2d.")
    return sum(int(n) * _UNITS[unit] for n, unit in re.findall(r"(\d+)([smhd])", word))


def parse_time(stamp: str | None) -> float | None:
    """A Kubernetes timestamp in seconds since 1970, or nothing where there is none."""
    if not stamp:
        return None
    try:
        return datetime.fromisoformat(stamp).timestamp()
    except ValueError:
        return None


def parse_instant(word: str) -> str:
    """`2026-01-01T00:00:00Z`, or the same of another zone, in UTC as the API takes it."""
    try:
        moment = datetime.fromisoformat(word)
        if moment.tzinfo:
            return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError):
        pass
    raise UsageError(f"`{word[:40]}` is no point in time", hint="Write it as 2026-01-01T00:00:00Z.")


def age(seconds: float) -> str:
    """As kubectl prints it: `45s`, `3m12s`, `5h10m`, `2d3h`, `12d`, `3y12d`."""
    left = max(0, int(seconds))
    if left < 120:  # noqa: PLR2004 - kubectl counts seconds up to two minutes
        return f"{left}s"
    minutes, hours, days = left // 60, left // 3600, left // 86400
    if minutes < 10:  # noqa: PLR2004
        return f"{minutes}m" + (f"{left % 60}s" if left % 60 else "")
    if hours < 3:  # noqa: PLR2004
        return f"{minutes}m"
    if hours < 8:  # noqa: PLR2004
        return f"{hours}h" + (f"{minutes % 60}m" if minutes % 60 else "")
    if days < 2:  # noqa: PLR2004
        return f"{hours}h"
    if days < 8:  # noqa: PLR2004
        return f"{days}d" + (f"{hours % 24}h" if hours % 24 else "")
    if days < 2 * 365:
        return f"{days}d"
    if days < 8 * 365:
        return f"{days // 365}y" + (f"{days % 365}d" if days % 365 else "")
    return f"{days // 365}y"


def spell(seconds: float) -> str:
    """For a sentence: `40 s`, `1 min 10 s`, `2 h 5 min`."""
    left = max(0, round(seconds))
    if left < 60:  # noqa: PLR2004
        return f"{left} s"
    if left < 3600:  # noqa: PLR2004
        return f"{left // 60} min" + (f" {left % 60} s" if left % 60 else "")
    return f"{left // 3600} h" + (f" {left % 3600 // 60} min" if left % 3600 // 60 else "")


def iso(seconds: float) -> str:
    """An instant for the record: UTC, to the microsecond."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds")
