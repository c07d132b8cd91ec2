"""Faults over the wire: each spends itself; what is unknown is an error that names the known."""

import asyncio
import time

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.errors import SlackApiError


async def test_a_status_for_the_next_calls_of_one_method(client, hands):
    await hands.plant(fault="status", method="chat.update", status=500, next=2)
    ts = (await client.chat_postMessage(channel="C0SHOP", text="x"))["ts"]
    for _ in range(2):
        with pytest.raises(SlackApiError) as caught:
            await client.chat_update(channel="C0SHOP", ts=ts, text="y")
        assert caught.value.response.status_code == 500
    assert (await client.chat_update(channel="C0SHOP", ts=ts, text="y"))["ok"]


async def test_an_error_of_slacks_own(client, hands, refused):
    await hands.plant(fault="error", method="chat.postMessage", error="internal_error", next=1)
    assert (await refused(client.chat_postMessage(channel="C0SHOP", text="x")))["error"] == "internal_error"
    assert (await client.chat_postMessage(channel="C0SHOP", text="x"))["ok"]


async def test_an_answer_that_is_lost(client, hands):
    await hands.plant(fault="lost-answer", method="chat.postMessage", next=1)
    assert (await client.chat_postMessage(channel="C0SHOP", text="x"))["ok"], (
        "the client tries again by itself"
    )
    assert [one["text"] for one in await hands.reads()] == ["x", "x"], "and so it is posted twice"


async def test_trouble_at_response_addresses(hands, inbox, session):
    await hands.command("/k8s get pods")
    url = inbox.payloads[0]["response_url"]
    await hands.plant(fault="status", method="response_url", status=503)
    await hands.plant(fault="rate-limit", method="response_url", retryAfter=2)
    await hands.plant(fault="error", method="response_url", error="used_url")
    statuses = []
    for _ in range(4):
        async with session.post(url, json={"text": "x"}) as response:
            statuses.append(response.status)
    assert statuses == [503, 429, 404, 200]


async def test_an_acknowledgement_that_is_lost(hands, inbox, impatient):
    await hands.plant(fault="lost-ack", next=2)
    inbox.answer = lambda _payload: web.Response(text="12 pods")
    assert (await hands.command("/k8s get pods"))["error"] == "operation_timeout"
    [notice] = await hands.reads()
    assert notice["text"] == '/k8s failed with the error "operation_timeout"', "and the answer is not shown"
    await hands.do("message", channel="D0ANA", text="hello")
    first, second = await inbox.has(2, "message")
    assert first["event_id"] == second["event_id"]
    assert inbox.requests[-1].headers["X-Slack-Retry-Reason"] == "http_timeout"


async def test_latency(client, hands):
    await hands.plant(fault="latency", method="auth.test", seconds=0.1, next=1)
    began = time.monotonic()
    await client.auth_test()
    assert time.monotonic() - began > 0.1


async def test_an_outage_cuts_and_ends(client, hands, inbox, clock, refused):
    await hands.plant(fault="outage", seconds=30)
    client.retry_handlers.clear()
    with pytest.raises(aiohttp.ClientConnectionError):
        await client.auth_test()
    assert (await hands.command("/k8s get pods"))["error"] == "dispatch_failed"
    clock.at += 31
    assert (await client.auth_test())["ok"]
    assert (await hands.command("/k8s get pods"))["ok"]


async def test_faults_are_listed_and_cleared(client, hands, session, slack):
    await hands.plant(fault="error", error="internal_error", next=5)
    await hands.plant(fault="limits", on=True)
    assert (await hands.get("/simulator/faults"))[1]["faults"] == [
        {"fault": "error", "next": 5, "error": "internal_error"},
        {"fault": "limits", "on": True},
    ]
    async with session.delete(f"{slack.url}/simulator/faults") as response:
        assert response.status == 200
    assert (await hands.get("/simulator/faults"))[1]["faults"] == []
    assert (await client.auth_test())["ok"]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"fault": "earthquake"}, "unknown fault 'earthquake'; known: status, error, rate-limit"),
        ({"fault": "status"}, "fault 'status' needs status"),
        ({"fault": "person", "user": "U0NOBODY", "set": {}}, "unknown person 'U0NOBODY'"),
        ({"fault": "person", "user": "U0ANA", "set": {"height": 2}}, "unknown setting height"),
        ({"fault": "group", "group": "S0NONE", "users": []}, "unknown group 'S0NONE'"),
        ({"fault": "channel", "channel": "C0NONE", "set": {}}, "unknown channel 'C0NONE'"),
        ({"fault": "status", "status": 500, "method": "chat.shout"}, "unknown method 'chat.shout'"),
        ({"fault": "latency", "seconds": "soon"}, "seconds cannot be 'soon'"),
        ({"fault": "latency", "seconds": True}, "seconds cannot be True"),
        ({"fault": "latency", "seconds": 1, "mehtod": "auth.test"}, "fault 'latency' has no mehtod"),
        ({"fault": "outage", "seconds": 1, "next": 2}, "fault 'outage' has no next"),
        ({"fault": "status", "status": 200}, "status 200 is no failure"),
        ({"fault": "limits", "on": "yes"}, "on cannot be 'yes'"),
        ({"fault": "person", "user": "U0ANA", "set": {"deleted": "yes"}}, "deleted cannot be 'yes'"),
        ({"fault": "person", "user": ["U0ANA"], "set": {}}, "fault 'person' cannot be planted so"),
        ({"fault": ["status"]}, "unknown fault ['status']"),
    ],
)
async def test_what_cannot_be_planted(hands, fault, said):
    status, told = await hands.plant(**fault)
    assert status == 400
    assert said in told["error"]


async def test_calls_are_kept_without_tokens(client, hands, session, slack):
    await client.chat_postMessage(channel="C0SHOP", text="hi")
    async with session.get(
        f"{slack.api_url}users.info", params={"token": "xoxb-demo", "user": "U0ANA"}
    ) as response:
        assert (await response.json())["ok"]
    calls = (await hands.get("/simulator/calls"))[1]["calls"]
    assert [(one["method"], one["ok"]) for one in calls] == [("chat.postMessage", True), ("users.info", True)]
    assert "xoxb" not in str(calls)
    async with session.delete(f"{slack.url}/simulator/calls") as response:
        assert response.status == 200
    assert (await hands.get("/simulator/calls"))[1]["calls"] == []


async def test_a_test_sees_what_each_person_sees(client, hands):
    await client.chat_postMessage(channel="C0SHOP", text="all")
    await client.chat_postEphemeral(channel="C0SHOP", user="U0ANA", text="ana")
    told = (await hands.get("/simulator/messages?channel=C0SHOP"))[1]["messages"]
    assert [(one["text"], one["ephemeral_to"]) for one in told] == [("all", ""), ("ana", "U0ANA")]
    assert (await hands.get("/simulator/messages?channel=C0NONE"))[0] == 400


async def test_a_slow_call_does_not_hold_up_others(client, hands):
    await hands.plant(fault="latency", method="auth.test", seconds=0.2, next=1)
    slow = asyncio.create_task(client.auth_test())
    await asyncio.sleep(0.01)
    await client.users_info(user="U0ANA")
    assert not slow.done()
    await slow
