"""What a rota leaves open, or gives twice."""

from __future__ import annotations

import pytest

from bot.domain.oncall import Schedule
from bot.service.rota_doubts import rota_doubts
from tests.factories import NOW

ANA = {"U0ANA": "ana"}


def said(**rota) -> list[str]:
    schedule = Schedule.model_validate({"rota": rota})
    return [one.removeprefix("oncall night: ") for one in rota_doubts({"night": schedule}, NOW)]


@pytest.mark.parametrize(
    ("weekly", "doubts"),
    [
        ([["Mon 00:00", "Mon 00:00"]], []),
        ([["Mon 08:00", "Fri 08:00"], ["Fri 08:00", "Mon 08:00"]], []),
        ([["Mon 20:00", "Tue 08:00"]], ["nobody is on call each week from Tue 08:00 to Mon 20:00"]),
        ([["Fri 20:00", "Mon 09:00"], ["Mon 08:00", "Fri 20:00"]],
         ["two shifts hold each week from Mon 08:00 to Mon 09:00"]),
        ([["Sun 12:00", "Mon 12:00"], ["Mon 12:00", "Sun 11:30"]],
         ["nobody is on call each week from Sun 11:30 to Sun 12:00"]),
    ],
)  # fmt: skip
def test_of_weekly_shifts(weekly, doubts):
    assert said(shifts=[{"users": ANA, "weekly": one} for one in weekly]) == doubts


def test_of_turns_that_have_not_begun():
    turns = {"people": ANA, "every": "7d", "from": "2027-02-01 09:00"}
    assert said(rotation=turns) == ["nobody is on call before 2027-02-01 09:00"]
    assert said(rotation=turns | {"from": "2026-01-05 09:00"}) == []
    always = {"users": ANA, "weekly": ["Mon 00:00", "Mon 00:00"]}
    assert said(rotation=turns, shifts=[always]) == []


def test_what_is_looked_up_elsewhere_or_once_is_no_doubt():
    assert rota_doubts({"far": Schedule.model_validate({"pagerduty": {"schedule": "PABC123"}})}, NOW) == []
    assert said(shifts=[{"users": ANA, "once": ["2026-12-24T12:00", "2026-12-27T12:00"]}]) == []
