"""A picture of bars: its form, its size, and that the same chart is always the same bytes."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from bot.domain.charts import Bar, Chart, Panel
from bot.pictures.bars import WIDTH, draw, height

BLUE, RED, INK = (63, 116, 181), (194, 80, 46), (31, 35, 40)


def chart(*bars: Bar, left_out: int = 0) -> Chart:
    return Chart(title="pods in shop", panels=(Panel(title="Memory", bars=bars, left_out=left_out),))


def bar(name: str = "web", value: float = 50.0, **parts: object) -> Bar:
    return Bar.model_validate({"name": name, "value": value, "label": f"{value}Mi"} | parts)


def opened(picture: bytes) -> Image.Image:
    return Image.open(io.BytesIO(picture)).convert("RGB")


def coloured(image: Image.Image, colour: tuple[int, int, int]) -> int:
    """Pixels that are nearly of this colour."""
    counts = image.getcolors(image.width * image.height) or []
    return sum(
        count
        for count, (red, green, blue) in counts
        if abs(red - colour[0]) + abs(green - colour[1]) + abs(blue - colour[2]) < 24
    )


def test_a_small_png_of_a_known_size():
    few = draw(chart(*(bar(f"pod-{n}", n) for n in range(8)), left_out=3))
    assert few.startswith(b"\x89PNG\r\n")
    assert len(few) < 60_000
    image = Image.open(io.BytesIO(few))
    assert image.mode == "P"
    assert image.size == (WIDTH, height(chart(*(bar() for _ in range(8)), left_out=3)))


def test_the_same_chart_is_the_same_picture():
    assert draw(chart(bar(limit=64.0))) == draw(chart(bar(limit=64.0)))
    assert draw(chart(bar(limit=64.0))) != draw(chart(bar(limit=60.0)))


def test_a_longer_bar_has_more_ink():
    small, large = (coloured(opened(draw(chart(bar(value=v), bar(value=100.0)))), BLUE) for v in (10.0, 90.0))
    assert large - small > 8_000


def test_a_bar_near_its_limit_stands_out():
    assert coloured(opened(draw(chart(bar()))), RED) == 0
    assert coloured(opened(draw(chart(bar(is_near=True)))), RED) > 5_000


@pytest.mark.parametrize("limit", [64.0, 5000.0], ids=["on the scale", "further out"])
def test_a_limit_is_marked(limit: float):
    assert (
        coloured(opened(draw(chart(bar(limit=limit)))), INK) > coloured(opened(draw(chart(bar()))), INK) + 50
    )


def test_names_of_any_length_and_any_signs_stay_within_the_picture():
    wild = chart(bar("w" * 500), bar("ü→🎉\n\x00", label="é" * 300), bar(""), bar("x", -5.0), bar("y", 0.0))
    image = opened(draw(wild))
    left, right = image.crop((0, 0, 28, image.height)), image.crop((WIDTH - 28, 0, WIDTH, image.height))
    assert [len(edge.getcolors() or []) for edge in (left, right)] == [1, 1]
    assert image.size == (WIDTH, height(wild))


def test_nothing_at_all_is_still_a_picture():
    assert opened(draw(Chart(title="", panels=()))).size[0] == WIDTH
