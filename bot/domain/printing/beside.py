"""What `-L`, `--show-labels` and `--sort-by` want of the objects behind a table's rows."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Literal, NamedTuple

from bot.domain.errors import UsageError
from bot.domain.model import Frozen, Json
from bot.domain.printing.jsonpath import JsonPath
from bot.domain.printing.sorting import Key, order
from bot.domain.printing.veil import veiled
from bot.domain.redaction import redact_value

_HEAD = re.compile(r"[A-Za-z][\w() -]*")


class Wanted(NamedTuple):
    """Of one object: the cells of its labels, and where it stands among the others."""

    cells: tuple[str, ...]
    key: Key


class Beside(Frozen):
    labels: tuple[str, ...] = ()
    """Each in a column of its own."""
    every_label: bool = False
    order: str = ""
    """A path, or the head of a column."""

    @property
    def heads(self) -> tuple[str, ...]:
        every = ("LABELS",) if self.every_label else ()
        return (*(key.rpartition("/")[2].upper() for key in self.labels), *every)

    @cached_property
    def path(self) -> JsonPath | None:
        """What to sort by where it is no column. Raises `UsageError` for a path that cannot be read."""
        return JsonPath.read(self.order) if self.order and not _HEAD.fullmatch(self.order) else None

    @property
    def reads(self) -> Literal["", "Metadata", "Object"]:
        """What of the objects it takes to know all this; empty where the columns are enough."""
        if self.path and not self.path.is_of_metadata:
            return "Object"
        return "Metadata" if self.path or self.heads else ""

    def of(self, found: Json, kind: str) -> Wanted:
        """From an object, or its metadata alone."""
        marks = (found.get("metadata") or {}).get("labels") or {}
        cells = [redact_value(key, str(marks.get(key, ""))) for key in self.labels]
        if self.every_label:
            every = (f"{key}={redact_value(key, str(mark))}" for key, mark in sorted(marks.items()))
            cells.append(",".join(every) or "<none>")
        return Wanted(tuple(cells), self.key(veiled(found, kind)) if self.path else ())

    def key(self, veil: Json) -> Key:
        """Where an object without its secrets stands."""
        values = self.path.values(veil) if self.path else []
        return order(values[0] if values else None)

    def head_among(self, columns: tuple[str, ...]) -> str:
        """The column that is meant. Raises `UsageError` where there is none of that name."""
        wanted = self.order.upper()
        if wanted in (heads := [column.upper() for column in columns]):
            return wanted
        raise UsageError(
            f"There is no column `{self.order[:40]}` to sort by.",
            hint=f"There are {', '.join(heads)}; or write a path, as in --sort-by=.metadata.name",
        )
