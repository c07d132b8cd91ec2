"""What the page makes of text and blocks: as Slack draws them, and never more than that."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest
from playwright.async_api import expect

import bot.demo.slack

pytestmark = pytest.mark.browser

STATIC = Path(bot.demo.slack.__file__).parent / "static"
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&amp;"
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)

PERSON = '<span class="mention" data-testid="mention" data-user="U0BEN">@ben</span>'
GROUP = '<span class="mention me" data-testid="mention" data-group="S0SRE">@sre</span>'
HERE = '<span class="mention me" data-testid="mention" data-broadcast="here">@here</span>'
LINK = '<a href="https://a.example/?x=1&amp;y=2" target="_blank" rel="noopener noreferrer">a *b*</a>'
TADA = '<span class="emoji" role="img" aria-label="tada" title=":tada:">🎉</span>'

INLINE = [
    ("*bold* _it_ ~no~ `code`", "<strong>bold</strong> <em>it</em> <s>no</s> <code>code</code>"),
    ("*a _b_ ~c~*", "<strong>a <em>b</em> <s>c</s></strong>"),
    ("snake_case_name 2*3*4 * no *", "snake_case_name 2*3*4 * no *"),
    ("`*raw* &lt;b&gt;`", "<code>*raw* &lt;b&gt;</code>"),
    ("*not\nbold*", "*not\nbold*"),
    ("# no heading\n- no list", "# no heading\n- no list"),
    ("&amp;lt;b&amp;gt; &quot;", "&amp;lt;b&amp;gt; &amp;quot;"),
    ("&lt;!channel&gt; &lt;@U0BEN&gt;", "&lt;!channel&gt; &lt;@U0BEN&gt;"),
    ("<@U0BEN> <!here> <!subteam^S0SRE>", f"{PERSON} {HERE} {GROUP}"),
    ("@here stays a word", "@here stays a word"),
    ("<https://a.example/?x=1&amp;y=2|a *b*>", LINK),
    ("<javascript:alert(1)|x>", "&lt;javascript:alert(1)|x&gt;"),
    ("<b>", "&lt;b&gt;"),
    (":tada: :no_such_thing: 12:30:45", f"{TADA} :no_such_thing: 12:30:45"),
    ("⏸ paused", '<span class="emoji">⏸</span> paused'),
    ("<!date^0^{nonsense}|then>", '<time class="date" title="then">{nonsense}</time>'),
]

FENCED = '<pre class="code">{}</pre>'
TEXT = '<span class="text">{}</span>'
LINES = [
    (
        "before\n```\n*raw* &lt;!here&gt;\n```\nafter",
        TEXT.format("before") + FENCED.format("*raw* &lt;!here&gt;") + TEXT.format("after"),
    ),
    ("```<!here>```", FENCED.format(HERE)),
    ("```no end", TEXT.format("```no end")),
    ("a\n&gt; b\n> c\nd", f"{TEXT.format('a')}<blockquote>b\nc</blockquote>{TEXT.format('d')}"),
    (">>> a\nb", "<blockquote>a\nb</blockquote>"),
]

RENDER = """async (texts) => {
  const { mrkdwn } = await import("/static/mrkdwn.js");
  const group = { id: "S0SRE", handle: "sre", users: ["U0ANA"] };
  const world = {
    person: "U0ANA", nameOfUser: (id) => ({ U0BEN: "ben" })[id],
    groups: new Map([["S0SRE", group]]), channels: new Map(),
  };
  return texts.map((text) => {
    const box = document.createElement("div");
    box.append(mrkdwn(text, world));
    return box.innerHTML;
  });
}"""


async def test_mrkdwn_means_what_slack_means_by_it(visit):
    page = await visit()
    cases = [(text, TEXT.format(html)) for text, html in INLINE] + LINES

    drawn = await page.evaluate(RENDER, [text for text, _ in cases])

    assert dict(zip([text for text, _ in cases], drawn, strict=True)) == dict(cases)


async def test_a_long_line_of_marks_is_drawn_in_no_time(visit):
    page = await visit()
    took = await page.evaluate(
        """async (text) => {
          const { mrkdwn } = await import("/static/mrkdwn.js");
          const began = performance.now();
          mrkdwn(text, { person: "", nameOfUser: () => "", groups: new Map(), channels: new Map() });
          return performance.now() - began;
        }""",
        "*a <b _c `d ~e " * 2_600,
    )
    assert took < 1_000


def plain(text):
    return {"type": "plain_text", "text": text}


def mrkdwn(text):
    return {"type": "mrkdwn", "text": text}


def rich(*elements):
    return {"type": "rich_text_section", "elements": list(elements)}


def option(text):
    return {"text": plain(text), "value": text}


BLOCKS = [
    {"type": "header", "text": plain("Rollout :rocket:")},
    {
        "type": "section",
        "text": mrkdwn("*shop/web* on `prod`"),
        "fields": [mrkdwn("*Ready*\n3"), plain("*plain*")],
    },
    {"type": "divider"},
    {"type": "context", "elements": [mrkdwn("read 0.03 s ago")]},
    {
        "type": "rich_text",
        "elements": [
            rich(
                {"type": "text", "text": "bold", "style": {"bold": True}},
                {"type": "user", "user_id": "U0BEN"},
            ),
            {
                "type": "rich_text_list",
                "style": "ordered",
                "elements": [rich({"type": "text", "text": "first"})],
            },
            {
                "type": "rich_text_preformatted",
                "elements": [{"type": "text", "text": "<!channel> *raw* &amp;"}],
            },
            {"type": "rich_text_quote", "elements": [{"type": "text", "text": "quoted"}]},
        ],
    },
    {
        "type": "table",
        "column_settings": [{}, {"align": "right"}],
        "rows": [
            [{"type": "raw_text", "text": "NAME"}, {"type": "raw_text", "text": "AGE"}],
            [{"type": "raw_text", "text": "web-1"}, {"type": "raw_text", "text": "3d"}],
        ],
    },
    {"type": "markdown", "text": "## Why\n- **cause** `x`\n\n| a |\n|---|\n| 1 |"},
    {
        "type": "actions",
        "elements": [
            {"type": "button", "action_id": "go", "text": plain("Go"), "style": "primary"},
            {"type": "button", "action_id": "no", "text": plain("Stop"), "style": "danger"},
            {
                "type": "static_select",
                "action_id": "ns",
                "placeholder": plain("Namespace"),
                "options": [option("shop")],
            },
            {"type": "overflow", "action_id": "more", "options": [option("Describe"), option("Delete")]},
            {"type": "datepicker", "action_id": "day", "initial_date": "2026-11-23"},
        ],
    },
]


async def test_every_block_is_drawn(visit, bot):
    page = await visit()
    await bot.chat_postMessage(channel="C0SHOP", text="in short", blocks=BLOCKS)
    row = page.get_by_test_id("message")
    await expect(row.get_by_role("heading", name="Rollout 🚀")).to_be_visible()

    def block(kind):
        return row.locator(f'[data-testid=block][data-type="{kind}"]')

    await expect(block("section").locator("strong").first).to_have_text("shop/web")
    await expect(block("section").locator(".field-text").last).to_have_text("*plain*")
    await expect(block("divider").locator("hr")).to_have_count(1)
    await expect(block("context")).to_have_text("read 0.03 s ago")
    await expect(block("rich_text").locator("strong")).to_have_text("bold")
    await expect(block("rich_text").get_by_test_id("mention")).to_have_text("@ben")
    await expect(block("rich_text").locator("ol > li")).to_have_text("first")
    await expect(block("rich_text").locator("pre")).to_have_text("<!channel> *raw* &amp;")
    await expect(block("rich_text").locator("blockquote")).to_have_text("quoted")
    await expect(block("table").locator("th")).to_have_text(["NAME", "AGE"])
    await expect(block("table").get_by_role("cell", name="3d")).to_have_css("text-align", "right")
    await expect(block("markdown").locator("h4")).to_have_text("Why")
    await expect(block("markdown").locator("li strong")).to_have_text("cause")
    await expect(block("actions").get_by_role("button", name="Go")).to_have_class("button primary")
    await expect(block("actions").get_by_role("button", name="Stop")).to_have_class("button danger")
    await expect(block("actions").get_by_test_id("select")).to_have_text("Namespace")
    await expect(block("actions").get_by_test_id("input")).to_have_value("2026-11-23")
    await expect(row).not_to_contain_text("in short")


async def test_hostile_text_stays_text_wherever_it_stands(visit, bot):
    page = await visit()
    cell = [[{"type": "raw_text", "text": HOSTILE}]]
    await bot.chat_postMessage(
        channel="C0SHOP",
        text=HOSTILE,
        blocks=[
            {"type": "section", "text": mrkdwn(f"```{HOSTILE}``` `{HOSTILE}` {HOSTILE}")},
            {"type": "section", "text": plain(HOSTILE)},
            {"type": "header", "text": plain(HOSTILE)},
            {"type": "rich_text", "elements": [rich({"type": "text", "text": HOSTILE})]},
            {"type": "markdown", "text": HOSTILE},
            {"type": "table", "rows": cell},
            {"type": "actions", "elements": [{"type": "button", "action_id": "x", "text": plain(HOSTILE)}]},
        ],
    )
    await bot.chat_postMessage(channel="C0SHOP", text=HOSTILE)
    rows = page.get_by_test_id("message")
    await expect(rows).to_have_count(2)
    await expect(rows.last).to_contain_text("<script>alert(1)</script>")
    await expect(rows.locator("script, img, [onerror]")).to_have_count(0)
    await expect(rows.get_by_test_id("button")).to_have_text(HOSTILE)
    await expect(rows.locator("th")).to_have_text(HOSTILE)


def test_no_module_can_write_markup_and_nothing_comes_from_outside():
    parts = [path for path in STATIC.rglob("*") if path.suffix in {".js", ".css", ".html"}]
    words = re.compile(
        r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|Function\(|(src|href)=.https?:|url\("
    )
    assert len(parts) > 40
    assert [(path.name, found[0]) for path in parts for found in words.finditer(path.read_text())] == []


async def test_files_are_shown_and_can_be_taken_away(visit, bot):
    page = await visit()
    log = "\n".join(f"line {number} <b>" for number in range(30))
    await bot.files_upload_v2(channel="C0SHOP", filename="web.log", title="Log of web", content=log)
    await bot.files_upload_v2(
        channel="C0SHOP", filename="chart.png", title="Replicas", file=PIXEL, alt_txt="three lines"
    )
    text, picture = page.get_by_test_id("file").first, page.get_by_test_id("file").last
    await expect(text.get_by_test_id("file-text")).to_contain_text("line 0 <b>")
    await expect(text.get_by_test_id("file-text")).not_to_contain_text("line 29")
    await text.get_by_role("button", name="Show all 30 lines").click()
    await expect(text.get_by_test_id("file-text")).to_contain_text("line 29")
    await expect(picture.get_by_role("img", name="three lines")).to_have_js_property("naturalWidth", 1)
    async with page.expect_download() as download:
        await text.get_by_test_id("download").click()
    assert (await download.value).suggested_filename == "web.log"
