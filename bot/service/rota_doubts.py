"""What a rota leaves open or gives twice: no mistake, a doubt of `policy check`. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.calendar import DAYS, minutes_of
from bot.domain.oncall import Rota, Schedule

_WEEK = 7 * 24 * 60


def rota_doubts(schedules: Mapping[str, Schedule], now: float) -> list[str]:
    """A sentence each, about turns that have not begun and about a week like any other."""
    return [
        f"oncall {name}: {said}"
        for name, schedule in schedules.items()
        if schedule.rota
        for said in _of(schedule.rota, now)
    ]


def _of(rota: Rota, now: float) -> list[str]:
    rotation = rota.rotation
    if rotation is None:
        return _of_week(rota)
    if rota.on_duty(now).users:
        return []
    return [f"nobody is on call before {rotation.begins}"]


def _of_week(rota: Rota) -> list[str]:
    """Gaps and overlaps of the weekly shifts, by their hours in a week without any clock being changed."""
    spans = []
    for shift in rota.shifts:
        if shift.weekly:
            begin, end = map(minutes_of, shift.weekly)
            spans.append((begin, begin + ((end - begin) % _WEEK or _WEEK)))
    if not spans:
        return []
    edges = sorted({edge % _WEEK for span in spans for edge in span})
    held = [sum(any(b <= at < e for at in (edge, edge + _WEEK)) for b, e in spans) for edge in edges]
    pieces = list(zip(edges, [*edges[1:], edges[0]], held, strict=True))
    gaps = [
        f"nobody is on call each week from {_hour(a)} to {_hour(b)}" for a, b, count in pieces if not count
    ]
    twice = [
        f"two shifts hold each week from {_hour(a)} to {_hour(b)}" for a, b, count in pieces if count > 1
    ]
    return [*gaps, *twice]


def _hour(minute: int) -> str:
    day, rest = divmod(minute, 24 * 60)
    return f"{DAYS[day].capitalize()} {rest // 60:02}:{rest % 60:02}"
