"""Events: who is told of which message, in which shape, and how often until it is acknowledged."""

import asyncio

import pytest
from aiohttp import web

from bot.demo.slack import Channel


async def quiet(inbox, kind="message"):
    """Wait long enough for an event to have come, and give those that did."""
    await asyncio.sleep(0.05)
    return inbox.of(kind)


async def test_a_message_with_a_mention_comes_twice_under_one_ts(hands, inbox):
    ts = (await hands.do("message", channel="C0SHOP", text="hello @k8s-bot & all"))["ts"]
    [message] = await inbox.has(1, "message")
    [mention] = await inbox.has(1, "app_mention")
    assert message["event"]["ts"] == mention["event"]["ts"] == ts
    assert message["event_id"] != mention["event_id"]
    event = message["event"]
    assert event["text"] == "hello <@U0BOT> &amp; all"
    assert (event["user"], event["channel"], event["channel_type"]) == ("U0ANA", "C0SHOP", "channel")
    assert event["client_msg_id"]
    assert event["blocks"][0]["elements"][0]["elements"] == [
        {"type": "text", "text": "hello "},
        {"type": "user", "user_id": "U0BOT"},
        {"type": "text", "text": " & all"},
    ]
    assert message["authorizations"][0]["user_id"] == "U0BOT"


async def test_where_the_bot_is_not_it_hears_nothing(hands, inbox):
    for channel in ("C0GENERAL", "C0INCIDENT"):
        await hands.do("message", channel=channel, text="hello @k8s-bot")
    assert await quiet(inbox) == []
    assert inbox.of("app_mention") == []


async def test_what_was_not_subscribed_or_allowed_is_not_told(slack, hands, inbox):
    slack.workspace.app.events.discard("message.im")
    slack.workspace.app.scopes.discard("channels:history")
    await hands.do("message", channel="D0ANA", text="hello")
    await hands.do("message", channel="C0SHOP", text="hello")
    assert await quiet(inbox) == []


async def test_scopes_count_from_the_next_installation_on(hands, inbox):
    await hands.plant(fault="scopes", scopes=["channels:history"])
    await hands.do("message", channel="D0ANA", text="unheard")
    await hands.do("message", channel="C0SHOP", text="heard")
    assert [one["event"]["text"] for one in await inbox.has(1, "message")] == ["heard"]


async def test_the_mention_that_made_somebody_invite_the_app_is_told_then(hands, inbox):
    ts = (await hands.do("message", channel="C0GENERAL", text="help us @k8s-bot"))["ts"]
    assert await quiet(inbox, "app_mention") == []
    await hands.do("invite", channel="C0GENERAL")
    [told] = await inbox.has(1, "app_mention")
    assert (told["event"]["ts"], told["event"]["user"]) == (ts, "U0ANA")
    await hands.do("message", channel="C0INCIDENT", text="no mention")
    await hands.do("invite", channel="C0INCIDENT")
    assert len(await quiet(inbox, "app_mention")) == 1


async def test_a_message_among_several_has_a_subscription_of_its_own(slack, hands, inbox):
    members = ["U0ANA", "U0BEN", "U0BOT"]
    slack.workspace.channels["G0TRIO"] = Channel("G0TRIO", "trio", members=members, is_mpim=True)
    await hands.do("message", channel="G0TRIO", text="unheard")
    slack.workspace.app.events.add("message.mpim")
    slack.workspace.app.scopes.add("mpim:history")
    await hands.do("message", channel="G0TRIO", text="heard")
    [told] = await inbox.has(1, "message")
    assert (told["event"]["text"], told["event"]["channel_type"]) == ("heard", "mpim")


async def test_a_direct_message_is_no_mention(hands, inbox):
    await hands.do("message", channel="D0ANA", text="hello @k8s-bot")
    [told] = await inbox.has(1, "message")
    assert told["event"]["channel_type"] == "im"
    assert inbox.of("app_mention") == []


