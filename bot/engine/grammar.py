"""From words to validated arguments, by the declaration of a verb alone; click does the parsing."""

from __future__ import annotations

import re
from functools import lru_cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

import click
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from bot.domain.errors import UsageError
from bot.engine.arguments import Args, Flag, Positional

A = TypeVar("A", bound=Args)
_TRUE, _FALSE = {"true", "1"}, {"false", "0"}


def parse(model: type[A], words: tuple[str, ...], *, name: str = "") -> A:
    """Read words into a verb's Args. Raises `UsageError` that carries the usage line."""
    line = usage(name, model)
    own, behind = _parted(model, words)
    try:
        context = _parser(model).make_context(name, _settle(model, own, ends=bool(behind)))
        given = {key: value for key, value in context.params.items() if value not in (None, ())}
        return model(**given, **behind)
    except click.UsageError as error:
        raise UsageError(_sentence(error), hint=f"Usage: `{line}`") from error
    except UsageError as error:
        error.hint = error.hint or f"Usage: `{line}`"
        raise
    except ValidationError as error:
        raise _complaint(model, error, f"Usage: `{line}`") from error


def understood(model: type[Args], words: tuple[str, ...]) -> dict[str, str]:
    """What can be read of words that are not whole: the text of each argument that was given."""
    own = words[: words.index("--")] if "--" in words else words
    settled = _settle(model, own, ends=len(own) < len(words))
    context = _parser(model).make_context(
        "", settled, resilient_parsing=True, ignore_unknown_options=True, allow_extra_args=True
    )
    found = {}
    for key, mark, info in declared(model):
        value = context.params.get(key)
        if value in (None, (), False):
            continue
        between = "\n" if isinstance(mark, Flag) and is_many(info) else " "
        found[key] = between.join(map(str, value)) if isinstance(value, tuple) else str(value)
    return found


def spelled(args: Args) -> list[str]:
    """The words that mean these arguments, each value given in full and none of them as it was typed."""
    words: list[str] = []
    positional: list[str] = []
    behind: list[str] = []
    for key, mark, info in declared(type(args)):
        value = getattr(args, key)
        if value == info.default:
            continue
        values = [str(one) for one in value] if isinstance(value, tuple) else [str(value)]
        if isinstance(mark, Positional):
            (behind if mark.behind else positional).extend(values)
        elif value is True:
            words.append(mark.names[-1])
        else:
            words += [f"{_long(mark)}={one}" for one in values]
    is_plain = not any(word.startswith("-") for word in positional)
    named = [*positional, *words] if is_plain else [*words, "--", *positional]
    return [*named, *(["--", *behind] if behind else [])]


def _long(flag: Flag) -> str:
    return next((name for name in flag.names if name.startswith("--")), flag.names[-1])


def declared(model: type[Args]) -> list[tuple[str, Positional | Flag, FieldInfo]]:
    """The arguments in their order, each with its mark."""
    marked = ((key, _mark(info), info) for key, info in model.model_fields.items())
    return [(key, mark, info) for key, mark, info in marked if mark is not None]


def usage(name: str, model: type[Args]) -> str:
    """`/k8s scale NAME [REPLICAS] [--replicas N] [-n NAME]`, for people."""
    parts = [f"/k8s {name}"]
    for info in model.model_fields.values():
        mark = _mark(info)
        if isinstance(mark, Positional):
            shown = mark.name + (" …" if is_many(info) else "")
            parts.append(shown if info.is_required() else f"[{shown}]")
    for key, info in model.model_fields.items():
        mark = _mark(info)
        if isinstance(mark, Flag) and key != "context":
            value = "" if info.annotation is bool else " " + (mark.metavar or key.upper())
            shown = f"{mark.names[0]}{value}"
            parts.append(shown if info.is_required() else f"[{shown}]")
    return " ".join(parts)


def flags(model: type[Args]) -> list[tuple[str, str]]:
    """Every flag with what it says of itself."""
    found = [(_mark(info), info) for info in model.model_fields.values()]
    return [
        (", ".join(mark.names) + ("" if info.annotation is bool else f" {mark.metavar}".rstrip()), mark.help)
        for mark, info in found
        if isinstance(mark, Flag)
    ]


@lru_cache(maxsize=128)
def _parser(model: type[Args]) -> click.Command:
    params: list[click.Parameter] = []
    for key, info in model.model_fields.items():
        mark = _mark(info)
        many, kind = is_many(info), _type(info)
        if isinstance(mark, Positional) and not mark.behind:
            params.append(
                click.Argument([key], type=kind, required=False, nargs=-1 if many else 1, metavar=mark.name)
            )
        elif isinstance(mark, Flag) and info.annotation is bool:
            params.append(click.Option([*mark.names, key], is_flag=True))
        elif isinstance(mark, Flag):
            params.append(click.Option([*mark.names, key], type=kind, multiple=many))
    return click.Command(
        "k8s", params=params, add_help_option=False, context_settings={"show_default": False}
    )


