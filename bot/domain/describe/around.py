"""What is read around an object so that it can be told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from bot.domain.describe.answer import Described
from bot.domain.happenings import Happening, read
from bot.domain.model import Json
from bot.domain.resources import ObjectRef, ResourceType


def bare(found: Json) -> Json:
    """All of it."""
    return found


@dataclass(frozen=True, kw_only=True)
class Want:
    """One list to read: in the object's namespace, or where `namespace` says."""

    type: ResourceType
    labels: str = ""
    fields: str = ""
    namespace: str = ""
    keep: Callable[[Json], Json | None] = bare
    """What of each object is worth keeping; None for nothing of it."""


@dataclass(frozen=True)
class Around:
    """What was read, by plural."""

    lists: dict[str, tuple[Json, ...]]

    @property
    def pods(self) -> tuple[Json, ...]:
        return self.of("pods")

    def of(self, plural: str) -> tuple[Json, ...]:
        return self.lists.get(plural, ())

    @cached_property
    def happenings(self) -> tuple[Happening, ...]:
        return read(self.of("events"))


Words: TypeAlias = Callable[[ObjectRef, Json, Around, float], Described]
Wants: TypeAlias = Callable[[ObjectRef, Json], tuple[Want, ...]]


def nothing(_ref: ObjectRef, _found: Json) -> tuple[Want, ...]:
    return ()


@dataclass(frozen=True)
class Teller:
    """How a kind is told, and what that takes."""

    words: Words
    wants: Wants = nothing
    eventful: bool = True
    """Whether the cluster ever writes events about it."""
