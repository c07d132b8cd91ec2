"""Opsgenie's answers, from both of its regions, for schedules by any name."""

from __future__ import annotations

import httpx
import pytest

from bot.domain.errors import OnCallUnknownError
from bot.domain.oncall import Opsgenie

DATA = Opsgenie(schedule="Data on-call")
ID = "d875e4a1-9b4e-4219-a1b3-0c26936d18de"


def said(*recipients: object) -> httpx.Response:
    return httpx.Response(200, json={"data": {"onCallRecipients": list(recipients)}, "took": 0.1})


async def test_what_is_asked_and_what_comes_of_it(providers, opsgenie):
    opsgenie.mock(said("Ana@Example.com", "ben@example.com"))
    assert (await providers.on_duty(DATA)).emails == {"ana@example.com", "ben@example.com"}
    request = opsgenie.calls.last.request
    assert request.headers["Authorization"] == "GenieKey og-t0ken"
    assert str(request.url) == (
        "https://api.opsgenie.com/v2/schedules/Data%20on-call/on-calls?scheduleIdentifierType=name&flat=true"
    )


async def test_nobody_on_call_is_an_answer(providers, opsgenie):
    assert (await providers.on_duty(DATA)).emails == frozenset()


async def test_the_region_chooses_the_host(providers, line):
    europe = line.get(host="api.eu.opsgenie.com").mock(said("ana@example.com"))
    assert (await providers.on_duty(DATA.model_copy(update={"region": "eu"}))).emails == {"ana@example.com"}
    assert europe.call_count == 1


@pytest.mark.parametrize(
    ("schedule", "path", "kind"),
    [
        (ID, f"/v2/schedules/{ID}/on-calls", "id"),
        ("a/../../v2/users", "/v2/schedules/a%2F..%2F..%2Fv2%2Fusers/on-calls", "name"),
        ("50%?x=1#y", "/v2/schedules/50%25%3Fx%3D1%23y/on-calls", "name"),
        ("Über", "/v2/schedules/%C3%9Cber/on-calls", "name"),
    ],
)
async def test_no_name_leaves_its_place_in_the_path(providers, opsgenie, schedule, path, kind):
    await providers.on_duty(Opsgenie(schedule=schedule))
    url = opsgenie.calls.last.request.url
    assert url.raw_path.decode() == f"{path}?scheduleIdentifierType={kind}&flat=true"


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"data": []},
        {"data": {"onCallParticipants": []}},
        {"data": {"onCallRecipients": "ana@example.com"}},
        {"data": {"onCallRecipients": [{"name": "ana@example.com"}]}},
        {"data": {"onCallRecipients": ["ana@example.com", None]}},
        {"data": {"onCallRecipients": ["the night team"]}},
    ],
)
async def test_an_answer_of_another_shape_is_none(providers, opsgenie, answer):
    opsgenie.mock(httpx.Response(200, json=answer))
    with pytest.raises(OnCallUnknownError, match="Opsgenie cannot say who is on call right now"):
        await providers.on_duty(DATA)
