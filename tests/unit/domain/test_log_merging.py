"""Lines of several containers: by time, traces whole, repeats once; and those that an expression fits."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from bot.domain.logs.lines import Line
from bot.domain.logs.merging import Shown, Source, merged, picked, short_names
from bot.domain.patterns import Pattern

DAY = "2027-01-15T08:00:"


def source(name: str, *said: tuple[str, str]) -> Source:
    return Source(name, [Line(f"{DAY}{second}", text) for second, text in said])


def shown(*sources: Source, most: int = 99, times: bool = False) -> list[str]:
    return [line.line for line in merged(sources, most=most, times=times)[0]]


def test_lines_stand_in_the_order_of_their_times_of_any_precision():
    one = source("a", ("01.2", "one"), ("03", "three"))
    other = source("b", ("01.25", "two"), ("03.1", "four"))
    assert shown(one, other) == ["a | one", "b | two", "a | three", "b | four"]
    assert merged([one, other], most=3) == (
        [Shown("b | two", "two"), Shown("a | three", "three"), Shown("b | four", "four")], 3
    )  # fmt: skip
    assert shown(one, times=True)[0] == f"a | {DAY}01.2Z one"
    assert shown(source("", ("01", "alone"))) == ["alone"]
    assert merged([], most=5) == ([], 0)


@pytest.mark.parametrize(
    "trace",
    [
        ("java.lang.IllegalState: no", "\tat a.b(C.java:1)", "Caused by: x", "\t... 3 more"),
        ("Traceback (most recent call last):", '  File "a.py", line 1', "    f()", "ValueError: no"),
        ("panic: no", "", "goroutine 1 [running]:", "main.main()", "\t/app/main.go:5 +0x1d", "exit status 2"),
        ("fatal error: all goroutines are asleep", "", "goroutine 7 [select]:", "main.(*T).run(0x1)"),
    ],
)
def test_a_trace_stays_in_one_piece(trace):
    told = [(f"0{n}", text) for n, text in enumerate(trace, 1)]
    said = shown(source("a", *told, ("09", "on")), source("b", ("02", "meanwhile")))
    assert said == [*(f"a | {text}" for text in trace), "b | meanwhile", "a | on"]


def test_nobody_holds_up_the_others_by_indenting_all_there_is():
    long = source("a", *((f"0{n // 100}", f" {n}") for n in range(500)))
    said = shown(long, source("b", ("03", "heard")), most=1000)
    assert said.index("b | heard") < 450


def test_what_is_said_again_and_again_is_said_once_with_its_count_and_times():
    talk = source("a", ("01", "x"), ("02", "retry"), ("03", "retry"), ("48", "retry"), ("49", "y"))
    assert shown(talk, source("b", ("02.5", "between"))) == [
        "a | x", "a | retry  (× 3, 08:00:02 to 08:00:48)", "b | between", "a | y",
    ]  # fmt: skip
    assert merged([talk], most=99)[1] == 5


def test_the_time_that_a_program_writes_itself_makes_no_difference():
    told = (
        ("01", "2027-01-15T08:00:01Z ERROR no"), ("02", "2027-01-15 08:00:02,123 ERROR no"),
        ("03", "[08:00:03] ERROR no"),
    )  # fmt: skip
    assert shown(source("", *told)) == ["2027-01-15T08:00:01Z ERROR no  (× 3, 08:00:01 to 08:00:03)"]


def test_the_level_before_a_programs_own_time_makes_one():
    told = (
        ("01", "E0115 08:00:01.123456 no"),
        ("02", "E0115 08:00:02.123456 no"),
        ("03", "I0115 08:00:03.123456 no"),
    )
    assert len(shown(source("", *told))) == 2


def test_a_time_within_a_line_is_a_part_of_what_it_says():
    assert len(shown(source("", ("01", "at 08:00:01 ok"), ("02", "at 08:00:02 ok")))) == 2


@pytest.mark.parametrize("other", ["try 2", "Try 1", "try 1 "])
def test_whatever_else_differs_does(other):
    assert len(shown(source("", ("01", "try 1"), ("02", other)))) == 2


def test_blank_lines_and_the_same_of_another_container_are_no_repeats():
    assert shown(source("", ("01", ""), ("02", ""))) == ["", ""]
    assert len(shown(source("a", ("01", "x")), source("b", ("02", "x")))) == 2


def test_a_trace_that_comes_again_is_said_once():
    trace = [("01", "Error: no"), ("01", "  at f")]
    assert shown(source("", *trace, *trace)) == ["Error: no  (× 2, 08:00:01 to 08:00:01)", "  at f"]


def test_the_newest_are_kept_though_a_trace_loses_its_head():
    said = source("", ("01", "old"), ("02", "Error"), ("02", "  at f"), ("02", "  at g"), ("03", "new"))
    assert shown(said, most=3) == ["  at f", "  at g", "new"]
    assert shown(said, most=1) == ["new"]


def test_lines_without_times_are_counted_without_them():
    assert [line.line for line in merged([Source("", [Line("", "x")] * 2)], most=9)[0]] == ["x  (× 2)"]


@given(
    st.lists(
        st.lists(st.tuples(st.integers(10, 59), st.sampled_from(["x", "y", " z", ""])), max_size=12),
        max_size=3,
    ),
    st.integers(1, 20),
)
def test_no_more_lines_than_wanted_and_none_from_nowhere(told, most):
    sources = [source(f"s{n}", *sorted((str(t), w) for t, w in said)) for n, said in enumerate(told)]
    lines, count = merged(sources, most=most)
    assert len(lines) <= count == min(most, sum(map(len, told)))
    assert {line.text for line in lines} <= {word for said in told for _, word in said}


# ---------------------------------------------------------------- expressions


def find(expression: str, around: int = 0, texts: str = "a b x d e f x h") -> tuple[list[str], int]:
    pattern = Pattern.regex(expression)
    assert pattern
    return picked([Shown(f"p | {text}", text) for text in texts.split()], pattern, around)


def test_the_lines_that_fit_with_those_around():
    assert find("X") == (["p | x", "p | x"], 2)
    assert find("x", 1) == (["p | b", "p | x", "p | d", "--", "p | f", "p | x", "p | h"], 2)
    assert find("x", 2)[0] == [f"p | {word}" for word in ["a", "b", "x", "d", "e", "f", "x", "h"]]
    assert find("a|h", 1)[0] == ["p | a", "p | b", "--", "p | x", "p | h"]
    assert find("zz", 3) == ([], 0)


def test_the_name_before_a_line_is_no_part_of_it():
    assert find("p") == ([], 0)


# ---------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("pods", "names"),
    [
        (["web-1a", "web-1b"], ["1a", "1b"]),
        (["web-0", "db-0"], ["web-0", "db-0"]),
        (["web-0", "web-1"], ["web-0", "web-1"]),
        (["web-5d-xk", "web-6f-xk"], ["5d-xk", "6f-xk"]),
        (["a", "web-a"], ["a", "web-a"]),
        (["only-one-x2"], ["x2"]),
        (["7", "8"], ["7", "8"]),
    ],
)
def test_pods_are_told_apart_by_the_shortest_ends_that_say_something(pods, names):
    assert short_names(pods) == dict(zip(pods, names, strict=True))
