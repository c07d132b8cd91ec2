"""Processes of the bot that cost no start: each is forked off one that has imported everything.

What a process is to a test is all there: its own memory, its own files, signals, and an end that nobody can
prevent. That `python -m bot serve` starts as a program too is proved in `tests/scenarios/test_starting.py`.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
from pathlib import Path

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(["bot.cli.serve", "bot.settings", "bot.wiring", __name__])


class Forked:
    """A process that serves with this environment and no other, and writes what it says into a file."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        self._process = _forks.Process(target=_serve, args=(environment, log), daemon=True)
        self._process.start()

    @property
    def exit_code(self) -> int | None:
        """Minus the signal that ended it; None while it runs."""
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        if self.exit_code is None:
            os.kill(self._process.pid, number)

    async def ends(self, seconds: float) -> int:
        """Wait for its end."""
        await asyncio.to_thread(self._process.join, seconds)
        if self.exit_code is None:
            raise TimeoutError
        return self.exit_code


def _serve(environment: dict[str, str], log: Path) -> None:
    from bot.cli.serve import serve

    with log.open("ab") as said:
        for stream in (1, 2):
            os.dup2(said.fileno(), stream)
    os.environ.clear()
    os.environ.update(environment)
    raise SystemExit(serve())
