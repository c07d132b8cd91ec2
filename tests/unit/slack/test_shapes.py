"""The shapes of what people see, as a reader of the channel finds them.

`sketch` draws blocks roughly as Slack does: `│` fixed-width type, `•` a point, `‹›` a table's cells, `[ ]` a
button (`*` primary, `!` danger), `—` the small print. The last test shows one message as it goes to Slack.
"""

from bot.domain.message import (
    Bullets,
    Button,
    Facts,
    Icon,
    Message,
    Output,
    Paragraph,
    Table,
    bold,
    code,
    instant,
    person,
    progress_bar,
    text,
)
from bot.slack.blocks import render

STYLES = {"": "", "primary": "*", "danger": "!"}


def words(elements):
    said = ""
    for element in elements:
        word = element.get("text") or element.get("fallback")
        style = element.get("style", {})
        said += f"`{word}`" if style.get("code") else f"*{word}*" if style.get("bold") else word
    return said


def rich_lines(element):
    if element["type"] == "rich_text_list":
        return [f"• {words(item['elements'])}" for item in element["elements"]]
    mark = "│ " if element["type"] == "rich_text_preformatted" else ""
    return [mark + line for line in words(element["elements"]).split("\n")]


def sketch(message):
    lines = []
    for block in render(message).blocks:
        match block["type"]:
            case "section":
                lines.append(block["text"]["text"])
            case "rich_text":
                lines += [line for element in block["elements"] for line in rich_lines(element)]
            case "table":
                lines += ["".join(f"‹{cell['text']}›" for cell in row) for row in block["rows"]]
            case "actions":
                buttons = block["elements"]
                lines.append(" ".join(f"[{b['text']['text']}]{STYLES[b.get('style', '')]}" for b in buttons))
            case "context":
                lines.append(f"— {block['elements'][0]['text']}")
    return "\n".join(lines)


def shows(message, expected):
    assert (
        sketch(message)
        == "\n".join(line.removeprefix("    ") for line in expected.strip("\n").split("\n")).rstrip()
    )


SHOP_WEB = code("shop/web")
PROD = code("prod")
STOP = Button(label="Stop and roll back", press="p1", style="danger")
CARD_FOOT = text(
    "{}, approved by {} · record 1204 · {}", person("U0ANA", "ana"), person("U0BEN", "ben"), code("7f3a")
)


def test_a_list():
    shows(
        Message(
            headline=text("12 pods in {} on {} · 2 not ready", code("shop"), code("staging")),
            parts=(
                Table(
                    columns=("NAME", "READY", "STATUS", "RESTARTS", "AGE"),
                    rows=(
                        ("web-7c9d8-x2x4k", "0/1", "CrashLoopBackOff", "3", "40s"),
                        ("web-7c9d8-9qk2z", "1/1", "Running", "0", "2d"),
                    ),
                ),
            ),
            buttons=(Button(label="Only not ready", press="p1"), Button(label="Share", press="p2")),
            footer=text("read 0.03 s ago"),
        ),
        """
    12 pods in `shop` on `staging` · 2 not ready
    ‹NAME›‹READY›‹STATUS›‹RESTARTS›‹AGE›
    ‹web-7c9d8-x2x4k›‹0/1›‹CrashLoopBackOff›‹3›‹40s›
    ‹web-7c9d8-9qk2z›‹1/1›‹Running›‹0›‹2d›
    [Only not ready] [Share]
    — read 0.03 s ago
    """,
    )


def test_a_live_card_under_way():
    shows(
        Message(
            icon=Icon.UNDER_WAY,
            headline=text(
                "{} on {} · {} → {} · revision 9", SHOP_WEB, PROD, code("web:1.4.2"), code("web:1.5.0")
            ),
            parts=(
                Paragraph(text=text("{}  8 of 12 updated · 12 available · 1 min 10 s", progress_bar(8, 12))),
            ),
            buttons=(STOP, Button(label="Pause", press="p2"), Button(label="Logs", press="p3")),
            footer=CARD_FOOT,
        ),
        """
    ⏳ `shop/web` on `prod` · `web:1.4.2` → `web:1.5.0` · revision 9
    ████████░░░░  8 of 12 updated · 12 available · 1 min 10 s
    [Stop and roll back]! [Pause] [Logs]
    — *ana*, approved by *ben* · record 1204 · `7f3a`
    """,
    )


def test_a_live_card_done():
    shows(
        Message(
            icon=Icon.DONE,
            headline=text("{} on {} runs {} · 12 of 12 in 2 min 4 s", SHOP_WEB, PROD, code("web:1.5.0")),
            buttons=(Button(label="Roll back to web:1.4.2", press="p1"),),
            footer=CARD_FOOT,
        ),
        """
    ✅ `shop/web` on `prod` runs `web:1.5.0` · 12 of 12 in 2 min 4 s
    [Roll back to web:1.4.2]
    — *ana*, approved by *ben* · record 1204 · `7f3a`
    """,
    )


