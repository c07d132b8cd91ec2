"""The page's control panel: every fault that it offers can be planted, here and in the cluster beside it."""

import json
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

import bot.demo.slack
from bot.demo.kubernetes import KubernetesSimulator
from bot.demo.slack import SlackSimulator

CATALOGUE = json.loads((Path(bot.demo.slack.__file__).parent / "static" / "trouble.json").read_text())


class Panel:
    """Somebody at the panel."""

    def __init__(self, slack, session):
        self._slack, self._session = slack, session

    async def ask(self, method, path="", **asked):
        url, params = f"{self._slack.url}/page/trouble{path}", {"token": self._slack.page_token}
        async with self._session.request(method, url, params=params, json=asked or None) as response:
            return response.status, await response.json()

    async def plant(self, where, **trouble):
        return await self.ask("POST", where=where, trouble=trouble)

    async def sees(self):
        return (await self.ask("GET"))[1]


@asynccontextmanager
async def panel_beside(cluster_url):
    async with SlackSimulator(cluster_url=cluster_url) as slack, aiohttp.ClientSession() as session:
        yield Panel(slack, session)


@pytest.fixture
async def cluster():
    async with KubernetesSimulator(listen="127.0.0.1:0") as simulator:
        yield simulator


def asked_with(entry):
    """Fill an entry's form as it stands there at first."""
    for field in entry["fields"]:
        first = field["options"][0] if "options" in field else field.get("value", "")
        value = first["value"] if isinstance(first, dict) and "label" in first else first
        if value != "":
            yield field["name"], value


OFFERED = [(where, entry) for where, entries in CATALOGUE.items() for entry in entries]


async def test_whatever_it_offers_can_be_planted(cluster):
    async with aiohttp.ClientSession() as session, panel_beside(cluster.url) as panel:
        shop = {"metadata": {"name": "shop"}}
        async with session.post(f"{cluster.url}/api/v1/namespaces", json=shop) as made:
            assert made.status == 201
        for where, entry in OFFERED:
            told = await panel.plant(where, fault=entry["fault"], **dict(asked_with(entry)))
            assert told == (200, {"ok": True}), entry["label"]


def test_every_choice_of_a_form_is_offered_by_name():
    lists = [field["options"] for _, entry in OFFERED for field in entry["fields"] if "options" in field]
    assert all(isinstance(one, str) or {"label", "value"} == set(one) for options in lists for one in options)


async def test_it_shows_what_is_planted_on_either_side_and_ends_it(cluster):
    async with panel_beside(cluster.url) as panel:
        await panel.plant("slack", fault="latency", seconds=1, next=2)
        await panel.plant("cluster", fault="status", status=503, next=4)
        told = await panel.sees()
        assert told["slack"] == [{"fault": "latency", "next": 2, "seconds": 1}]
        assert told["cluster"] == [{"fault": "status", "status": 503, "next": 4}]
        for where in ("slack", "cluster"):
            assert (await panel.ask("POST", "/clear", where=where))[0] == 200
        told = await panel.sees()
        assert (told["slack"], told["cluster"], told["has_cluster"]) == ([], [], True)


@pytest.mark.parametrize(
    ("where", "trouble", "said"),
    [
        ("cluster", {"fault": "lose-node", "node": "node-99"}, 'there is no node "node-99"'),
        ("cluster", {"fault": "earthquake"}, "unknown fault: 'earthquake'"),
        ("slack", {"fault": "earthquake"}, "unknown fault 'earthquake'; known: status"),
        ("elsewhere", {"fault": "latency"}, "trouble is planted in slack or in cluster"),
    ],
)
async def test_a_refusal_is_told_in_the_words_of_who_refused(cluster, where, trouble, said):
    async with panel_beside(cluster.url) as panel:
        status, told = await panel.plant(where, **trouble)
        assert (status, told["ok"]) == (400, False)
        assert told["error"].startswith(said)


async def test_without_a_cluster_only_slack_can_be_troubled():
    async with panel_beside(None) as panel:
        assert (await panel.plant("cluster", fault="cut-watches"))[1]["error"].startswith(
            "there is no simulated"
        )
        told = await panel.sees()
        assert (told["has_cluster"], told["cluster"]) == (False, None)
        assert (await panel.plant("slack", fault="lost-ack"))[0] == 200


async def test_a_cluster_that_does_not_answer(unused_tcp_port):
    async with panel_beside(f"http://127.0.0.1:{unused_tcp_port}") as panel:
        told = await panel.plant("cluster", fault="cut-watches")
        assert told == (400, {"ok": False, "error": "the simulated cluster does not answer"})
        assert (await panel.sees())["cluster"] is None


@pytest.mark.parametrize(("body", "error"), [(b"{", "invalid_json"), (b"[]", "json_not_object")])
@pytest.mark.parametrize("path", ["", "/clear"])
async def test_what_is_no_request(slack, session, body, error, path):
    url, params = f"{slack.url}/page/trouble{path}", {"token": slack.page_token}
    async with session.post(url, params=params, data=body) as response:
        assert (response.status, (await response.json())["error"]) == (400, error)


async def test_it_opens_with_the_pages_token_alone(slack, session):
    async with session.get(f"{slack.url}/page/trouble") as response:
        assert response.status == 403
    async with session.post(f"{slack.url}/page/trouble", json={"where": "slack"}) as response:
        assert response.status == 403
