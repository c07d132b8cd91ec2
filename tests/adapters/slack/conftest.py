"""A simulated Slack, the real client that speaks to it, and a pace that tests can wait for."""

import asyncio

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.slack import SlackSimulator
from bot.domain.message import Message, text
from bot.slack.budget import Pace
from bot.slack.outbound import SlackNotifier


class Watching:
    """The simulator's own interface: trouble planted, calls and messages seen."""

    def __init__(self, slack, session):
        self._slack, self._session = slack, session

    async def plant(self, fault, **settings):
        url = f"{self._slack.url}/simulator/faults"
        async with self._session.post(url, json={"fault": fault, **settings}) as response:
            assert response.status == 200, await response.text()

    async def calls(self, method=""):
        async with self._session.get(f"{self._slack.url}/simulator/calls") as response:
            return [call for call in (await response.json())["calls"] if method in ("", call["method"])]

    async def messages(self, channel="C0SHOP"):
        url = f"{self._slack.url}/simulator/messages?channel={channel}"
        async with self._session.get(url) as response:
            return (await response.json())["messages"]

    async def texts(self, channel="C0SHOP"):
        return [message["text"] for message in await self.messages(channel)]

    def response_url(self, channel="C0SHOP", user="U0ANA"):
        responses = self._slack.backend.responses
        return responses.issue(responses.for_command(channel, user, "/k8s get pods"))


@pytest.fixture
async def slack():
    async with SlackSimulator() as simulator:
        yield simulator


@pytest.fixture
async def session():
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
def client(slack, session):
    return AsyncWebClient("xoxb-demo", base_url=slack.api_url, session=session)


@pytest.fixture
def seen(slack, session):
    return Watching(slack, session)


@pytest.fixture
def say():
    return lambda words: Message(headline=text("{}", words))


@pytest.fixture
async def make_notifier(client, session):
    """Build one with this pace; afterwards none of its tasks may be left."""
    made = []

    def make(**pace):
        quick = {"edit_gap": 0.1, "first_delay": 0.02, "longest_delay": 0.05, "patience": 1.5, "timeout": 1.0}
        made.append(SlackNotifier(client, session, pace=Pace(**{**quick, **pace})))
        return made[-1]

    yield make
    for notifier in made:
        await notifier.close()
    left = [task.get_name() for task in asyncio.all_tasks() if task.get_name().startswith("slack-")]
    assert not left


@pytest.fixture
def notifier(make_notifier):
    return make_notifier()
