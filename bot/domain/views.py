"""A kept result, looked at: a page of it, only what is not ready, only what has some words in it.

`shown` makes a message of any view, `as_file` the whole of it. The buttons name views, never commands.
"""

from __future__ import annotations

from wcwidth import wcwidth

from bot.domain.message import (
    Bullets,
    Button,
    File,
    Message,
    Output,
    Paragraph,
    Part,
    Table,
    Text,
    bold,
    code,
    plural,
    text,
)
from bot.domain.model import Frozen
from bot.domain.patterns import Pattern
from bot.domain.results import Group, Lines, Result, Rows

_CHARACTERS_ON_PAGE = 7_500
"""Leaves room in a message for headline, notes and buttons."""
_LINE = 2_000
_FEW = 5
"""So few rows or lines need no filter."""


class View(Frozen):
    """Which part of a result is looked at."""

    page: int = 1
    unready: bool = False
    filter: str = ""
    """Words, or between two slashes a regular expression, that a row or line must have."""


class Kept(Frozen):
    """A result with the view that its message shows now."""

    result: Result
    view: View = View()


def shown(kept: Kept, *, filtering: bool = True) -> Message:
    """The message for a view. Raises nothing: a page too far is the last, a filter that fits nothing says so.

    `filtering` offers a form for the filter, where one can be opened.
    """
    if isinstance(kept.result, Rows):
        return _rows(kept.result, kept.view, filtering=filtering)
    return _lines(kept.result, kept.view, filtering=filtering)


def as_file(kept: Kept) -> File:
    """The whole view, of which messages show a page: tables with their columns aligned."""
    if isinstance(kept.result, Lines):
        body = "\n".join(_chosen_lines(kept.result, kept.view)) + "\n"
        return File(name=kept.result.name, title=kept.result.headline.plain(), content=body.encode())
    groups = _chosen_groups(kept.result, kept.view)
    body = "\n".join("".join(f"{line}\n" for line in aligned(group)) for group in groups)
    title = _counted(groups) + kept.result.where.plain()
    return File(name=f"{kept.result.name}.txt", title=title, content=body.encode())


def fits(kept: Kept, words: str) -> int | None:
    """How many rows or lines a filter would leave; None where it is no expression that can be read."""
    if Pattern.read(words) is None:
        return None
    view = View(unready=kept.view.unready, filter=words)
    if isinstance(kept.result, Lines):
        return len(_chosen_lines(kept.result, view))
    return sum(len(group.rows) for group in _chosen_groups(kept.result, view))


# ---------------------------------------------------------------- tables


def _rows(result: Rows, view: View, *, filtering: bool) -> Message:
    groups = _chosen_groups(result, view)
    pages = _pages(groups, result.on_page)
    page = min(max(view.page, 1), len(pages))
    bad = sum(len(group.bad) for group in groups)
    notes = [*result.notes]
    if view.filter:
        notes.append(text("Only rows with {}.", code(view.filter)))
    if len(pages) > 1:
        notes.append(text("Page {} of {}.", page, len(pages)))
    ill = f" · {plural(bad, *result.ill)}" if bad and not view.unready else ""
    kind = f"{result.ill[0]} " if view.unready else ""
    return Message(
        headline=text("{}{}{}", _counted(groups, kind), result.where, ill),
        parts=(*_tables(pages[page - 1], several=len(result.groups) > 1), *_bullets(notes)),
        buttons=(*_views(result, view, page, len(pages), filtering=filtering), *result.buttons),
        footer=result.footer,
    )


def _chosen_groups(result: Rows, view: View) -> tuple[Group, ...]:
    """The groups with the rows that the view leaves; one that is left empty goes, unless all are."""
    pattern = Pattern.read(view.filter) if view.filter else None
    chosen = []
    for group in result.groups:
        kept = [
            index
            for index, row in enumerate(group.rows)
            if (not view.unready or index in group.bad) and (not pattern or pattern.fits("  ".join(row)))
        ]
        bad = frozenset(place for place, index in enumerate(kept) if index in group.bad)
        rows = tuple(group.rows[index] for index in kept)
        chosen.append(group.model_copy(update={"rows": rows, "bad": bad}))
    return tuple(group for group in chosen if group.rows) or tuple(chosen[:1])


def _pages(groups: tuple[Group, ...], most: int) -> list[list[Group]]:
    """Rows in their order, as many on a page as a message has room for; at least one page."""
    pages: list[list[Group]] = [[]]
    count = room = 0
    for group in groups:
        start = 0
        for index, row in enumerate(group.rows):
            size = sum(map(len, row)) + 2 * len(row)
            if count and (count >= most or room + size > _CHARACTERS_ON_PAGE):
                pages[-1].append(_part(group, start, index))
                pages.append([])
                start, count, room = index, 0, 0
            count, room = count + 1, room + size
        pages[-1].append(_part(group, start, len(group.rows)))
    return pages


