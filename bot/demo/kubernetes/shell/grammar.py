"""Reading a script: words and operators first, then commands, loops and conditions."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

LITERAL = "\0"  # stands for a `$` in single quotes, which is not to be expanded

_OPERATOR = re.compile(r"&&|\|\||2>&1|1?>&2|2>>?\s*[^\s;&|]+|1?>>?|<|;;|[;&|\n()]")
_BARE = re.compile(r"[^\s;&|<>()'\"\\]+")


class ScriptError(Exception):
    """The script cannot be read."""


@dataclass(frozen=True)
class Token:
    text: str
    operator: bool = False


@dataclass(frozen=True)
class Simple:
    """A program and its arguments; `target`: where its output goes instead, if anywhere."""

    words: tuple[str, ...]
    to_error: bool = False
    target: str = ""


@dataclass(frozen=True)
class Loop:
    """`while` or `until` with a condition, or `for` with a name and its values."""

    kind: str
    condition: tuple["Joined", ...] = ()
    name: str = ""
    values: tuple[str, ...] = ()
    body: tuple["Joined", ...] = ()


@dataclass(frozen=True)
class Branch:
    """`if`, `then`, `else`."""

    condition: tuple["Joined", ...]
    then: tuple["Joined", ...]
    otherwise: tuple["Joined", ...] = ()


@dataclass(frozen=True)
class Joined:
    """A command, and the operator that stands between it and the next."""

    command: Simple | Loop | Branch
    joint: str = ";"


def tokens(text: str) -> Iterator[Token]:
    """Split a script; quotes are resolved, variables are not."""
    at = 0
    while at < len(text):
        if text[at] in " \t":
            at += 1
        elif text[at] == "#":
            at = text.find("\n", at) if "\n" in text[at:] else len(text)
        elif match := _OPERATOR.match(text, at):
            at = match.end()
            yield Token(";" if match.group() == "\n" else match.group(), operator=True)
        else:
            word, at = _word(text, at)
            yield Token(word)


def _word(text: str, at: int) -> tuple[str, int]:
    word = ""
    while at < len(text) and text[at] not in " \t\n;&|<>()":
        sign = text[at]
        if sign == "'":
            end = _closing(text, at, "'")
            word += text[at + 1 : end].replace("$", LITERAL)
            at = end + 1
        elif sign == '"':
            end = _closing(text, at, '"')
            word += text[at + 1 : end].replace('\\"', '"').replace("\\$", LITERAL)
            at = end + 1
        elif sign == "\\":
            word += text[at + 1 : at + 2].replace("$", LITERAL)
            at += 2
        elif text.startswith("$(", at):
            end = _closing(text, at, ")")
            word += text[at : end + 1]
            at = end + 1
        else:
            match = _BARE.match(text, at)
            piece = match.group() if match else sign
            piece = piece[: piece.index("$(")] if "$(" in piece and not piece.startswith("$(") else piece
            word += piece
            at += len(piece)
    return word, at


def _closing(text: str, at: int, sign: str) -> int:
    end = at + 1
    while (end := text.find(sign, end)) > 0 and text[end - 1] == "\\" and sign == '"':
        end += 1
    if end < 0:
        raise ScriptError("unterminated quoted string")
    return end


def parse(text: str) -> tuple[Joined, ...]:
    return _Parser(list(tokens(text))).commands(())


@dataclass
class _Parser:
    """A reader of tokens, one ahead of the script."""

    rest: list[Token]

    def commands(self, ends: tuple[str, ...]) -> tuple[Joined, ...]:
        """Read commands up to one of the closing words, which is taken too."""
        found: list[Joined] = []
        while self.rest:
            token = self.rest[0]
            if token.operator and token.text in (";", "&"):
                self.rest.pop(0)
            elif not token.operator and token.text in ends:
                return tuple(found)
            else:
                command = self._command()
                joint = (
                    self.rest.pop(0).text
                    if self.rest and self.rest[0].text in ("&&", "||", ";", "&", "|")
                    else ";"
                )
                found.append(Joined(command, joint))
        if ends:
            raise ScriptError(f'end of file unexpected (expecting "{ends[0]}")')
        return tuple(found)

    def _command(self) -> Simple | Loop | Branch:
        word = self.rest[0].text if not self.rest[0].operator else ""
        if word in ("while", "until"):
            self.rest.pop(0)
            condition = self.commands(("do",))
            return Loop(word, condition, body=self._until("do", "done"))
        if word == "for":
            return self._for()
        if word == "if":
            self.rest.pop(0)
            condition = self.commands(("then",))
            self.rest.pop(0)
            then = self.commands(("else", "fi"))
            otherwise = self._until("else", "fi") if self.rest[0].text == "else" else ()
            if not otherwise:
                self.rest.pop(0)
            return Branch(condition, then, otherwise)
        return self._simple()

    def _until(self, opening: str, closing: str) -> tuple[Joined, ...]:
        if not self.rest or self.rest.pop(0).text != opening:
            raise ScriptError(f'expecting "{opening}"')
        body = self.commands((closing,))
        self.rest.pop(0)
        return body

    def _for(self) -> Loop:
        self.rest.pop(0)
        name = self.rest.pop(0).text
        values = []
        while self.rest and not self.rest[0].operator and self.rest[0].text != "do":
            values.append(self.rest.pop(0).text)
        while self.rest and self.rest[0].operator:
            self.rest.pop(0)
        return Loop("for", name=name, values=tuple(values[1:]), body=self._until("do", "done"))

    def _simple(self) -> Simple:
        words: list[str] = []
        to_error, target = False, ""
        while self.rest:
            token = self.rest[0]
            if token.operator and token.text in ("&&", "||", ";", "&", "|"):
                break
            self.rest.pop(0)
            if not token.operator:
                words.append(token.text)
            elif token.text.endswith(">&2"):
                to_error = True
            elif token.text in (">", ">>", "1>", "1>>"):
                target = self.rest.pop(0).text if self.rest else ""
            elif token.text in ("(", ")"):
                raise ScriptError(f'"{token.text}" unexpected')
        return Simple(tuple(words), to_error, target)
