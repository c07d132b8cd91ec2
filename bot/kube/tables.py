"""Tables as the server prints them, in cells as kubectl shows them."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING, Any

from bot.domain.ages import age, parse_time
from bot.domain.cluster import ApiTable, Column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.cluster import Take
    from bot.domain.model import Json
    from bot.domain.resources import ResourceType

ACCEPT = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"
NAMESPACE = Column(name="Namespace")
_BREAK = re.compile(r"[\f\n\r]")


def bare(page: Json) -> tuple[list[Json], str]:
    """The objects of a page without their managed fields, and the version that the list has."""
    items: list[Json] = page.get("items") or []
    for item in items:
        item["metadata"].pop("managedFields", None)
    return items, page["metadata"].get("resourceVersion", "")


def read(kind: ResourceType, page: Json, *, with_namespace: bool, take: Take | None = None) -> ApiTable:
    """One page of an answer as a table; with `with_namespace` in front stands whose each row is.

    With `take`, what it takes of each row's object is kept, and the object is not.
    """
    table = page if page.get("kind") == "Table" else _printed(page)
    columns = tuple(
        Column(name=str(column.get("name", "")), priority=int(column.get("priority") or 0))
        for column in table.get("columnDefinitions") or ()
    )
    rows: list[tuple[str, ...]] = []
    names: list[tuple[str, str]] = []
    taken: list[Any] = []
    for row in table.get("rows") or ():
        cells = tuple(map(_cell, row.get("cells") or ()))
        found = row.get("object") or {}
        metadata = found.get("metadata") or {}
        if metadata:
            names.append((metadata.get("namespace", ""), metadata.get("name", "")))
        if take:
            taken.append(take(found))
        rows.append((metadata.get("namespace", ""), *cells) if with_namespace else cells)
    return ApiTable(
        type=kind,
        columns=(NAMESPACE, *columns) if with_namespace else columns,
        rows=tuple(rows),
        names=tuple(names),
        taken=tuple(taken),
        remaining=remaining(table),
    )


def whole(pages: Sequence[ApiTable]) -> ApiTable:
    """The pages of one answer as one table."""
    if len(pages) == 1:
        return pages[0]
    parts = {
        part: tuple(one for page in pages for one in getattr(page, part))
        for part in ("rows", "names", "taken")
    }
    return pages[-1].model_copy(update={"columns": pages[0].columns, **parts})


def remaining(last: Json) -> int:
    """With a selector the server does not count what is left: then at least one."""
    metadata = last.get("metadata") or {}
    return max(1, int(metadata.get("remainingItemCount") or 0)) if metadata.get("continue") else 0


def _cell(value: Any) -> str:
    if value is None:
        return "<none>"
    if isinstance(value, str):
        found = _BREAK.search(value)
        return value[: found.start()] + "..." if found else value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return json.dumps(value, ensure_ascii=False)


def _printed(answer: Json) -> Json:
    """Objects, from an extension server that prints no tables: name and age, as kubectl falls back to."""
    objects = answer["items"] or () if "items" in answer else (answer,)
    now = time.time()
    return {
        "columnDefinitions": [{"name": "Name"}, {"name": "Age"}],
        "metadata": answer.get("metadata") if "items" in answer else {},
        "rows": [{"cells": _name_and_age(one, now), "object": one} for one in objects],
    }


def _name_and_age(one: Json, now: float) -> list[str]:
    born = parse_time(one["metadata"].get("creationTimestamp"))
    return [one["metadata"].get("name", ""), "<unknown>" if born is None else age(now - born)]
