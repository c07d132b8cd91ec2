"""A person at the page: reading, writing, clicking, and being told what went wrong."""

from __future__ import annotations

import pytest
from aiohttp import web
from playwright.async_api import expect

pytestmark = pytest.mark.browser


async def write(page, text, field="composer"):
    await page.get_by_test_id(field).fill(text)
    await page.get_by_test_id(field).press("Enter")


async def test_messages_appear_as_they_are_written_and_edited(visit, bot):
    page = await visit()
    await write(page, "hello @ben *now* <b>")
    mine = page.get_by_test_id("message")
    await expect(mine).to_contain_text("hello @ben now <b>")
    await expect(mine.get_by_test_id("mention")).to_have_attribute("data-user", "U0BEN")

    told = await bot.chat_postMessage(channel="C0SHOP", text="⏳ 1 of 4")
    card = page.locator(f'[data-ts="{told["ts"]}"]')
    await expect(card).to_contain_text("1 of 4")
    await bot.chat_update(channel="C0SHOP", ts=told["ts"], text="✅ 4 of 4")
    await expect(card).to_contain_text("4 of 4")
    await expect(card.get_by_test_id("edited")).to_be_visible()

    await bot.reactions_add(channel="C0SHOP", timestamp=told["ts"], name="eyes")
    await expect(card.get_by_test_id("reaction")).to_have_text("👀1")
    await bot.chat_delete(channel="C0SHOP", ts=told["ts"])
    await expect(card).to_have_count(0)


async def test_a_command_reaches_the_app_and_can_be_recalled(visit, app):
    page = await visit()
    await page.get_by_test_id("composer").fill("/k")
    await expect(page.get_by_test_id("composer-hints")).to_contain_text("Run Kubernetes")
    await page.get_by_test_id("composer").press("Tab")
    await expect(page.get_by_test_id("composer")).to_have_value("/k8s ")
    await page.get_by_test_id("composer").fill("/k8s get pods")
    app.answer = lambda _payload: {"text": "no pods"}
    await page.get_by_test_id("composer").press("Enter")
    whisper = page.get_by_test_id("ephemeral")
    await expect(whisper).to_contain_text("Only visible to you")
    await expect(whisper).to_contain_text("no pods")
    assert [one["text"] for one in app.all("command")] == ["get pods"]

    await page.get_by_test_id("composer").press("ArrowUp")
    await expect(page.get_by_test_id("composer")).to_have_value("/k8s get pods")
    await whisper.get_by_test_id("dismiss").click()
    await expect(whisper).to_have_count(0)


async def test_names_are_completed_and_phones_have_their_own_typography(visit, app):
    page = await visit()
    await page.get_by_test_id("composer").fill("/k8s whois @be")
    await page.get_by_test_id("composer").press("Tab")
    await expect(page.get_by_test_id("composer")).to_have_value("/k8s whois @ben ")
    await page.get_by_test_id("composer-typography").click()
    await write(page, "/k8s whois @ben --all")
    assert (await app.told("command"))["text"].strip() == "whois <@U0BEN|ben> —all"


async def test_a_command_without_an_answer_is_told_in_slacks_words(visit, app):
    app.answer = lambda _payload: web.Response(status=500)
    page = await visit()
    await write(page, "/k8s get pods")
    await expect(page.get_by_test_id("ephemeral")).to_contain_text('/k8s failed with the error "')


async def test_a_whisper_is_for_one_person(visit, bot):
    page = await visit()
    await bot.chat_postEphemeral(channel="C0SHOP", user="U0BEN", text="for ben alone")
    await bot.chat_postMessage(channel="C0SHOP", text="for all")
    await expect(page.get_by_test_id("message")).to_contain_text("for all")
    await expect(page.get_by_text("for ben alone")).to_have_count(0)
    await page.get_by_test_id("person").select_option("U0BEN")
    await expect(page.get_by_test_id("ephemeral")).to_contain_text("for ben alone")


