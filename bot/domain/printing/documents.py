"""Objects as the documents that kubectl prints: `-o yaml`, `-o json`; one as itself, several as a List."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import yaml

from bot.domain.model import Json
from bot.domain.results import MOST_BYTES

MOST_OBJECTS = 500
"""So many objects stand in one document; more nobody reads."""


def listed(items: Sequence[Json]) -> Json:
    """Several objects as the one that a path starts from."""
    return {"apiVersion": "v1", "items": list(items), "kind": "List", "metadata": {"resourceVersion": ""}}


class Document(NamedTuple):
    """Lines, and how many of the objects had no room in them."""

    lines: tuple[str, ...]
    left_out: int


def as_yaml(items: Sequence[Json], *, single: bool) -> Document:
    if single:
        return Document(tuple(_yaml(items[0])), 0)
    found = _within(items, _yaml)
    whole = [f"{'  ' if place else '- '}{line}" for item in found for place, line in enumerate(item)]
    tail = ("kind: List", "metadata:", '  resourceVersion: ""')
    return Document(("apiVersion: v1", "items:", *whole, *tail), len(items) - len(found))


def as_json(items: Sequence[Json], *, single: bool) -> Document:
    if single:
        return Document(tuple(_json(items[0])), 0)
    found = _within(items, _json)
    whole = [f"        {line}" for item in found for line in (*item[:-1], f"{item[-1]},")]
    whole[-1] = whole[-1].removesuffix(",")
    head = ("{", '    "apiVersion": "v1",', '    "items": [')
    tail = (
        "    ],",
        '    "kind": "List",',
        '    "metadata": {',
        '        "resourceVersion": ""',
        "    }",
        "}",
    )
    return Document((*head, *whole, *tail), len(items) - len(found))


def _within(items: Sequence[Json], lines: Callable[[Json], list[str]]) -> list[list[str]]:
    """As many whole documents as an answer has room for: one cut in the middle would read as another."""
    room = MOST_BYTES
    found: list[list[str]] = []
    for item in items:
        document = lines(item)
        room -= sum(map(len, document)) + 16 * len(document)
        if room < 0 and found:
            break
        found.append(document)
    return found


def _yaml(item: Json) -> list[str]:
    text: str = yaml.dump(
        item, Dumper=_Dumper, default_flow_style=False, allow_unicode=True, width=1 << 20, sort_keys=True
    )
    return text.rstrip("\n").split("\n")


def _json(item: Json) -> list[str]:
    return json.dumps(item, indent=4, ensure_ascii=False, sort_keys=True).split("\n")


class _Dumper(yaml.CSafeDumper):
    """Writes several lines as several lines, as kubectl does, and never a reference."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - an object is a tree
        return True


def _words(dumper: _Dumper, words: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", words, style="|" if "\n" in words else None)


_Dumper.add_representer(str, _words)
