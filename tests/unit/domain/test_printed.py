"""What programs print becomes text that people can read, whatever its bytes are."""

import time

import pytest
from hypothesis import given, strategies as st

from bot.domain.printed import lines, readable


@pytest.mark.parametrize(
    ("printed", "text"),
    [
        (b"plain\n", "plain\n"),
        (b"a\r\nb\r\n", "a\nb\n"),
        (b"\x1b[1;31mred\x1b[0m", "red"),
        (b"\x1b]0;title\x07shown", "shown"),
        (b"\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        (b"10%\r20%\r100%\n", "100%\n"),
        (b"done\r\n", "done\n"),
        (b"half\r", "half"),
        (b"lsx\x08 -l", "ls -l"),
        (b"abc\x08\x08\x08xyz", "xyz"),
        (b"bell\x07 and more text", "bell and more text"),
        ("é ü".encode(), "é ü"),
        (b"mostly text with one \xff byte", "mostly text with one \ufffd byte"),
        (b"\xff\xfe\xfd", None),
        (b"a\x00b", None),
        (b"", ""),
    ],
)
def test_as_a_terminal_leaves_it(printed, text):
    assert readable(printed) == text


def test_a_secret_is_found_behind_its_colours():
    shown = readable(b"pass\x1b[1mword=\x1b[0mhunter2secret\n")
    assert shown is not None
    assert "hunter2secret" not in shown


@given(st.binary(max_size=2000))
def test_nothing_that_moves_a_cursor_is_left(printed):
    shown = readable(printed) or ""
    assert not [c for c in shown if ord(c) < 32 and c not in "\t\n"]
    assert "\x1b" not in shown


def test_a_long_line_of_backspaces_takes_no_long_time():
    assert readable(b"x" * 100_000 + b"\x08" * 100) is not None
    assert readable(b"\r" * 200_000) is not None
    assert readable(b"\x1b]" * 100_000) is not None


@pytest.mark.parametrize(
    "printed",
    [
        b"a" * 1_000_000,
        b"a" * 500_000 + b"\x08" * 500_000,
        "\x9d".encode() * 500_000,
        b"\x1b[" + b"0" * 999_998,
    ],
    ids=["one line", "backspaces", "titles", "a colour"],
)
def test_a_megabyte_without_an_end_takes_no_longer_than_its_length(printed):
    began = time.monotonic()
    readable(printed)
    assert time.monotonic() - began < 3.0


def test_lines():
    assert lines("a\n\nb\n") == ("a", "", "b")
    assert lines(" \n") == ()
