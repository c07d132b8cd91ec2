"""What a cluster answers, in shapes of our own."""

from __future__ import annotations

from bot.domain.model import Frozen, Json
from bot.domain.resources import ResourceType


class Column(Frozen):
    """One column of a server-side Table; `priority` 0 always shows, higher ones only with `-o wide`."""

    name: str
    priority: int = 0


class ApiTable(Frozen):
    """A Table as the server printed it: what kubectl would show, without the objects behind it."""

    type: ResourceType
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    names: tuple[tuple[str, str], ...] = ()
    """Namespace and name of each row, where metadata was asked for."""
    remaining: int = 0
    """How many more rows the server has beyond those read."""


class LogRequest(Frozen):
    """Which lines of which container of one pod."""

    namespace: str
    pod: str
    container: str = ""
    tail: int | None = None
    since_seconds: int | None = None
    previous: bool = False
    timestamps: bool = False
    limit_bytes: int = 1_000_000


class Listing(Frozen):
    """A list at one version of the cluster."""

    items: tuple[Json, ...]
    version: str
