"""What a form asks and what its answers mean: a declaration as fields, answers as a line. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from bot.domain.errors import UsageError
from bot.domain.form import Choice, Field, Form
from bot.domain.redaction import redact
from bot.domain.typed import join
from bot.engine.arguments import Flag, Positional
from bot.engine.command import ChangeCommand, Command
from bot.engine.grammar import declared, is_many

_MOST_FIELDS = 12
_WHERE = frozenset({"namespace", "context"})
"""What every form asks, and last; their labels say it all."""


def form_of(command: Command, given: Mapping[str, str], *, clusters: int = 1) -> Form:
    """The form of a verb: what is needed first, then the rest, with what is known filled in."""
    marked = [
        (key, mark, info)
        for key, mark, info in declared(command.args)
        if (key in given or not (isinstance(mark, Flag) and mark.rare)) and (key != "context" or clusters > 1)
    ]
    own = [found for found in marked if found[0] not in _WHERE]
    where = [found for found in marked if found[0] in _WHERE]
    asked = (*own[: _MOST_FIELDS - len(where)], *where)
    fields = [_field(key, mark, info, given.get(key, ""), command) for key, mark, info in asked]
    title = command.name.capitalize()
    submit = "Plan it" if isinstance(command, ChangeCommand) else "Show"
    return Form(title=title, submit=submit, fields=tuple(fields), note=command.summary)


def _field(key: str, mark: Positional | Flag, info: Any, given: str, command: Command) -> Field:
    annotation = _plain(info.annotation)
    label = (
        mark.names[-1].lstrip("-").replace("-", " ").capitalize()
        if isinstance(mark, Flag)
        else mark.name.capitalize()
    )
    many = is_many(info)
    choices: tuple[Choice, ...] = ()
    kind: Literal["text", "number", "lines", "switch", "choice", "live"] = "text"
    if annotation is bool:
        kind = "switch"
    elif get_origin(annotation) is Literal:
        kind, choices = "choice", tuple(Choice(label=one, value=one) for one in get_args(annotation))
    elif mark.of or key in command.choices:
        kind = "live"
    elif annotation is int:
        kind = "number"
    elif many and isinstance(mark, Flag):
        kind = "lines"
    default = info.default
    shown = given or (str(default) if kind == "choice" and default else "")
    return Field(
        key=key, label=label, kind=kind, value=shown, choices=choices,
        hint="" if key in _WHERE else mark.help,
        is_needed=info.is_required() or any(getattr(m, "min_length", None) for m in info.metadata),
    )  # fmt: skip


def _plain(annotation: Any) -> Any:
    if get_origin(annotation) in (Union, UnionType):
        annotation = next(one for one in get_args(annotation) if one is not type(None))
    if get_origin(annotation) is tuple:
        annotation = get_args(annotation)[0]
    return annotation


def line_of(command: Command, answers: Mapping[str, str]) -> str:
    """The line that the answers mean; each answer is one word, whatever it holds, and never a flag."""
    words: list[str] = []
    rest: list[str] = []
    program: list[str] = []
    behind: list[str] = []
    for key, mark, info in declared(command.args):
        answer = answers.get(key, "").strip()
        if not answer:
            continue
        if isinstance(mark, Positional) and mark.behind:
            behind = ["--", *_words(answer)]
        elif isinstance(mark, Positional) and mark.rest:
            program = _words(answer)
        elif isinstance(mark, Positional):
            rest += _words(answer) if is_many(info) else [answer]
        elif _plain(info.annotation) is bool:
            words += [mark.names[-1]] if answer == "true" else []
        elif is_many(info):
            words += [f"{mark.names[-1]}={one.strip()}" for one in answer.splitlines() if one.strip()]
        else:
            words.append(f"{mark.names[-1]}={answer}")
    between = ["--"] if any(word.startswith("-") for word in (*rest, *program[:1])) else []
    return join([*command.name.split(), *words, *between, *rest, *program, *behind])


def _words(answer: str) -> list[str]:
    try:
        return shlex.split(answer)
    except ValueError:
        return answer.split()


def errors(command: Command, error: UsageError) -> dict[str, str]:
    """What is wrong, under the field it is about; under the first where none can be named."""
    keys = [key for key, _, _ in declared(command.args)]
    own = [key for key in keys if key not in _WHERE]
    return {error.field if error.field in keys else (own or keys)[0]: redact(error.message)}
