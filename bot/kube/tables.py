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

    from bot.domain.model import Json
    from bot.domain.resources import ResourceType

ACCEPT = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"
NAMESPACE = Column(name="Namespace")
_BREAK = re.compile(r"[\f\n\r]")


def read(kind: ResourceType, pages: Sequence[Json], *, with_namespace: bool) -> ApiTable:
    """One table out of the pages of an answer; with `with_namespace` in front stands whose each row is."""
    tables = [page if page.get("kind") == "Table" else _printed(page) for page in pages]
    columns = tuple(
        Column(name=str(column.get("name", "")), priority=int(column.get("priority") or 0))
        for column in tables[0].get("columnDefinitions") or ()
    )
    rows: list[tuple[str, ...]] = []
    names: list[tuple[str, str]] = []
    for row in (row for table in tables for row in table.get("rows") or ()):
        cells = tuple(_cell(cell) for cell in row.get("cells") or ())
        metadata = (row.get("object") or {}).get("metadata") or {}
        if metadata:
            names.append((metadata.get("namespace", ""), metadata.get("name", "")))
        rows.append((metadata.get("namespace", ""), *cells) if with_namespace else cells)
    return ApiTable(
        type=kind,
        columns=(NAMESPACE, *columns) if with_namespace else columns,
        rows=tuple(rows),
        names=tuple(names),
        remaining=_remaining(tables[-1]),
    )


def _remaining(last: Json) -> int:
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
        "rows": [
            {"cells": _name_and_age(one, now), "object": {"metadata": one["metadata"]}} for one in objects
        ],
    }


def _name_and_age(one: Json, now: float) -> list[str]:
    born = parse_time(one["metadata"].get("creationTimestamp"))
    return [one["metadata"].get("name", ""), "<unknown>" if born is None else age(now - born)]
