"""Finding the interactive elements in blocks, naming the unnamed, and reading what they hold."""

from __future__ import annotations

import copy
import secrets
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.demo.slack.wire import Json

# Where each element keeps what was chosen, and what it holds before anybody chose.
HOLDS = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "file_input": ("files", ""),
}
_TEXTS = ("plain_text", "mrkdwn", "image")
_STORED = ("rich_text", "table", "data_table", "markdown", "plan")


def elements(block: Json) -> Iterator[tuple[str, Json]]:
    """Yield each interactive element of a block, and where in the block it stands."""
    if block.get("type") in _STORED:
        return
    for where, one in _children(block):
        if where.startswith("child_blocks") or one.get("type") == "card":
            yield from ((f"{where}/{inner}", each) for inner, each in elements(one))
        elif one.get("type") not in _TEXTS:
            yield where, one


def _children(block: Json) -> Iterator[tuple[str, Json]]:
    for name in ("accessory", "element", "elements", "actions", "child_blocks"):
        value = block.get(name)
        if isinstance(value, dict):
            yield name, value
        elif isinstance(value, list):
            yield from ((f"{name}/{index}", one) for index, one in enumerate(value) if isinstance(one, dict))


def stored(blocks: list[Json]) -> list[Json]:
    """Copy blocks as Slack keeps them: every block and element has an id, every text its defaults."""
    kept: list[Json] = copy.deepcopy(blocks)
    for block in kept:
        if block.get("type") == "markdown" or not block.get("block_id"):
            block["block_id"] = secrets.token_urlsafe(4)[:5]
        for _, element in elements(block):
            element.setdefault("action_id", secrets.token_urlsafe(4)[:5])
    _spell_out(kept)
    return kept


def _spell_out(value: Any) -> None:
    if isinstance(value, list):
        for one in value:
            _spell_out(one)
    elif isinstance(value, dict):
        if value.get("type") == "plain_text":
            value.setdefault("emoji", True)
        elif value.get("type") == "mrkdwn":
            value.setdefault("verbatim", False)
        for one in value.values():
            _spell_out(one)


def locate(blocks: list[Json], block_id: str, action_id: str) -> tuple[Json, Json] | None:
    """Find the element that a person points at; the block may be left open."""
    for block in blocks:
        if block_id and block.get("block_id") != block_id:
            continue
        for _, element in elements(block):
            if element.get("action_id") == action_id:
                return block, element
    return None


def held(element: Json) -> Json | None:
    """Give an element's entry in `state.values` before anybody touched it, None if it keeps nothing."""
    kind = str(element.get("type"))
    if kind not in HOLDS:
        return None
    name, initial = HOLDS[kind]
    empty: Any = [] if name.endswith("s") else None
    return {"type": kind, name: copy.deepcopy(element.get(initial, empty))}


def values(blocks: list[Json], typed: Json) -> Json:
    """Give `state.values`: what was typed where something was, else what stood there at first."""
    state: Json = {}
    for block in blocks:
        for _, element in elements(block):
            entry = held(element)
            if entry is not None:
                given = typed.get(block["block_id"], {}).get(element["action_id"])
                state.setdefault(block["block_id"], {})[element["action_id"]] = given or entry
    return state
