"""A container's own command as a program: it runs in imagined time, as far as somebody looks."""

from collections.abc import Iterator

from bot.demo.kubernetes.shell.interpreter import run
from bot.demo.kubernetes.shell.machine import Machine, Wait, Write

_AHEAD = 24 * 3600.0  # seconds within which an end is looked for at the start
_STEPS = 5000  # steps taken for that; a script that has not ended by then is taken to run for ever
_MOST_STEPS = 200_000

Line = tuple[float, str]


class Script:
    """What `command: [sh, -c, …]` does. It does not heed being asked to end, as shells do not."""

    heeds_term = False

    def __init__(self, machine: Machine, argv: list[str]) -> None:
        self._run = run(machine, argv)
        self._written: list[Line] = []
        self._at = 0.0
        self._partial = ""
        self._code: int | None = None
        self._advance(_AHEAD, _STEPS)

    @property
    def duration(self) -> float | None:
        return self._at if self._code is not None else None

    @property
    def exit_code(self) -> int:
        return self._code or 0

    def lines(self, until: float, last: int | None = None) -> Iterator[Line]:
        self._advance(until, _MOST_STEPS)
        found = [line for line in self._written if line[0] <= until]
        yield from found if last is None else found[max(0, len(found) - last) :]

    def answers(self, port: int, path: str) -> None:
        del port, path

    def _advance(self, until: float, steps: int) -> None:
        while self._code is None and self._at <= until and steps:
            steps -= 1
            try:
                step = next(self._run)
            except StopIteration as stop:
                self._code = int(stop.value or 0)
                return
            if isinstance(step, Wait):
                self._at += step.seconds
            elif isinstance(step, Write):
                *whole, self._partial = (self._partial + step.text).split("\n")
                self._written += [(self._at, line) for line in whole]
