"""The image catalogue: what a name stands for, and how a program made from it behaves.

Any name runs: it serves HTTP and logs a line every five seconds. Some names have ways of their own.
A program does nothing by itself; it is asked what it would have written by now, and when it would end.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

PORT = 8080
_EVERY = 5.0  # seconds between two lines of a server's log
_HEALTHY_PATHS = frozenset(
    ("/", "/health", "/healthz", "/livez", "/readyz", "/ready", "/live", "/metrics", "/version")
)

Line = tuple[
    float, str
]  # seconds since the start, and what is written then ("{time}" stands for that moment)


class Program(Protocol):
    """What runs in a container."""

    @property
    def duration(self) -> float | None:
        """How many seconds until it ends by itself; None when it does not."""

    @property
    def exit_code(self) -> int: ...

    @property
    def heeds_term(self) -> bool:
        """Whether it ends when asked to, before it is killed."""

    def lines(self, until: float, last: int | None = None) -> Iterator[Line]:
        """Yield what it has written in so many seconds; `last`: only so many of the latest are wanted."""

    def answers(self, port: int, path: str) -> tuple[int, str] | None:
        """Answer an HTTP request; None when nothing listens there."""


@dataclass(frozen=True)
class Server:
    """A well-behaved server."""

    name: str
    version: str
    pod: str
    ports: frozenset[int]
    duration: float | None = None
    exit_code: int = 0
    heeds_term: bool = True

    def lines(self, until: float, last: int | None = None) -> Iterator[Line]:
        count = int(until / _EVERY) + 1
        first = 1 if last is None else max(1, count - last + 1)
        if first == 1:
            yield 0.0, f"{{time}} INFO starting {self.name} version {self.version} on {self.pod}"
        for tick in range(first, count + 1):
            # now and then a careless line, as every log has: what reads logs must be able to deal with it
            secret = " password=hunter2" if tick % 3 == 1 else ""
            yield (tick - 1) * _EVERY, f"{{time}} INFO tick {tick}{secret} version={self.version}"

    def answers(self, port: int, path: str) -> tuple[int, str] | None:
        if port not in self.ports:
            return None
        if path.split("?", maxsplit=1)[0] not in _HEALTHY_PATHS:
            return 404, f"Cannot GET {path}\n"
        return 200, f"Hello Kubernetes bootcamp! | Running on: {self.pod} | v={self.version}\n"


@dataclass(frozen=True)
class Brief:
    """A program that says its lines and ends."""

    said: tuple[str, ...]
    duration: float | None
    exit_code: int
    heeds_term: bool = True

    def lines(self, until: float, last: int | None = None) -> Iterator[Line]:
        del until, last
        yield from ((0.0, line) for line in self.said)

    def answers(self, port: int, path: str) -> None:
        del port, path


@dataclass(frozen=True)
class Image:
    """An image as a registry knows it."""

    name: str  # as written in the container
    repository: str  # the last part of its path
    tag: str

    @property
    def reference(self) -> str:
        """The full name, registry and all, that the container runtime speaks of."""
        name = self.name if ":" in self.name.rsplit("/", 1)[-1] or "@" in self.name else f"{self.name}:latest"
        first, _, rest = name.partition("/")
        if not rest:
            return f"docker.io/library/{name}"
        return name if "." in first or ":" in first or first == "localhost" else f"docker.io/{name}"

    @property
    def exists(self) -> bool:
        return self.tag != "missing"

    @property
    def everywhere(self) -> bool:
        """Whether the nodes come with it; any other is pulled when first needed."""
        return self.repository in _SHIPPED

    @property
    def id(self) -> str:
        return "sha256:" + hashlib.sha256(self.reference.encode()).hexdigest()

    @property
    def size(self) -> int:
        return 20_000_000 + int(self.id[7:13], 16)

    @property
    def memory(self) -> int:
        """How many bytes its program fills."""
        return (
            _GREEDY if (self.repository, self.tag) == ("oom", "1") else _MODEST + int(self.id[7:11], 16) * 64
        )

    @property
    def pull_seconds(self) -> float:
        return 0.3 + int(self.id[7:9], 16) / 365

    def program(self, pod: str, ports: frozenset[int]) -> Program:
        """Make the program that starts when no command is given."""
        made = _OTHERS.get((self.repository, self.tag))
        if made is not None:
            return made
        return Server(self.repository, self.tag.removeprefix("v"), pod, ports | {PORT})


_SHIPPED = frozenset(("web", "crash", "hello", "kubernetes-bootcamp"))
_MODEST = 12 * 1024 * 1024
_GREEDY = 1 << 40  # more than any node has
_OTHERS: dict[tuple[str, str], Program] = {
    ("crash", "1"): Brief(
        ("{time} INFO starting", "{time} FATAL cannot reach database db:5432: connection refused"), 1.0, 3
    ),
    ("hello", "1"): Brief(("{time} INFO hello from a container", "{time} INFO done, goodbye"), 0.5, 0),
}


def find_image(name: str) -> Image:
    """Read an image name."""
    last = name.split("@", maxsplit=1)[0].rsplit("/", 1)[-1]
    repository, _, tag = last.partition(":")
    return Image(name, repository, tag or "latest")
