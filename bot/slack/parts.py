"""A message's parts as blocks: each kind takes the room it is given, and says what it had to leave out."""

from __future__ import annotations

from typing import Any

from bot.domain.message import Bullets, Facts, Output, Paragraph, Part, Table, plural
from bot.domain.model import Json
from bot.slack import tables
from bot.slack.mrkdwn import clean, clean_line, cut, rich

MAX_TEXT = 3000
LEAST_ROOM = 400
"""A part that is given less than this says nothing useful."""

_NOTE_ROOM = 200
_NAME_ROOM = 100
_VALUE_ROOM = 600
_MOST_ROWS = 2000
"""More cannot stand in any message: the others are only counted."""
_MOST_OUTPUT = 50_000


def draw(part: Part, room: int, *, as_block: bool) -> list[Json]:
    """The part in at most `room` characters, or nothing where there is nothing to show.

    `as_block` allows a table to be Slack's own, of which a message holds one.
    """
    match part:
        case Paragraph():
            return _rich(_section(rich(part.text, min(room, MAX_TEXT))))
        case Bullets():
            return _bullets(part, room - _NOTE_ROOM)
        case Facts():
            return _facts(part, room - _NOTE_ROOM)
        case Output():
            return _output(part, room - _NOTE_ROOM)
        case Table():
            return _table(part, room, as_block=as_block)


def characters(drawn: Any) -> int:
    """How much text stands in blocks, however deep."""
    match drawn:
        case dict():
            return sum(
                len(inner)
                if isinstance(inner, str) and key in {"text", "fallback", "channel_id"}
                else characters(inner)
                for key, inner in drawn.items()
            )
        case list():
            return sum(map(characters, drawn))
        case _:
            return 0


def _bullets(part: Bullets, room: int) -> list[Json]:
    items: list[Json] = []
    for index, item in enumerate(part.items):
        section = _section(rich(item, _VALUE_ROOM))
        room -= characters(section)
        if room < 0:
            return _rich(_list(items), _note(f"{plural(len(part.items) - index, 'more point')} not shown."))
        items += [section] if section["elements"] else []
    return _rich(_list(items))


def _facts(part: Facts, room: int) -> list[Json]:
    rows = [(clean_line(name), clean_line(value)) for name, value in part.rows[:_MOST_ROWS]]
    lines = tables.pairs(rows)
    if lines and len(rows) == len(part.rows) and len("\n".join(lines)) <= room:
        return _rich(_fixed("\n".join(lines)))
    elements: list[Json] = []
    for index, (name, value) in enumerate(rows):
        line = _fact(cut(name, _NAME_ROOM), cut(value, _VALUE_ROOM), last=index == len(rows) - 1)
        room -= characters(line)
        if room < 0:
            return _rich(
                _section(elements), _note(f"{plural(len(part.rows) - index, 'more line')} not shown.")
            )
        elements += line
    return _rich(_section(elements))


def _fact(name: str, value: str, *, last: bool) -> list[Json]:
    heading = [{"type": "text", "text": name, "style": {"bold": True}}] if name else []
    return [*heading, {"type": "text", "text": f"  {value}" + ("" if last else "\n")}]


def _output(part: Output, room: int) -> list[Json]:
    shown = clean(part.text[-_MOST_OUTPUT:]).strip("\n")
    if len(part.text) <= _MOST_OUTPUT and len(shown) <= room:
        return _rich(_fixed(shown) if shown.strip() else _note("No output."))
    shown = shown[-room:]
    start = shown.find("\n") + 1
    if not start:
        return _rich(_note(f"Only the last {len(shown):,} characters are shown."), _fixed(shown))
    shown = shown[start:]
    earlier = part.text.strip("\n").count("\n") - shown.count("\n")
    return _rich(_note(f"{plural(earlier, 'earlier line')} not shown."), _fixed(shown))


def _table(part: Table, room: int, *, as_block: bool) -> list[Json]:
    if not part.columns:
        return []
    table = tables.tidy(part.model_copy(update={"rows": part.rows[:_MOST_ROWS]}))
    if as_block and len(table.rows) == len(part.rows) and tables.fits_block(table, room):
        return [tables.block(table)]
    lines, left_out = tables.aligned(table)
    notes: list[str] = []
    if left_out:
        notes.append(cut(f"Not shown for want of room: {', '.join(left_out)}.", _NOTE_ROOM // 2))
    room -= _NOTE_ROOM
    kept = 0
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            break
        kept += 1
    if hidden := len(part.rows) + 1 - kept:
        notes.append(f"{plural(hidden, 'more row')} not shown: narrow it down by name, -n or -l.")
    return _rich(_fixed("\n".join(lines[:kept])), *map(_note, notes))


def _rich(*elements: Json) -> list[Json]:
    filled = [element for element in elements if element["elements"]]
    return [{"type": "rich_text", "elements": filled}] if filled else []


def _section(elements: list[Json]) -> Json:
    return {"type": "rich_text_section", "elements": elements}


def _list(items: list[Json]) -> Json:
    return {"type": "rich_text_list", "style": "bullet", "elements": items}


def _note(words: str) -> Json:
    return _section([{"type": "text", "text": words, "style": {"italic": True}}])


def _fixed(words: str) -> Json:
    """Words in fixed-width type, where nothing is parsed. One text after another reads as one."""
    pieces = [words[start : start + MAX_TEXT] for start in range(0, len(words), MAX_TEXT)]
    return {
        "type": "rich_text_preformatted",
        "elements": [{"type": "text", "text": piece} for piece in pieces],
    }
