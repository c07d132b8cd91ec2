"""The order of values, and the columns that people make up."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st

from bot.domain.errors import UsageError
from bot.domain.printing.beside import Beside
from bot.domain.printing.columns import Columns
from bot.domain.printing.sorting import order, order_of_cell


@pytest.mark.parametrize(
    "rising",
    [
        [None, 1, 2.5, 10],
        ["", "2", "10"],
        ["100m", "1", "1500m", "2"],
        ["900Ki", "1Mi", "1M", "1Gi"][:2],
        ["1M", "1Mi", "1G", "1Gi"],
        ["web-2", "web-10", "web-10a"],
        ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", "2026-01-10T00:00:00Z"],
        ["<none>", "0", "a"],
        [False, True],
    ],
)
def test_smaller_stands_before_larger(rising: list[Any]):
    falling = rising[::-1]
    assert sorted(falling, key=order) == rising


@pytest.mark.parametrize(
    ("head", "rising"),
    [
        ("AGE", ["45s", "3m12s", "5h", "2d3h", "1y2d"]),
        ("LAST SEEN", ["9s", "10s", "2m"]),
        ("RESTARTS", ["0", "3 (5m ago)", "12", "20 (1h ago)"]),
        ("READY", ["0/1", "1/1", "10/10"]),
        ("CPU(cores)", ["2m", "10m", "1"]),
    ],
)
def test_cells_stand_by_what_they_mean(head: str, rising: list[str]):
    falling = rising[::-1]
    assert sorted(falling, key=lambda cell: order_of_cell(head, cell)) == rising


@given(st.lists(st.none() | st.integers() | st.floats(allow_nan=False) | st.text() | st.lists(st.integers())))
def test_whatever_values_there_are_they_have_an_order(values: list[Any]):
    assert len(sorted(values, key=order)) == len(values)


def test_a_label_is_a_column_by_its_last_word():
    beside = Beside(labels=("app", "example.com/tier"), every_label=True)
    assert beside.heads == ("APP", "TIER", "LABELS")
    wanted = beside.of({"metadata": {"labels": {"app": "web", "password": "hunter2"}}}, "Pod")
    assert wanted.cells[:2] == ("web", "")
    assert wanted.cells[2].startswith("app=web,password=[redacted:")
    assert Beside(labels=("app",)).of({}, "Pod").cells == ("",)


def test_columns_are_split_where_no_bracket_is_open():
    columns = Columns.read("NAME:.metadata.name, X:.a[?(@.b==\"c,d\")].e,Y:.f['g,h','i'] ")
    assert columns.heads == ("NAME", "X", "Y")
    found = {"metadata": {"name": "n"}, "a": [{"b": "c,d", "e": [1]}], "f": {"i": None}}
    assert columns.cells(found) == ("n", "[1]", "<none>")


def test_a_long_cell_is_cut():
    (cell,) = Columns.read("A:.a").cells({"a": "x" * 1000})
    assert cell == "x" * 499 + "…"


@pytest.mark.parametrize("text", ["", "A", "A:", ":.a", "A:.a,,B:.b", "A:.a,B"])
def test_what_is_no_column_is_refused(text: str):
    with pytest.raises(UsageError, match="is no column"):
        Columns.read(text)


def test_there_is_an_end_to_columns():
    with pytest.raises(UsageError, match="20 columns at most"):
        Columns.read(",".join(["A:.a"] * 21))
