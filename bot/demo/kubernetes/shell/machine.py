"""What a script runs on, and the steps by which it meets the world."""

import posixpath
from collections.abc import Generator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Write:
    """Something is written, to standard output or standard error."""

    text: str
    error: bool = False


@dataclass(frozen=True)
class Wait:
    """Nothing happens for so many seconds."""

    seconds: float


@dataclass(frozen=True)
class Read:
    """A line of input is wanted; None is sent when there is none any more."""


Step = Write | Wait | Read
Run = Generator[Step, str | None, int]


class NoSuchProgramError(Exception):
    """There is no program of that name in the container."""


class ExitError(Exception):
    """The script wants to end now."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class InterruptError(Exception):
    """Somebody at the terminal wants the running program to stop."""


INTERRUPTED = 130  # how a program ends that was made to stop


@dataclass
class Machine:
    """The little computer in a container: its name, its environment, its few files."""

    hostname: str
    env: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    size: tuple[int, int] = (0, 0)  # rows and columns of its terminal
    last: int = 0  # how the latest command ended

    def path(self, name: str) -> str:
        """Where a name leads from the folder that one stands in."""
        return posixpath.normpath(posixpath.join(self.env.get("PWD", "/"), name))
