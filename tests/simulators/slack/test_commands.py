"""Slash commands: what the app receives, how its answers are shown, and what is seen when none comes."""

import asyncio
import json

import pytest
from aiohttp import web


def answers(**body):
    return lambda _payload: web.json_response(body)


async def test_a_command_carries_the_fields_of_slack(hands, inbox):
    assert (await hands.command("/k8s scale web 4"))["ok"]
    [told] = inbox.payloads
    assert told["command"] == "/k8s"
    assert told["text"] == "scale web 4"
    assert (told["user_id"], told["channel_id"], told["team_id"]) == ("U0ANA", "C0SHOP", "T0DEMO")
    assert told["channel_name"] == "shop"
    assert told["response_url"].startswith("http://127.0.0.1:")
    assert len(told["trigger_id"].split(".")) == 3


@pytest.mark.parametrize(("channel", "name"), [("D0ANA", "directmessage"), ("C0INCIDENT", "privategroup")])
async def test_a_command_works_where_the_bot_is_not(hands, inbox, channel, name):
    await hands.command("/k8s get pods", channel=channel)
    assert inbox.payloads[0]["channel_name"] == name


@pytest.mark.parametrize(
    ("typed", "received"),
    [
        ("give @ben #ops #incident", "give <@U0BEN|ben> <#C0OPS|ops> <#C0INCIDENT|>"),
        ("a<b & c@d.example", "a&lt;b &amp; c@d.example"),
        ("proxy https://x.example/?a=1&b=2", "proxy <https://x.example/?a=1&amp;b=2>"),
        ("ask @sre @nobody", "ask <!subteam^S0SRE|@sre> @nobody"),
    ],
)
async def test_typed_text_is_escaped_as_the_manifest_asks(hands, inbox, typed, received):
    await hands.command(f"/k8s {typed}")
    assert inbox.payloads[0]["text"] == received


async def test_text_stays_literal_when_the_manifest_does_not_ask(slack, hands, inbox):
    slack.workspace.app.commands = [type(slack.workspace.app.commands[0])("/k8s", should_escape=False)]
    await hands.command("/k8s give @ben a<b https://x.example")
    assert inbox.payloads[0]["text"] == "give @ben a<b https://x.example"


async def test_clients_add_typography(hands, inbox):
    await hands.command("/k8s label \"a b\" 'c' --all see https://x.example", typography=True)
    assert inbox.payloads[0]["text"] == "label “a b” ‘c’ —all see\u00a0<https://x.example>\n"


async def test_an_empty_acknowledgement_shows_nothing(hands, inbox):
    await hands.command("/k8s get pods")
    assert await hands.reads() == []


async def test_plain_text_is_an_answer_for_the_asker(hands, inbox):
    inbox.answer = lambda _payload: web.Response(text="12 pods")
    await hands.command("/k8s get pods")
    [answer] = await hands.reads()
    assert (answer["text"], answer["ephemeral"], answer["bot_id"]) == ("12 pods", True, "B0BOT")
    assert await hands.reads(person="U0BEN") == []


async def test_an_answer_in_the_channel_shows_the_command_too(hands, inbox):
    inbox.answer = answers(text="12 pods", response_type="in_channel")
    await hands.command("/k8s get pods")
    asked, answer = await hands.reads(person="U0BEN")
    assert (asked["user"], asked["text"]) == ("U0ANA", "/k8s get pods")
    assert (answer["text"], answer["ephemeral"]) == ("12 pods", False)


async def seen_failure(hands, error):
    [notice] = await hands.reads()
    assert notice["notice"]
    assert notice["ephemeral"]
    assert notice["text"] == f'/k8s failed with the error "{error}"'


async def test_no_answer_in_time(hands, inbox, impatient):
    inbox.answer = lambda _payload: _late(impatient * 2)
    assert (await hands.command("/k8s get pods"))["error"] == "operation_timeout"
    await seen_failure(hands, "operation_timeout")


async def _late(seconds):
    await asyncio.sleep(seconds)
    return web.Response()


@pytest.mark.parametrize("status", [401, 404, 500])
async def test_an_answer_that_is_an_error(hands, inbox, status):
    inbox.answer = lambda _payload: web.Response(status=status)
    assert (await hands.command("/k8s get pods"))["error"] == "dispatch_failed"
    await seen_failure(hands, "dispatch_failed")


async def test_nobody_there(hands):
    assert (await hands.command("/k8s get pods"))["error"] == "dispatch_failed"
    await seen_failure(hands, "dispatch_failed")


async def test_an_unknown_command_and_one_in_a_thread(hands, inbox, client):
    assert (await hands.command("/kubectl get pods"))["error"] == "unknown_command"
    ts = (await client.chat_postMessage(channel="C0SHOP", text="parent"))["ts"]
    assert (await hands.command("/k8s get pods", thread_ts=ts))["error"] == "not_supported_in_threads"
    assert (await hands.reads())[-1]["text"] == "/k8s is not supported in threads. Sorry!"
    assert not any("command" in told for told in inbox.payloads)


async def test_a_delivery_comes_twice_with_the_same_trigger(hands, inbox):
    await hands.plant(fault="duplicate-delivery", next=1)
    await hands.command("/k8s get pods")
    first, second = await inbox.has(2)
    assert first == second
    assert (await hands.do("deliver-again", n=1))["delivered"] == 1
    assert json.dumps(inbox.payloads[2]) == json.dumps(first)


async def test_a_delivery_can_come_late(hands, inbox):
    await hands.plant(fault="late-delivery", seconds=0.05, next=1)
    asked = asyncio.create_task(hands.command("/k8s get pods"))
    await asyncio.sleep(0.02)
    assert inbox.payloads == []
    await inbox.has(1)
    assert (await asked)["ok"]
