"""The page's doors: the token, the cookie, foreign hosts and origins, and the live stream."""

import asyncio
import json

import aiohttp
import pytest

from bot.demo.slack import SlackSimulator


async def test_the_token_in_the_address_becomes_a_cookie(slack, session):
    async with session.get(slack.page_url, allow_redirects=False) as response:
        assert (response.status, response.headers["Location"]) == (302, "/")
        cookie = response.headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie


@pytest.mark.parametrize("path", ["/", "/static/app.js", "/page/state?as=U0ANA", "/page/events?as=U0ANA"])
async def test_nothing_of_the_page_without_the_token(slack, session, path):
    for suffix in ("", "?token=wrong" if "?" not in path else "&token=wrong"):
        async with session.get(f"{slack.url}{path}{suffix}") as response:
            assert (response.status, (await response.json())["error"]) == (403, "no_page_token")


async def test_the_page_is_served_under_a_strict_policy(hands):
    async with hands._session.get(f"{hands._slack.url}/") as response:
        assert response.content_type == "text/html"
        assert response.headers["Content-Security-Policy"].startswith("default-src 'self'")
        assert response.headers["Referrer-Policy"] == "no-referrer"
    async with hands._session.get(f"{hands._slack.url}/static/../api.py") as response:
        assert response.status == 404
    async with hands._session.get(f"{hands._slack.url}/static/%2e%2e/api.py") as response:
        assert response.status == 404


@pytest.mark.parametrize(
    ("headers", "error"),
    [
        ({"Host": "evil.example"}, "foreign_host"),
        ({"Host": "127.0.0.1:1"}, "foreign_host"),
        ({"Origin": "http://evil.example"}, "foreign_origin"),
        ({"Origin": "null"}, "foreign_origin"),
    ],
)
@pytest.mark.parametrize("path", ["/page/command", "/simulator/faults"])
async def test_foreign_hosts_and_origins_are_refused(slack, session, headers, error, path):
    params = {"token": slack.page_token}
    async with session.post(f"{slack.url}{path}", params=params, json={}, headers=headers) as response:
        assert (response.status, (await response.json())["error"]) == (403, error)


async def test_localhost_is_no_stranger(slack, session):
    port = slack.url.rpartition(":")[2]
    headers = {"Host": f"localhost:{port}", "Origin": f"http://localhost:{port}"}
    params = {"token": slack.page_token, "as": "U0ANA"}
    async with session.get(f"{slack.url}/page/state", params=params, headers=headers) as response:
        assert response.status == 200


async def test_a_token_and_links_can_be_given(session):
    links = [{"label": "audit", "url": "http://127.0.0.1:3000/audit"}]
    async with (
        SlackSimulator(page_token="mine", links=links) as slack,
        session.get(f"{slack.url}/page/state", params={"token": "mine", "as": "U0ANA"}) as response,
    ):
        assert (await response.json())["links"] == links


async def test_state_tells_who_is_who(hands):
    state = await hands.sees()
    assert {one["id"]: one["kind"] for one in state["people"]} == {
        "U0ANA": "oncall",
        "U0BEN": "member",
        "U0CHO": "member",
        "U0GUS": "guest",
        "U0DIA": "deactivated",
        "U0SOL": "stranger",
        "U0BOT": "bot",
    }
    assert (state["team"]["id"], state["command"]) == ("T0DEMO", "/k8s")


class Stream:
    """The live stream of one page."""

    def __init__(self, response):
        self._response = response

    async def next(self):
        event = {}
        while True:
            line = (await asyncio.wait_for(self._response.content.readline(), 2)).decode().rstrip("\n")
            if not line and event:
                return event["event"], json.loads(event["data"]), int(event["id"])
            if line and not line.startswith(":"):
                name, _, value = line.partition(": ")
                event[name] = value


@pytest.fixture
async def stream(slack, hands):
    opened = []

    async def follow(person="U0ANA", last=None):
        headers = {"Last-Event-ID": str(last)} if last is not None else {}
        url = f"{slack.url}/page/events"
        response = await hands._session.get(url, params={"as": person}, headers=headers)
        assert response.content_type == "text/event-stream"
        await response.content.readline()
        opened.append(response)
        return Stream(response)

    yield follow
    for response in opened:
        response.close()


async def test_what_happens_is_streamed(client, stream):
    live = await stream()
    ts = (await client.chat_postMessage(channel="C0SHOP", text="one"))["ts"]
    await client.chat_update(channel="C0SHOP", ts=ts, text="two")
    await client.chat_delete(channel="C0SHOP", ts=ts)
    happened = [await live.next() for _ in range(3)]
    assert [kind for kind, _, _ in happened] == ["message", "changed", "deleted"]
    assert [told["text"] for _, told, _ in happened] == ["one", "two", "two"]


async def test_a_stream_shows_only_what_its_person_may_see(client, stream, hands, inbox, modal):
    ana, gus = await stream("U0ANA"), await stream("U0GUS")
    await client.chat_postMessage(channel="C0OPS", text="ops")
    await client.chat_postEphemeral(channel="C0SHOP", user="U0ANA", text="psst")
    await hands.command("/k8s scale")
    await client.views_open(trigger_id=(await inbox.has(1))[-1]["trigger_id"], view=modal())
    await client.chat_postMessage(channel="C0SHOP", text="shop")
    assert [(await ana.next())[0] for _ in range(4)] == ["message", "message", "view", "message"]
    assert (await gus.next())[1]["text"] == "shop"


async def test_a_stream_carries_on_where_it_broke_off(client, stream):
    live = await stream()
    await client.chat_postMessage(channel="C0SHOP", text="seen")
    _, _, number = await live.next()
    await client.chat_postMessage(channel="C0SHOP", text="missed")
    again = await stream(last=number)
    assert (await again.next())[1]["text"] == "missed"


async def test_an_address_that_is_taken(slack):
    with pytest.raises(OSError, match="in use"):
        await SlackSimulator(slack.url.removeprefix("http://")).start()


async def test_a_stop_does_not_wait_for_open_pages():
    slack = SlackSimulator()
    await slack.start()
    async with aiohttp.ClientSession() as session:
        params = {"token": slack.page_token, "as": "U0ANA"}
        async with session.get(f"{slack.url}/page/events", params=params) as response:
            await response.content.readline()
            async with asyncio.timeout(0.9):
                await slack.stop()
