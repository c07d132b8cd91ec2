"""What phones and chat clients make of a line is undone; what was meant is left alone."""

import shlex
import unicodedata

import pytest
from hypothesis import given, strategies as st

from bot.domain.errors import UsageError
from bot.domain.typed import MOST, join, repair, split

NOISE = [
    ("get pods\n", "get pods"),
    ("  get pods\t", "get pods"),
    ("scale web 4\r\n-n shop", "scale web 4  -n shop"),
    ("get\u00a0pods", "get pods"),
    ("get\u202fpods\u2003-A\u3000", "get pods -A"),
    ("get\u200b pods\ufeff\u2060", "get pods"),
    ("get\x00 po\x07ds", "get pods"),
    ("label web note=“two words”", 'label web note="two words"'),
    ("label web note=‘two words’", "label web note='two words'"),
    ("label web note=„two words”", 'label web note="two words"'),
    ("label web note=‚two words’", "label web note='two words'"),
    ("get pods —all-namespaces", "get pods --all-namespaces"),
    ("get pods –namespace=shop", "get pods --namespace=shop"),
    ("get pods ―namespace shop", "get pods --namespace shop"),
    ("get pods −namespace shop", "get pods --namespace shop"),
    ("get pods —n shop", "get pods -n shop"),
    ("get pods –A", "get pods -A"),
    ("—help", "--help"),
    ("get pods —n=shop", "get pods -n=shop"),
    ("get pods —n-x", "get pods --n-x"),
    ("get\u00a0pods\u00a0—watch", "get pods --watch"),
    ("get pods —\u200bwatch", "get pods --watch"),
    ("exec web — ls", "exec web -- ls"),
    ("exec web – ls", "exec web -- ls"),
    ("exec web —", "exec web --"),
    ("get pods --watch", "get pods --watch"),
    ("label web range=1–4", "label web range=1–4"),
    ("label web a—b=c", "label web a—b=c"),
    ("scale web –4", "scale web –4"),
    ("deploy web --image <https://r.example.com/web:1>", "deploy web --image https://r.example.com/web:1"),
    ("get pod <http://web.shop|web.shop>", "get pod web.shop"),
    ("get <http://a.b|a.b> <http://c.d|c.d>", "get a.b c.d"),
    ("whoami <mailto:a@b.example|a@b.example>", "whoami a@b.example"),
    ("call <tel:+123|+123> <tel:+45>", "call +123 tel:+45"),
    ("who <@U0ANA|ana> in <#C0SHOP|shop>", "who <@U0ANA|ana> in <#C0SHOP|shop>"),
    ("get pods -l a&lt;b", "get pods -l a<b"),
    ("get pods -l a&gt;b&amp;c", "get pods -l a>b&c"),
    ("echo &amp;lt;", "echo &lt;"),
    ("echo &quot;", "echo &quot;"),
    ("&lt;http://x|y&gt;", "<http://x|y>"),
    ("cafe\u0301", "café"),
    ("", ""),
]


@pytest.mark.parametrize(("typed", "meant"), NOISE)
def test_noise_is_undone(typed: str, meant: str):
    assert repair(typed) == meant


@given(st.text(st.characters(exclude_characters="<&"), max_size=60))
def test_what_is_repaired_needs_no_repair(line: str):
    assert repair(repair(line)) == repair(line)


@given(st.text("abcXYZ019-_=./:,'\" ", max_size=40))
def test_what_is_clean_stays_as_it_is(line: str):
    assert repair(line) == line.strip()


@given(st.text(max_size=60))
def test_nothing_invisible_is_left(line: str):
    assert not [c for c in repair(line) if unicodedata.category(c)[0] == "C" or (c.isspace() and c != " ")]


def test_only_so_many_characters_are_read():
    assert repair("x" * (MOST + 5)) == "x" * MOST


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("scale web 4", ("scale", "web", "4")),
        ('label web "note=two words"', ("label", "web", "note=two words")),
        ("label web note=“two words”", ("label", "web", "note=two words")),
        ("echo $HOME `id` $(id) * ~", ("echo", "$HOME", "`id`", "$(id)", "*", "~")),
        ("ls ; ls | cat > x &", ("ls", ";", "ls", "|", "cat", ">", "x", "&")),
        ("echo #no comment", ("echo", "#no", "comment")),
        (r"echo a\ b", ("echo", "a b")),
        ("scale web\n4", ("scale", "web", "4")),
        ("label web a=''", ("label", "web", "a=")),
        ("", ()),
    ],
)  # fmt: skip
def test_words_are_those_of_a_shell_without_its_powers(line: str, words: tuple[str, ...]):
    assert split(line) == words


@pytest.mark.parametrize(
    ("line", "said"), [("get 'pods", "quote"), ("get “pods", "quote"), ("get pods \\", "backslash")]
)
def test_what_is_left_open_is_told(line: str, said: str):
    with pytest.raises(UsageError, match=said) as caught:
        split(line)
    assert caught.value.hint == "Close it, or leave it out."


@given(st.lists(st.text("abc'\" $\\-=", min_size=1, max_size=6), max_size=5))
def test_joined_words_are_split_into_the_same_words(words: list[str]):
    clean = [word for word in words if word.strip() == word]
    assert split(join(clean)) == tuple(clean)
    assert join(tuple(clean)) == shlex.join(clean)
