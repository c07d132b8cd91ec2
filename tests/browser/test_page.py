"""A person at the page: reading, writing, clicking, and being told what went wrong."""

from __future__ import annotations

import pytest
from aiohttp import web
from playwright.async_api import expect

pytestmark = pytest.mark.browser


def plain(text):
    return {"type": "plain_text", "text": text}


def option(text):
    return {"text": plain(text), "value": text}


def button(action_id, text, **more):
    return {"type": "button", "action_id": action_id, "text": plain(text), **more}


def section(text):
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def actions(*elements):
    return {"type": "actions", "block_id": "actions", "elements": list(elements)}


def text_input(block_id, label, **more):
    element = {"type": "plain_text_input", "action_id": "typed"}
    return {"type": "input", "block_id": block_id, "label": plain(label), "element": element, **more}


def modal(title, *blocks):
    return {
        "type": "modal",
        "callback_id": "form",
        "title": plain(title),
        "submit": plain("Go"),
        "blocks": list(blocks),
    }


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
    await page.get_by_test_id("composer").type("/k")
    await expect(page.get_by_test_id("composer-hints")).to_contain_text("Run Kubernetes")
    await page.get_by_test_id("composer").press("Tab")
    await page.get_by_test_id("composer").type("get pods")
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


async def test_a_click_is_delivered_and_an_edit_leaves_the_button_in_place(visit, bot, app):
    page = await visit()
    confirm = {
        "title": plain("Sure?"),
        "text": plain("It stops."),
        "confirm": plain("Stop"),
        "deny": plain("Keep"),
    }
    row = actions(button("stop", "Stop", value="42", confirm=confirm), button("why", "Why"))
    card = await bot.chat_postMessage(channel="C0SHOP", text="card", blocks=[section("1 of 4"), row])
    stop = page.get_by_role("button", name="Stop")
    before = await stop.element_handle()

    await bot.chat_update(channel="C0SHOP", ts=card["ts"], text="card", blocks=[section("2 of 4"), row])
    await expect(page.get_by_test_id("message")).to_contain_text("2 of 4")
    assert await before.evaluate("(node) => node.isConnected")

    await stop.click()
    await page.get_by_test_id("confirm-no").click()
    assert app.all("block_actions") == []
    await stop.click()
    await page.get_by_test_id("confirm-yes").click()
    assert (await app.told("block_actions"))["actions"][0]["value"] == "42"

    app.answer = lambda _payload: web.Response(status=500)
    await page.get_by_role("button", name="Why").click()
    await expect(page.get_by_test_id("failed")).to_have_attribute("data-action-id", "why")


async def test_menus_work_by_keyboard_and_ask_the_app(visit, bot, app):
    page = await visit()
    pods = {"type": "external_select", "action_id": "pod", "min_query_length": 1, "placeholder": plain("Pod")}
    fixed = {"type": "static_select", "action_id": "ns", "placeholder": plain("Namespace")}
    fixed["options"] = [option("default"), option("shop")]
    await bot.chat_postMessage(channel="C0SHOP", text="pick", blocks=[actions(fixed, pods)])
    app.answer = lambda payload: (
        {"options": [option(payload["value"] + "-1")]} if "value" in payload else None
    )

    await page.get_by_role("button", name="Namespace").press("Enter")
    await page.get_by_test_id("menu-search").fill("sh")
    await expect(page.get_by_test_id("option")).to_have_count(1)
    await page.get_by_test_id("menu-search").press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("select").first).to_have_text("shop")

    await page.get_by_test_id("select").last.click()
    await page.get_by_test_id("menu-search").fill("web")
    await page.get_by_role("option", name="web-1").click()
    await expect(page.get_by_test_id("select").last).to_have_text("web-1")
    await expect(page.get_by_test_id("menu")).to_have_count(0)
    told = await app.told("block_actions", 2)
    assert told["actions"][0]["selected_option"]["value"] == "web-1"
    assert told["state"]["values"]["actions"]["ns"]["selected_option"]["value"] == "shop"


async def test_a_modal_keeps_what_was_typed_and_says_what_is_wrong(visit, bot, app):
    page = await visit()
    await write(page, "/k8s scale")
    await expect(page.get_by_test_id("composer")).to_have_value("")
    trigger = (await app.told("command"))["trigger_id"]
    form = modal("Scale", text_input("name", "Name"), text_input("why", "Reason", optional=True))
    opened = await bot.views_open(trigger_id=trigger, view=form)
    dialog = page.get_by_test_id("modal")
    await expect(dialog.get_by_test_id("modal-title")).to_have_text("Scale")
    await dialog.get_by_test_id("modal-submit").click()
    await expect(dialog.get_by_test_id("input-error").first).to_have_text(
        "Please complete this required field."
    )

    await dialog.get_by_label("Name", exact=True).fill("wbe")
    larger = modal("Scale more", *form["blocks"], section("Did you mean *web*?"))
    await bot.views_update(view_id=opened["view"]["id"], view=larger)
    await expect(dialog.get_by_test_id("modal-title")).to_have_text("Scale more")
    await expect(dialog.get_by_label("Name", exact=True)).to_have_value("wbe")

    app.answer = lambda _payload: {"response_action": "errors", "errors": {"name": "There is no wbe."}}
    await page.keyboard.press("Enter")
    await expect(dialog.get_by_test_id("input-error").first).to_have_text("There is no wbe.")
    app.answer = lambda _payload: {
        "response_action": "push",
        "view": modal("Really?", text_input("sure", "Type web")),
    }
    await dialog.get_by_label("Name", exact=True).fill("web")
    await dialog.get_by_test_id("modal-submit").click()
    await expect(dialog.get_by_test_id("modal-title")).to_have_text("Really?")
    submitted = await app.told("view_submission", 2)
    assert submitted["view"]["state"]["values"]["name"]["typed"]["value"] == "web"
    await dialog.get_by_role("button", name="Back").click()
    await expect(dialog.get_by_label("Name", exact=True)).to_have_value("web")
    await page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()


async def test_app_home_is_opened_and_shown(visit, bot, app):
    page = await visit("U0ANA/D0ANA")
    await page.get_by_test_id("tab-home").click()
    await expect(page.get_by_test_id("home")).to_contain_text("has not put anything")
    await bot.views_publish(
        user_id="U0ANA", view={"type": "home", "blocks": [section("*Nothing* waits for you")]}
    )
    await expect(page.get_by_test_id("home")).to_contain_text("Nothing waits for you")
    assert (await app.told("event_callback"))["event"]["type"] == "app_home_opened"


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
