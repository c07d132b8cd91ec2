"""What the page can show, all of it: each block, each element, a long log, a large table, files, a thread."""

from __future__ import annotations

import struct
import zlib
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

Block = dict[str, Any]
CHANNEL = "C0SHOP"


def plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Block:
    return {"type": "mrkdwn", "text": text}


def option(text: str, **more: Any) -> Block:
    return {"text": plain(text), "value": text, **more}


def button(text: str, **more: Any) -> Block:
    return {"type": "button", "action_id": text.lower(), "text": plain(text), **more}


def section(text: str, **more: Any) -> Block:
    return {"type": "section", "text": mrkdwn(text), **more}


def rich(*elements: Block) -> Block:
    return {"type": "rich_text_section", "elements": list(elements)}


def said(text: str, **style: bool) -> Block:
    return {"type": "text", "text": text, **({"style": style} if style else {})}


def field(block_id: str, label: str, element: Block, **more: Any) -> Block:
    asked = {"action_id": block_id, **element}
    return {"type": "input", "block_id": block_id, "label": plain(label), "element": asked, **more}


def chart(width: int = 320, height: int = 120) -> bytes:
    """A PNG: bars on white."""

    def row(y: int) -> bytes:
        line = bytearray(b"\0")
        for x in range(width):
            is_bar = x % 40 > 12 and height - y < 20 + (x // 40 * 37) % 90
            line += b"\x32\x6c\xe5" if is_bar else b"\xff\xff\xff"
        return bytes(line)

    def chunk(kind: bytes, content: bytes) -> bytes:
        whole = kind + content
        return struct.pack(">I", len(content)) + whole + struct.pack(">I", zlib.crc32(whole))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    rows = chunk(b"IDAT", zlib.compress(b"".join(row(y) for y in range(height))))
    return b"\x89PNG\r\n\x1a\n" + head + rows + chunk(b"IEND", b"")


def pods(count: int = 20) -> Block:
    def cells(*texts: str) -> list[Block]:
        return [{"type": "raw_text", "text": text} for text in texts]

    rows = [cells("NAME", "READY", "STATUS", "RESTARTS", "AGE", "NODE")]
    for number in range(count):
        name = f"web-6cbcb5fc47-{number:02}x{number * 7 % 10}k"
        rows.append(
            cells(name, "1/1", "Running", str(number % 4), f"{number + 1}h", f"node-{number % 3 + 1}")
        )
    aligned = [{}, {}, {}, {"align": "right"}, {"align": "right"}, {}]
    return {"type": "table", "rows": rows, "column_settings": aligned}


def log(lines: int = 40) -> str:
    wide = "GET /cart/items?customer=48213&currency=EUR&locale=de-DE 200 in 31 ms, 18 rows, cache miss"
    return "\n".join(
        f"2026-11-27T12:{number:02}:07Z INFO {wide if number % 5 == 0 else f'tick {number}'}"
        for number in range(lines)
    )


LAYOUT: list[Block] = [
    {"type": "header", "text": plain("Rollout of web :rocket:")},
    section(
        "*shop/web* on `prod` · <@U0BEN> asked\n> and a quotation\n~not this~ _but this_",
        accessory=button("Open", url="https://a.example"),
    ),
    section("Side by side", fields=[mrkdwn("*Ready*\n3 of 4"), mrkdwn("*Image*\n`web:1.1`")]),
    {"type": "divider"},
    {"type": "context", "elements": [mrkdwn("read 0.03 s ago"), plain("revision 7")]},
    {
        "type": "rich_text",
        "elements": [
            rich(
                said("Rich text: ", bold=True),
                said("code", code=True),
                said(" and "),
                said("more", italic=True),
            ),
            {"type": "rich_text_list", "style": "bullet", "elements": [rich(said("one")), rich(said("two"))]},
            {"type": "rich_text_list", "style": "ordered", "indent": 1, "elements": [rich(said("first"))]},
            {"type": "rich_text_quote", "elements": [said("quoted")]},
            {"type": "rich_text_preformatted", "elements": [said("$ kubectl get pods\nNAME  READY")]},
        ],
    },
    {"type": "markdown", "text": "## Why\n- **cause** `x`\n\n| a | b |\n|---|---|\n| 1 | 2 |"},
]
ELEMENTS: list[Block] = [
    {
        "type": "actions",
        "elements": [
            button("Deploy", style="primary"),
            button("Stop", style="danger"),
            button("Describe"),
            {"type": "overflow", "action_id": "more", "options": [option("Logs"), option("Delete")]},
        ],
    },
    {
        "type": "actions",
        "elements": [
            {
                "type": "static_select",
                "action_id": "ns",
                "placeholder": plain("Namespace"),
                "options": [option("default"), option("shop", description=plain("the shop"))],
            },
            {"type": "users_select", "action_id": "who", "placeholder": plain("Somebody")},
            {"type": "datepicker", "action_id": "day", "initial_date": "2026-11-23"},
            {"type": "timepicker", "action_id": "time", "initial_time": "12:30"},
        ],
    },
    section(
        "Boxes beside a section",
        accessory={"type": "checkboxes", "action_id": "ticks", "options": [option("a"), option("b")]},
    ),
    {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": "good",
                "positive_button": {"text": plain("Good"), "value": "yes"},
                "negative_button": {"text": plain("Bad"), "value": "no"},
            },
            {"type": "icon_button", "action_id": "bin", "icon": "trash", "text": plain("Remove")},
        ],
    },
]
NEWER: list[Block] = [
    {
        "type": "card",
        "title": plain("web"),
        "subtitle": plain("Deployment"),
        "body": mrkdwn("3 of 3 ready, `web:1.0`"),
        "actions": [button("Restart")],
    },
    {
        "type": "carousel",
        "elements": [
            {"type": "card", "title": plain(name), "body": plain("3 pods")} for name in ("web", "api", "db")
        ],
    },
    {
        "type": "container",
        "title": plain("Details"),
        "subtitle": plain("2 blocks"),
        "collapsible": True,
        "child_blocks": [
            section("inside"),
            {"type": "actions", "elements": [button("Inner")]},
        ],
    },
    {
        "type": "plan",
        "title": "Rolling out",
        "tasks": [
            {"task_id": "1", "title": "Pull the image", "status": "complete"},
            {"task_id": "2", "title": "Start the pods", "status": "in_progress"},
            {"task_id": "3", "title": "Stop the old ones", "status": "pending"},
        ],
    },
    {"type": "task_card", "task_id": "4", "title": "Drain node-2", "status": "error"},
    {
        "type": "data_table",
        "caption": "Nodes",
        "page_size": 3,
        "rows": [
            [{"type": "raw_text", "text": "NAME"}, {"type": "raw_text", "text": "CPU"}],
            *[
                [{"type": "raw_text", "text": f"node-{number}"}, {"type": "raw_number", "value": number * 10}]
                for number in range(1, 6)
            ],
        ],
    },
]
FORM: Block = {
    "type": "modal",
    "callback_id": "form",
    "title": plain("Every input"),
    "submit": plain("Go"),
    "close": plain("Not now"),
    "blocks": [
        {"type": "alert", "level": "warning", "text": plain("This is the last time.")},
        field(
            "name",
            "Name",
            {"type": "plain_text_input", "placeholder": plain("web")},
            hint=plain("Of a workload."),
        ),
        field("why", "Reason", {"type": "plain_text_input", "multiline": True}, optional=True),
        field("count", "Replicas", {"type": "number_input", "is_decimal_allowed": False, "min_value": "0"}),
        field(
            "pod",
            "Pod",
            {"type": "external_select", "min_query_length": 1, "placeholder": plain("Find a pod")},
        ),
        field("pods", "Pods", {"type": "multi_external_select", "min_query_length": 1}),
        field(
            "ns",
            "Namespaces",
            {"type": "multi_static_select", "options": [option("default"), option("shop")]},
        ),
        field("how", "How", {"type": "radio_buttons", "options": [option("rolling"), option("recreate")]}),
        field(
            "ticks",
            "And also",
            {"type": "checkboxes", "options": [option("record it"), option("tell the channel")]},
            optional=True,
        ),
        field("where", "Tell", {"type": "conversations_select"}),
        field("who", "Approver", {"type": "users_select"}),
        field("day", "Day", {"type": "datepicker", "initial_date": "2026-11-27"}),
        field("time", "Time", {"type": "timepicker", "initial_time": "09:00"}),
        field("at", "Moment", {"type": "datetimepicker", "initial_date_time": 1_796_000_000}),
        field("mail", "Mail", {"type": "email_text_input"}, optional=True),
        field("link", "Link", {"type": "url_text_input"}, optional=True),
    ],
}
HOME: Block = {
    "type": "home",
    "blocks": [
        {"type": "header", "text": plain("Your workloads")},
        section("*shop/web* · 3 of 3 ready", accessory=button("Describe")),
        section(
            "*shop/db* · 1 of 1 ready",
            accessory={"type": "overflow", "action_id": "m", "options": [option("Logs")]},
        ),
        {"type": "divider"},
        {"type": "context", "elements": [mrkdwn("2 plans wait for you")]},
    ],
}


async def hang(bot: AsyncWebClient) -> dict[str, str]:
    """Post all of it, and give each message's ts under its name."""
    posts: dict[str, list[Block]] = {
        "layout": LAYOUT,
        "elements": ELEMENTS,
        "newer": NEWER,
        "log": [section("Last 40 lines of `shop/web`"), section(f"```{log()[:2900]}```")],
        "table": [section("20 pods in `shop`"), pods()],
    }
    hung = {}
    for name, blocks in posts.items():
        told = await bot.chat_postMessage(channel=CHANNEL, text=name, blocks=blocks)
        hung[name] = str(told["ts"])
    await bot.files_upload_v2(channel=CHANNEL, filename="web.log", title="Log of web", content=log())
    await bot.files_upload_v2(
        channel=CHANNEL, filename="load.png", title="Load", file=chart(), alt_txt="bars"
    )
    await bot.chat_postMessage(
        channel=CHANNEL, thread_ts=hung["table"], text="x", blocks=[section(f"```{log(8)}```")]
    )
    await bot.views_publish(user_id="U0ANA", view=HOME)
    return hung
