"""The blocks with their limits, and the surfaces on which each may stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.demo.slack.blockkit.elements import (
    BUTTON,
    CONTEXT_ACTIONS,
    FILE_INPUT,
    IMAGE,
    IN_ACTIONS,
    IN_CONTEXT,
    IN_INPUT,
    IN_SECTION,
)
from bot.demo.slack.blockkit.objects import IDENTIFIER, SLACK_FILE, plain, text
from bot.demo.slack.blockkit.richtext import RICH_TEXT
from bot.demo.slack.blockkit.schema import (
    Check,
    Report,
    anything,
    both,
    choice,
    exactly_one,
    flag,
    items,
    number,
    shape,
    string,
    typed,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

_KIND = {"type": string()}
_ID = {"block_id": IDENTIFIER}

_CELL = typed(
    {
        "raw_text": shape({**_KIND, "text": string(least=1)}),
        "raw_number": shape({**_KIND, "value": anything}, {"text": string(least=1)}),
        "rich_text": RICH_TEXT,
    },
    of_many=True,
)
_COLUMN = shape({}, {"align": choice("left", "center", "right"), "is_wrapped": flag})
TABLE_CHARACTERS = 10_000


def _table_text(value: Any, at: str, report: Report) -> None:
    if isinstance(value, dict) and characters(value.get("rows")) > TABLE_CHARACTERS:
        message = f"must be less than {TABLE_CHARACTERS + 1} characters"
        report.add(f"{at}/rows", message, constraint=TABLE_CHARACTERS + 1)


def characters(value: Any) -> int:
    """Count the characters of every text that stands anywhere below."""
    if isinstance(value, list):
        return sum(characters(one) for one in value)
    if not isinstance(value, dict):
        return 0
    own = value.get("text")
    return sum(characters(one) for one in value.values()) + (len(own) if isinstance(own, str) else 0)


def _section_says_something(value: Any, at: str, report: Report) -> None:
    if isinstance(value, dict) and "text" not in value and "fields" not in value:
        report.add(at, "missing required field: text", "missing_field")


_TITLE, _LONG = plain(150), text(200)
_CARD = shape(
    _KIND,
    {
        **_ID,
        "title": text(150),
        "subtitle": text(150),
        "body": _LONG,
        "hero_image": IMAGE,
        "icon": IMAGE,
        "actions": items(typed({"button": BUTTON}), most=2),
    },
)

SECTION = both(
    shape(
        _KIND,
        {
            **_ID,
            "text": text(),
            "fields": items(text(2000), most=10, least=1),
            "accessory": typed(IN_SECTION, of_many=True),
            "expand": flag,
        },
    ),
    _section_says_something,
)
TABLE = both(
    shape(
        {**_KIND, "rows": items(items(_CELL, most=20, least=1), most=100, least=1)},
        {**_ID, "column_settings": items(_COLUMN, most=20)},
    ),
    _table_text,
)


def _input(kinds: Mapping[str, Check]) -> Check:
    return shape(
        {**_KIND, "label": plain(2000), "element": typed(kinds, of_many=True)},
        {**_ID, "hint": plain(2000), "optional": flag, "dispatch_action": flag},
    )


_EVERYWHERE: dict[str, Check] = {
    "section": SECTION,
    "divider": shape(_KIND, _ID),
    "header": shape({**_KIND, "text": plain(150)}, {**_ID, "level": number(1, 4)}),
    "context": shape({**_KIND, "elements": items(typed(IN_CONTEXT, of_many=True), most=10, least=1)}, _ID),
    "actions": shape({**_KIND, "elements": items(typed(IN_ACTIONS, of_many=True), most=25, least=1)}, _ID),
    "image": both(
        shape(
            {**_KIND, "alt_text": string(2000, least=1)},
            {**_ID, "image_url": string(3000), "slack_file": SLACK_FILE, "title": plain(2000)},
        ),
        exactly_one("image_url", "slack_file"),
    ),
    "input": _input(IN_INPUT),
    "rich_text": RICH_TEXT,
    "video": shape(
        {
            **_KIND,
            "alt_text": string(),
            "title": plain(200),
            "thumbnail_url": string(),
            "video_url": string(),
        },
        {
            **_ID,
            "author_name": string(50),
            "description": plain(200),
            "provider_name": string(),
            "provider_icon_url": string(),
            "title_url": string(),
        },
    ),
}
_CARDS: dict[str, Check] = {
    "card": _CARD,
    "carousel": shape({**_KIND, "elements": items(typed({"card": _CARD}), most=10, least=1)}, _ID),
}
_IN_MESSAGES: dict[str, Check] = {
    "markdown": shape({**_KIND, "text": string(12_000, least=1)}, _ID),
    "table": TABLE,
    "data_table": shape(
        {
            **_KIND,
            "rows": items(items(_CELL, most=20, least=1), most=101, least=2),
            "caption": string(least=1),
        },
        {**_ID, "column_settings": items(_COLUMN, most=20), "page_size": number(1, 100)},
    ),
    "context_actions": shape(
        {**_KIND, "elements": items(typed(CONTEXT_ACTIONS, of_many=True), most=5, least=1)}, _ID
    ),
    "task_card": shape(
        {**_KIND, "task_id": string(least=1), "title": string(least=1)},
        {
            **_ID,
            "status": choice("pending", "in_progress", "complete", "error"),
            "details": RICH_TEXT,
            "output": RICH_TEXT,
            "sources": anything,
        },
    ),
    "plan": shape({**_KIND, "title": anything}, {**_ID, "tasks": anything}),
}
_ALERT = shape(
    {**_KIND, "text": text()},
    {**_ID, "level": choice("default", "info", "warning", "error", "success")},
)

SURFACES: dict[str, dict[str, Check]] = {
    "message": {**_EVERYWHERE, **_CARDS, **_IN_MESSAGES},
    "modal": {**_EVERYWHERE, "alert": _ALERT, "input": _input({**IN_INPUT, **FILE_INPUT})},
    "home": {**_EVERYWHERE, **_CARDS},
}
MOST_BLOCKS = {"message": 50, "modal": 100, "home": 100}
for _surface in SURFACES.values():
    _inner = typed(dict(_surface), of_many=True)
    _surface["container"] = shape(
        {**_KIND, "child_blocks": items(_inner, most=10, least=1)},
        {**_ID, "title": _TITLE, "subtitle": plain(150), "collapsible": flag, "width": string()},
    )
