"""What is used, as the rows of an answer: what matters first stands where a phone still shows it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.domain.results import Group
from bot.domain.usage import Figure, Measure, Used, write

_NONE = "–"
_HEADS: dict[Measure, str] = {"cpu": "CPU", "memory": "MEMORY"}
_SHORT: dict[Measure, str] = {"cpu": "CPU", "memory": "MEM"}


def group(
    figures: Sequence[Figure], noun: str, *, first: Measure, namespaces: bool = False, bounds: bool = True
) -> Group:
    """A row for each. A column in which nothing stands is left out; `bounds` are requests and limits."""
    second: Measure = "cpu" if first == "memory" else "memory"
    columns: list[tuple[str, Callable[[Figure], str]]] = [
        ("NAMESPACE", lambda one: one.namespace if namespaces else ""),
        ("NAME", lambda one: one.name),
        ("CONTAINER", lambda one: one.container),
        *_measured(first),
        *_measured(second),
        *([_bounds(first), _bounds(second)] if bounds else []),
    ]
    filled = [
        (head, cells)
        for head, cells in ((head, [cell(one) for one in figures]) for head, cell in columns)
        if any(cell not in {"", _NONE, f"{_NONE}/{_NONE}"} for cell in cells)
    ]
    return Group(
        one=noun,
        many=f"{noun}s",
        columns=tuple(head for head, _ in filled),
        rows=tuple(zip(*(cells for _, cells in filled), strict=True)),
        bad=frozenset(place for place, one in enumerate(figures) if one.is_near),
        drop=(
            *(f"{_SHORT[measure]} REQ/LIM" for measure in (second, first)),
            f"{_SHORT[second]}%",
            "NAMESPACE",
        ),
    )


def _measured(measure: Measure) -> list[tuple[str, Callable[[Figure], str]]]:
    return [
        (_HEADS[measure], lambda one: _amount(one.of(measure), measure)),
        (f"{_SHORT[measure]}%", lambda one: _part(one.of(measure))),
    ]


def _amount(used: Used, measure: Measure) -> str:
    return "<unknown>" if used.used is None else write(measure, used.used)


def _part(used: Used) -> str:
    if used.percent is None:
        return _NONE
    return f"⚠️ {used.percent}%" if used.is_near else f"{used.percent}%"


def _bounds(measure: Measure) -> tuple[str, Callable[[Figure], str]]:
    def cell(figure: Figure) -> str:
        used = figure.of(measure)
        both = (used.request, used.limit)
        return "/".join(_NONE if bound is None else write(measure, bound) for bound in both)

    return f"{_SHORT[measure]} REQ/LIM", cell
