"""The whole way in a browser: what a person types and clicks, and what comes of it in the cluster."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser import story

pytestmark = pytest.mark.browser


async def nowhere(_name):
    """No pictures here."""


async def test_somebody_deploys_scales_breaks_reads_and_rolls_back(browser):
    complaints = []
    async with story.demo() as world:
        context = await browser.new_context(viewport={"width": 1280, "height": 800})
        page = await context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        ana = story.Visitor(page)
        await ana.arrives(world.url)
        await expect(page.get_by_test_id("channel")).to_contain_text("/k8s get pods")
        await story.wait_for_bot(ana)

        await story.deploys(ana, nowhere)
        assert await world.asks(lambda cluster: cluster.images("api")) == ["web:1.0"] * 2

        await story.scales(ana, nowhere)
        assert await world.asks(lambda cluster: len(cluster.images("api"))) == 4

        before = await world.asks(lambda cluster: cluster.images("web"))
        card = await story.breaks(ana, nowhere)
        wanted = await world.asks(lambda cluster: cluster.deployment("web")["spec"]["template"]["spec"])
        assert wanted["containers"][0]["image"] == "web:missing"
        assert await world.asks(lambda cluster: cluster.images("web")) == before, "nothing went down"

        await story.reads_the_thread(ana, card, nowhere)
        await story.rolls_back(ana, card, nowhere)
        assert await world.asks(lambda cluster: cluster.images("web")) == before
        assert len(await world.asks(lambda cluster: cluster.pods("web"))) == 3
        await expect(card).to_contain_text("overtaken by a later change")
        await context.close()
    assert complaints == []
