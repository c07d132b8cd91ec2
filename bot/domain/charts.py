"""What a picture of bars shows, before anybody draws it, and the same in words."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from bot.domain.model import Frozen
from bot.domain.usage import Figure, Measure, sorted_by, write

_BARS = 8
"""In one panel: what a phone shows without much scrolling."""
_FAR, _ROOM = 2, 1.1


class Bar(Frozen):
    """One thing and how much of it there is, in any unit that all bars of a panel have."""

    name: str
    value: float
    label: str
    """The value as people read it: `57Mi of 64Mi · 89%`."""
    limit: float | None = None
    is_near: bool = False
    """Whether the limit is nearly reached."""


class Panel(Frozen):
    """Bars that are compared with one another, the largest first."""

    title: str
    bars: tuple[Bar, ...]
    left_out: int = 0
    """Smaller ones that are not shown."""


class Chart(Frozen):
    title: str
    panels: tuple[Panel, ...]

    def alt(self) -> str:
        """The picture in words."""
        return f"{self.title}. " + " ".join(_words(panel) for panel in self.panels)


def of_usage(title: str, figures: Sequence[Figure], *, first: Measure) -> Chart:
    """The largest by each measure, with the `first` on top."""
    second: Measure = "cpu" if first == "memory" else "memory"
    return Chart(title=title, panels=(_panel(figures, first), _panel(figures, second)))


def _panel(figures: Sequence[Figure], measure: Measure) -> Panel:
    several = len({figure.namespace for figure in figures}) > 1
    measured = [figure for figure in sorted_by(figures, measure) if figure.of(measure).used is not None]
    limits = ", limits marked" if any(figure.of(measure).limit for figure in measured[:_BARS]) else ""
    return Panel(
        title=f"{'CPU' if measure == 'cpu' else 'Memory'}{limits}",
        bars=tuple(_bar(figure, measure, several=several) for figure in measured[:_BARS]),
        left_out=max(0, len(measured) - _BARS),
    )


def _bar(figure: Figure, measure: Measure, *, several: bool) -> Bar:
    one = figure.of(measure)
    used = one.used or Decimal(0)
    limit = "" if one.limit is None else f" of {write(measure, one.limit)}"
    part = "" if one.percent is None else f", {one.percent}%"
    names = (figure.namespace if several else "", figure.name, figure.container)
    return Bar(
        name="/".join(name for name in names if name),
        value=float(used),
        label=f"{write(measure, used)}{limit}{part}",
        limit=None if one.limit is None else float(one.limit),
        is_near=one.is_near,
    )


def scale(panel: Panel) -> float:
    """What a full bar means: a little more than the largest value, or a limit not far beyond it.

    Of a limit further out only its direction is shown, so that the smaller bars are seen.
    """
    largest = max((bar.value for bar in panel.bars), default=0.0)
    limits = [bar.limit for bar in panel.bars if bar.limit is not None and bar.limit <= _FAR * largest]
    return max([largest * _ROOM, *limits]) or 1.0


def _words(panel: Panel) -> str:
    bars = "; ".join(
        f"{bar.name} {bar.label}{', near its limit' if bar.is_near else ''}" for bar in panel.bars
    )
    left = f"; {panel.left_out} smaller not shown" if panel.left_out else ""
    return f"{panel.title}: {bars or 'nothing'}{left}."
