"""One start of a container's program, from then until it ended."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.demo.kubernetes.clock import Clock, stamp
from bot.demo.kubernetes.images import Line, Program
from bot.demo.kubernetes.objects import Obj


@dataclass
class Instance:
    """Known by its id; `at` and `ended` are exact moments on the cluster's clock, the others are for show."""

    id: str
    program: Program
    clock: Clock
    started: datetime
    at: float
    finished: str = ""
    ended: float = 0.0
    exit_code: int = 0
    reason: str = ""
    last_words: str = ""  # written at the end, by a program that somebody made to crash

    def finish(self, code: int, reason: str) -> None:
        """Note how it ended, unless it had already."""
        if not self.finished:
            self.finished, self.ended = stamp(), self.clock.monotonic()
            self.exit_code, self.reason = code, reason

    @property
    def elapsed(self) -> float:
        """How many simulated seconds it has run, or ran."""
        return (self.ended if self.finished else self.clock.monotonic()) - self.at

    @property
    def left(self) -> float | None:
        """How many real seconds until it ends by itself; None when it does not."""
        duration = self.program.duration
        return None if duration is None else max(0.0, duration - self.elapsed) * self.clock.pace

    def lines(self, last: int | None = None) -> Iterator[Line]:
        """Yield what it has written; `last`: no more than so many of the latest lines are wanted."""
        yield from self.program.lines(self.elapsed, last)
        if self.finished and self.last_words:
            yield self.elapsed, self.last_words

    def moment(self, offset: float) -> datetime:
        """Tell when, on the wall clock, something so many simulated seconds after the start happened."""
        return self.started + timedelta(seconds=offset * self.clock.pace)

    def terminated(self) -> Obj:
        return {
            "exitCode": self.exit_code,
            "reason": self.reason,
            "startedAt": stamp(self.started),
            "finishedAt": self.finished,
            "containerID": self.id,
        }
