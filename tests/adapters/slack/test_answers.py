"""Answers through response addresses: to the asker alone, and to nobody but Slack."""

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.domain.errors import DeliveryError
from bot.slack.answers import Answers
from bot.slack.blocks import render


async def test_an_answer_is_seen_by_the_asker_alone(notifier, seen, say):
    await notifier.answer(seen.response_url(), say("12 pods"))

    [shown] = await seen.messages()
    assert shown["text"] == "12 pods"
    assert shown["ephemeral_to"] == "U0ANA"


async def test_an_answer_takes_the_place_of_the_one_before(notifier, seen, say):
    address = seen.response_url()
    await notifier.answer(address, say("Scale?"))
    await notifier.answer(address, say("Scaled."), replace=True)

    assert [shown["text"] for shown in await seen.messages() if not shown["deleted"]] == ["Scaled."]


async def test_a_used_up_address_is_known_as_such(notifier, seen, say):
    address = seen.response_url()
    for number in range(5):
        await notifier.answer(address, say(str(number)))

    with pytest.raises(DeliveryError) as caught:
        await notifier.answer(address, say("6th"))
    assert (caught.value.reason, caught.value.retryable) == ("response_url", False)


@pytest.mark.parametrize(
    "trouble",
    [
        {"fault": "status", "status": 502, "next": 2},
        {"fault": "rate-limit", "retryAfter": 1, "next": 1},
        {"fault": "outage", "seconds": 0.2},
    ],
)
async def test_an_answer_outlasts_trouble_that_passes(notifier, seen, say, trouble):
    address = seen.response_url()
    await seen.plant(**trouble, **({} if trouble["fault"] == "outage" else {"method": "response_url"}))

    await notifier.answer(address, say("12 pods"))

    assert await seen.texts() == ["12 pods"]


@pytest.mark.parametrize(
    "address",
    [
        "http://169.254.169.254/latest/meta-data",
        "https://hooks.slack.com/actions/T1/2/3",
        "http://user@127.0.0.1:1/actions/x",
        "file:///etc/passwd",
        "not an address",
        "",
    ],
)
async def test_an_address_that_leads_elsewhere_is_never_called(notifier, say, address):
    with pytest.raises(DeliveryError) as caught:
        await notifier.answer(address, say("12 pods"))

    assert caught.value.reason == "response_url"


@pytest.mark.parametrize(
    ("api", "address", "trusted"),
    [
        ("https://slack.com/api/", "https://hooks.slack.com/commands/T1/2/3", True),
        ("https://slack.com/api/", "http://hooks.slack.com/commands/T1/2/3", False),
        ("https://slack.com/api/", "https://hooks.slack.com:8443/commands/T1/2/3", False),
        ("https://slack.com/api/", "https://hooks.slack.com.evil.example/x", False),
        ("https://slack.com/api/", "https://hooks.slack.com@evil.example/x", False),
        ("https://slack.com/api/", "https://slack.com/api/x", False),
        ("https://slack-gov.com/api/", "https://hooks.slack-gov.com/x", True),
        ("http://127.0.0.1:4000/api/", "http://127.0.0.1:4000/actions/x", True),
        ("http://127.0.0.1:4000/api/", "http://127.0.0.1:4001/actions/x", True),
        ("http://127.0.0.1:4000/api/", "http://localhost:4000/actions/x", True),
        ("http://127.0.0.1:4000/api/", "https://127.0.0.1:4000/actions/x", False),
        ("http://127.0.0.1:4000/api/", "http://10.0.0.1:4000/actions/x", False),
        ("http://slack.internal:4000/api/", "http://slack.internal:4001/actions/x", False),
        ("https://slack.com/api/", "https://127.0.0.1/commands/x", False),
    ],
)
async def test_which_addresses_lead_to_slack(session: aiohttp.ClientSession, api, address, trusted):
    assert Answers(session, api, 1.0).is_trusted(address) is trusted


async def test_a_redirect_is_not_followed(session, seen, say):
    inside = seen.response_url()

    async def move(_request):
        raise web.HTTPTemporaryRedirect(inside)

    app = web.Application()
    app.add_routes([web.post("/actions/x", move)])
    async with TestServer(app) as elsewhere:
        answers = Answers(session, str(elsewhere.make_url("/api/")), 1.0)
        refused = await answers.send(
            str(elsewhere.make_url("/actions/x")), render(say("12 pods")), replace=False
        )

    assert (refused.reason, refused.passes) == ("http_307", False)
    assert await seen.texts() == []
