"""A message as Block Kit. Whatever it holds, Slack's limits are kept and nothing in it comes alive.

Limits that are measured rather than documented are kept with a margin, since a message that Slack refuses
is silence, and silence is the worst that this bot can do.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.message import Button, Facts, Message, Output, Part, Span, Table, Text, plural
from bot.domain.model import Json
from bot.slack.mrkdwn import ELLIPSIS, clean_line, cut, mrkdwn, plain
from bot.slack.parts import LEAST_ROOM, characters, draw

MAX_BLOCKS = 50
MAX_CHARACTERS = 12_000
"""Over all blocks; from about 13,200 on Slack answers msg_blocks_too_long."""
MAX_TEXT_BYTES = 3_900
"""Of the plain `text`; an edit is refused over 4,000."""

_HEADLINE = 2_000
_FOOTER = 800
_BUTTONS = 50
_BUTTONS_IN_ROW = 5
_LABEL, _VALUE = 75, 2_000
_CONFIRM_TITLE, _CONFIRM_TEXT, _CONFIRM_LABEL = 100, 300, 30
_NAMELESS = "k8s-bot"


@dataclass(frozen=True)
class Rendered:
    """A message as it goes to Slack: the one plain line, and the blocks."""

    text: str
    blocks: list[Json]


def render(message: Message) -> Rendered:
    head = _headline(message)
    foot = [*_actions(message.buttons[:_BUTTONS]), *_footer(message.footer)]
    room = MAX_CHARACTERS - characters(head) - characters(foot)
    body = _body(message.parts, room, MAX_BLOCKS - len(head) - len(foot))
    return Rendered(
        text=plain(message.plain(), MAX_TEXT_BYTES) or _NAMELESS,
        blocks=head + body + foot or [_section(_NAMELESS)],
    )


def _headline(message: Message) -> list[Json]:
    icon = Text(spans=(Span(text=f"{message.icon.value} "),)) if message.icon else Text()
    line = mrkdwn(icon + message.headline, _HEADLINE).strip()
    return [_section(line)] if line else []


def _section(line: str) -> Json:
    # `verbatim` keeps Slack from making links and mentions of what merely looks like one.
    return {"type": "section", "text": {"type": "mrkdwn", "text": line, "verbatim": True}}


def _body(parts: tuple[Part, ...], room: int, blocks: int) -> list[Json]:
    """The parts in their order. The short ones are given room first: advice must not lose it to a log."""
    drawn: dict[int, list[Json]] = {}
    room -= LEAST_ROOM  # for the line that says how many are missing
    order = sorted(range(len(parts)), key=lambda index: isinstance(parts[index], Output | Table | Facts))
    order = order[: blocks - 1]
    tables = 0
    for place, index in enumerate(order):
        part = parts[index]
        share = room
        if isinstance(part, Output | Table | Facts):
            share = room // (len(order) - place)
        if share < LEAST_ROOM:
            break
        drawn[index] = draw(part, share, as_block=not tables)
        tables += sum(block["type"] == "table" for block in drawn[index])
        room -= characters(drawn[index])
    body = [block for index in sorted(drawn) for block in drawn[index]]
    if missing := len(parts) - len(drawn):
        line = f"{plural(missing, 'more part')} not shown: the message would be too long for Slack."
        body.append(_context(line))
    return body


def _actions(buttons: tuple[Button, ...]) -> list[Json]:
    elements = [_button(number, button) for number, button in enumerate(buttons)]
    rows = [elements[start : start + _BUTTONS_IN_ROW] for start in range(0, len(elements), _BUTTONS_IN_ROW)]
    return [{"type": "actions", "elements": row} for row in rows]


def _button(number: int, button: Button) -> Json:
    label = clean_line(button.label) or ELLIPSIS
    element: Json = {
        "type": "button",
        "action_id": f"press:{number}",
        "text": _plain_text(label, _LABEL),
    }
    if button.press:
        element["value"] = button.press[:_VALUE]
    if button.style:
        element["style"] = button.style
    if question := clean_line(button.confirm):
        element["confirm"] = {
            "title": _plain_text(label, _CONFIRM_TITLE),
            "text": _plain_text(question, _CONFIRM_TEXT),
            "confirm": _plain_text(label, _CONFIRM_LABEL),
            "deny": _plain_text("Cancel", _CONFIRM_LABEL),
        }
        if button.style:
            element["confirm"]["style"] = button.style
    return element


def _plain_text(words: str, room: int) -> Json:
    # Without `emoji`, a name with colons in it stays a name.
    return {"type": "plain_text", "text": cut(words, room), "emoji": False}


def _footer(footer: Text) -> list[Json]:
    line = mrkdwn(footer, _FOOTER).strip()
    return [_context(line)] if line else []


def _context(line: str) -> Json:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": line, "verbatim": True}]}
