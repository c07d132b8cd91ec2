"""Socket Mode: tickets, ten connections, envelopes to any of them, acks from any of them, and disconnects."""

import asyncio
import json

import aiohttp
import pytest


class Line:
    """One raw Socket Mode connection, which acknowledges only when a test says so."""

    def __init__(self, socket):
        self.socket = socket

    async def hears(self):
        return json.loads((await self.socket.receive(timeout=2.0)).data)

    async def acks(self, envelope, **payload):
        body = {"payload": payload} if payload else {}
        await self.socket.send_json({"envelope_id": envelope["envelope_id"], **body})


@pytest.fixture
async def connect(client, session):
    lines = []

    async def open_one(query=""):
        url = (await client.apps_connections_open(app_token="xapp-demo"))["url"]
        line = Line(await session.ws_connect(url + query, autoping=False))
        lines.append(line)
        return line

    yield open_one
    for line in lines:
        await line.socket.close()


async def test_a_connection_is_greeted(connect):
    hello = await (await connect()).hears()
    assert (hello["type"], hello["num_connections"]) == ("hello", 1)
    assert hello["connection_info"] == {"app_id": "A0BOT"}
    assert hello["debug_info"]["approximate_connection_time"] == 3600


async def test_a_ticket_serves_once_and_not_for_long(client, session, clock):
    url = (await client.apps_connections_open(app_token="xapp-demo"))["url"]
    async with session.ws_connect(url):
        with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
            await session.ws_connect(url)
    url = (await client.apps_connections_open(app_token="xapp-demo"))["url"]
    clock.at += 31
    with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
        await session.ws_connect(url)


async def test_a_ping_comes_back_as_it_was(connect):
    line = await connect()
    await line.hears()
    await line.socket.ping(b"sdk-ping-pong:1")
    pong = await line.socket.receive(timeout=1.0)
    assert (pong.type, pong.data) == (aiohttp.WSMsgType.PONG, b"sdk-ping-pong:1")


async def test_a_command_is_an_envelope_and_its_ack_may_answer(connect, hands, inbox):
    line = await connect()
    await line.hears()
    asked = asyncio.create_task(hands.command("/k8s get pods"))
    envelope = await line.hears()
    assert (envelope["type"], envelope["accepts_response_payload"]) == ("slash_commands", True)
    assert envelope["payload"]["text"] == "get pods"
    await line.acks(envelope, text="12 pods")
    assert (await asked)["ok"]
    assert (await hands.reads())[0]["text"] == "12 pods"
    assert inbox.payloads == [], "with a socket open nothing goes to the request URL"


async def test_without_an_ack_the_command_fails(connect, hands, impatient):
    line = await connect()
    await line.hears()
    assert (await hands.command("/k8s get pods"))["error"] == "operation_timeout"


async def test_an_envelope_goes_to_one_connection_and_may_be_acked_on_another(connect, hands):
    lines = [await connect(), await connect()]
    for line in lines:
        await line.hears()
    asked = asyncio.create_task(hands.command("/k8s get pods"))
    waiting = {asyncio.create_task(line.hears()): line for line in lines}
    done, idle = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    [received] = done
    for task in idle:
        task.cancel()
    [other] = [line for line in lines if line is not waiting[received]]
    await other.acks(received.result())
    assert (await asked)["ok"]


async def test_envelopes_are_spread(connect, hands):
    async def answer(line):
        while True:
            await line.acks(await line.hears())

    lines = [await connect() for _ in range(3)]
    for line in lines:
        await line.hears()
    answering = [asyncio.create_task(answer(line)) for line in lines]
    await asyncio.gather(*(hands.command("/k8s get pods") for _ in range(30)))
    for task in answering:
        task.cancel()
    told = (await hands.get("/simulator/sockets"))[1]["connections"]
    counts = [one["received"] for one in told]
    assert sum(counts) == 30
    assert all(counts)
    assert counts == [one["acked"] for one in told]


async def test_ten_connections_and_no_more(connect):
    lines = [await connect() for _ in range(11)]
    assert (await lines[9].hears())["num_connections"] == 10
    refused = await lines[10].hears()
    assert (refused["type"], refused["reason"]) == ("disconnect", "too_many_websockets")


async def test_an_event_without_an_ack_comes_again(connect, hands, impatient):
    line = await connect()
    await line.hears()
    await hands.do("message", channel="D0ANA", text="hello")
    tries = [await line.hears() for _ in range(4)]
    assert [one["retry_attempt"] for one in tries] == [0, 1, 2, 3]
    assert [one["retry_reason"] for one in tries] == ["", "timeout", "timeout", "timeout"]
    assert not tries[0]["accepts_response_payload"]
    assert len({one["payload"]["event_id"] for one in tries}) == 1


async def test_an_acknowledged_event_comes_once(connect, hands, impatient):
    line = await connect()
    await line.hears()
    await hands.do("message", channel="D0ANA", text="hello")
    await line.acks(await line.hears())
    with pytest.raises(TimeoutError):
        await line.socket.receive(timeout=impatient + 0.1)


@pytest.mark.parametrize("reason", ["refresh_requested", "link_disabled"])
async def test_a_disconnect_ends_the_connection(connect, hands, reason):
    line = await connect()
    await line.hears()
    assert (await hands.plant(fault="disconnect", reason=reason))[1]["told"] == 1
    assert (await line.hears())["reason"] == reason
    assert (await line.socket.receive(timeout=1.0)).type is aiohttp.WSMsgType.CLOSE


async def test_a_warning_comes_ahead_of_the_end(connect, hands):
    line = await connect()
    await line.hears()
    await hands.plant(fault="disconnect", reason="warning")
    frames = [await line.hears(), await line.hears()]
    assert [one["reason"] for one in frames] == ["warning", "refresh_requested"]
    assert frames[0]["debug_info"]["host"]


async def test_a_connection_ages(connect, timing):
    timing.debug_connection = 0.1
    line = await connect("&debug_reconnects=true")
    frames = [await line.hears() for _ in range(3)]
    assert [one.get("reason") for one in frames] == [None, "warning", "refresh_requested"]


async def test_an_unknown_reason_is_refused(hands):
    status, told = await hands.plant(fault="disconnect", reason="boredom")
    assert status == 400
    assert "refresh_requested" in told["error"]


async def test_a_cut_ends_without_a_word(connect, hands):
    line = await connect()
    await line.hears()
    assert (await hands.plant(fault="cut-sockets"))[1]["cut"] == 1
    assert (await line.socket.receive(timeout=1.0)).type is not aiohttp.WSMsgType.TEXT
    assert (await hands.command("/k8s get pods"))["error"] == "dispatch_failed"


async def test_a_duplicate_has_the_same_envelope(connect, hands):
    line = await connect()
    await line.hears()
    await hands.plant(fault="duplicate-delivery")
    asked = asyncio.create_task(hands.command("/k8s get pods"))
    first, second = await line.hears(), await line.hears()
    assert first == second
    await line.acks(first)
    assert (await asked)["ok"]
