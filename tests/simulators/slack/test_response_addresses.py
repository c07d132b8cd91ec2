"""response_url: five posts within thirty minutes, replacing and deleting, for one person or for all."""

import pytest


@pytest.fixture
async def address(hands, inbox, session):
    """Run a command, and give what posts to its response_url."""
    await hands.command("/k8s get pods")
    url = inbox.payloads[0]["response_url"]

    async def post(**body):
        async with session.post(url, json=body) as response:
            text = await response.text()
            return response.status, text if response.content_type == "text/plain" else await response.json()

    return post


async def test_an_answer_is_ephemeral_unless_it_says_otherwise(address, hands):
    assert await address(text="for you") == (200, "ok")
    await address(text="for all", response_type="in_channel")
    assert [one["text"] for one in await hands.reads(person="U0BEN")] == ["/k8s get pods", "for all"]
    assert [one["text"] for one in await hands.reads()] == ["for you", "/k8s get pods", "for all"]


async def test_the_last_answer_is_replaced_and_deleted(address, hands):
    await address(text="thinking")
    await address(text="answer", replace_original=True)
    [shown] = await hands.reads()
    assert (shown["text"], shown["ephemeral"]) == ("answer", True)
    await address(delete_original=True)
    assert await hands.reads() == []


async def test_it_serves_five_times(address):
    for _ in range(5):
        assert (await address(text="x"))[0] == 200
    status, body = await address(text="x")
    assert (status, body["ok"], body["error"]) == (404, False, "used_url")


async def test_it_serves_for_thirty_minutes(address, clock):
    clock.at += 1801
    status, body = await address(text="x")
    assert (status, body["error"]) == (404, "expired_url")


async def test_what_it_refuses_costs_no_use(address):
    for _ in range(6):
        status, body = await address(blocks=[{"type": "nothing"}])
        assert (status, body["error"]) == (400, "invalid_blocks")
    assert (await address(text="x"))[0] == 200


async def test_an_unknown_address(slack, session):
    async with session.post(f"{slack.url}/actions/T0DEMO/1/abc", json={"text": "x"}) as response:
        assert (response.status, (await response.json())["ok"]) == (404, False)


async def test_a_clicks_address_means_the_message_clicked(client, hands, inbox, session, button):
    ts = (await client.chat_postMessage(channel="C0SHOP", text="Scale?", blocks=[button()]))["ts"]
    await hands.do("action", channel="C0SHOP", message_ts=ts, action_id="go")
    url = inbox.of("block_actions")[0]["response_url"]
    async with session.post(url, json={"text": "aside"}) as response:
        assert response.status == 200
    async with session.post(url, json={"text": "Scaled.", "replace_original": True}) as response:
        assert response.status == 200
    first, aside = await hands.reads()
    assert (first["ts"], first["text"], first["blocks"]) == (ts, "Scaled.", [])
    assert (aside["text"], aside["ephemeral"]) == ("aside", True)


async def test_it_can_answer_in_a_thread(client, hands, address):
    ts = (await client.chat_postMessage(channel="C0SHOP", text="parent"))["ts"]
    await address(text="below", response_type="in_channel", thread_ts=ts)
    assert [
        one["text"] for one in (await client.conversations_replies(channel="C0SHOP", ts=ts))["messages"]
    ] == [
        "parent",
        "below",
    ]
