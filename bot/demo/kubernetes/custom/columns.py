"""The columns a definition gives its objects: each a JSONPath into the object."""

import re
from json import dumps
from typing import Any

from bot.demo.kubernetes import clock
from bot.demo.kubernetes.objects import Obj, name_of
from bot.demo.kubernetes.printers.columns import NAME, Column, Printer

_AGE = {"name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp"}
_STEP = re.compile(
    r"""\.(?P<field>(?:\\.|[^.\[\\])+)"""
    r"""|\[(?P<quote>['"])(?P<quoted>.*?)(?P=quote)\]"""
    r"""|\[(?P<index>\d+|\*)\]"""
    r"""|\[\?\(@\.(?P<key>[\w.]+)\s*==\s*(?P<mark>['"])(?P<value>.*?)(?P=mark)\)\]"""
)


def printer_of(columns: list[Obj]) -> Printer:
    """Make a printer of `additionalPrinterColumns`; without any, objects have a name and an age."""
    shown = columns or [_AGE]
    return Printer((NAME, *(_column(one) for one in shown)), lambda obj: [name_of(obj), *_cells(shown, obj)])


def _column(column: Obj) -> Column:
    usual = f"Custom resource definition column (in JSONPath format): {column['jsonPath']}"
    return Column(
        column["name"],
        column.get("description") or usual,
        column.get("type", "string"),
        column.get("priority", 0),
        column.get("format", ""),
    )


def _cells(columns: list[Obj], obj: Obj) -> list[object]:
    return [_cell(column, find(obj, column["jsonPath"])) for column in columns]


def _cell(column: Obj, found: list[Any]) -> object:
    if not found or found[0] is None:
        return None
    value = found[0]
    match column.get("type"):
        case "date":
            return clock.age(str(value)) if isinstance(value, str) else "<unknown>"
        case "integer" | "number" | "boolean":
            return value if isinstance(value, (int, float)) else None
        case _:
            said = (one if isinstance(one, str) else dumps(one, separators=(",", ":")) for one in found)
            return ",".join(said)


def find(obj: Obj, path: str) -> list[Any]:
    """Find what a path leads to; steps that lead nowhere find nothing."""
    found: list[Any] = [obj]
    for step in _STEP.finditer(path):
        found = [below for node in found for below in _below(node, step)]
    return found


def _below(node: Any, step: re.Match[str]) -> list[Any]:
    name = step["quoted"] if step["quoted"] is not None else step["field"]
    if name is not None:
        name = re.sub(r"\\(.)", r"\1", name)
        return [node[name]] if isinstance(node, dict) and name in node else []
    items = list(node.values()) if isinstance(node, dict) else node if isinstance(node, list) else []
    if step["index"] == "*":
        return items
    if step["index"] is not None:
        return items[int(step["index"]) :][:1]
    return [one for one in items if [str(value) for value in find(one, f".{step['key']}")] == [step["value"]]]
