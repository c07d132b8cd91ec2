"""PagerDuty's answers, page by page, and everything that is no answer."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from bot.domain.errors import OnCallUnknownError
from bot.domain.oncall import PagerDuty
from tests.factories import stamp

PRIMARY = PagerDuty(schedule="PABC123")


def duty(email: str, **parts: Any) -> dict[str, Any]:
    """One entry, cut to what is read, with one that is not."""
    return {
        "escalation_level": 1,
        "schedule": {"id": "PABC123", "type": "schedule_reference"},
        "user": {"id": "PUSER01", "type": "user", "email": email},
        "start": stamp(3600),
        "end": stamp(-3600),
    } | parts


def page(*entries: Any, more: bool = False) -> httpx.Response:
    return httpx.Response(200, json={"oncalls": list(entries), "more": more, "limit": 100, "offset": 0})


async def test_what_is_asked_and_what_comes_of_it(providers, pagerduty):
    pagerduty.mock(page(duty("Ana@Example.com"), duty("ana@example.com", escalation_level=2)))
    assert (await providers.on_duty(PRIMARY)).emails == {"ana@example.com"}
    request = pagerduty.calls.last.request
    assert request.headers["Authorization"] == "Token token=pd-t0ken"
    assert request.headers["Accept"] == "application/vnd.pagerduty+json;version=2"
    assert dict(request.url.params) == {
        "schedule_ids[]": "PABC123", "include[]": "users", "earliest": "true", "limit": "100", "offset": "0",
    }  # fmt: skip


async def test_nobody_on_call_is_an_answer(providers, pagerduty):
    assert (await providers.on_duty(PRIMARY)).emails == frozenset()


async def test_every_page_is_read(providers, pagerduty):
    pagerduty.side_effect = [
        page(duty("ana@example.com"), more=True), page(duty("ben@example.com"), more=True), page(),
    ]  # fmt: skip
    assert (await providers.on_duty(PRIMARY)).emails == {"ana@example.com", "ben@example.com"}
    assert [call.request.url.params["offset"] for call in pagerduty.calls] == ["0", "100", "200"]


async def test_pages_without_end_are_no_answer(providers, pagerduty):
    pagerduty.mock(page(duty("ana@example.com"), more=True))
    with pytest.raises(OnCallUnknownError):
        await providers.on_duty(PRIMARY)
    assert pagerduty.call_count == 10


async def test_a_page_that_fails_spoils_those_before_it(providers, pagerduty):
    pagerduty.side_effect = [page(duty("ana@example.com"), more=True), httpx.Response(400)]
    with pytest.raises(OnCallUnknownError):
        await providers.on_duty(PRIMARY)


@pytest.mark.parametrize(
    ("parts", "holds"),
    [
        ({"start": None, "end": None}, True),
        ({"start": stamp(0)}, True),
        ({"start": stamp(-1)}, False),
        ({"end": stamp(0)}, False),
        ({"end": stamp(-1)}, True),
        ({"start": "2027-01-15T09:00:00+01:00"}, True),
        ({"start": "2027-01-15T08:00:00-01:00"}, False),
    ],
)
async def test_only_whose_time_it_is_now_counts(providers, pagerduty, parts, holds):
    pagerduty.mock(page(duty("ana@example.com", **parts)))
    assert (await providers.on_duty(PRIMARY)).emails == ({"ana@example.com"} if holds else set())


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"oncalls": None},
        {"oncalls": {"0": duty("ana@example.com")}},
        {"oncalls": ["ana@example.com"]},
        {"oncalls": [duty("ana@example.com", schedule=None)]},
        {"oncalls": [duty("ana@example.com"), duty("eve@example.com", schedule={"id": "POTHER1"})]},
        {"oncalls": [duty("ana@example.com", user=None)]},
        {"oncalls": [duty("ana@example.com", user={"id": "PUSER01", "type": "user_reference"})]},
        {"oncalls": [duty("")]},
        {"oncalls": [duty("ana")]},
        {"oncalls": [duty("ana@example.com", user={"email": ["ana@example.com"]})]},
        {"oncalls": [duty("ana@example.com", start="soon")]},
        {"oncalls": [duty("ana@example.com", start="2027-01-15T07:00:00")]},
        {"oncalls": [duty("ana@example.com", end=5)]},
    ],
)
async def test_an_answer_of_another_shape_is_none(providers, pagerduty, answer):
    pagerduty.mock(httpx.Response(200, json=answer))
    with pytest.raises(OnCallUnknownError, match="PagerDuty cannot say who is on call right now"):
        await providers.on_duty(PRIMARY)
