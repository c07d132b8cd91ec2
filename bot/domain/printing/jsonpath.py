"""What a path finds in an object, in bounded time: no expression that is typed can hold up everybody else.

As in kubectl, what is not there is nothing, not a mistake. Unlike there, so is an index past the end.
"""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Self

from bot.domain.errors import UsageError
from bot.domain.printing.grammar import read_path, read_template
from bot.domain.printing.nodes import (
    Deep,
    Every,
    Field,
    Filter,
    Node,
    Path,
    Range,
    Slice,
    Step,
    Union,
    Value,
    Words,
)
from bot.domain.results import MOST_BYTES

_MOST_VISITS = 500_000
"""Values that one expression may look at."""
_TOO_MUCH = "Narrow it down with -l or -n, or write a shorter path."
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt,
    ">=": operator.ge,
}  # fmt: skip


class JsonPath:
    """One path, such as `.status.containerStatuses[0].restartCount`."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @classmethod
    def read(cls, text: str) -> Self:
        return cls(read_path(text))

    @property
    def is_of_metadata(self) -> bool:
        """Whether the metadata alone can answer it."""
        return self._path.steps[:1] == (Field("metadata"),)

    def values(self, root: Any) -> list[Any]:
        return _Search(root).path(self._path, root)


class Template:
    """Words and paths, such as `{range .items[*]}{.metadata.name} {end}`."""

    def __init__(self, nodes: tuple[Node, ...]) -> None:
        self._nodes = nodes

    @classmethod
    def read(cls, text: str) -> Self:
        """A template; a lone path may leave out its braces."""
        lone = "{" not in text and text.lstrip()[:1] in {".", "$", "@"}
        return cls(read_template("{" + text + "}" if lone else text))

    def text(self, root: Any) -> str:
        """All of it, in at most as many characters as an answer may have."""
        pieces, left = [], MOST_BYTES
        for piece in self._pieces(_Search(root), self._nodes, root):
            pieces.append(piece)
            left -= len(piece)
            if left < 0:
                raise UsageError("What these paths find is too long for one answer.", hint=_TOO_MUCH)
        return "".join(pieces)

    def _pieces(self, search: _Search, nodes: tuple[Node, ...], here: Any) -> Iterator[str]:
        for node in nodes:
            search.visit()
            match node:
                case Words():
                    yield node.text
                case Path():
                    yield " ".join(map(as_text, search.path(node, here)))
                case Range():
                    for one in _each(search.path(node.path, here)):
                        yield from self._pieces(search, node.body, one)


def as_text(value: Any) -> str:
    """A value as kubectl prints it: words as they are, what has parts as JSON."""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _each(found: list[Any]) -> Iterable[Any]:
    return found[0] if len(found) == 1 and isinstance(found[0], list) else found


class _Search:
    """One search from a root, which may visit only so much."""

    def __init__(self, root: Any) -> None:
        self._root = root
        self._left = _MOST_VISITS

    def visit(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise UsageError("These paths look at too much at once.", hint=_TOO_MUCH)

    def path(self, path: Path, here: Any) -> list[Any]:
        found = [self._root if path.from_root else here]
        for step in path.steps:
            found = list(self._step(step, found))
        return found

    def _step(self, step: Step, found: list[Any]) -> Iterator[Any]:
        for value in found:
            self.visit()
            for one in self._of(step, value):
                self.visit()
                yield one

    def _of(self, step: Step, value: Any) -> Iterable[Any]:
        match step:
            case Field():
                return (value[step.name],) if isinstance(value, dict) and step.name in value else ()
            case Slice():
                return value[step.start : step.end : step.step] if isinstance(value, list) else ()
            case Every():
                return _parts(value)
            case Deep():
                return self._deep(value)
            case Union():
                return [one for member in step.members for one in self._of(member, value)]
            case Filter():
                return [one for one in _parts(value) if self._passes(step, one)]

    def _deep(self, value: Any) -> Iterator[Any]:
        pending = [value]
        while pending:
            one = pending.pop()
            self.visit()
            yield one
            pending += reversed(list(_parts(one)))

    def _passes(self, test: Filter, one: Any) -> bool:
        left = self.path(test.left, one)
        if not test.sign or not left:
            return bool(left)
        right = self._operand(test.right, one)
        return bool(right) and _holds(test.sign, left[0], right[0])

    def _operand(self, operand: Path | Words | Value | None, one: Any) -> list[Any]:
        match operand:
            case Path():
                return self.path(operand, one)
            case Words():
                return [operand.text]
            case Value():
                return [operand.value]
            case None:
                return []


def _holds(sign: str, left: Any, right: Any) -> bool:
    if isinstance(left, bool) or isinstance(right, bool) or left is None or right is None:
        same = left is right
        return same if sign == "==" else not same if sign == "!=" else False
    try:
        return _COMPARE[sign](left, right)
    except TypeError:  # words and numbers have no order
        return False


def _parts(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
