"""A log becomes lines: their times, nothing that a terminal would obey, no secret however it is cut."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, strategies as st

from bot.domain.logs.lines import LONGEST_KEY, Line, parse, redacted, visible
from bot.domain.redaction import placeholder

HEAD, FOOT = "-----BEGIN RSA PRIVATE KEY-----", "-----END RSA PRIVATE KEY-----"
BODY = tuple(f"MIIEow{number:058d}" for number in range(20))
AT = "2027-01-15T08:00:01"


def lines(*texts: str) -> list[Line]:
    return [Line(AT, text) for text in texts]


def words(found: list[Line]) -> list[str]:
    return [line.text for line in found]


def test_each_line_has_its_time_and_one_without_has_that_of_the_line_before():
    said = f"{AT}.25Z one\nits rest\n{AT}.5Z \n2027-01-15T10:00:02.75+02:00 two\n{AT}Z\n"
    assert parse(said) == [
        Line(f"{AT}.25", "one"), Line(f"{AT}.25", "its rest"), Line(f"{AT}.5", ""),
        Line("2027-01-15T08:00:02.75", "two"), Line(AT, ""),
    ]  # fmt: skip
    assert parse("") == []


@pytest.mark.parametrize("text", ["2026 was fine", "ABCZ b", "2027-01-15T08:00:01 no zone", "12:00:00Z x"])
def test_what_only_looks_like_a_time_is_part_of_the_line(text):
    assert parse(f"{text}\n") == [Line("", text)]


def test_a_time_of_no_calendar_is_kept_as_it_stands():
    assert parse("2027-13-45T08:00:01.5+02:00 x\n") == [Line("2027-13-45T08:00:01.5", "x")]


def test_the_servers_own_sentence_is_no_line_and_a_programs_is():
    gone = "unable to retrieve container logs for containerd://0123456789abcdef"
    assert parse(gone) == []
    assert parse(f"{AT}Z one\n{gone}\n{AT}Z two\n") == lines("one", "two")
    assert parse(f"{AT}Z {gone}\n") == lines(gone)


@pytest.mark.parametrize(
    ("printed", "seen"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]8;;https://evil.example\x07link\x1b]8;;\x07", "link"),
        ("\x1b]0;title without an end", ""),
        ("a\x00b\x07c\x7f", "abc"),
        ("10%\r20%\r30%", "10% 20% 30%"),
        ("one\u2028two", "one two"),
        ("abc\u202egnp", "abcgnp"),
        ("pay\u200bpal\ufeff", "paypal"),
        ("half\ud800", "half"),
        ("tab\tstays", "tab\tstays"),
        ("日本 😀", "日本 😀"),
    ],
)
def test_only_what_can_be_seen_is_left(printed, seen):
    assert visible(printed) == seen


def test_a_secret_behind_colours_is_one_still():
    found, _ = redacted(parse(f"{AT}Z pass\x1b[1mword=hunter2\x1b[0m ok\n"))
    assert words(found) == [f"password={placeholder('hunter2')} ok"]


def test_a_key_over_many_lines_leaves_one_line_and_the_others_their_times():
    said = [Line("1", "a"), Line("2", HEAD), Line("3", "MIIEow"), Line("4", FOOT), Line("5", "b")]
    found, inside = redacted(said)
    assert [line.at for line in found] == ["1", "2", "5"]
    assert re.fullmatch(r"\[redacted:\w+\]", found[1].text)
    assert not inside


@pytest.mark.parametrize("cut", range(1, len(BODY) + 2))
def test_a_key_whose_start_was_not_read_is_known_by_its_foot(cut):
    said = lines(HEAD, *BODY, FOOT, "after")[cut:]
    found, inside = redacted(said)
    assert len(found) == 2
    assert found[0].text.startswith("[redacted:")
    assert found[1].text == "after"
    assert not inside


@pytest.mark.parametrize("cut", range(1, len(BODY) + 2))
def test_a_key_in_two_parts_shows_nothing_of_either(cut):
    whole = lines("before", HEAD, *BODY, FOOT, "after")
    first, inside = redacted(whole[: cut + 1])
    assert inside
    second, inside = redacted(whole[cut + 1 :], inside=inside)
    assert not inside
    assert "MIIEow" not in "".join(words(first) + words(second))
    assert words(second)[-1] == "after"


def test_a_part_of_nothing_but_key_stays_inside_and_not_for_ever():
    found, inside = redacted(lines(*BODY), inside=True)
    assert len(found) == 1
    assert inside
    found, inside = redacted(lines(*["aGVsbG8="] * (LONGEST_KEY + 5)), inside=True)
    assert len(found) == 6
    assert not inside


def test_a_line_that_is_no_key_ends_it():
    found, inside = redacted(lines("it works again, thank you."), inside=True)
    assert words(found) == ["it works again, thank you."]
    assert not inside


def test_a_word_that_is_alone_is_not_taken_for_a_key():
    assert words(redacted(lines("ok", "done", "bye."))[0]) == ["ok", "done", "bye."]
    assert redacted([]) == ([], False)


@given(
    st.lists(st.text(max_size=30) | st.sampled_from([HEAD, FOOT, "\x1b[31m", "token=abc123x"]), max_size=8)
)
def test_anything_at_all_becomes_lines_that_can_be_seen(texts):
    found, _ = redacted(parse("\n".join(f"{AT}Z {text}" for text in texts)))
    for line in found:
        assert visible(line.text) == line.text
        assert "abc123x" not in line.text