def _mark(info: FieldInfo) -> Positional | Flag | None:
    return next((mark for mark in info.metadata if isinstance(mark, (Positional, Flag))), None)


def is_many(info: FieldInfo) -> bool:
    """Whether it takes any number of values."""
    return get_origin(info.annotation) is tuple


def _type(info: FieldInfo) -> Any:
    annotation: Any = info.annotation
    if get_origin(annotation) in (Union, UnionType):
        annotation = next(a for a in get_args(annotation) if a is not NoneType)
    if get_origin(annotation) is tuple:
        annotation = get_args(annotation)[0]
    return click.INT if annotation is int else click.STRING


def _parted(model: type[Args], words: tuple[str, ...]) -> tuple[tuple[str, ...], dict[str, tuple[str, ...]]]:
    """The words that are ours, and by its field what stands behind `--`, where the verb takes that apart."""
    marks = ((key, _mark(info)) for key, info in model.model_fields.items())
    field = next((key for key, mark in marks if isinstance(mark, Positional) and mark.behind), "")
    if not field or "--" not in words:
        return words, {}
    place = words.index("--")
    return words[:place], {field: words[place + 1 :]}


def _rest(model: type[Args], words: tuple[str, ...]) -> int | None:
    """Where somebody else's command begins: its flags are not ours."""
    marks = [mark for info in model.model_fields.values() if (mark := _mark(info))]
    own = [mark for mark in marks if isinstance(mark, Positional) and not mark.behind]
    if not own or not own[-1].rest:
        return None
    flagged = [mark for mark in marks if isinstance(mark, Flag)]
    valued = {name for mark in flagged for name in mark.names} - _booleans(model)
    position, before = 0, len(own) - 1
    while position < len(words):
        if words[position].startswith("-"):
            position += _takes_next(words[position], valued)
        elif before:
            before -= 1
        else:
            return position
        position += 1
    return None


def _takes_next(word: str, valued: set[str]) -> bool:
    """Whether a flag's value is the next word, and no part of it: `-n shop`, not `-nshop` or `-n=shop`."""
    if word.startswith("--"):
        return word in valued
    place = next((place for place, letter in enumerate(word) if f"-{letter}" in valued), None)
    return place is not None and place == len(word) - 1


def _booleans(model: type[Args]) -> set[str]:
    return {
        name
        for info in model.model_fields.values()
        if info.annotation is bool and isinstance(mark := _mark(info), Flag)
        for name in mark.names
    }


def _settle(model: type[Args], words: tuple[str, ...], *, ends: bool) -> list[str]:
    """Spell kubectl's forms as click reads them: `-n=shop`, `--flag=true`, `--flag=false`.

    `ends` says that a `--` stood behind the words, so that every flag among them is ours.
    """
    booleans, rest = _booleans(model), None if ends else _rest(model, words)
    settled: list[str] = []
    for position, word in enumerate(words):
        if word == "--" or position == rest:
            end = ["--"] if word != "--" else []
            return [*settled, *end, *words[position:]]
        name, equals, value = word.partition("=")
        if why := model.refused.get(name):
            raise UsageError(f"Not with `{name}`: {why}")
        if equals and name in booleans and value.lower() in _TRUE | _FALSE:
            settled += [name] if value.lower() in _TRUE else []
        elif equals and name not in booleans and re.fullmatch(r"-\w", name):
            settled += [name, value]
        else:
            settled.append(word)
    return settled


def _sentence(error: click.UsageError) -> str:
    said = error.format_message().strip().replace("\n", " ")
    return said.replace("'", "`")[:300]


def _complaint(model: type[Args], error: ValidationError, hint: str) -> UsageError:
    """The first thing that is wrong, and with which argument."""
    first = error.errors(include_url=False)[0]
    said = str(first["msg"]).removeprefix("Value error, ")
    where = str(first["loc"][0]) if first["loc"] else ""
    mark = _mark(model.model_fields[where]) if where in model.model_fields else None
    name = mark.name if isinstance(mark, Positional) else mark.names[-1] if isinstance(mark, Flag) else where
    if first["type"] in {"missing", "too_short"}:
        said = f"`{name}` is needed."
    elif first["type"] != "value_error":
        said = f"`{name}`: {said[:1].lower()}{said[1:]}."
    complaint = UsageError(said, hint=hint)
    complaint.field = where
    return complaint
