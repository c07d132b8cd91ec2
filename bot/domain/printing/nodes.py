"""What a JSONPath is made of, once it is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Field:
    """`.name`, `['name']`."""

    name: str


@dataclass(frozen=True, slots=True)
class Slice:
    """`[1:3]`, `[-1]`, `[*]`: from `start` on, up to and without `end`, each `step`th."""

    start: int | None = None
    end: int | None = None
    step: int = 1


@dataclass(frozen=True, slots=True)
class Every:
    """`[*]`, `.*`."""


@dataclass(frozen=True, slots=True)
class Deep:
    """`..`: this, and everything in it."""


@dataclass(frozen=True, slots=True)
class Union:
    """`['a','b']`, `[0,2]`."""

    members: tuple[Field | Slice, ...]


@dataclass(frozen=True, slots=True)
class Filter:
    """`[?(@.type=="Ready")]`; without a sign, what exists."""

    left: Path
    sign: str = ""
    right: Path | Words | Value | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """A number, `true`, `false` or `null` in a filter."""

    value: float | bool | None


@dataclass(frozen=True, slots=True)
class Words:
    """Text as it stands."""

    text: str


Step: TypeAlias = "Field | Slice | Every | Deep | Union | Filter"


@dataclass(frozen=True, slots=True)
class Path:
    """Steps from where one stands, or with `$` from the root."""

    steps: tuple[Step, ...]
    from_root: bool = False


@dataclass(frozen=True, slots=True)
class Range:
    """`{range PATH}` to `{end}`."""

    path: Path
    body: tuple[Node, ...]


Node: TypeAlias = "Words | Path | Range"
