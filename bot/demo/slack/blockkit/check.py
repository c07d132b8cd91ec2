"""The judgement over a whole message or view: every block, and the rules that join blocks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bot.demo.slack.blockkit.blocks import MOST_BLOCKS, SURFACES, characters
from bot.demo.slack.blockkit.objects import IDENTIFIER, plain
from bot.demo.slack.blockkit.schema import Check, Report, anything, choice, flag, items, shape, string, typed
from bot.demo.slack.blockkit.walk import elements

if TYPE_CHECKING:
    from bot.demo.slack.blockkit.schema import Problem
    from bot.demo.slack.wire import Json

MARKDOWN_CHARACTERS = 12_000
BLOCK_CHARACTERS = 13_000
HEADER_WEIGHT = 100
VIEW_BYTES = 250_000

_BLOCKS: dict[str, Check] = {
    surface: items(typed(kinds), most=MOST_BLOCKS[surface]) for surface, kinds in SURFACES.items()
}
_NAMED: dict[str, Check] = {
    "private_metadata": string(3000),
    "callback_id": IDENTIFIER,
    "external_id": IDENTIFIER,
}
_ECHOED: dict[str, Check] = {  # what a caller who sends a received view back may leave in it
    "notify_on_close": flag,
    "clear_on_close": flag,
    "submit_disabled": flag,
}
_VIEWS = {
    "modal": shape(
        {"type": choice("modal"), "title": plain(24), "blocks": _BLOCKS["modal"]},
        {**_NAMED, **_ECHOED, "submit": plain(24), "close": plain(24)},
    ),
    "home": shape(
        {"type": choice("home"), "blocks": _BLOCKS["home"]},
        {**_NAMED, "title": anything, "submit": anything, "close": anything},
    ),
}


def message_problems(blocks: list[Any], at: str = "/blocks") -> list[Problem]:
    report = Report()
    _BLOCKS["message"](blocks, at, report)
    whole = [one for one in blocks if isinstance(one, dict)]
    _duplicates(whole, at, report)
    marked = sum(len(str(one.get("text", ""))) for one in whole if one.get("type") == "markdown")
    if marked > MARKDOWN_CHARACTERS and not report.problems:
        report.add(at, f"must be less than {MARKDOWN_CHARACTERS + 1} characters")
    return report.problems


def has_second_table(blocks: list[Json]) -> bool:
    return sum(one.get("type") in ("table", "data_table") for one in blocks) > 1


def is_too_long(blocks: list[Json]) -> bool:
    """Slack sums the text of all blocks; tables and markdown have limits of their own."""
    counted = [one for one in blocks if one.get("type") not in ("table", "data_table", "markdown")]
    headers = sum(one.get("type") == "header" for one in counted)
    weight: int = characters(counted) + HEADER_WEIGHT * headers
    return weight > BLOCK_CHARACTERS


def view_problems(view: Any) -> list[Problem]:
    report = Report()
    typed(_VIEWS)(view, "/view", report)
    if not isinstance(view, dict) or not isinstance(view.get("blocks"), list):
        return report.problems
    blocks = [one for one in view["blocks"] if isinstance(one, dict)]
    _duplicates(blocks, "/view/blocks", report)
    has_input = any(one.get("type") == "input" for one in blocks)
    if view.get("type") == "modal" and has_input and not view.get("submit"):
        report.add("/view", "must define `submit` to use an `input` block in modals", "missing_field")
    return report.problems


def is_view_too_large(view: Json) -> bool:
    return len(json.dumps(view).encode()) > VIEW_BYTES


def _duplicates(blocks: list[Json], at: str, report: Report) -> None:
    seen: set[str] = set()
    for index, block in enumerate(blocks):
        name = block.get("block_id")
        if isinstance(name, str) and name in seen:
            report.add(f"{at}/{index}/block_id", f'`block_id` "{name}" already exists', "duplicate")
        if isinstance(name, str) and name:
            seen.add(name)
        actions: set[str] = set()
        for where, element in elements(block):
            action = element.get("action_id")
            if isinstance(action, str) and action in actions:
                place = f"{at}/{index}/{where}/action_id"
                report.add(place, f'`action_id` "{action}" already exists', "duplicate")
            if isinstance(action, str) and action:
                actions.add(action)