def _part(group: Group, start: int, end: int) -> Group:
    return group.model_copy(update={"rows": group.rows[start:end]})


def _tables(groups: list[Group], *, several: bool) -> list[Part]:
    parts: list[Part] = []
    for group in groups:
        if several:
            parts.append(Paragraph(text=text("{}", bold(group.many))))
        if group.rows:
            parts.append(Table(columns=group.columns, rows=group.rows, drop=group.drop))
    return parts


def _counted(groups: tuple[Group, ...], kind: str = "") -> str:
    return ", ".join(
        f"{len(group.rows):,} {kind}{group.one if len(group.rows) == 1 else group.many}" for group in groups
    )


def aligned(group: Group, *, heads: bool = True) -> list[str]:
    """The whole table as kubectl would print it."""
    table = (group.columns, *group.rows) if heads else group.rows
    widths = [max(map(width, column)) for column in zip(*table, strict=True)]
    padded = (
        "   ".join(cell + " " * (wide - width(cell)) for cell, wide in zip(row, widths, strict=True))
        for row in table
    )
    return [line.rstrip() for line in padded]


def width(text: str) -> int:
    """How many columns of fixed-width type it takes."""
    return len(text) if text.isascii() else sum(max(wcwidth(character), 0) for character in text)


# ---------------------------------------------------------------- lines


def _lines(result: Lines, view: View, *, filtering: bool) -> Message:
    lines = _chosen_lines(result, view)
    pages = _line_pages(lines, newest_last=result.newest_last)
    page = min(max(view.page, 1), len(pages))
    notes: list[Text] = []
    if view.filter:
        notes.append(text("{} with {}.", plural(len(lines), "line"), code(view.filter)))
    if result.left_out:
        notes.append(text("{} not kept: too many for one answer.", plural(result.left_out, "more line")))
    if len(pages) > 1:
        first = "the newest lines" if result.newest_last else "the start"
        notes.append(text("Page {} of {}{}.", page, len(pages), f", {first}" if page == 1 else ""))
    output = (Output(text="\n".join(pages[page - 1]), name=result.name),) if lines else ()
    return Message(
        icon=result.icon,
        headline=result.headline,
        parts=(*result.before, *_bullets(notes), *output, *result.after),
        buttons=(*_views(result, view, page, len(pages), filtering=filtering), *result.buttons),
        footer=result.footer,
    )


def _chosen_lines(result: Lines, view: View) -> list[str]:
    pattern = Pattern.read(view.filter) if view.filter else None
    return [line for line in result.lines if not pattern or pattern.fits(line)]


def _line_pages(lines: list[str], *, newest_last: bool) -> list[list[str]]:
    """As many lines on a page as a message has room for; a line longer than that is cut, and says so."""
    pages: list[list[str]] = [[]]
    room = _CHARACTERS_ON_PAGE
    for line in reversed(lines) if newest_last else lines:
        cut = line if len(line) <= _LINE else f"{line[:_LINE]}… ({len(line):,} characters)"
        if pages[-1] and len(cut) + 1 > room:
            pages.append([])
            room = _CHARACTERS_ON_PAGE
        pages[-1].append(cut)
        room -= len(cut) + 1
    return [page[::-1] for page in pages] if newest_last else pages


# ---------------------------------------------------------------- both


def _bullets(notes: list[Text]) -> list[Part]:
    if len(notes) == 1:
        return [Paragraph(text=notes[0])]
    return [Bullets(items=tuple(notes))] if notes else []


def _views(result: Result, view: View, page: int, pages: int, *, filtering: bool) -> list[Button]:
    """What else can be seen of it."""
    buttons: list[Button] = []
    if isinstance(result, Rows):
        bad = sum(len(group.bad) for group in result.groups)
        if view.unready:
            buttons.append(Button(label="All", view="all"))
        elif 0 < bad < sum(len(group.rows) for group in result.groups):
            buttons.append(Button(label=f"Only {result.ill[1]}", view="unready"))
    onward = (
        ("Earlier", "Later") if isinstance(result, Lines) and result.newest_last else ("Next page", "Back")
    )
    if page < pages:
        buttons.append(Button(label=onward[0], view=f"page-{page + 1}"))
    if page > 1:
        buttons.append(Button(label=onward[1], view=f"page-{page - 1}"))
    if view.filter:
        buttons.append(Button(label="No filter", view="unfiltered"))
    elif filtering and _is_long(result):
        buttons.append(Button(label="Filter…", view="filter"))
    return [*buttons, Button(label="As file", view="file"), Button(label="Share", view="share")]


def _is_long(result: Result) -> bool:
    count = len(result.lines) if isinstance(result, Lines) else sum(len(g.rows) for g in result.groups)
    return count > _FEW
