"""What people type, repaired: the signs that phones and chat clients put in place of the ones meant."""

from __future__ import annotations

import re
import shlex
import unicodedata
from collections.abc import Sequence

from bot.domain.errors import UsageError
from bot.domain.redaction import redact, redact_value

MOST = 4000
"""Characters of a line; a longer one is not read, lest half of it be done."""

_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "‚": "'"})
_DASH = re.compile(r"(?<!\S)[\u2013\u2014\u2015\u2212](?=[A-Za-z])")
_LONE_DASH = re.compile(r"(?<!\S)[\u2013\u2014](?!\S)")
_LABELLED = re.compile(r"<(?:https?|mailto|tel):[^<>|\s]*\|([^<>]*)>")
_BARE = re.compile(r"<((?:https?|mailto|tel):[^<>|\s]*)>")
_FENCES = re.compile(r"\A```\n?|\n?```\Z")
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


def repair(text: str) -> str:
    """The line as it was meant: plain quotes, dashes and spaces, links as their labels, entities once undone.

    A long dash before a letter is `--` for a word of more than one letter, `-` for a single one (`—n shop`).
    """
    visible = "".join(_sign(c) for c in text[:MOST].translate(_QUOTES))
    line = unicodedata.normalize("NFC", visible).strip()
    line = _DASH.sub(lambda found: _dashes(line, found.end()), line)
    line = _LONE_DASH.sub("--", line)
    line = _LABELLED.sub(r"\1", line)
    line = _BARE.sub(r"\1", line)
    for entity, sign in _ENTITIES:
        line = line.replace(entity, sign)
    return line.strip()


def typed_lines(text: str) -> str:
    """Lines for a program's input, each as it was meant, without the fences of a code block around them."""
    return "\n".join(repair(line) for line in _FENCES.sub("", text[:MOST]).split("\n"))


def _sign(character: str) -> str:
    """A plain space for every space and line end, nothing for what cannot be seen."""
    if character.isspace():
        return " "
    return "" if unicodedata.category(character)[0] == "C" else character


def _dashes(line: str, start: int) -> str:
    word = re.match(r"[A-Za-z][\w-]*", line[start:])
    return "-" if word and len(word.group()) == 1 else "--"


def split(text: str) -> tuple[str, ...]:
    """Words as a shell would split them, without any of a shell's other powers.

    Raises `UsageError` for what is left open, and for a line that would not be read to its end.
    """
    if len(text) > MOST:
        raise UsageError(
            f"A line has at most {MOST:,} characters, and this one has {len(text):,}: none of it was read.",
            hint="Make it shorter, or put what it says into a file.",
        )
    try:
        return tuple(shlex.split(repair(text)))
    except ValueError as error:
        left = (
            "backslash stands at the end" if "escaped" in str(error) else "quote is opened and never closed"
        )
        raise UsageError(f"A {left}.", hint="Close it, or leave it out.") from error


def join(words: tuple[str, ...] | list[str]) -> str:
    return shlex.join(words)


def clean(line: str) -> str:
    """The line for the record: word by word without secrets, so that no quote hides one half of a value."""
    try:
        words = split(line)
    except UsageError:
        return redact(line[:MOST])
    return _clean(words)


def clean_words(words: Sequence[str]) -> tuple[str, ...]:
    """The same of words that are split already; all in one where what is left cannot be split again."""
    line = _clean(words)
    try:
        return tuple(shlex.split(line))
    except ValueError:
        return (line,)


def _clean(words: Sequence[str]) -> str:
    return redact(shlex.join([clean_word(word) for word in words]))  # as a whole, too: `--token abc123`


def clean_word(word: str) -> str:
    """`DB_PASSWORD=a b` by its name, `--env=DB_PASSWORD=a b` too, what a URL asks for pair by pair, anything
    else by what it looks like.
    """
    before, mark, query = word.partition("?")
    if mark and "=" not in before:
        return redact(f"{before}?{'&'.join(map(clean_word, query.split('&')))}")
    name, equals, value = word.partition("=")
    if not equals:
        return redact(word)
    return f"{name}={redact_value(name, clean_word(value) if name.startswith('-') else value)}"
