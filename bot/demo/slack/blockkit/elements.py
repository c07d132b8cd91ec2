"""The interactive elements and their limits, and which of them may stand where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.demo.slack.blockkit.objects import (
    BOX_OPTION,
    CONFIRM,
    DISPATCH,
    FILTER,
    IDENTIFIER,
    OPTION_GROUPS,
    OPTIONS,
    OVERFLOW_OPTION,
    SELECT_OPTION,
    SLACK_FILE,
    plain,
    text,
)
from bot.demo.slack.blockkit.richtext import RICH_TEXT
from bot.demo.slack.blockkit.schema import both, choice, exactly_one, flag, items, number, shape, string

if TYPE_CHECKING:
    from bot.demo.slack.blockkit.schema import Check

_KIND = {"type": string()}
_ID = {"action_id": IDENTIFIER}
_CONFIRM = {"confirm": CONFIRM}
_FOCUS = {"focus_on_load": flag}
_HINT = {"placeholder": plain(150)}
_MENU = {**_ID, **_CONFIRM, **_FOCUS, **_HINT}
_WORDS = string()
_MANY = {"max_selected_items": number(1)}
_RESPONSE = {"response_url_enabled": flag}
_CONVERSATION = {"default_to_current_conversation": flag, "filter": FILTER}

_CHOICES = {"options": OPTIONS, "option_groups": OPTION_GROUPS}


def _static(initial: Check, **extras: Check) -> Check:
    name = "initial_options" if "max_selected_items" in extras else "initial_option"
    return both(
        shape(_KIND, {**_MENU, **_CHOICES, name: initial, **extras}), exactly_one("options", "option_groups")
    )


_SEVERAL = items(SELECT_OPTION, most=100, least=1)
_IDS = items(string(least=1))
_QUERY = {"min_query_length": number(0)}
_BOXES = items(BOX_OPTION, most=10, least=1)
_TYPED = {**_ID, **_FOCUS, **_HINT, "dispatch_action_config": DISPATCH}

BUTTON = shape(
    {**_KIND, "text": plain(75)},
    {
        **_ID,
        **_CONFIRM,
        "value": string(2000),
        "url": string(3000),
        "style": choice("primary", "danger"),
        "accessibility_label": string(75),
    },
)
IMAGE = both(
    shape(
        {**_KIND, "alt_text": string(2000, least=1)}, {"image_url": string(3000), "slack_file": SLACK_FILE}
    ),
    exactly_one("image_url", "slack_file"),
)

PRESSED = {
    "button": BUTTON,
    "overflow": shape({**_KIND, "options": items(OVERFLOW_OPTION, most=5, least=1)}, {**_ID, **_CONFIRM}),
    "workflow_button": shape(
        {**_KIND, "text": plain(75), "workflow": shape({}, {"trigger": shape({})})}, _ID
    ),
}
MENUS = {
    "static_select": _static(SELECT_OPTION),
    "multi_static_select": _static(_SEVERAL, **_MANY),
    "external_select": shape(_KIND, {**_MENU, **_QUERY, "initial_option": SELECT_OPTION}),
    "multi_external_select": shape(_KIND, {**_MENU, **_QUERY, **_MANY, "initial_options": _SEVERAL}),
    "users_select": shape(_KIND, {**_MENU, "initial_user": _WORDS}),
    "multi_users_select": shape(_KIND, {**_MENU, **_MANY, "initial_users": _IDS}),
    "channels_select": shape(_KIND, {**_MENU, **_RESPONSE, "initial_channel": _WORDS}),
    "multi_channels_select": shape(_KIND, {**_MENU, **_MANY, "initial_channels": _IDS}),
    "conversations_select": shape(
        _KIND, {**_MENU, **_RESPONSE, **_CONVERSATION, "initial_conversation": _WORDS}
    ),
    "multi_conversations_select": shape(
        _KIND, {**_MENU, **_MANY, **_CONVERSATION, "initial_conversations": _IDS}
    ),
}
PICKERS = {
    "datepicker": shape(_KIND, {**_MENU, "initial_date": _WORDS}),
    "timepicker": shape(_KIND, {**_MENU, "initial_time": _WORDS, "timezone": _WORDS}),
    "datetimepicker": shape(_KIND, {**_ID, **_CONFIRM, **_FOCUS, "initial_date_time": number(0)}),
    "checkboxes": shape(
        {**_KIND, "options": _BOXES}, {**_ID, **_CONFIRM, **_FOCUS, "initial_options": _BOXES}
    ),
    "radio_buttons": shape(
        {**_KIND, "options": _BOXES}, {**_ID, **_CONFIRM, **_FOCUS, "initial_option": BOX_OPTION}
    ),
}
TYPED = {
    "plain_text_input": shape(
        _KIND,
        {
            **_TYPED,
            "initial_value": string(3000),
            "multiline": flag,
            "min_length": number(0, 3000),
            "max_length": number(1, 3000),
        },
    ),
    "email_text_input": shape(_KIND, {**_TYPED, "initial_value": _WORDS}),
    "url_text_input": shape(_KIND, {**_TYPED, "initial_value": _WORDS}),
    "number_input": shape(
        {**_KIND, "is_decimal_allowed": flag},
        {**_TYPED, "initial_value": _WORDS, "min_value": _WORDS, "max_value": _WORDS},
    ),
    "rich_text_input": shape(_KIND, {**_TYPED, "initial_value": RICH_TEXT}),
}
FILE_INPUT = {
    "file_input": shape(_KIND, {**_ID, "filetypes": items(string()), "max_files": number(1, 10)}),
}

_FEEDBACK = shape({"text": plain(75), "value": string(2000)}, {"accessibility_label": string(75)})
CONTEXT_ACTIONS = {
    "feedback_buttons": shape({**_KIND, "positive_button": _FEEDBACK, "negative_button": _FEEDBACK}, _ID),
    "icon_button": shape(
        {**_KIND, "icon": choice("trash"), "text": plain(75)},
        {
            **_ID,
            **_CONFIRM,
            "value": string(2000),
            "accessibility_label": string(75),
            "visible_to_user_ids": _IDS,
        },
    ),
}

IN_ACTIONS = {**PRESSED, **MENUS, **PICKERS}
IN_SECTION = {**IN_ACTIONS, "image": IMAGE}
IN_INPUT = {**MENUS, **PICKERS, **TYPED}
IN_CONTEXT = {"image": IMAGE, "plain_text": text(), "mrkdwn": text()}
