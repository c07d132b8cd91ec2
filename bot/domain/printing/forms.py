"""The forms of `-o`: which one is meant, and what stands nearest to those that are not there."""

from __future__ import annotations

from typing import Literal, TypeAlias, cast, get_args

from bot.domain.errors import UsageError
from bot.domain.model import Frozen
from bot.domain.printing.columns import Columns
from bot.domain.printing.jsonpath import Template

Kind: TypeAlias = Literal["", "wide", "name", "yaml", "json", "jsonpath", "custom-columns"]

_WITH_PATH = {
    "jsonpath": "-o jsonpath='{.items[*].metadata.name}'",
    "custom-columns": "-o custom-columns=NAME:.metadata.name,NODE:.spec.nodeName",
}
_ALL = "wide, name, yaml, json, jsonpath=… or custom-columns=…"


class Form(Frozen):
    """How what was found is to be printed."""

    kind: Kind = ""
    expression: str = ""

    @property
    def is_document(self) -> bool:
        """Whether it is made of whole objects."""
        return self.kind in {"yaml", "json", "jsonpath"}

    @property
    def heads(self) -> tuple[str, ...]:
        """Of columns of one's own."""
        return Columns.read(self.expression).heads if self.kind == "custom-columns" else ()


def read_form(word: str) -> Form:
    """What stands after `-o`. Raises `UsageError` with the nearest that works."""
    name, equals, expression = word.partition("=")
    kind = {"jsonpath-as-json": "jsonpath"}.get(name, name)
    if kind.startswith(("go-template", "template")):
        nearest = " or ".join(_WITH_PATH.values())
        raise UsageError("Go templates are not there.", hint=f"Paths are: {nearest}")
    if kind.endswith("-file"):
        raise UsageError("A file of yours cannot be read from here.", hint=f"Write it out: {_ALL}.")
    if kind not in get_args(Kind):
        raise UsageError(f"Not as `{word[:40].replace('`', '')}`.", hint=f"`-o` takes {_ALL}.")
    form = Form(kind=cast("Kind", kind), expression=expression)
    _check(form, equals=bool(equals))
    return form


def _check(form: Form, *, equals: bool) -> None:
    if form.kind in _WITH_PATH:
        if not form.expression.strip():
            raise UsageError(f"`{form.kind}` needs what to print.", hint=_WITH_PATH[form.kind])
        (Template if form.kind == "jsonpath" else Columns).read(form.expression)
    elif equals:
        raise UsageError(f"`{form.kind}` takes nothing after it.", hint=f"`-o` takes {_ALL}.")
