"""Cron schedules: five fields, or a word for the usual ones; and when one is due next."""

import calendar
from dataclasses import dataclass
from datetime import datetime, timedelta

_WORDS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_NAMES = {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name} | {
    name.lower(): (number + 1) % 7 for number, name in enumerate(calendar.day_abbr)
}
_BOUNDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 6))
_FURTHEST = timedelta(days=5 * 366)


@dataclass(frozen=True)
class Schedule:
    """The minutes, hours, days, months and weekdays on which something is due."""

    fields: tuple[frozenset[int], ...]
    any_day: bool  # the days of the month are not restricted
    any_weekday: bool

    def next_after(self, moment: datetime) -> datetime | None:
        """Find the first minute after a moment; None when there is none for years."""
        minutes, hours, *_ = self.fields
        at = moment.replace(second=0, microsecond=0) + timedelta(minutes=1)
        end = moment + _FURTHEST
        while at < end:
            if not self._suits_day(at):
                at = at.replace(hour=0, minute=0) + timedelta(days=1)
            elif at.hour not in hours:
                at = at.replace(minute=0) + timedelta(hours=1)
            elif at.minute not in minutes:
                at += timedelta(minutes=1)
            else:
                return at
        return None

    def _suits_day(self, at: datetime) -> bool:
        _, _, days, months, weekdays = self.fields
        if at.month not in months:
            return False
        day, weekday = at.day in days, (at.weekday() + 1) % 7 in weekdays
        # when both are restricted, either will do
        return (day and weekday) if self.any_day or self.any_weekday else (day or weekday)


def parse_schedule(text: str) -> Schedule:
    """Read a schedule; junk raises ValueError with the parser's own words."""
    parts = _WORDS.get(text.strip(), text).split()
    if len(parts) != len(_BOUNDS):
        raise ValueError(f"expected exactly 5 fields, found {len(parts)}: [{' '.join(parts)}]")
    found = tuple(frozenset(_numbers(part, *bounds)) for part, bounds in zip(parts, _BOUNDS, strict=True))
    return Schedule(found, parts[2] in ("*", "?"), parts[4] in ("*", "?"))


def _numbers(part: str, low: int, high: int) -> list[int]:
    found: list[int] = []
    for choice in part.split(","):
        span, _, step = choice.partition("/")
        first, last = _span(span, low, high, stepped=bool(step))
        if step and (not step.isdigit() or not int(step)):
            raise ValueError(
                f'failed to parse int from {step}: strconv.Atoi: parsing "{step}": invalid syntax'
            )
        found += range(first, last + 1, int(step or 1))
    return found


def _span(span: str, low: int, high: int, *, stepped: bool) -> tuple[int, int]:
    if span in ("*", "?"):
        return low, high
    start, _, end = span.partition("-")
    first = _number(start)
    last = _number(end) if end else high if stepped else first
    if high == 6:  # both 0 and 7 are Sunday
        first, last = (first % 7, first % 7) if first == last else (first, min(last, 6))
    if first < low:
        raise ValueError(f"beginning of range ({first}) below minimum ({low}): {span}")
    if last > high:
        raise ValueError(f"end of range ({last}) above maximum ({high}): {span}")
    if first > last:
        raise ValueError(f"beginning of range ({first}) beyond end of range ({last}): {span}")
    return first, last


def _number(word: str) -> int:
    if word.lower() in _NAMES:
        return _NAMES[word.lower()]
    if not word.isdigit():
        raise ValueError(f'failed to parse int from {word}: strconv.Atoi: parsing "{word}": invalid syntax')
    return int(word)
