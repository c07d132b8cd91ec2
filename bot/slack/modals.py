"""A form as a Slack modal, and its state read back: everything in it is a stranger's."""

from __future__ import annotations

import re
from typing import Any

from bot.domain.form import Choice, Field, Form
from bot.domain.model import Json
from bot.slack.mrkdwn import clean_line, cut

CALLBACK = "form"
FIELD = re.compile(r"^field:[a-z_]{1,60}$")

_TITLE, _SUBMIT, _LABEL, _HINT, _NOTE = 24, 24, 200, 300, 600
_CHOICE, _VALUE, _DESCRIPTION, _INPUT = 75, 150, 75, 3000
_MOST_OPTIONS = 100
_MOST_ANSWER = 3000
_YES = "true"
_NUMBER = re.compile(r"-?[0-9]{1,15}")
"""Slack opens no form whose number is none."""


def render(form: Form, key: str) -> Json:
    """The view; `key` is the opaque id by which the answers find their form again."""
    note: list[Json] = []
    if words := clean_line(form.note):
        note = [{"type": "context", "elements": [_plain(words, _NOTE)]}]
    return {
        "type": "modal",
        "callback_id": CALLBACK,
        "private_metadata": key,
        "title": _plain(form.title, _TITLE),
        "submit": _plain(form.submit, _SUBMIT),
        "close": _plain("Cancel", _SUBMIT),
        "blocks": [*note, *map(_block, form.fields)],
    }


def answers(state: Json) -> dict[str, str]:
    """The text of every answer that was given, by its field."""
    given: dict[str, str] = {}
    values = state.get("values")
    for block, entries in (values if isinstance(values, dict) else {}).items():
        if not FIELD.fullmatch(str(block)) or not isinstance(entries, dict):
            continue
        entry = entries.get(block)
        if isinstance(entry, dict):
            given[key_of(str(block))] = _answer(entry)[:_MOST_ANSWER]
    return given


def errors(found: dict[str, str]) -> dict[str, str]:
    """What is wrong, under the block of each field."""
    return {f"field:{key}": cut(clean_line(said), _HINT) for key, said in found.items()}


def key_of(block: str) -> str:
    return block.removeprefix("field:")


def options(choices: tuple[Choice, ...]) -> list[Json]:
    return [_option(choice) for choice in choices[:_MOST_OPTIONS] if 0 < len(choice.value) <= _VALUE]


def _answer(entry: Json) -> str:
    chosen = entry.get("selected_option")
    if isinstance(chosen, dict):
        return str(chosen.get("value") or "")
    if isinstance(entry.get("selected_options"), list):
        return _YES if entry["selected_options"] else ""
    return str(entry.get("value") or "")


def _block(field: Field) -> Json:
    name = f"field:{field.key}"
    block: Json = {
        "type": "input",
        "block_id": name,
        "label": _plain(field.label, _LABEL),
        "element": {"action_id": name, **_element(field)},
        "optional": not field.is_needed,
    }
    if field.kind == "live":  # what is chosen here may decide what others offer
        block["dispatch_action"] = True
    if hint := clean_line(field.hint):
        block["hint"] = _plain(hint[:1].upper() + hint[1:], _HINT)
    return block


def _element(field: Field) -> Json:
    match field.kind:
        case "switch":
            yes = {"text": _plain("Yes", _CHOICE), "value": _YES}
            on = {"initial_options": [yes]} if field.value == "True" else {}
            return {"type": "checkboxes", "options": [yes], **on}
        case "choice":
            offered = [_option(choice) for choice in field.choices]
            first = next((one for one in offered if one["value"] == field.value), None)
            return {
                "type": "static_select",
                "options": offered,
                **({"initial_option": first} if first else {}),
            }
        case "live":
            given = field.value if 0 < len(field.value) <= _VALUE else ""
            first = _option(Choice(label=given, value=given)) if given else None
            return {"type": "external_select", "min_query_length": 0, **_initial(first)}
        case "number":
            given = field.value if _NUMBER.fullmatch(field.value) else ""
            initial = {"initial_value": given} if given else {}
            return {"type": "number_input", "is_decimal_allowed": False, **initial}
        case _:
            given = cut(field.value, _INPUT)
            initial = {"initial_value": given} if given else {}
            return {"type": "plain_text_input", "multiline": field.kind == "lines", **initial}


def _initial(option: Json | None) -> Json:
    return {"initial_option": option} if option else {}


def _option(choice: Choice) -> Json:
    drawn: dict[str, Any] = {
        "text": _plain(choice.label, _CHOICE),
        "value": choice.value,
    }
    if description := clean_line(choice.description):
        drawn["description"] = _plain(description, _DESCRIPTION)
    return drawn


def _plain(words: str, room: int) -> Json:
    return {"type": "plain_text", "text": cut(clean_line(words), room) or "–", "emoji": False}
