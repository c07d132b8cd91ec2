"""Elements, modals and App Home: what is pressed, picked and typed reaches the app."""

from __future__ import annotations

import pytest
from aiohttp import web
from playwright.async_api import expect

from bot.demo.slack.app import Shortcut

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

    await bot.chat_update(
        channel="C0SHOP", ts=card["ts"], text="card", blocks=[section("2 of 4"), section("slow"), row]
    )
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
    await expect(page.get_by_role("button", name="Namespace: shop")).to_have_text("shop")

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
    await page.get_by_test_id("composer").fill("/k8s scale")
    await page.get_by_test_id("composer").press("Enter")
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


async def test_shortcuts_stand_with_commands_and_on_messages(visit, bot, slack, app):
    slack.workspace.app.shortcuts += [
        Shortcut("ask", "Ask the bot"),
        Shortcut("why", "Why this?", on_messages=True),
    ]
    page = await visit()
    told = await bot.chat_postMessage(channel="C0SHOP", text="web crashed")
    await page.get_by_test_id("composer").fill("/ask")
    await page.get_by_test_id("composer").press("Tab")
    assert (await app.told("shortcut"))["callback_id"] == "ask"

    await page.get_by_test_id("message").hover()
    await page.get_by_test_id("message-shortcuts").click()
    await page.get_by_role("option", name="Why this?").click()
    used = await app.told("message_action")
    assert (used["callback_id"], used["message_ts"]) == ("why", told["ts"])