async def test_a_reply_names_its_thread(client, hands, inbox):
    parent = (await client.chat_postMessage(channel="C0SHOP", text="parent"))["ts"]
    await hands.do("message", channel="C0SHOP", text="ls", thread_ts=parent)
    reply = (await inbox.has(2, "message"))[1]["event"]
    assert (reply["thread_ts"], reply["parent_user_id"], "subtype" in reply) == (parent, "U0BOT", False)


async def test_the_bots_own_doings_are_told_back(client, inbox):
    ts = (await client.chat_postMessage(channel="C0SHOP", text="one"))["ts"]
    await client.chat_update(channel="C0SHOP", ts=ts, text="two")
    await client.chat_delete(channel="C0SHOP", ts=ts)
    posted, changed, deleted = sorted(
        (one["event"] for one in await inbox.has(3, "message")), key=lambda one: one["event_ts"]
    )
    assert (posted["user"], posted["bot_id"], posted["app_id"]) == ("U0BOT", "B0BOT", "A0BOT")
    assert (changed["subtype"], changed["hidden"]) == ("message_changed", True)
    assert (changed["previous_message"]["text"], changed["message"]["text"]) == ("one", "two")
    assert (deleted["subtype"], deleted["deleted_ts"]) == ("message_deleted", ts)


async def test_a_broadcast_reply(client, inbox):
    parent = (await client.chat_postMessage(channel="C0SHOP", text="parent"))["ts"]
    await client.chat_postMessage(channel="C0SHOP", text="done", thread_ts=parent, reply_broadcast=True)
    assert (await inbox.has(2, "message"))[1]["event"]["subtype"] == "thread_broadcast"


async def test_ephemeral_messages_are_nobodys_event(client, hands, inbox):
    await client.chat_postEphemeral(channel="C0SHOP", user="U0ANA", text="psst")
    assert await quiet(inbox) == []


async def test_an_event_is_tried_four_times_with_the_reason(hands, inbox):
    inbox.answer = lambda _payload: web.Response(status=500)
    await hands.do("message", channel="D0ANA", text="hello")
    told = await inbox.has(4, "message")
    assert len({one["event_id"] for one in told}) == 1
    headers = [request.headers for request in inbox.requests]
    assert [one.get("X-Slack-Retry-Num") for one in headers] == [None, "1", "2", "3"]
    assert {one["X-Slack-Retry-Reason"] for one in headers[1:]} == {"http_error"}
    assert len(await quiet(inbox)) == 4


async def test_a_slow_answer_is_a_timeout(hands, inbox, impatient):
    async def late():
        await asyncio.sleep(impatient * 1.5)
        return web.Response()

    inbox.answer = lambda _payload: late() if len(inbox.payloads) == 1 else web.Response()
    await hands.do("message", channel="D0ANA", text="hello")
    await inbox.has(2, "message")
    assert inbox.requests[1].headers["X-Slack-Retry-Reason"] == "http_timeout"


async def test_an_app_may_ask_not_to_be_retried(hands, inbox):
    inbox.answer = lambda _payload: web.Response(status=500, headers={"x-slack-no-retry": "1"})
    await hands.do("message", channel="D0ANA", text="hello")
    assert len(await quiet(inbox)) == 1


async def test_joining_is_told_to_who_asked_for_it(slack, hands, inbox):
    slack.workspace.app.events.add("member_joined_channel")
    await hands.do("invite", channel="C0INCIDENT")
    [told] = await inbox.has(1, "member_joined_channel")
    assert (told["event"]["user"], told["event"]["inviter"]) == ("U0BOT", "U0ANA")
    again = await hands.do("invite", channel="C0INCIDENT")
    assert again["error"] == "already_in_channel"


@pytest.mark.parametrize(("answer", "verified"), [(None, True), ("no", False)])
async def test_the_request_url_proves_itself(slack, inbox, answer, verified):
    inbox.answer = lambda payload: web.Response(text=answer or payload["challenge"])
    assert await slack.verify_request_url() is verified
