"""Tables: Slack's own where it fits, else aligned text that a phone shows without breaking lines."""

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from bot.domain.message import Table
from bot.slack import tables

STEADY = settings(
    derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
PODS = Table(
    columns=("NAME", "READY", "STATUS", "RESTARTS", "AGE", "IP"),
    rows=(
        ("web-7c9d8f7b6d-x2x4k", "1/1", "Running", "0", "3m", "10.1.0.7"),
        ("web-7c9d8f7b6d-9qk2z", "0/1", "CrashLoopBackOff", "12", "3m", "10.1.0.8"),
    ),
    drop=("IP", "AGE"),
)


def test_numbers_stand_to_the_right():
    drawn = tables.block(tables.tidy(PODS))

    assert [setting["align"] for setting in drawn["column_settings"]] == [
        "left", "left", "left", "right", "left", "left",
    ]  # fmt: skip
    assert drawn["rows"][0][0] == {"type": "raw_text", "text": "NAME"}


def test_no_cell_is_empty_and_no_row_is_short():
    table = tables.tidy(Table(columns=("A", "B"), rows=(("x",), ("", "a\nb", "more"))))

    assert table.rows == (("x", "–"), ("–", "a b"))


def test_less_important_columns_go_first_and_are_named():
    lines, left_out = tables.aligned(tables.tidy(PODS))

    assert left_out == ["IP", "AGE"]
    assert lines == [
        "NAME       READY  STATUS      RESTARTS",
        "web-…2x4k  1/1    Running     0",
        "web-…qk2z  0/1    Crash…kOff  12",
    ]


def test_columns_beyond_any_use_go_from_the_right():
    table = Table(columns=tuple(f"C{n}" for n in range(30)), rows=(("value",) * 30,))

    lines, left_out = tables.aligned(tables.tidy(table))

    assert left_out[:2] == ["C29", "C28"]
    assert max(map(tables.width, lines)) <= tables.WIDTH


@pytest.mark.parametrize(
    ("rows", "columns", "cell", "fits"),
    [
        (99, 20, "x", True),
        (100, 2, "x", False),
        (1, 21, "x", False),
        (50, 2, "x" * 100, False),
        (49, 2, "x" * 100, True),
    ],
)
def test_what_slacks_table_takes(rows, columns, cell, fits):
    table = Table(columns=("N",) * columns, rows=((cell,) * columns,) * rows)

    assert tables.fits_block(table, 12_000) is fits


@pytest.mark.parametrize(
    ("written", "most", "seen"),
    [
        ("web-7c9d8f7b6d-x2x4k", 14, "web-7c9…-x2x4k"),
        ("web", 3, "web"),
        ("webs", 3, "we…"),
        ("日本語日本語", 7, "日本語…"),
        ("日本語日本語日本語", 11, "日本語…本語"),
    ],
)
def test_shortening_keeps_the_end_that_tells_siblings_apart(written, most, seen):
    assert tables.shorten(written, most) == seen


def test_pairs_are_aligned_only_where_a_phone_shows_them():
    assert tables.pairs([("image", "web:1"), ("spec.replicas", "4 → 10")]) == [
        "image          web:1",
        "spec.replicas  4 → 10",
    ]
    assert tables.pairs([("image", "x" * 44)]) is None


CELLS = st.text(max_size=30) | st.sampled_from(["", "日本語" * 9, "👩‍👩‍👧", "a" * 300, "\t", "⚠️"])


@STEADY
@given(
    st.lists(CELLS, min_size=1, max_size=25), st.lists(st.lists(CELLS, max_size=27), max_size=5), st.data()
)
def test_no_line_is_ever_wider_than_a_phone(columns, rows, data):
    drop = data.draw(st.lists(st.sampled_from(columns), max_size=3))
    table = tables.tidy(Table(columns=tuple(columns), rows=tuple(map(tuple, rows)), drop=tuple(drop)))

    lines, left_out = tables.aligned(table)

    assert len(lines) == len(rows) + 1
    assert max(map(tables.width, lines)) <= tables.WIDTH
    assert len(left_out) < len(columns)
