"""What a picture of bars shows, and what it says to whoever cannot see it."""

from __future__ import annotations

from decimal import Decimal

from bot.domain.charts import Bar, Panel, of_usage, scale
from bot.domain.usage import Figure, Used

MEBI = 1024**2


def figure(name: str, memory: int | None, limit: int | None = None, **parts: str) -> Figure:
    part = None if limit is None or memory is None else 100 * memory // limit
    used = None if memory is None else Decimal(memory * MEBI)
    most = None if limit is None else Decimal(limit * MEBI)
    return Figure(
        name=name, cpu=Used(used=Decimal("0.012")), memory=Used(used=used, limit=most, percent=part), **parts
    )


def test_the_same_in_words():
    chart = of_usage("2 pods in shop on demo", [figure("a", 10), figure("b", 60, 64)], first="memory")
    assert chart.alt() == (
        "2 pods in shop on demo. Memory, limits marked: b 60Mi of 64Mi, 93%, near its limit; a 10Mi. "
        "CPU: a 12m; b 12m."
    )


def test_as_many_bars_as_a_phone_shows_and_the_rest_counted():
    chart = of_usage("", [figure(f"pod-{n:02}", n + 1) for n in range(12)], first="cpu")
    cpu, memory = chart.panels
    assert (cpu.title, memory.title) == ("CPU", "Memory")
    assert [bar.name for bar in memory.bars] == [f"pod-{n:02}" for n in range(11, 3, -1)]
    assert memory.left_out == 4
    assert "pod-04 5Mi; 4 smaller not shown." in chart.alt()


def test_names_say_what_tells_them_apart():
    both = [
        figure("web", 1, namespace="one", container="a"),
        figure("web", 2, namespace="two", container="a"),
    ]
    assert [bar.name for bar in of_usage("", both, first="memory").panels[0].bars] == [
        "two/web/a",
        "one/web/a",
    ]
    assert of_usage("", both[:1], first="memory").panels[0].bars[0].name == "web/a"


def test_what_has_no_figure_has_no_bar():
    memory, _ = of_usage("", [figure("node-1", None)], first="memory").panels
    assert memory.bars == ()
    assert "Memory: nothing." in of_usage("", [figure("node-1", None)], first="memory").alt()


def bars(*values: tuple[float, float | None]) -> Panel:
    return Panel(title="", bars=tuple(Bar(name="", value=v, label="", limit=limit) for v, limit in values))


def test_a_limit_not_far_out_is_on_the_scale_and_one_far_out_does_not_squeeze_the_bars():
    assert scale(bars((10, 20), (1, None))) == 20
    assert scale(bars((10, 21), (1, None))) == 11
    assert scale(bars((0, None))) == 1.0
    assert scale(bars()) == 1.0
