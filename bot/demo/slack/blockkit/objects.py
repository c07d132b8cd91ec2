"""The composition objects: text, option, confirm and what else stands inside elements and blocks."""

from __future__ import annotations

from typing import Any

from bot.demo.slack.blockkit.schema import (
    Check,
    Report,
    anything,
    both,
    choice,
    exactly_one,
    flag,
    items,
    shape,
    string,
)


def plain(most: int = 3000) -> Check:
    return shape({"type": choice("plain_text"), "text": string(most, least=1)}, {"emoji": flag})


def _marked(most: int) -> Check:
    return shape({"type": choice("mrkdwn"), "text": string(most, least=1)}, {"verbatim": flag})


def text(most: int = 3000) -> Check:
    """Accept a text object of either kind."""
    kinds = {"plain_text": plain(most), "mrkdwn": _marked(most)}

    def check(value: Any, at: str, report: Report) -> None:
        if not isinstance(value, dict):
            report.add(at, "must provide an object", "invalid_type")
        elif value.get("type") not in kinds:
            report.add(at, "failed to match all allowed schemas", "no_match")
        else:
            kinds[value["type"]](value, at, report)

    return check


IDENTIFIER = string(255)

CONFIRM = shape(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": choice("primary", "danger")},
)


def option(words: Check, *, url: bool = False) -> Check:
    extras = {"url": string(3000)} if url else {}
    return shape({"text": words, "value": string(150, least=1)}, {"description": text(75), **extras})


SELECT_OPTION = option(plain(75))
OVERFLOW_OPTION = option(plain(75), url=True)
BOX_OPTION = option(text(75))

OPTIONS = items(SELECT_OPTION, most=100, least=1)
OPTION_GROUPS = items(shape({"label": plain(75), "options": OPTIONS}), most=100, least=1)

# An answer to block_suggestion may be empty: then the menu shows that nothing fits.
SUGGESTIONS = both(
    shape(
        {},
        {
            "options": items(SELECT_OPTION, most=100),
            "option_groups": items(
                shape({"label": plain(75), "options": items(SELECT_OPTION, most=100)}), most=100
            ),
        },
    ),
    exactly_one("options", "option_groups"),
)

DISPATCH = shape(
    {}, {"trigger_actions_on": items(choice("on_enter_pressed", "on_character_entered"), least=1)}
)
FILTER = shape(
    {},
    {
        "include": items(choice("im", "mpim", "private", "public"), least=1),
        "exclude_external_shared_channels": flag,
        "exclude_bot_users": flag,
    },
)
SLACK_FILE = shape({}, {"id": string(), "url": string()})
METADATA = shape({"event_type": string(least=1), "event_payload": anything}, {"entities": anything})
