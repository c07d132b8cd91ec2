"""One simulated Slack per test, an app that answers as it is told, and a person's hands on the page."""

import asyncio
import json
import time
from collections.abc import Callable
from urllib.parse import parse_qs

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.slack import SlackSimulator, Timing


class Clock:
    """The time of day, which a test may move on."""

    def __init__(self):
        self.at = time.time()  # Bolt holds the signatures against the real one

    def __call__(self):
        self.at += 0.000_1
        return self.at


class Inbox:
    """The app at the other end: keeps what was delivered to it and answers as it is told."""

    def __init__(self):
        self.requests: list[web.Request] = []
        self.bodies: list[bytes] = []
        self.payloads: list[dict] = []
        self.answer: Callable[[dict], web.Response] = lambda _payload: web.Response()
        self.url = ""
        self._came = asyncio.Condition()

    async def receive(self, request):
        body = await request.read()
        self.requests.append(request)
        self.bodies.append(body)
        payload = _payload(request.content_type, body)
        async with self._came:
            self.payloads.append(payload)
            self._came.notify_all()
        answer = self.answer(payload)
        return await answer if asyncio.iscoroutine(answer) else answer

    def of(self, kind=None):
        """Give what came of one kind: an interaction's type or an event's; of any without a kind."""
        kinds = [(one.get("type"), one.get("event", {}).get("type"), None) for one in self.payloads]
        return [one for one, its in zip(self.payloads, kinds, strict=True) if kind in its]

    async def has(self, count, kind=None, within=2.0):
        """Wait until that many have come, and give them."""
        async with asyncio.timeout(within), self._came:
            await self._came.wait_for(lambda: len(self.of(kind)) >= count)
        return self.of(kind)


def _payload(content_type, body):
    if content_type == "application/json":
        return json.loads(body)
    form = {name: values[0] for name, values in parse_qs(body.decode(), keep_blank_values=True).items()}
    return json.loads(form["payload"]) if "payload" in form else form


class Hands:
    """A person at the page; every verb is one request of the page API."""

    def __init__(self, slack, session):
        self._slack, self._session = slack, session

    async def do(self, verb, person="U0ANA", **asked):
        url = f"{self._slack.url}/page/{verb}"
        async with self._session.post(url, json={"as": person, **asked}) as response:
            return await response.json()

    async def sees(self, person="U0ANA"):
        async with self._session.get(f"{self._slack.url}/page/state", params={"as": person}) as response:
            return await response.json()

    async def reads(self, channel="C0SHOP", person="U0ANA"):
        return (await self.sees(person))["messages"][channel]

    async def command(self, text, channel="C0SHOP", person="U0ANA", **more):
        return await self.do("command", person, channel=channel, text=text, **more)

    async def plant(self, **fault):
        async with self._session.post(f"{self._slack.url}/simulator/faults", json=fault) as response:
            return response.status, await response.json()

    async def get(self, path):
        async with self._session.get(f"{self._slack.url}{path}") as response:
            return response.status, await response.json()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def timing(clock):
    return Timing(now=clock, event_retries=(0.01, 0.01, 0.01), socket_retry=0.01, warning=0.05)


@pytest.fixture
def impatient(timing):
    """Let Slack wait only so long for an acknowledgement, and give how long."""
    timing.ack = 0.15
    return timing.ack


@pytest.fixture
async def slack(timing):
    async with SlackSimulator(timing=timing) as simulator:
        yield simulator


@pytest.fixture
async def session():
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
def client(slack, session):
    return AsyncWebClient("xoxb-demo", base_url=slack.api_url, session=session)


@pytest.fixture
async def hands(slack):
    # A cookie jar refuses IP addresses by default; a browser does not.
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar) as opened:
        await opened.get(slack.page_url, allow_redirects=False)
        yield Hands(slack, opened)


@pytest.fixture
async def inbox(slack):
    box = Inbox()
    app = web.Application()
    app.add_routes([web.post("/slack/events", box.receive)])
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    box.url = slack.request_url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    yield box
    await runner.cleanup()


@pytest.fixture
def refused():
    """Call, and give Slack's refusal: `(await refused(client.x(...)))["error"]`."""

    async def call(calling):
        with pytest.raises(SlackApiError) as caught:
            await calling
        return caught.value.response

    return call


@pytest.fixture
def modal():
    """A small valid modal, with whatever a test wants different."""

    def make(**changes):
        words = {"type": "plain_text", "text": "Scale"}
        field = {"type": "plain_text_input", "action_id": "amount"}
        block = {"type": "input", "block_id": "replicas", "label": words, "element": field}
        return {
            "type": "modal",
            "callback_id": "scale",
            "title": words,
            "submit": words,
            "blocks": [block],
            **changes,
        }

    return make


@pytest.fixture
def button():
    def make(action_id="go", **changes):
        words = {"type": "plain_text", "text": "Go"}
        element = {"type": "button", "action_id": action_id, "text": words, "value": "plan-1", **changes}
        return {"type": "actions", "block_id": "row", "elements": [element]}

    return make