async def test_a_thread_is_counted_opened_and_answered(visit, bot, app):
    page = await visit()
    parent = await bot.chat_postMessage(channel="C0SHOP", text="a rollout")
    for text in ("one", "two"):
        await bot.chat_postMessage(channel="C0SHOP", thread_ts=parent["ts"], text=text)
    await expect(page.get_by_test_id("replies")).to_contain_text("2 replies")
    await expect(page.get_by_test_id("message")).to_have_count(1)

    await page.get_by_test_id("replies").click()
    await expect(page.get_by_test_id("thread-message")).to_have_count(3)
    await write(page, "three", "thread-composer")
    await expect(page.get_by_test_id("thread-message").last).to_contain_text("three")
    await expect(page.get_by_test_id("replies")).to_contain_text("3 replies")
    await write(page, "/k8s get pods", "thread-composer")
    await expect(page.get_by_test_id("thread-composer-error")).to_contain_text("not supported in threads")
    assert app.all("command") == []

    await page.get_by_test_id("thread-composer").press("Escape")
    await expect(page.get_by_test_id("thread")).to_be_hidden()
    link = await bot.chat_getPermalink(channel="C0SHOP", message_ts=parent["ts"])
    await page.goto(link["permalink"])
    await expect(page.get_by_test_id("thread-message")).to_have_count(4)


async def test_unread_channels_are_marked_until_they_are_read(visit, bot):
    page = await visit()
    ops = page.get_by_test_id("channel-C0OPS")
    await bot.chat_postMessage(channel="C0OPS", text="<@U0ANA> look")
    await expect(ops).to_have_attribute("data-unread", "1")
    await expect(ops.locator(".count-badge")).to_have_text("1")
    await ops.click()
    await expect(page.get_by_test_id("message")).to_contain_text("@ana look")
    await expect(ops).not_to_have_attribute("data-unread", "1")


async def test_people_see_what_is_theirs(visit, slack):
    page = await visit("U0GUS")
    await expect(page.locator("[data-testid^=channel-C]")).to_have_count(1)
    await page.get_by_test_id("person").select_option("U0CHO")
    await expect(page.get_by_test_id("channel-C0GENERAL")).to_be_visible()
    await expect(page.get_by_test_id("channel-C0INCIDENT")).to_have_count(0)
    await page.get_by_test_id("channel-C0GENERAL").click()
    await expect(page.get_by_test_id("channel-notice")).to_contain_text("k8s-bot is not in this channel")
    await page.get_by_test_id("invite").click()
    await expect(page.get_by_test_id("channel-notice")).to_be_hidden()
    assert "U0BOT" in slack.workspace.channels["C0GENERAL"].members


async def test_a_phone_shows_one_pane_at_a_time(visit, bot):
    page = await visit("U0ANA", width=390, has_touch=True)
    parent = await bot.chat_postMessage(channel="C0SHOP", text="a rollout " * 20)
    await bot.chat_postMessage(channel="C0SHOP", thread_ts=parent["ts"], text="done")
    panes = {name: page.get_by_test_id(name) for name in ("sidebar", "channel", "thread")}

    async def only(shown):
        for name, pane in panes.items():
            await expect(pane).to_be_visible(visible=name == shown)
        assert await page.evaluate("document.documentElement.scrollWidth") == 390

    await only("sidebar")
    await page.get_by_test_id("channel-C0SHOP").tap()
    await only("channel")
    await page.get_by_test_id("replies").tap()
    await only("thread")
    await page.get_by_role("button", name="Back to the channel").tap()
    await only("channel")
    await page.get_by_test_id("back").tap()
    await only("sidebar")


async def test_a_cut_connection_is_made_again_and_nothing_is_missed(visit, bot, slack, complaints):
    page = await visit()
    await bot.chat_postMessage(channel="C0SHOP", text="before")
    await expect(page.get_by_test_id("message")).to_have_count(1)

    await slack.stop()
    await expect(page.get_by_test_id("connection")).to_have_text("Reconnecting…")
    await write(page, "lost")
    await expect(page.get_by_test_id("composer-error")).to_have_text(
        "You seem to be offline: nothing was sent."
    )
    await expect(page.get_by_test_id("composer")).to_have_value("lost")

    await slack.start()
    await bot.chat_postMessage(channel="C0SHOP", text="meanwhile")
    await expect(page.get_by_test_id("message").last).to_contain_text("meanwhile")
    await expect(page.get_by_test_id("connection")).to_be_hidden()
    assert all("ERR_CONNECTION_REFUSED" in line or "ERR_INCOMPLETE" in line for line in complaints)
    complaints.clear()


async def test_somebody_who_is_deactivated_is_signed_out(visit, slack, complaints):
    page = await visit("U0CHO/C0SHOP")
    slack.workspace.people["U0CHO"].deleted = True
    slack.backend.people_changed()
    await expect(page.get_by_test_id("refused")).to_contain_text("cho cannot sign in to Demo any more")
    await expect(page.get_by_test_id("composer")).to_have_count(0)
    complaints.clear()  # the browser tells of the 403
    await page.get_by_test_id("person").select_option("U0ANA")
    await expect(page.get_by_test_id("composer")).to_be_focused()
