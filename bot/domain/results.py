"""What a read found, whole and without secrets: kept for its asker for a while, shown view by view."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from bot.domain.message import (
    Button,
    File,
    Icon,
    Part,
    Text,
    code,
    plural,
    text,
)
from bot.domain.model import Frozen

MOST_BYTES = 1_000_000
"""A result keeps so much; of more the rest is left out, and that is said."""
MOST_ROWS = 10_000
_FEW = 8


class Group(Frozen):
    """The rows of one resource type."""

    one: str
    many: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    bad: frozenset[int] = frozenset()
    """Which rows are less than they should be."""
    drop: tuple[str, ...] = ()
    """Columns that may go first where there is little room."""


class Rows(Frozen):
    """Tables, such as `get` reads."""

    shape: Literal["rows"] = "rows"
    where: Text
    """What follows the count in the headline: ` in shop on staging`."""
    groups: tuple[Group, ...]
    notes: tuple[Text, ...] = ()
    buttons: tuple[Button, ...] = ()
    """Next steps that are commands; they stand behind those that show other views."""
    footer: Text = Text()
    name: str = "result"
    """Of the file, without its ending."""
    ill: tuple[str, str] = ("not ready", "not ready")
    """What one bad row is called, and what several are."""
    on_page: int = 50
    """Rows on one page; fewer where they are too long for there to be room."""
    pictures: tuple[File, ...] = ()
    """Go with the first view, and with what is shared; never in place of the rows."""


class Lines(Frozen):
    """Lines as a container or the API printed them."""

    shape: Literal["lines"] = "lines"
    headline: Text
    lines: tuple[str, ...]
    newest_last: bool = False
    """Pages begin at the end, as of a log; else at the start, as of a document."""
    icon: Icon | None = None
    before: tuple[Part, ...] = ()
    """What stands between the headline and the lines."""
    after: tuple[Part, ...] = ()
    buttons: tuple[Button, ...] = ()
    footer: Text = Text()
    name: str = "output.txt"
    """Of the file."""
    left_out: int = 0
    """Lines that were not kept for want of room."""


Result: TypeAlias = Annotated[Rows | Lines, Field(discriminator="shape")]


def narrowed(within: tuple[str, ...]) -> tuple[Text, ...]:
    """The note below what was read in some namespaces where all were asked for."""
    some = f"{', '.join(within[:_FEW])}{f' and {len(within) - _FEW} more' if len(within) > _FEW else ''}"
    return (text("Only in the namespaces that you may see: {}.", code(some)),) if within else ()


def bounded(result: Rows | Lines) -> Rows | Lines:
    """The result without what is more than may be kept; what is left out is counted, and said."""
    if isinstance(result, Lines):
        kept = _within(result.lines[::-1] if result.newest_last else result.lines)
        lines = kept[::-1] if result.newest_last else kept
        left_out = result.left_out + len(result.lines) - len(lines)
        return result.model_copy(update={"lines": tuple(lines), "left_out": left_out})
    room, lost = MOST_BYTES, 0
    groups = []
    for group in result.groups:
        taken = 0
        for row in group.rows[:MOST_ROWS]:
            room -= sum(map(len, row)) + 8 * len(row)
            if room < 0:
                break
            taken += 1
        lost += len(group.rows) - taken
        bad = frozenset(index for index in group.bad if index < taken)
        groups.append(group.model_copy(update={"rows": group.rows[:taken], "bad": bad}))
    if not lost:
        return result
    note = text("{} not kept: narrow it down with -l or -n.", plural(lost, "more row"))
    return result.model_copy(update={"groups": tuple(groups), "notes": (*result.notes, note)})


def _within(lines: tuple[str, ...]) -> tuple[str, ...]:
    room = MOST_BYTES
    for count, line in enumerate(lines):
        room -= len(line) + 4
        if room < 0:
            return lines[:count]
    return lines
