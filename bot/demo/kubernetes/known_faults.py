"""The faults that can be asked for: what each is called, what it takes, and what is wrong with others."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from bot.demo.kubernetes.errors import ApiError
from bot.demo.kubernetes.quantity import parse_quantity
from bot.demo.kubernetes.selectors import parse_labels

_MATCHERS = {"next", "method", "path"}
_WHERE = {"namespace", "selector"}
_FIELDS: dict[str, set[str]] = {
    "status": {"status", "retryAfter"} | _MATCHERS,
    "latency": {"seconds"} | _MATCHERS,
    "cut": {"after"} | _MATCHERS,
    "cut-watches": set(),
    "forget-versions": set(),
    "outage": {"seconds"},
    "lose-node": {"node"},
    "missing-image": {"image"},
    "crash": {"seconds", "code", "says"} | _WHERE,
    "probe": {"probe"} | _WHERE,
    "load": {"cpu", "memory"} | _WHERE,
    "full-quota": {"namespace"},
    "restore-node": {"node"},
    "load-balancer": {"on"},
}
_REQUIRED = {
    "status": "status",
    "latency": "seconds",
    "outage": "seconds",
    "load-balancer": "on",
    "missing-image": "image",
    "crash": "seconds",
    "lose-node": "node",
    "restore-node": "node",
}
KNOWN = "known faults: " + ", ".join(
    f"{name} ({', '.join(sorted(words)) or 'no fields'})" for name, words in _FIELDS.items()
)


class UnknownFaultError(Exception):
    """A fault that cannot be planted, and everything that is wrong with it."""


def check_fault(spec: Any) -> None:
    """Raise UnknownFaultError for what is no fault that could be planted."""
    if problems := problems_of(spec):
        raise UnknownFaultError("; ".join(problems))


def problems_of(spec: Any) -> list[str]:
    """Tell everything that is wrong with a request for a fault, whatever it is."""
    name = spec.get("fault") if isinstance(spec, Mapping) else spec
    if not isinstance(spec, Mapping) or not isinstance(name, str) or name not in _FIELDS:
        return [f"unknown fault: {name!r}"]
    given = {word: value for word, value in spec.items() if word != "fault"}
    problems = [f"{name} has no {word}" for word in given if word not in _FIELDS[name]]
    if (needed := _REQUIRED.get(name)) and needed not in given:
        problems.append(f"{name} needs {needed}")
    for word, value in given.items():
        if word in _FIELDS[name] and (wrong := _VALUES[word](value)):
            problems.append(f"{word} cannot be {value!r}: {wrong}")
    return problems


# What is wrong with a value; nothing when it will do.
_Verdict = Callable[[Any], str]


def _whole(least: int, most: int) -> _Verdict:
    said = f"it is a whole number from {least} to {most}"
    return lambda value: "" if type(value) is int and least <= value <= most else said


def _seconds(value: Any) -> str:
    is_number = type(value) in (int, float)
    return "" if is_number and 0 <= value < _FOREVER else "it is a number of seconds, and not negative"


def _one_of(*choices: str) -> _Verdict:
    return lambda value: "" if value in choices else f"it is one of {', '.join(choices)}"


def _text(value: Any) -> str:
    return "" if isinstance(value, str) else "it is text"


def _read_by(read: Callable[[str], object]) -> _Verdict:
    def verdict(value: Any) -> str:
        if not isinstance(value, str):
            return "it is text"
        try:
            read(value)
        except (ApiError, ValueError, re.error) as error:
            return str(error)
        return ""

    return verdict


_FOREVER = 10**9
_VALUES: dict[str, _Verdict] = {
    "status": _whole(400, 599),
    "next": _whole(1, _FOREVER),
    "retryAfter": _whole(0, _FOREVER),
    "code": _whole(0, 255),
    "seconds": _seconds,
    "method": _one_of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"),
    "after": _one_of("act"),
    "probe": _one_of("liveness", "readiness", "startup"),
    "path": _read_by(re.compile),
    "selector": _read_by(parse_labels),
    "cpu": _read_by(parse_quantity),
    "memory": _read_by(parse_quantity),
    "on": lambda value: "" if isinstance(value, bool) else "it is true or false",
    "node": _text,
    "image": _text,
    "namespace": _text,
    "says": _text,
}
