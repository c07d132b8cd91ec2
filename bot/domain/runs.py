"""What is run that is no change of an object: which program or request, where exactly, and how it is shown.

Whoever says yes to it sees each word of it. What had to be hidden, and what could be taken for another sign,
is counted, so that no two programs ever look the same.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from bot.domain.access import Program
from bot.domain.cluster import ExecRequest, WebRequest
from bot.domain.model import Frozen
from bot.domain.redaction import placeholder, redact
from bot.domain.resources import ObjectRef
from bot.domain.spelling import is_plain, plainly
from bot.domain.typed import clean_word

MOST_SHOWN = 2500
"""Characters: what is longer cannot be shown whole, and so nobody can say yes to it."""
SHORT = 120
"""As many stand in a headline."""
_OF_PROGRAMS = " $`;&|<>(){}⟨"
"""What it takes to tell a shell what to run; with it what is spelt, such as a line's end."""


class Run(Frozen):
    """One program in one container of one pod, or one request to one pod or service."""

    target: ObjectRef
    """The pod, or what is asked."""
    request: ExecRequest | WebRequest
    uid: str = ""
    """Of the object that was shown: another one of that name is not meant. Empty where nobody was asked."""
    only: bool = False
    """The pod has no other container."""
    chosen: str = ""
    """The workload whose pod this is, where it was chosen for its asker."""

    @property
    def program(self) -> Program | None:
        """As the policy is asked about it; None for a request."""
        if isinstance(self.request, WebRequest):
            return None
        return Program(argv=self.request.argv, interactive=self.request.stdin or self.request.tty)

    @property
    def is_typed_to(self) -> bool:
        """It goes on in a thread, as a terminal."""
        return self.program is not None and self.program.interactive

    @property
    def words(self) -> tuple[str, ...]:
        """All that is sent."""
        if isinstance(self.request, ExecRequest):
            return self.request.argv
        return (self.request.method, self.request.path)


class Shown(Frozen):
    """Words as they may be shown: in one line, quoted as a shell would, and what that line does not say."""

    line: str
    hidden: tuple[int, ...] = ()
    """The places of the words that hold a secret, the first being 1."""
    spelt: tuple[int, ...] = ()
    """The places of those with signs that are no plain ASCII, each written as its number."""
    hides_a_program: bool = False
    """What is hidden has several words, or signs by which a shell runs them: it may be no mere secret."""

    @property
    def is_whole(self) -> bool:
        return len(self.line) <= MOST_SHOWN

    @property
    def is_told_by_its_headline(self) -> bool:
        return len(self.line) <= SHORT and not self.hidden and not self.spelt


def shown(words: tuple[str, ...]) -> Shown:
    """The words without secrets: what differs is shown differently, or it is said what of it is hidden."""
    spelt = tuple(place for place, word in enumerate(words, 1) if not all(map(is_plain, word)))
    clean = [_without_secrets(words, place) for place in range(len(words))]
    hidden = tuple(place for place, word in enumerate(words, 1) if clean[place - 1] != word)
    line = _line(clean)
    bare = redact(line)
    if bare != line:  # a secret that only several words together are
        hidden = tuple(sorted({*hidden, *_differing(line, bare, len(words))}))
    whole = _line(words) if hidden else bare
    acts = any(whole.count(sign) > bare.count(sign) for sign in _OF_PROGRAMS)
    return Shown(line=bare, hidden=hidden, spelt=spelt, hides_a_program=acts)


def _line(words: Iterable[str]) -> str:
    return " ".join(shlex.quote(plainly(word)) for word in words)


def _differing(line: str, bare: str, count: int) -> tuple[int, ...]:
    """The places of the words that are not the same in both; all of them where that cannot be told."""
    try:
        pairs = tuple(zip(shlex.split(line), shlex.split(bare), strict=True))
    except ValueError:
        return tuple(range(1, count + 1))
    return tuple(place for place, (one, other) in enumerate(pairs, 1) if one != other)


def _without_secrets(words: tuple[str, ...], place: int) -> str:
    """One word by what it is, and by the name that may stand before it: `--token abc123`."""
    word = words[place]
    clean = clean_word(word)
    before = words[place - 1] if place else ""
    if clean == word and before.startswith("-") and redact(f"{before} {word}") != f"{before} {word}":
        return placeholder(word)
    return clean
