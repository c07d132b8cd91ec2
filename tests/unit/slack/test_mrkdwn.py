"""Text by others reaches Slack as it was written, and nothing in it comes alive."""

import re
import time

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from bot.domain.message import Span, Text, bold, channel, code, instant, person, text
from bot.slack.mrkdwn import clean, cut, escaped_size, mrkdwn, plain, rich, shown

# The same examples at every run, and no watch on the clock: a busy machine is no failure.
STEADY = settings(
    derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
JOINER = "\N{WORD JOINER}"
HOSTILE = st.sampled_from(
    [
        "<!channel>", "<@U0ANA>", "<#C0SHOP>", "<https://evil.example|click>", "@here", "@EVERYONE",
        "&lt;", "&",
        "```", "`", "*bold*", "_x_", "~", ":skull:", "> quote", "\x1b[31mred\x1b[0m", "\x1b]8;;http://e\x07x",
        "\u202e", "\u200b", "\r\n", "\n", "\x00", "😀", "日本語", "^", "|", "{time}", "<!date^1^{time}|x>",
    ]
)  # fmt: skip
WORDS = st.lists(HOSTILE | st.text(max_size=8), max_size=12).map("".join)
SPANS = st.builds(
    Span,
    kind=st.sampled_from(["plain", "code", "bold", "instant", "person", "channel"]),
    text=WORDS,
    id=st.sampled_from(["", "U0ANA", "C0SHOP", "1700000000", "C0|<!here>", "١٢٣"]) | WORDS,
)
TEXTS = st.lists(SPANS, max_size=6).map(lambda spans: Text(spans=tuple(spans)))
ALIVE = re.compile(r"<(?!!date\^[0-9]{1,11}\^\{time\} \{date_short_pretty\}\|[^<>|]+>|#C0SHOP>)")
CALL = re.compile(r"(?<!\w)@(here|channel|everyone)\b", re.IGNORECASE)


def test_each_kind_of_span_has_its_look():
    said = text(
        "{} on {}, asked by {} in {}",
        code("web"),
        bold("prod"),
        person("U0ANA", "ana"),
        channel("C0SHOP", "shop"),
    )

    assert mrkdwn(said, 100) == "`web` on *prod*, asked by *ana* in <#C0SHOP>"


def test_an_instant_is_shown_in_the_readers_own_zone():
    said = text("expires {}", instant(1_700_000_000, "at 22:13 UTC"))

    assert mrkdwn(said, 100) == "expires <!date^1700000000^{time} {date_short_pretty}|at 22:13 UTC>"
    assert rich(said, 100)[1] == {
        "type": "date",
        "timestamp": 1_700_000_000,
        "format": "{time} {date_short_pretty}",
        "fallback": "at 22:13 UTC",
    }


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("\x1b[1;31mFATAL\x1b[0m no db", "FATAL no db"),
        ("\x1b]8;;https://evil.example\x1b\\here\x1b]8;;\x1b\\", "here"),
        ("50%\r100%\r\ndone\x00\x07", "50%\n100%\ndone"),
        ("user\u202egpj.exe", "usergpj.exe"),
        ("we\u200bb", "web"),
        ("call @channel or @Here", f"call @{JOINER}channel or @{JOINER}Here"),
        ("@everyone_", f"@{JOINER}everyone_"),
        ("ana@here.example", "ana@here.example"),
        ("a\tb", "a\tb"),
    ],
)
def test_what_a_terminal_would_obey_is_left_out(written, seen):
    assert clean(written) == seen


@pytest.mark.parametrize("piece", ["\x9d", "\x1b]", "\x1b[0;", "\x9b1", ":a", "@", "`", "*_", "\r"])
def test_no_print_makes_cleaning_slow(piece):
    started = time.process_time()

    mrkdwn(text("{}", piece * 100_000), 3000)

    assert time.process_time() - started < 5


def test_runs_of_three_backticks_are_broken():
    assert "```" not in clean("`````` and ```")


@pytest.mark.parametrize("name", ["my_app_2", "5*3", "a~b", "12:30", "web:1.4.2"])
def test_marks_within_a_name_are_left_alone(name):
    assert mrkdwn(text("{}", name), 100) == name


@pytest.mark.parametrize("written", ["*bold*", "_it_", "~gone~", "`code`", ":skull:", "> quoted"])
def test_marks_that_would_format_are_held_apart(written):
    said = mrkdwn(text("{}", written), 100)

    assert said.replace(JOINER, "").replace("&gt;", ">") == written
    assert JOINER in said


def test_a_code_span_cannot_be_left():
    assert mrkdwn(text("{}", code("a` <!here> `b")), 100) == "`aˋ &lt;!here&gt; ˋb`"


def test_an_id_that_is_none_is_only_a_name():
    assert mrkdwn(text("{}", channel("C0|<!here>", "shop")), 100) == "#shop"
    assert mrkdwn(text("{}", Span(kind="instant", text="soon", id="x^y")), 100) == "soon"


def test_rich_text_keeps_every_character_as_it_is():
    assert rich(text("*{}* & <x>", code("a`b")), 100) == [
        {"type": "text", "text": "*"},
        {"type": "text", "text": "a`b", "style": {"code": True}},
        {"type": "text", "text": "* & <x>"},
    ]


def test_cutting_never_halves_an_entity():
    assert [cut("a&b", room, escaped_size) for room in (7, 6, 2, 1)] == ["a&b", "a…", "a…", "…"]
    assert mrkdwn(text("{}", "<<<<"), 10) == "&lt;&lt;…"


def test_a_channel_or_an_instant_is_never_halved():
    assert mrkdwn(text("in {}{}", channel("C0SHOP", "shop"), "x" * 20), 12) == "in <#C0SHOP>"[:3] + "…"
    assert mrkdwn(text("at {}, or later", instant(1_700_000_000, "22:13")), 40) == "at …"


@STEADY
@given(TEXTS, st.integers(1, 120))
def test_mrkdwn_is_harmless_and_short(said, room):
    shown_text = mrkdwn(said, room)

    assert len(shown_text) <= room
    assert not ALIVE.search(shown_text)
    assert not CALL.search(shown_text)
    assert "```" not in shown_text
    assert not re.search(r"&(?!amp;|lt;|gt;)", shown_text)


@STEADY
@given(TEXTS, st.integers(1, 120))
def test_rich_text_is_harmless_and_short(said, room):
    elements = rich(said, room)

    assert sum(len(shown(element)) for element in elements) <= room
    assert {element["type"] for element in elements} <= {"text", "date", "channel"}
    assert all(shown(element) and not CALL.search(shown(element)) for element in elements)


@STEADY
@given(WORDS, st.integers(4, 80))
def test_the_plain_line_is_one_line_and_counted_in_bytes(words, room):
    line = plain(words, room)

    assert len(line.encode()) <= room
    assert "\n" not in line
    assert "<" not in line
