"""What a cluster answers, in shapes of our own."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any, Literal, Protocol, TypeAlias

from bot.domain.model import Frozen, Json
from bot.domain.resources import ResourceType

Take: TypeAlias = Callable[[Json], Any]
"""What is wanted of an object: taken as its page arrives, so that no list of objects is ever held."""


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
    taken: tuple[Any, ...] = ()
    """Of each row's object, what was asked to be taken."""
    remaining: int = 0
    """How many more rows the server has beyond those read."""


class LogRequest(Frozen):
    """Which lines of which container of one pod."""

    namespace: str
    pod: str
    container: str = ""
    tail: int | None = None
    since_seconds: int | None = None
    since_time: str = ""
    """Such as `2026-01-01T00:00:00Z`; the server heeds whole seconds."""
    previous: bool = False
    timestamps: bool = False
    limit_bytes: int = 1_000_000


class Taken(Frozen):
    """What was taken of each object of a list."""

    items: tuple[Any, ...]
    remaining: int = 0
    """How many more objects the server has beyond those read."""


class Listing(Frozen):
    """A list at one version of the cluster."""

    items: tuple[Json, ...]
    version: str


class ExecRequest(Frozen):
    """One program in one container: an argument vector, never a line for a shell."""

    namespace: str
    pod: str
    container: str = ""
    argv: tuple[str, ...]
    stdin: bool = False
    tty: bool = False


class Ended(StrEnum):
    """Why the output of a program ends where it does."""

    EXITED = "exited"
    TIMED_OUT = "timed-out"
    TOO_LONG = "too-long"
    """It printed more than may be read."""
    LOST = "lost"
    """The connection broke: whether it still runs is not known."""
    NOT_STARTED = "not-started"
    """There is no such program, or it may not be run."""
    CLOSED = "closed"
    """We hung up on it."""


class Ran(Frozen):
    """What became of a program. Output is bytes as printed, not yet cleaned or redacted."""

    ended: Ended
    exit_code: int | None = None
    stdout: bytes = b""
    stderr: bytes = b""
    said: str = ""
    """Why it was not started, in the container runtime's words."""


class Terminal(Protocol):
    """A program that goes on in a container, with its input open. It lives in one process alone."""

    @property
    def output(self) -> bytes:
        """The newest of what it printed so far, up to a bound; what was typed to it included."""

    @property
    def dropped(self) -> int:
        """How many bytes it printed before those."""

    @property
    def ran(self) -> Ran | None:
        """What became of it; None while it runs."""

    def notify(self, changed: Callable[[], None]) -> None:
        """Call this from now on whenever it prints or ends."""

    async def type(self, line: str) -> None:
        """Give it a line of input."""

    async def close(self) -> None: ...


class WebRequest(Frozen):
    """One HTTP request through the API server to a pod or a service."""

    kind: Literal["pods", "services"]
    namespace: str
    name: str
    port: str = ""
    """A number or a name; empty where there is only one."""
    scheme: Literal["", "https"] = ""
    path: str = "/"
    method: Literal["GET", "HEAD"] = "GET"
    most_bytes: int = 200_000


class WebAnswer(Frozen):
    """What was answered, as it came: nothing in it is trusted."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    is_whole: bool = True
