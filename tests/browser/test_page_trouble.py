"""The control panel: what is planted in it happens, here and in the cluster."""

from __future__ import annotations

import pytest
import pytest_asyncio
from playwright.async_api import expect

from bot.demo.kubernetes import KubernetesSimulator

pytestmark = pytest.mark.browser


@pytest_asyncio.fixture(loop_scope="session")
async def cluster_url():
    async with KubernetesSimulator(listen="127.0.0.1:0") as simulator:
        yield simulator.url


async def test_trouble_is_planted_seen_and_ended(visit, app, complaints):
    page = await visit()
    await page.get_by_test_id("plant-trouble").press("Enter")
    panel = page.get_by_test_id("trouble")
    await expect(page.get_by_test_id("trouble-kind")).to_be_focused()
    groups = panel.locator("optgroup")
    await expect(groups.first).to_have_attribute("label", "In the cluster")
    await expect(groups.last).to_have_attribute("label", "In Slack")

    await page.get_by_test_id("trouble-kind").select_option(label="A node dies")
    await panel.get_by_label("Node").fill("node-99")
    await page.get_by_test_id("trouble-plant").click()
    await expect(page.get_by_test_id("trouble-told")).to_have_text(
        'Nothing was planted: there is no node "node-99".'
    )
    complaints.clear()  # the browser tells of the 400
    await panel.get_by_label("Node").fill("node-2")
    await panel.get_by_label("Node").press("Enter")
    await expect(page.get_by_test_id("trouble-told")).to_have_text("Planted: A node dies.")

    await page.get_by_test_id("trouble-kind").select_option(label="An acknowledgement is lost")
    await page.get_by_test_id("trouble-plant").click()
    await expect(page.get_by_test_id("trouble-planted")).to_contain_text("lost-ack next=1")
    await page.keyboard.press("Escape")
    await expect(panel).to_be_hidden()
    await expect(page.get_by_test_id("plant-trouble")).to_be_focused()

    await page.get_by_test_id("composer").fill("/k8s get pods")
    await page.get_by_test_id("composer").press("Enter")
    await expect(page.get_by_test_id("ephemeral")).to_contain_text("operation_timeout")
    assert len(app.all("command")) == 1

    await page.get_by_test_id("plant-trouble").click()
    await page.get_by_test_id("trouble-kind").select_option(label="The API answers an error")
    await page.get_by_test_id("trouble-plant").click()
    await expect(page.get_by_test_id("trouble-planted")).to_contain_text("status status=429")
    await page.get_by_test_id("trouble-clear-cluster").click()
    await expect(page.get_by_test_id("trouble-planted")).to_be_empty()


async def test_accounts_change_while_people_look_on(visit):
    page = await visit("U0CHO")
    await page.get_by_test_id("plant-trouble").click()
    await page.get_by_test_id("trouble-kind").select_option(label="Somebody's account changes")
    await page.get_by_test_id("trouble").get_by_label("User").select_option(label="Cho Choi")
    await page.get_by_test_id("trouble").get_by_label("They are now").select_option(label="a guest")
    await page.get_by_test_id("trouble-plant").click()
    await expect(page.get_by_test_id("channel-C0GENERAL")).to_be_visible()
    await expect(page.get_by_test_id("person").locator("option:checked")).to_have_text("cho · guest")
