"""Horizontal bars with their names, values and limits, to be read on a phone.

Drawn at twice the size and scaled down. Its colours carry nothing that is not also written, and stand on a
ground of their own, so that it reads the same in a dark and in a light channel.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain.charts import Bar, Chart, Panel, scale

if TYPE_CHECKING:
    from PIL import ImageDraw, ImageFont

WIDTH = 800
"""Pixels of the finished picture; a phone shows them at about half size."""

_TWICE = 2
_COLOURS = 48
_EDGE = 32
_TITLE, _HEAD, _BODY = 30, 26, 24
_TITLE_ROW, _HEAD_ROW, _NAME_ROW, _BAR_ROW = 48, 64, 32, 30
_BAR = 16
_GROUND, _TRACK, _INK, _QUIET = "#f7f7f5", "#e3e4e1", "#1f2328", "#5f656b"
_FILL, _NEAR, _MARK = "#3f74b5", "#c2502e", "#1f2328"


def draw(chart: Chart) -> bytes:
    """The chart as a PNG, the same bytes for the same chart."""
    from PIL import Image  # ten megabytes that only a chart needs

    image = Image.new("RGB", (WIDTH * _TWICE, height(chart) * _TWICE), _GROUND)
    _Pen.on(image).chart(chart)
    small = image.reduce(_TWICE).quantize(
        _COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE
    )  # a third of the bytes, in a third of the time
    out = io.BytesIO()
    small.save(out, format="PNG")
    return out.getvalue()


def height(chart: Chart) -> int:
    """Pixels of the finished picture."""
    rows = sum(_HEAD_ROW + len(panel.bars) * (_NAME_ROW + _BAR_ROW) for panel in chart.panels)
    notes = sum(_NAME_ROW for panel in chart.panels if panel.left_out)
    return _EDGE + _TITLE_ROW + rows + notes + _EDGE


@dataclass
class _Pen:
    """Draws from the top down, in pixels of the finished picture."""

    canvas: ImageDraw.ImageDraw
    fonts: dict[int, ImageFont.FreeTypeFont | ImageFont.ImageFont]
    top: float = _EDGE

    @classmethod
    def on(cls, image: object) -> _Pen:
        from PIL import ImageDraw, ImageFont

        fonts = {size: ImageFont.load_default(size * _TWICE) for size in (_TITLE, _HEAD, _BODY)}
        return cls(ImageDraw.Draw(image), fonts)  # type: ignore[arg-type]  # an image, of a library imported late

    def chart(self, chart: Chart) -> None:
        self._text(_EDGE, chart.title, _TITLE, room=WIDTH - 2 * _EDGE)
        self.top += _TITLE_ROW
        for panel in chart.panels:
            self._panel(panel)

    def _panel(self, panel: Panel) -> None:
        self.top += _HEAD_ROW - _HEAD - 10
        self._text(_EDGE, panel.title, _HEAD, colour=_QUIET, room=WIDTH - 2 * _EDGE)
        self.top += _HEAD + 10
        full = scale(panel)
        for bar in panel.bars:
            self._bar(bar, full)
        if panel.left_out:
            self._text(_EDGE, f"{panel.left_out} smaller not shown", _BODY, colour=_QUIET)
            self.top += _NAME_ROW

    def _bar(self, bar: Bar, full: float) -> None:
        """Its name and value, and below them the bar, with a mark where its limit is."""
        colour = _NEAR if bar.is_near else _FILL
        label = self._fitting(bar.label, _BODY, (WIDTH - 2 * _EDGE) / 2)
        wide = self._width(label, _BODY)
        self._text(WIDTH - _EDGE - wide, label, _BODY, colour=_NEAR if bar.is_near else _INK)
        self._text(_EDGE, bar.name, _BODY, room=WIDTH - 2 * _EDGE - wide - 16)
        top, room = self.top + _NAME_ROW, WIDTH - 2 * _EDGE
        self._box(_EDGE, top, room, _TRACK)
        self._box(_EDGE, top, max(3.0, room * min(1.0, bar.value / full)), colour)
        if bar.limit is not None and bar.limit <= full:
            self._box(_EDGE + room * bar.limit / full - 4, top - 3, 4, _MARK, tall=_BAR + 6)
        elif bar.limit is not None:
            self._onward(WIDTH - _EDGE, top)
        self.top += _NAME_ROW + _BAR_ROW

    def _box(self, left: float, top: float, wide: float, colour: str, tall: float = _BAR) -> None:
        corners = (left * _TWICE, top * _TWICE, (left + wide) * _TWICE - 1, (top + tall) * _TWICE - 1)
        self.canvas.rectangle(corners, fill=colour)

    def _onward(self, right: float, top: float) -> None:
        """The sign of a limit that is further out than the panel goes."""
        corners = [(right - 8, top), (right, top + _BAR / 2), (right - 8, top + _BAR)]
        self.canvas.polygon([(x * _TWICE, y * _TWICE) for x, y in corners], fill=_MARK)

    def _text(self, left: float, words: str, size: int, *, colour: str = _INK, room: float = WIDTH) -> None:
        line = self._fitting(words, size, room)
        self.canvas.text((left * _TWICE, self.top * _TWICE), line, fill=colour, font=self.fonts[size])

    def _fitting(self, words: str, size: int, room: float) -> str:
        """On one line; what is wider than its room loses its middle, for names differ at both ends."""
        line = words = _plain(words)
        kept = len(words)
        while kept > 1 and self._width(line, size) > room:
            kept -= 1
            line = f"{words[: (kept + 1) // 2]}...{words[len(words) - kept // 2 :]}"
        return line

    def _width(self, words: str, size: int) -> float:
        return float(self.canvas.textlength(words, font=self.fonts[size])) / _TWICE


def _plain(words: str) -> str:
    """The font has these signs alone."""
    return "".join(sign if " " <= sign <= "~" else "?" for sign in words)
