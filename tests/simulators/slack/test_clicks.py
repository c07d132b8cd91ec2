"""Elements: only what stands there can be used, each with its payload, and a mark when nobody answers."""

import asyncio

import pytest
from aiohttp import web

from bot.demo.slack import Shortcut

WORDS = {"type": "plain_text", "text": "Pods"}


def options(*values):
    return [{"text": {"type": "plain_text", "text": value}, "value": value} for value in values]


@pytest.fixture
def posted(client):
    async def post(*blocks, **place):
        told = await client.chat_postMessage(channel="C0SHOP", text="x", blocks=list(blocks), **place)
        return told["ts"]

    return post


async def test_a_click_tells_who_what_and_where(client, hands, inbox, posted, button):
    parent = await posted(button("first"))
    ts = await posted(button(), thread_ts=parent)
    told = await hands.do("action", channel="C0SHOP", message_ts=ts, block_id="row", action_id="go")
    assert told == {"ok": True, "delivered": True}
    [payload] = inbox.of("block_actions")
    assert payload["user"]["id"] == "U0ANA"
    assert payload["container"] == {
        "type": "message",
        "message_ts": ts,
        "channel_id": "C0SHOP",
        "is_ephemeral": False,
        "thread_ts": parent,
    }
    [action] = payload["actions"]
    assert (action["type"], action["action_id"], action["value"]) == ("button", "go", "plan-1")
    assert payload["message"]["ts"] == ts
    assert {"response_url", "trigger_id", "state"} <= set(payload)


async def test_of_an_ephemeral_message_only_its_place_is_told(client, hands, inbox, button):
    whisper = {"channel": "C0SHOP", "user": "U0ANA", "text": "x", "blocks": [button()]}
    ts = (await client.chat_postEphemeral(**whisper))["message_ts"]
    await hands.do("action", channel="C0SHOP", message_ts=ts, action_id="go")
    [payload] = inbox.of("block_actions")
    assert payload["container"]["is_ephemeral"]
    assert "message" not in payload
    foreign = await hands.do("action", "U0BEN", channel="C0SHOP", message_ts=ts, action_id="go")
    assert foreign["error"] == "message_not_found"


async def test_what_is_not_there_cannot_be_used(hands, inbox, posted, button):
    ts = await posted(button())
    for asked in ({"action_id": "stop"}, {"action_id": "go", "block_id": "other"}):
        answer = await hands.do("action", channel="C0SHOP", message_ts=ts, **asked)
        assert answer["error"] == "no_such_element"
    assert inbox.of("block_actions") == []


async def test_a_forged_value_is_not_sent(hands, inbox, posted, button):
    ts = await posted(button())
    await hands.do("action", channel="C0SHOP", message_ts=ts, action_id="go", value="plan-of-somebody-else")
    assert inbox.of("block_actions")[0]["actions"][0]["value"] == "plan-1"


async def test_a_menu_offers_its_options_and_no_others(hands, inbox, posted):
    menu = {"type": "static_select", "action_id": "size", "options": options("2", "4")}
    ts = await posted({"type": "actions", "block_id": "row", "elements": [menu]})
    place = {"channel": "C0SHOP", "message_ts": ts, "action_id": "size"}
    assert (await hands.do("action", selected_option="9", **place))["error"] == "no_such_option"
    await hands.do("action", selected_option={"value": "4"}, **place)
    [payload] = inbox.of("block_actions")
    assert payload["actions"][0]["selected_option"]["text"]["text"] == "4"
    assert payload["state"]["values"]["row"]["size"]["selected_option"]["value"] == "4"


async def test_an_overflow_menu(hands, inbox, posted):
    menu = {"type": "overflow", "action_id": "more", "options": options("logs", "why")}
    ts = await posted({"type": "section", "text": WORDS, "accessory": menu})
    await hands.do("action", channel="C0SHOP", message_ts=ts, action_id="more", value="why")
    assert inbox.of("block_actions")[0]["actions"][0]["selected_option"]["value"] == "why"


async def test_an_input_speaks_only_when_asked_to(hands, inbox, posted):
    def field(block_id, **more):
        element = {"type": "plain_text_input", "action_id": "name"}
        return {"type": "input", "block_id": block_id, "label": WORDS, "element": element, **more}

    ts = await posted(field("quiet"), field("eager", dispatch_action=True))
    place = {"channel": "C0SHOP", "message_ts": ts, "action_id": "name"}
    assert not (await hands.do("action", block_id="quiet", value="web", **place))["delivered"]
    assert (await hands.do("action", block_id="eager", value="api", **place))["delivered"]
    [payload] = inbox.of("block_actions")
    values = {block: entry["name"]["value"] for block, entry in payload["state"]["values"].items()}
    assert values == {"quiet": "web", "eager": "api"}


async def test_no_answer_leaves_a_mark_until_one_comes(hands, inbox, posted, button):
    ts = await posted(button())
    place = {"channel": "C0SHOP", "message_ts": ts, "action_id": "go"}
    inbox.answer = lambda payload: web.Response(status=500 if payload["type"] == "block_actions" else 200)
    assert (await hands.do("action", **place))["error"] == "dispatch_failed"
    assert (await hands.reads())[0]["failed_actions"] == ["go"]
    inbox.answer = lambda _payload: web.Response()
    await hands.do("action", **place)
    assert (await hands.reads())[0]["failed_actions"] == []


@pytest.fixture
def late(inbox, impatient):
    """Let the app answer interactions after the deadline."""

    async def answer():
        await asyncio.sleep(impatient * 1.5)
        return web.json_response({"options": options("web")})

    inbox.answer = lambda _payload: answer()