def test_a_live_card_stuck():
    shows(
        Message(
            icon=Icon.FAILED,
            headline=text(
                "{} on {} is stuck: {} cannot be pulled ({})",
                SHOP_WEB,
                PROD,
                code("web:1.5.1"),
                code("ErrImagePull"),
            ),
            parts=(
                Bullets(
                    items=(
                        text("{}: not found in registry", code("web-5d4f-abcde")),
                        text("waiting for 40 s"),
                    )
                ),
                Paragraph(text=text("12 of 12 still run {}, nothing is down.", code("web:1.5.0"))),
            ),
            buttons=(STOP,),
        ),
        """
    ❌ `shop/web` on `prod` is stuck: `web:1.5.1` cannot be pulled (`ErrImagePull`)
    • `web-5d4f-abcde`: not found in registry
    • waiting for 40 s
    12 of 12 still run `web:1.5.0`, nothing is down.
    [Stop and roll back]!
    """,
    )


def test_a_line_in_the_thread():
    shows(
        Message(
            headline=text("{} crashed (exit 3) 2 times in 40 s. Last words:", code("web-7c9d8-x2x4k")),
            parts=(Output(text="\x1b[31mFATAL\x1b[0m cannot reach database db:5432: connection refused\n"),),
            buttons=(Button(label="Logs before the crash", press="p1"),),
        ),
        """
    `web-7c9d8-x2x4k` crashed (exit 3) 2 times in 40 s. Last words:
    │ FATAL cannot reach database db:5432: connection refused
    [Logs before the crash]
    """,
    )


def test_a_refusal():
    shows(
        Message(
            icon=Icon.FAILED,
            headline=text("Not allowed: {} on {} from this channel.", bold("rollback"), code("prod/shop")),
            parts=(
                Paragraph(
                    text=text("Rule {} would allow you in #shop-ops. Nothing was changed.", code("prod-shop"))
                ),
            ),
        ),
        """
    ❌ Not allowed: *rollback* on `prod/shop` from this channel.
    Rule `prod-shop` would allow you in #shop-ops. Nothing was changed.
    """,
    )


def test_a_mistake():
    shows(
        Message(
            headline=text(
                "There is no deployment {} in {}. Did you mean {}?", code("wbe"), code("shop"), code("web")
            ),
            buttons=(
                Button(label="scale web to 4", press="p1"),
                Button(label="Show deployments", press="p2"),
            ),
            footer=text("{}", code("/k8s scale NAME REPLICAS [-n NAMESPACE]")),
        ),
        """
    There is no deployment `wbe` in `shop`. Did you mean `web`?
    [scale web to 4] [Show deployments]
    — `/k8s scale NAME REPLICAS [-n NAMESPACE]`
    """,
    )


def test_a_plan_as_it_goes_to_slack():
    plan = Message(
        headline=text("Scale {} on {} from 4 to 10?", SHOP_WEB, PROD),
        parts=(
            Facts(rows=(("spec.replicas", "4 → 10"),)),
            Paragraph(text=text("⚠️ {} keeps 3 to 8: it will bring this back.", code("web-hpa"))),
        ),
        buttons=(
            Button(label="Scale to 10", press="3c1f-yes", style="primary"),
            Button(label="Cancel", press="3c1f-no"),
        ),
        footer=text("until {}, plan {}", instant(1_800_000_300, "08:05 UTC"), code("3c1f")),
    )

    rendered = render(plan)

    assert rendered.text == "Scale shop/web on prod from 4 to 10?"
    assert rendered.blocks == [
        {
            "type": "section",
            "text": {"type": "mrkdwn", "text": "Scale `shop/web` on `prod` from 4 to 10?", "verbatim": True},
        },
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_preformatted",
                    "elements": [{"type": "text", "text": "spec.replicas  4 → 10"}],
                }
            ],
        },
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_section",
                    "elements": [
                        {"type": "text", "text": "⚠️ "},
                        {"type": "text", "text": "web-hpa", "style": {"code": True}},
                        {"type": "text", "text": " keeps 3 to 8: it will bring this back."},
                    ],
                }
            ],
        },
        {
            "type": "actions",
            "elements": [
                {
                    "type": "button",
                    "action_id": "press:0",
                    "text": {"type": "plain_text", "text": "Scale to 10", "emoji": False},
                    "value": "3c1f-yes",
                    "style": "primary",
                },
                {
                    "type": "button",
                    "action_id": "press:1",
                    "text": {"type": "plain_text", "text": "Cancel", "emoji": False},
                    "value": "3c1f-no",
                },
            ],
        },
        {
            "type": "context",
            "elements": [
                {
                    "type": "mrkdwn",
                    "text": "until <!date^1800000300^{time} {date_short_pretty}|08:05 UTC>, plan `3c1f`",
                    "verbatim": True,
                }
            ],
        },
    ]
