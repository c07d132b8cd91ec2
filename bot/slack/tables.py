"""Rows and columns: Slack's own table where it fits, else aligned text that fits a phone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wcwidth import wcwidth

from bot.domain.message import Table
from bot.slack.mrkdwn import ELLIPSIS, clean_line, cut

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.model import Json

WIDTH = 38
"""Columns of fixed-width text that a phone 390 points wide shows without breaking lines."""
MAX_ROWS = 100
MAX_COLUMNS = 20
MAX_CHARACTERS = 10_000

_GAP = "  "
_NARROWEST = 3
_CELL = 300
_ROOM_FOR_TAIL = 9


def tidy(table: Table) -> Table:
    """The table with clean, one-line, never empty cells, and as many in each row as there are columns."""
    wide = len(table.columns)
    rows = (tuple(map(_cell, row[:wide])) + ("–",) * (wide - len(row)) for row in table.rows)
    columns = tuple(map(_cell, table.columns))
    return Table(columns=columns, rows=tuple(rows), drop=tuple(map(_cell, table.drop)))


def size(table: Table) -> int:
    return sum(len(cell) for row in (table.columns, *table.rows) for cell in row)


def fits_block(table: Table, room: int) -> bool:
    """Whether Slack's table block takes it."""
    return (
        0 < len(table.columns) <= MAX_COLUMNS
        and len(table.rows) < MAX_ROWS  # the names of the columns are a row, too
        and size(table) <= min(room, MAX_CHARACTERS)
    )


def block(table: Table) -> Json:
    rows = [[{"type": "raw_text", "text": cell} for cell in row] for row in (table.columns, *table.rows)]
    drawn: Json = {"type": "table", "rows": rows}
    numeric = [_is_numeric(table, index) for index in range(len(table.columns))]
    if any(numeric):
        drawn["column_settings"] = [{"align": "right" if number else "left"} for number in numeric]
    return drawn


def aligned(table: Table) -> tuple[list[str], list[str]]:
    """Lines of at most `WIDTH` columns, the first being the heads, and the names of the columns left out."""
    left_out: list[str] = []
    for name in table.drop:
        if name in table.columns[1:] and _total(_widths(table)) > WIDTH:
            table = _without(table, name)
            left_out.append(name)
    while len(table.columns) > 1 and _least(_widths(table)) > WIDTH:
        left_out.append(table.columns[-1])
        table = _without(table, table.columns[-1])
    widths = _shrunk(_widths(table))
    return [_line(row, widths) for row in (table.columns, *table.rows)], left_out


def pairs(rows: Sequence[tuple[str, str]]) -> list[str] | None:
    """Names and values as two aligned columns, or None where a line would be wider than a phone."""
    left = max((width(name) for name, _ in rows), default=0)
    lines = [_padded(name, left) + _GAP + value for name, value in rows]
    return lines if all(width(line) <= WIDTH for line in lines) else None


def width(text: str) -> int:
    """How many columns of fixed-width type it takes."""
    return len(text) if text.isascii() else sum(max(wcwidth(character), 0) for character in text)


def shorten(text: str, most: int) -> str:
    """The text in at most `most` columns. The end is kept, too: it is what tells one pod from its sibling."""
    if width(text) <= most:
        return text
    tail = _start(text[::-1], (most - 1) // 2)[::-1] if most >= _ROOM_FOR_TAIL else ""
    return _start(text, most - 1 - width(tail)) + ELLIPSIS + tail


def _start(text: str, most: int) -> str:
    """As much of the start as stands in so many columns."""
    taken = 0
    for index, character in enumerate(text):
        taken += max(wcwidth(character), 0)
        if taken > most:
            return text[:index]
    return text


def _cell(text: str) -> str:
    return cut(clean_line(text), _CELL) or "–"


def _is_numeric(table: Table, index: int) -> bool:
    cells = [row[index] for row in table.rows]
    return bool(cells) and all(cell.isdecimal() for cell in cells)


def _widths(table: Table) -> list[int]:
    return [max(map(width, column)) for column in zip(table.columns, *table.rows, strict=True)]


def _total(widths: list[int]) -> int:
    return sum(widths) + len(_GAP) * (len(widths) - 1)


def _least(widths: list[int]) -> int:
    """How wide it is with every cell cut as short as is still of use."""
    return _total([min(wide, _NARROWEST) for wide in widths])


def _shrunk(widths: list[int]) -> list[int]:
    """Take from the widest column, again and again, until a line fits."""
    widths = [min(wide, WIDTH) for wide in widths]
    while _total(widths) > WIDTH:
        widths[widths.index(max(widths))] -= 1
    return widths


def _without(table: Table, name: str) -> Table:
    index = len(table.columns) - 1 - table.columns[::-1].index(name)
    rows = tuple(row[:index] + row[index + 1 :] for row in table.rows)
    return Table(columns=table.columns[:index] + table.columns[index + 1 :], rows=rows, drop=table.drop)


def _line(row: tuple[str, ...], widths: list[int]) -> str:
    cells = (_padded(shorten(cell, wide), wide) for cell, wide in zip(row, widths, strict=True))
    return _GAP.join(cells).rstrip()


def _padded(text: str, wide: int) -> str:
    return text + " " * (wide - width(text))
