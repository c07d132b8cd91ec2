"""Trouble on request: what was asked for, for how many calls, and when it is spent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.demo.slack.methods import METHODS

if TYPE_CHECKING:
    from bot.demo.slack.timing import Timing
    from bot.demo.slack.wire import Json

# Faults that wait for the next calls, and the settings that each must bring; `method` picks the calls.
CALLS: dict[str, tuple[str, ...]] = {
    "status": ("status",),
    "error": ("error",),
    "rate-limit": ("retryAfter",),
    "latency": ("seconds",),
    "lost-answer": (),  # what was asked is done, and the connection ends before the caller hears of it
}
# Faults that wait for the next deliveries to the app.
DELIVERIES: dict[str, tuple[str, ...]] = {
    "lost-ack": (),  # the app gets it and answers in time, and the answer never arrives
    "duplicate-delivery": (),
    "late-delivery": ("seconds",),
}
# Faults that happen at once; the server knows how.
IMMEDIATE: dict[str, tuple[str, ...]] = {
    "limits": ("on",),
    "cut-sockets": (),
    "disconnect": ("reason",),
    "outage": ("seconds",),
    "person": ("user", "set"),
    "group": ("group", "users"),
    "channel": ("channel", "set"),
    "scopes": ("scopes",),
}
WAITING = {**CALLS, **DELIVERIES}
KNOWN = {**WAITING, **IMMEDIATE}
TYPES: dict[str, type | tuple[type, ...]] = {
    "status": int,
    "retryAfter": int,
    "seconds": (int, float),
    "next": int,
    "on": bool,
    "error": str,
    "method": str,
    "reason": str,
    "set": dict,
    "users": list,
    "scopes": list,
}
STATUSES = range(400, 600)
ADDRESS = "response_url"  # stands among the methods for posts to response addresses


class FaultError(ValueError):
    """A fault that cannot be: unknown, or asked for in a wrong way."""


@dataclass
class Fault:
    kind: str
    method: str
    left: int
    settings: Json

    def as_told(self) -> Json:
        method = {"method": self.method} if self.method else {}
        return {"fault": self.kind, **method, "next": self.left, **self.settings}


class Faults:
    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self._waiting: list[Fault] = []
        self._out_until = 0.0

    @property
    def is_out(self) -> bool:
        return self._timing.now() < self._out_until

    def begin_outage(self, seconds: float) -> None:
        self._out_until = self._timing.now() + seconds

    def add(self, asked: Json) -> Fault:
        kind = check(asked)
        settings = {name: value for name, value in asked.items() if name not in ("fault", "method", "next")}
        fault = Fault(kind, str(asked.get("method", "")), int(asked.get("next", 1)), settings)
        self._waiting.append(fault)
        return fault

    def take(self, kind: str, method: str = "") -> Fault | None:
        """Use up one turn of the first fault of that kind that means this method."""
        for fault in self._waiting:
            if fault.kind == kind and fault.method in ("", method):
                fault.left -= 1
                if fault.left <= 0:
                    self._waiting.remove(fault)
                return fault
        return None

    def told(self) -> list[Json]:
        outage = [{"fault": "outage", "seconds": self._out_until - self._timing.now()}] if self.is_out else []
        return [fault.as_told() for fault in self._waiting] + outage

    def clear(self) -> None:
        self._waiting.clear()
        self._out_until = 0.0


def check(asked: Any) -> str:
    """Give the fault's kind, or say what would have been understood."""
    kind = asked.get("fault") if isinstance(asked, dict) else None
    if not isinstance(kind, str) or kind not in KNOWN:
        raise FaultError(f"unknown fault {kind!r}; known: {', '.join(KNOWN)}")
    lacking = [name for name in KNOWN[kind] if name not in asked]
    if lacking:
        raise FaultError(f"fault {kind!r} needs {', '.join(lacking)}")
    unknown = sorted(set(asked) - {"fault", *KNOWN[kind], *_extras(kind)})
    if unknown:
        raise FaultError(f"fault {kind!r} has no {', '.join(unknown)}")
    for name, value in asked.items():
        wanted = TYPES.get(name, object)
        if not isinstance(value, wanted) or (isinstance(value, bool) and wanted not in (bool, object)):
            raise FaultError(f"{name} cannot be {value!r}")
    if asked.get("status", STATUSES[0]) not in STATUSES:
        raise FaultError(f"status {asked['status']} is no failure")
    if asked.get("method", ADDRESS) not in {ADDRESS, *METHODS}:
        raise FaultError(f"unknown method {asked['method']!r}")
    return kind


def _extras(kind: str) -> tuple[str, ...]:
    if kind in CALLS:
        return ("method", "next")
    return ("next",) if kind in DELIVERIES else ()
