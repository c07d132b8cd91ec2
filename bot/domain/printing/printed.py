"""What a form keeps of each object as its page arrives: no more than is printed of it, and no secret."""

from __future__ import annotations

from typing import Any, NamedTuple

from bot.domain.cluster import Take
from bot.domain.model import Json
from bot.domain.printing import documents
from bot.domain.printing.beside import Beside
from bot.domain.printing.columns import Columns
from bot.domain.printing.documents import Document
from bot.domain.printing.forms import Form
from bot.domain.printing.jsonpath import Template
from bot.domain.printing.sorting import Key
from bot.domain.printing.veil import veiled
from bot.domain.resources import ResourceType


class Printed(NamedTuple):
    """Of one object: where it stands among the others, and what is printed of it."""

    key: Key
    found: Any


def printer(form: Form, beside: Beside, kind: ResourceType) -> Take:
    """What to take of each object for a form: its cells, its name, or the whole of it."""
    columns = Columns.read(form.expression) if form.kind == "custom-columns" else None
    word = f"{kind.singular or kind.kind.lower()}{'.' if kind.group else ''}{kind.group}"

    def take(found: Json) -> Printed:
        veil = veiled(found, kind.kind)
        whole = {**veil, "apiVersion": kind.api_version, "kind": kind.kind}
        key = beside.key(whole)
        if form.kind == "name":
            return Printed(key, f"{word}/{found['metadata']['name']}")
        return Printed(key, columns.cells(whole) if columns else whole)

    return take


def document(form: Form, items: list[Any], *, single: bool) -> Document:
    """The lines of a form that is no table. `single`: one object was meant by its name."""
    match form.kind:
        case "name":
            return Document(tuple(items), 0)
        case "yaml":
            return documents.as_yaml(items, single=single)
        case "json":
            return documents.as_json(items, single=single)
        case _:
            said = Template.read(form.expression).text(items[0] if single else documents.listed(items))
            return Document(tuple(said.rstrip("\n").split("\n")) if said.strip() else (), 0)
