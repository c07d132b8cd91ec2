"""Several containers' lines in one order: by time, traces whole, what is said again and again said once."""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bot.domain.logs.lines import Line
from bot.domain.patterns import Pattern

_LONGEST_RECORD = 200
"""Lines that are kept together at most: nobody holds up the others' lines."""
_GOES_ON = re.compile(r"\s|Caused by: |Suppressed: |\.\.\. \d+ more|at \S+\(")
_PANIC = re.compile(r"panic: |fatal error: |goroutine \d+ \[")
_GO_FRAME = re.compile(r"\s*\Z|goroutine \d+ \[|\[signal |created by |exit status |[\w./*()-]+\(.*\)\Z")
_TRACEBACK = "Traceback (most recent call last):"
_OWN_TIME = re.compile(
    r"\[?(?:\d{4}[-/]\d\d[-/]\d\d[T ])?\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z| ?[+-]\d\d:?\d\d)?\]?[ \t]*"
    r"|([IWEF])\d{4} \d\d:\d\d:\d\d\.\d{6} *"
)
"""In front of a line; klog's has a letter for the level, which is no part of the time."""


class Source(NamedTuple):
    """The lines of one container, in its order."""

    name: str
    """As it stands before each line; nothing where there is only one."""
    lines: Sequence[Line]


class Shown(NamedTuple):
    """A line as it is shown, and the words in it that were printed."""

    line: str
    text: str


@dataclass
class _Record:
    """A line with those that belong to it; `until` is when it was said for the last of `count` times."""

    name: str
    lines: list[Line]
    until: str
    count: int = 1

    @property
    def at(self) -> str:
        return self.lines[0].at

    def says(self) -> tuple[str, ...]:
        """Its words, without the time that the program itself put in front."""
        first = self.lines[0].text
        if own := _OWN_TIME.match(first):
            first = (own[1] or "") + first[own.end() :]
        return (first, *(line.text for line in self.lines[1:]))


def merged(sources: Sequence[Source], *, most: int, times: bool = False) -> tuple[list[Shown], int]:
    """The newest lines of all sources, at most so many, and how many they are with all repeats."""
    records = list(heapq.merge(*(_records(source) for source in sources), key=lambda record: record.at))
    total = sum(len(record.lines) for record in records)
    kept = _newest(records, total - most)
    once = _once(kept)
    return [shown for record in once for shown in _shown(record, times=times)], min(total, most)


def picked(lines: Sequence[Shown], pattern: Pattern, around: int) -> tuple[list[str], int]:
    """The lines that an expression fits, each with `around` more on both sides; and how many fit."""
    fitting = [number for number, line in enumerate(lines) if pattern.fits(line.text)]
    chosen: list[str] = []
    end = 0
    for number in fitting:
        start = max(end, number - around)
        if chosen and around and start > end:
            chosen.append("--")
        end = max(end, min(len(lines), number + around + 1))
        chosen += [line.line for line in lines[start:end]]
    return chosen, len(fitting)


def short_names(pods: Sequence[str]) -> dict[str, str]:
    """What tells pods apart: the shortest ends of their names that differ, and are no mere numbers."""
    alone = sorted(set(pods))
    for parts in range(1, 12):
        ends = {pod: "-".join(pod.split("-")[-parts:]) for pod in alone}
        if len(set(ends.values())) == len(alone) and not any(end.isdecimal() for end in ends.values()):
            return ends
    return {pod: pod for pod in alone}


def _records(source: Source) -> Iterator[_Record]:
    """Lines that belong together: a trace with what it is the trace of."""
    record: _Record | None = None
    is_open = False
    for line in source.lines:
        if record and len(record.lines) < _LONGEST_RECORD:
            goes_on, is_open = _goes_on(record, line.text, is_open=is_open)
            if goes_on:
                record.lines.append(line)
                continue
        if record:
            yield record
        record, is_open = _Record(source.name, [line], line.at), line.text.endswith(_TRACEBACK)
    if record:
        yield record


def _goes_on(record: _Record, text: str, *, is_open: bool) -> tuple[bool, bool]:
    """Whether a line belongs to the record before; and whether a Python trace still waits for its error."""
    if _GOES_ON.match(text):
        return True, is_open
    if _PANIC.match(record.lines[0].text) and _GO_FRAME.match(text):
        return True, False
    if is_open:
        return True, False
    return False, False


def _newest(records: list[_Record], surplus: int) -> list[_Record]:
    """Without so many of the oldest lines; a trace may lose its head."""
    for place, record in enumerate(records):
        if surplus <= 0:
            return records[place:]
        cut = record.lines[:surplus]
        surplus -= len(cut)
        record.lines = record.lines[len(cut) :]
        if record.lines:
            return records[place:]
    return []


def _once(records: list[_Record]) -> list[_Record]:
    """Where a source says the same again and again, it is said once, with its count."""
    kept: list[_Record] = []
    last: dict[str, tuple[_Record, tuple[str, ...]]] = {}
    for record in records:
        says = record.says()
        before, said = last.get(record.name, (None, ()))
        if before and says == said and any(says):
            before.count, before.until = before.count + 1, record.at
            continue
        last[record.name] = record, says
        kept.append(record)
    return kept


def _shown(record: _Record, *, times: bool) -> Iterator[Shown]:
    for number, line in enumerate(record.lines):
        name = f"{record.name} | " if record.name else ""
        stamp = f"{line.at}Z " if times and line.at else ""
        again = _again(record) if not number and record.count > 1 else ""
        yield Shown(f"{name}{stamp}{line.text}{again}", line.text)


def _again(record: _Record) -> str:
    first, last = record.at[11:19], record.until[11:19]
    when = f", {first} to {last}" if first else ""
    return f"  (× {record.count}{when})"
