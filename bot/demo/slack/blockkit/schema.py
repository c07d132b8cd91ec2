"""A small language for the shapes of Block Kit, which refuses in Slack's own words.

A check looks at one value at one place and reports what is wrong with it. Checks are built from smaller
ones, so that the limits can be read as a table in `objects`, `elements` and `blocks`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Problem:
    pointer: str
    message: str
    code: str
    constraint: int | None = None

    def worded(self) -> str:
        return f"{self.message} [json-pointer:{self.pointer}]"


@dataclass
class Report:
    problems: list[Problem] = field(default_factory=list)

    def add(
        self, at: str, message: str, code: str = "failed_constraint", constraint: int | None = None
    ) -> None:
        self.problems.append(Problem(at, message, code, constraint))


Check = Callable[[Any, str, Report], None]


def string(most: int | None = None, *, least: int = 0) -> Check:
    def check(value: Any, at: str, report: Report) -> None:
        if not isinstance(value, str):
            report.add(at, "must provide a string", "invalid_type")
        elif len(value) < least:
            report.add(at, f"must be more than {least - 1} characters", constraint=least - 1)
        elif most is not None and len(value) > most:
            report.add(at, f"must be less than {most + 1} characters", constraint=most + 1)

    return check


def flag(value: Any, at: str, report: Report) -> None:
    if not isinstance(value, bool):
        report.add(at, "must be a boolean", "invalid_type")


def number(least: int | None = None, most: int | None = None) -> Check:
    def check(value: Any, at: str, report: Report) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            report.add(at, "must be a valid integer", "invalid_type")
        elif least is not None and value < least:
            report.add(at, f"must be greater than {least - 1}", constraint=least - 1)
        elif most is not None and value > most:
            report.add(at, f"must be less than {most + 1}", constraint=most + 1)

    return check


def choice(*values: str) -> Check:
    def check(value: Any, at: str, report: Report) -> None:
        if value not in values:
            report.add(at, "must be a valid enum value", "invalid_enum")

    return check


def anything(_value: Any, _at: str, _report: Report) -> None:
    """Accept what the simulator does not look into."""


def items(one: Check, *, most: int | None = None, least: int = 0) -> Check:
    def check(value: Any, at: str, report: Report) -> None:
        if not isinstance(value, list):
            report.add(at, "must provide an array", "invalid_type")
            return
        if most is not None and len(value) > most:
            report.add(at, f"no more than {most} items allowed", constraint=most)
        if len(value) < least:
            report.add(at, f"no fewer than {least} items allowed", constraint=least)
        for index, item in enumerate(value):
            one(item, f"{at}/{index}", report)

    return check


def shape(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """Describe an object that has these fields and no others."""
    known = {**required, **(optional or {})}

    def check(value: Any, at: str, report: Report) -> None:
        if not isinstance(value, dict):
            report.add(at, "must provide an object", "invalid_type")
            return
        for name in required:
            if name not in value:
                report.add(at, f"missing required field: {name}", "missing_field")
        for name, inner in value.items():
            if name in known:
                known[name](inner, f"{at}/{name}", report)
            else:
                report.add(at, f"invalid additional property: {name}", "additional_property")

    return check


def typed(kinds: Mapping[str, Check], *, of_many: bool = False) -> Check:
    """Describe an object whose `type` says which of several shapes it has."""

    def check(value: Any, at: str, report: Report) -> None:
        if not isinstance(value, dict):
            report.add(at, "must provide an object", "invalid_type")
            return
        kind = value.get("type")
        if kind is None:
            report.add(at, "missing required field: type", "missing_field")
        elif kind not in kinds:
            if of_many:
                report.add(at, "failed to match all allowed schemas", "no_match")
            report.add(f"{at}/type", f"unsupported type: {kind}", "unsupported_type")
        else:
            kinds[kind](value, at, report)

    return check


def exactly_one(first: str, second: str) -> Check:
    """Say that of two fields one must stand, and not both."""

    def check(value: Any, at: str, report: Report) -> None:
        if isinstance(value, dict) and (first in value) == (second in value):
            report.add(at, f"must provide exactly one of {first}, {second}", "failed_constraint")

    return check


def both(*checks: Check) -> Check:
    def check(value: Any, at: str, report: Report) -> None:
        for one in checks:
            one(value, at, report)

    return check
