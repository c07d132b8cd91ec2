"""kubectl's dialect of JSONPath, read: `{range .items[*]}{.metadata.name}{end}`.

A mistake is told with the place where it stands.
"""

from __future__ import annotations

import re
from typing import NoReturn

from bot.domain.errors import UsageError
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

_DEEPEST = 12
_ENDS = frozenset(" .,[]$@{}()=!<>'\"|\t\n")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_SIGNS = ("==", "!=", "<=", ">=", "<", ">")
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r"}


def read_template(text: str) -> tuple[Node, ...]:
    """Words and `{…}`. Raises `UsageError` that names the place."""
    reader = _Reader(text)
    nodes = reader.nodes(0)
    if reader.at < len(text):
        reader.refuse("this `end` has no `range` before it")
    return nodes


def read_path(text: str) -> Path:
    """One path, with or without its braces and its first dot."""
    inner = text.strip()
    if inner.startswith("{") and inner.endswith("}"):
        inner = inner[1:-1].strip()
    reader = _Reader(inner)
    path = reader.path(0)
    if reader.at < len(inner):
        reader.refuse("the path should end here")
    if not path.steps and not path.from_root:
        reader.refuse("a path is needed, such as `.metadata.name`")
    return path


class _Reader:
    """Reads from `at` on; what it refuses, it refuses there."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def refuse(self, why: str) -> NoReturn:
        near = self.text[max(0, self.at - 12) : self.at + 12].replace("`", "")
        place = f"character {self.at + 1} of the path" + (f", in `{near}`" if near.strip() else "")
        raise UsageError(f"At {place}: {why}.")

    def peek(self, words: str) -> bool:
        return self.text.startswith(words, self.at)

    def take(self, words: str) -> bool:
        found = self.peek(words)
        self.at += len(words) if found else 0
        return found

    def expect(self, sign: str) -> None:
        if not self.take(sign):
            self.refuse(f"`{sign}` is missing")

    def blanks(self) -> None:
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1

    def nodes(self, depth: int) -> tuple[Node, ...]:
        """Up to the end of the text, or to the `{end}` of the range that this is the body of."""
        if depth > _DEEPEST:
            self.refuse("ranges stand too deep in one another")
        found: list[Node] = []
        while self.at < len(self.text):
            if not self.peek("{"):
                brace = self.text.find("{", self.at)
                stop = len(self.text) if brace < 0 else brace
                found.append(Words(self.text[self.at : stop]))
                self.at = stop
                continue
            start = self.at
            self.at += 1
            self.blanks()
            if self.word("end"):
                if not depth:
                    self.at = start
                    return tuple(found)
                self.close()
                return tuple(found)
            if self.word("range"):
                self.blanks()
                over = self.path(depth)
                self.close()
                found.append(Range(over, self.nodes(depth + 1)))
                continue
            found += self.action(depth)
        if depth:
            self.refuse("`{end}` is missing after `{range …}`")
        return tuple(found)

    def word(self, word: str) -> bool:
        after = self.text[self.at + len(word) : self.at + len(word) + 1]
        return (after in _ENDS or not after) and self.take(word)

    def close(self) -> None:
        self.blanks()
        self.expect("}")

    def action(self, depth: int) -> list[Node]:
        """Paths and quoted words, up to the closing brace."""
        found: list[Node] = []
        self.blanks()
        while not self.take("}"):
            if self.at >= len(self.text):
                self.refuse("`}` is missing")
            if self.text[self.at] in "\"'":
                found.append(Words(self.quoted()))
            else:
                before = self.at
                found.append(self.path(depth))
                if self.at == before:
                    self.refuse("a path or quoted words should stand here")
            self.blanks()
        return found

    def path(self, depth: int) -> Path:
        from_root = self.take("$")
        started = from_root or self.take("@")
        steps: list[Step] = []
        while self.at < len(self.text):
            if self.take(".."):
                steps.append(Deep())
                if not self.peek("["):
                    steps.append(self.field())
            elif self.take("["):
                steps.append(self.bracket(depth))
            elif self.take("."):
                if self.at >= len(self.text) or self.text[self.at] in "} )":
                    break  # `{.}` is the whole
                if not self.peek("["):
                    steps.append(self.field())
            elif not steps and not started and self.text[self.at] not in _ENDS:
                steps.append(self.field())
            else:
                break
            started = True
        return Path(tuple(steps), from_root)

    def field(self) -> Step:
        if self.take("*"):
            return Every()
        name = ""
        while self.at < len(self.text) and self.text[self.at] not in _ENDS:
            if self.take("\\") and self.at >= len(self.text):
                self.refuse("nothing follows the backslash")
            name += self.text[self.at]
            self.at += 1
        return Field(name) if name else self.refuse("a name is missing")

    def bracket(self, depth: int) -> Step:
        self.blanks()
        if self.take("?("):
            found: Step = self.filter(depth + 1)
            self.blanks()
            if self.peek("&&") or self.peek("||"):
                self.refuse("a filter compares once; two filters in a row are both applied")
            self.expect(")")
        elif self.take("*"):
            found = Every()
        else:
            members = [self.member()]
            while self.take(","):
                members.append(self.member())
            found = members[0] if len(members) == 1 else Union(tuple(members))
        self.blanks()
        self.expect("]")
        return found

    def member(self) -> Field | Slice:
        self.blanks()
        if self.at < len(self.text) and self.text[self.at] in "\"'":
            name = self.quoted()
            self.blanks()
            return Field(name)
        start = self.integer()
        if not self.take(":"):
            self.blanks()
            if start is None:
                self.refuse("a number, a quoted name, `*` or `?(…)` should stand here")
            return Slice(start, start + 1 if start != -1 else None)
        end = self.integer()
        step = self.integer() if self.take(":") else None
        if step is not None and step < 1:
            self.refuse("a step is 1 or more")
        self.blanks()
        return Slice(start, end, step or 1)

    def integer(self) -> int | None:
        found = re.compile(r"-?\d{1,9}").match(self.text, self.at)
        self.at = found.end() if found else self.at
        return int(found[0]) if found else None

    def filter(self, depth: int) -> Filter:
        if depth > _DEEPEST:
            self.refuse("filters stand too deep in one another")
        self.blanks()
        left = self.path(depth)
        self.blanks()
        sign = next((sign for sign in _SIGNS if self.take(sign)), "")
        if not sign:
            return Filter(left)
        self.blanks()
        return Filter(left, sign, self.operand(depth))

    def operand(self, depth: int) -> Path | Words | Value:
        if self.at < len(self.text) and self.text[self.at] in "\"'":
            return Words(self.quoted())
        for word, value in (("true", True), ("false", False), ("null", None)):
            if self.word(word):
                return Value(value)
        if number := _NUMBER.match(self.text, self.at):
            self.at = number.end()
            return Value(float(number[0]))
        before = self.at
        path = self.path(depth)
        return path if self.at > before else self.refuse("something to compare with should stand here")

    def quoted(self) -> str:
        mark, start = self.text[self.at], self.at
        self.at += 1
        words = ""
        while not self.take(mark):
            if self.at >= len(self.text):
                self.at = start
                self.refuse("this quote is never closed")
            sign = self.text[self.at]
            if sign == "\\" and self.at + 1 < len(self.text):
                self.at += 1
                sign = _ESCAPED.get(self.text[self.at], self.text[self.at])
            words += sign
            self.at += 1
        return words
