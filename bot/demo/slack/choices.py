"""What a person can do with an element: only what it offers, as a client lets them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.demo.slack.blockkit.walk import HOLDS
from bot.demo.slack.wire import SlackError

if TYPE_CHECKING:
    from bot.demo.slack.wire import Json

_PRESSED = ("button", "workflow_button", "icon_button", "feedback_buttons")


def pick(element: Json, given: Json, offered: list[Json] | None = None) -> Json:
    """Give the fields that the use of an element puts into its action or its state.

    `offered` are the options that an external menu has been answered with.
    """
    kind = str(element["type"])
    if kind in _PRESSED:
        return {name: element[name] for name in ("text", "value", "style", "url") if name in element}
    if kind == "overflow":
        return {
            "selected_option": _option(_options(element), given.get("selected_option", given.get("value")))
        }
    if kind not in HOLDS:
        raise SlackError("not_interactive")
    name, _ = HOLDS[kind]
    value = given.get(name, given.get("value"))
    if name == "selected_option":
        value = None if value in (None, "") else _option(_options(element, offered), value)
    elif name == "selected_options":
        value = [_option(_options(element, offered), one) for one in _listed(value)]
    elif name == "value":
        value = None if value in (None, "") else str(value)
    elif name.endswith("s"):
        value = _listed(value)
    return {name: value}


def _listed(value: Any) -> list[Any]:
    if value in (None, ""):
        return []
    return value if isinstance(value, list) else [value]


def _options(element: Json, offered: list[Json] | None = None) -> list[Json] | None:
    """Give the options of an element; None where they are the app's to name and were not asked for."""
    if str(element["type"]).endswith("external_select"):
        return offered
    groups = element.get("option_groups") or [{"options": element.get("options", [])}]
    return [one for group in groups for one in group["options"]]


def _option(options: list[Json] | None, wanted: Any) -> Json:
    value = wanted.get("value") if isinstance(wanted, dict) else wanted
    if options is None:
        if isinstance(wanted, dict):
            return wanted
        raise SlackError("no_such_option")
    for option in options:
        if option.get("value") == value:
            return option
    raise SlackError("no_such_option")


def faults_in(block: Json, entry: Json) -> str:
    """Say what a client would complain about before it lets a modal be submitted, empty if nothing."""
    element = block["element"]
    name, _ = HOLDS.get(element["type"], ("value", ""))
    value = entry.get(name)
    if value in (None, "", []):
        return "" if block.get("optional") else "Please complete this required field."
    if element["type"] == "plain_text_input":
        return _length(str(value), element)
    if element["type"] == "number_input":
        return _number(str(value), element)
    return ""


def _length(value: str, element: Json) -> str:
    if len(value) < element.get("min_length", 0):
        return f"This entry needs at least {element['min_length']} characters."
    if len(value) > element.get("max_length", 3000):
        return f"This entry may have at most {element.get('max_length', 3000)} characters."
    return ""


def _number(value: str, element: Json) -> str:
    try:
        number = float(value) if element.get("is_decimal_allowed") else int(value)
    except ValueError:
        return "Please enter a number."
    if "min_value" in element and number < float(element["min_value"]):
        return f"Please enter {element['min_value']} or more."
    if "max_value" in element and number > float(element["max_value"]):
        return f"Please enter {element['max_value']} or less."
    return ""
