"""All that the page can show at once: on a phone, by keyboard alone, and with every input filled in."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from bot.demo.slack import Shortcut
from tests.browser import gallery

pytestmark = pytest.mark.browser

FITS = """() => {
  const wide = [...document.querySelectorAll(".message :is(.block, .file, .tools)")]
    .filter((node) => node.offsetParent && node.getBoundingClientRect().right > innerWidth);
  return [document.documentElement.scrollWidth, wide.map((node) => node.outerHTML.slice(0, 80))];
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_phone_reads_long_logs_and_wide_tables(visit, bot, scheme):
    hung = await gallery.hang(bot)
    page = await visit(width=390, has_touch=True, is_mobile=True, color_scheme=scheme)
    table = page.locator(f'[data-ts="{hung["table"]}"] .table-scroll')
    await table.scroll_into_view_if_needed()
    assert await page.evaluate(FITS) == [390, []]
    name = table.locator("td").first
    await expect(name).to_have_css("position", "sticky")
    before = await name.bounding_box()
    await table.evaluate("(node) => { node.scrollLeft = 400 }")
    assert (await name.bounding_box())["x"] == before["x"], "a row's name stays while the rest is scrolled"
    await page.get_by_test_id("replies").tap()
    await expect(page.get_by_test_id("thread-message")).to_have_count(2)
    assert await page.evaluate(FITS) == [390, []]


async def test_no_kind_of_block_or_element_is_left_out(visit, bot, app):
    hung = await gallery.hang(bot)
    page = await visit()
    await expect(page.get_by_test_id("message")).to_have_count(7)
    await expect(page.locator(".unsupported")).to_have_count(0)
    newer = page.locator(f'[data-ts="{hung["newer"]}"]')
    await expect(newer.locator(".task")).to_have_count(4)
    await expect(newer.get_by_role("img", name="in_progress")).to_have_count(1)
    grid = newer.locator("[data-type=data_table]")
    await expect(grid.get_by_role("row")).to_have_count(4)
    await grid.get_by_role("button", name="Show 2 more of 5 rows").click()
    await expect(grid.get_by_role("row")).to_have_count(6)
    await newer.get_by_role("button", name="Inner").click()
    used = (await app.told("block_actions"))["actions"][0]
    container = newer.locator("[data-type=container]").first
    assert used["block_id"] == await container.get_attribute("data-block-id")
    await newer.get_by_role("button", name="Restart").click()
    assert (await app.told("block_actions", 2))["actions"][0]["action_id"] == "restart"


async def open_form(page, bot, app):
    await page.get_by_test_id("composer").fill("/k8s form")
    await page.get_by_test_id("composer").press("Enter")
    trigger = (await app.told("command"))["trigger_id"]
    await bot.views_open(trigger_id=trigger, view=gallery.FORM)
    return page.get_by_test_id("modal")


async def test_every_input_of_a_form_reaches_the_app(visit, bot, app):
    app.answer = lambda payload: (
        {"options": [gallery.option(payload["value"] + "-1")]}
        if payload.get("type") == "block_suggestion"
        else None
    )
    page = await visit()
    form = await open_form(page, bot, app)

    async def pick(block_id, *queries):
        for query in queries:
            await form.locator(f"[data-block-id={block_id}] .select").press("Enter")
            await page.get_by_test_id("menu-search").fill(query)
            await expect(page.get_by_test_id("option")).to_have_count(1)
            await page.get_by_test_id("menu-search").press("Enter")
            await expect(page.get_by_test_id("menu")).to_have_count(0)

    await form.get_by_label("Name", exact=True).fill("web")
    await form.get_by_label("Reason").fill("two\nlines")
    await form.get_by_label("Replicas").fill("3")
    await pick("pod", "api")
    await pick("pods", "web", "db")
    await pick("ns", "shop", "default")
    await form.get_by_label("rolling").press("Space")
    await form.get_by_label("record it").press("Space")
    await form.get_by_label("tell the channel").press("Space")
    await pick("where", "#ops")
    await pick("who", "Ben")
    await form.get_by_label("Time", exact=True).fill("10:30")
    await form.get_by_label("Mail").fill("a@b.example")
    await form.get_by_label("Link").fill("https://a.example")
    await form.get_by_test_id("modal-submit").click()

    state = (await app.told("view_submission"))["view"]["state"]["values"]
    values = {block: next(iter(held.values())) for block, held in state.items()}
    chosen = {
        block: [one["value"] for one in held["selected_options"]]
        for block, held in values.items()
        if "selected_options" in held
    }
    assert chosen == {
        "pods": ["web-1", "db-1"],
        "ns": ["shop", "default"],
        "ticks": ["record it", "tell the channel"],
    }
    assert values["pod"]["selected_option"]["value"] == "api-1"
    assert values["how"]["selected_option"]["value"] == "rolling"
    assert (values["where"]["selected_conversation"], values["who"]["selected_user"]) == ("C0OPS", "U0BEN")
    assert (values["day"]["selected_date"], values["time"]["selected_time"]) == ("2026-11-27", "10:30")
    assert values["at"]["selected_date_time"] == 1_796_000_000
    typed = {block: values[block]["value"] for block in ("name", "why", "count", "mail", "link")}
    assert typed == {
        "name": "web",
        "why": "two\nlines",
        "count": "3",
        "mail": "a@b.example",
        "link": "https://a.example",
    }


async def test_what_is_typed_in_a_thread_is_an_event_and_its_messages_have_shortcuts(visit, bot, slack, app):
    slack.workspace.app.shortcuts.append(Shortcut("shell", "Open a shell", on_messages=True))
    parent = (await bot.chat_postMessage(channel="C0SHOP", text="a shell in web-1"))["ts"]
    page = await visit()
    await page.get_by_test_id("message").hover()
    await page.get_by_test_id("reply-in-thread").click()
    await page.get_by_test_id("thread-composer").fill("ls -la")
    await page.get_by_test_id("thread-composer").press("Enter")
    await expect(page.get_by_test_id("thread-message").last).to_contain_text("ls -la")
    event = (await app.told("event_callback", 2))["event"]
    assert (event["type"], event["text"], event["user"]) == ("message", "ls -la", "U0ANA")
    assert (event["thread_ts"], event["parent_user_id"], event["channel_type"]) == (
        parent,
        "U0BOT",
        "channel",
    )
    assert "subtype" not in event

    await page.get_by_test_id("thread-message").last.get_by_test_id("message-shortcuts").focus()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")
    used = await app.told("message_action")
    assert (used["callback_id"], used["message"]["text"]) == ("shell", "ls -la")


async def test_the_page_is_used_by_keyboard_alone(visit, bot):
    await bot.chat_postMessage(channel="C0SHOP", text="x", blocks=gallery.ELEMENTS)
    page = await visit()
    await page.get_by_test_id("composer").press_sequentially("@")
    for _ in range(2):
        await page.keyboard.press("ArrowDown")
    chosen = await page.locator(".hint.is-chosen b").inner_text()
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("composer")).to_have_value(f"{chosen} ")
    await expect(page.get_by_test_id("message")).to_have_count(1)

    await page.get_by_test_id("person").focus()
    seen = set()
    for _ in range(40):
        await page.keyboard.press("Tab")
        name, is_marked = await page.evaluate(
            """() => {
              const node = document.activeElement, box = node.closest(".composer-box") ?? node;
              const { outlineStyle } = getComputedStyle(node), { boxShadow } = getComputedStyle(box);
              return [node.dataset.testid ?? node.className, outlineStyle !== "none" || boxShadow !== "none"];
            }"""
        )
        assert is_marked or name == "", f"nothing shows that {name} has the focus"
        seen.add(name)
    assert {
        "channel-C0OPS",
        "plant-trouble",
        "button",
        "overflow",
        "select",
        "input",
        "composer",
        "send",
    } <= seen


async def test_a_place_where_nobody_may_write_says_so(visit, slack):
    slack.workspace.app.home_tab, slack.workspace.app.messages_read_only = False, True
    page = await visit("U0ANA/D0ANA")
    await expect(page.get_by_test_id("channel-notice")).to_have_text(
        "Sending messages to this app has been turned off."
    )
    await expect(page.get_by_test_id("composer")).to_be_hidden()
    await expect(page.get_by_test_id("tab-home")).to_have_count(0)
    slack.workspace.channels["C0OPS"].is_archived = True
    slack.backend.people_changed()
    await page.get_by_test_id("channel-C0OPS").click()
    await expect(page.get_by_test_id("channel-notice")).to_contain_text("This channel is archived")