@pytest.mark.usefixtures("late")
async def test_an_answer_after_the_deadline_is_none(hands, posted, button):
    ts = await posted(button())
    told = await hands.do("action", channel="C0SHOP", message_ts=ts, action_id="go")
    assert told["error"] == "operation_timeout"
    assert (await hands.reads())[0]["failed_actions"] == ["go"]


@pytest.mark.usefixtures("late")
async def test_a_menu_that_is_answered_too_late_stays_empty(hands, picker):
    told = await hands.do("options", value="web", **picker)
    assert (told["error"], told["options"]) == ("operation_timeout", [])


async def test_a_button_that_is_a_link_is_told_of_too(hands, inbox, posted, button):
    ts = await posted(button(url="https://a.example"))
    await hands.do("action", channel="C0SHOP", message_ts=ts, action_id="go")
    assert inbox.of("block_actions")[0]["actions"][0]["url"] == "https://a.example"


async def test_what_was_chosen_can_be_let_go(hands, inbox, posted):
    menu = {"type": "static_select", "action_id": "size", "options": options("2", "4")}
    ts = await posted({"type": "actions", "block_id": "row", "elements": [menu]})
    for choice in ("2", None):
        await hands.do("action", channel="C0SHOP", message_ts=ts, action_id="size", selected_option=choice)
    assert inbox.of("block_actions")[1]["actions"][0]["selected_option"] is None


@pytest.fixture
async def picker(hands, posted):
    menu = {"type": "external_select", "action_id": "pod", "min_query_length": 0}
    ts = await posted({"type": "actions", "block_id": "row", "elements": [menu]})
    return {"channel": "C0SHOP", "message_ts": ts, "block_id": "row", "action_id": "pod"}


async def test_an_external_menu_asks_the_app(hands, inbox, picker):
    inbox.answer = lambda payload: web.json_response({"options": options(f"{payload.get('value')}-1")})
    told = await hands.do("options", value="web", **picker)
    assert [one["value"] for one in told["options"]] == ["web-1"]
    [payload] = inbox.of("block_suggestion")
    assert (payload["block_id"], payload["action_id"], payload["value"]) == ("row", "pod", "web")
    assert (await hands.do("action", selected_option="web-2", **picker))["error"] == "no_such_option"
    assert (await hands.do("action", selected_option="web-1", **picker))["ok"]


async def test_of_an_external_menu_several_are_chosen_one_after_another(hands, inbox, posted):
    menu = {"type": "multi_external_select", "action_id": "pods", "min_query_length": 1}
    ts = await posted({"type": "actions", "block_id": "row", "elements": [menu]})
    place = {"channel": "C0SHOP", "message_ts": ts, "block_id": "row", "action_id": "pods"}
    inbox.answer = lambda payload: (
        web.json_response({"options": options(payload["value"])}) if "value" in payload else web.Response()
    )
    for name in ("web", "api"):
        await hands.do("options", value=name, **place)
    assert (await hands.do("action", selected_options=["web", "api"], **place))["ok"]
    told = inbox.of("block_actions")[-1]["actions"][0]["selected_options"]
    assert [one["value"] for one in told] == ["web", "api"]
    foreign = await hands.do("action", "U0BEN", selected_options=["web"], **place)
    assert foreign["error"] == "no_such_option", "what one person was offered is nobody else's"


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (
            {"options": options(*map(str, range(101)))},
            "no more than 100 items allowed [json-pointer:/options]",
        ),
        (
            {"options": options("a" * 76)},
            "must be less than 76 characters [json-pointer:/options/0/text/text]",
        ),
        (
            {"option_groups": [{"label": WORDS, "options": options("a")}] * 101},
            "no more than 100 items allowed [json-pointer:/option_groups]",
        ),
        (
            {"option_groups": [{"label": WORDS, "options": options(*map(str, range(101)))}]},
            "no more than 100 items allowed [json-pointer:/option_groups/0/options]",
        ),
        ({}, "must provide exactly one of options, option_groups [json-pointer:]"),
    ],
)
async def test_options_that_slack_would_not_show(hands, inbox, picker, answer, why):
    inbox.answer = lambda _payload: web.json_response(answer)
    told = await hands.do("options", value="", **picker)
    assert (told["ok"], told["options"]) == (False, [])
    assert why in told["messages"]


async def test_why_a_menu_stays_empty_is_logged(hands, inbox, picker, caplog):
    inbox.answer = lambda _payload: web.json_response({"options": options("a" * 76)})
    await hands.do("options", value="", **picker)
    assert "must be less than 76 characters [json-pointer:/options/0/text/text]" in caplog.text


async def test_an_ephemeral_message_can_be_dismissed(client, hands):
    await client.chat_postEphemeral(channel="C0SHOP", user="U0ANA", text="psst")
    [shown] = await hands.reads()
    assert (await hands.do("dismiss", channel="C0SHOP", ts=shown["ts"]))["ok"]
    assert await hands.reads() == []


async def test_shortcuts_anywhere_and_on_a_message(slack, client, hands, inbox):
    slack.workspace.app.shortcuts = [Shortcut("new", "New"), Shortcut("why", "Why?", on_messages=True)]
    ts = (await client.chat_postMessage(channel="C0SHOP", text="web is stuck"))["ts"]
    assert (await hands.do("shortcut", callback_id="new"))["ok"]
    [anywhere] = inbox.of("shortcut")
    assert anywhere["callback_id"] == "new"
    assert not {"channel", "message", "response_url"} & set(anywhere)
    assert (await hands.do("shortcut", callback_id="why", channel="C0SHOP", message_ts=ts))["ok"]
    [on_message] = inbox.of("message_action")
    assert (on_message["message"]["text"], on_message["message_ts"]) == ("web is stuck", ts)
    assert on_message["response_url"]
    assert (await hands.do("shortcut", callback_id="why"))["error"] == "unknown_shortcut"
