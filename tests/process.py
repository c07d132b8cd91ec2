"""The bot as a process of its own, to be killed at a chosen moment, and its file, to be held shut."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp

from tests.forked import Forked
from tests.world import World


class Executed:
    """A process as an operator starts it, with this environment and no other, and a file for its words."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        with log.open("ab") as said:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "bot", "serve"], env=environment, stdout=said, stderr=said
            )

    @property
    def exit_code(self) -> int | None:
        return self._process.poll()

    def send_signal(self, number: int) -> None:
        self._process.send_signal(number)

    async def ends(self, seconds: float) -> int:
        return await asyncio.to_thread(self._process.wait, seconds)


class Process:
    """A bot that serves on a world's data."""

    def __init__(self, place: World, begin: type[Forked | Executed] = Forked) -> None:
        self._place = place
        self._begin = begin
        self._child: Forked | Executed | None = None
        self._log = place.folder / "process.log"

    @property
    def log(self) -> str:
        return self._log.read_text(encoding="utf-8")

    async def start(self) -> None:
        """Start, and wait until it is ready."""
        address = f"127.0.0.1:{_free_port()}"
        clean = {"PATH": os.environ["PATH"], "HOME": "/nonexistent"}
        environment = clean | self._place.environment | {"BOT_LISTEN": address}
        self._child = await asyncio.to_thread(self._begin, environment, self._log)
        if "SLACK_APP_TOKEN" not in self._place.environment:
            self._place.slack.request_url = f"http://{address}/slack/events"

        async def is_ready() -> bool:
            assert self._child
            assert self._child.exit_code is None, self.log
            with contextlib.suppress(aiohttp.ClientError):
                async with self._place.http.get(f"http://{address}/readyz") as answer:
                    return answer.status == 200
            return False

        await self._place.until(is_ready, "a process that is ready", seconds=30)

    async def kill(self) -> None:
        """End it as a power cut would, and let what it held be taken up at once."""
        await self.end(signal.SIGKILL)
        self.leases_end()

    def leases_end(self) -> None:
        leases_end(self._place.folder)

    async def end(self, by: signal.Signals = signal.SIGTERM) -> int:
        """Send the signal, and wait for its end."""
        assert self._child
        self._child.send_signal(by)
        return await self._child.ends(15)

    async def gone(self) -> None:
        if self._child and self._child.exit_code is None:
            await self.end(signal.SIGKILL)


@contextlib.asynccontextmanager
async def process(place: World, begin: type[Forked | Executed] = Forked) -> AsyncIterator[Process]:
    """A running process, that is gone at the end in any case."""
    started = Process(place, begin)
    try:
        await started.start()
        yield started
    finally:
        await started.gone()


@contextlib.contextmanager
def shut(folder: Path) -> Iterator[None]:
    """Hold the database so that nobody else can write: whoever wants to waits."""
    with _opened(folder) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.rollback()


def leases_end(folder: Path) -> None:
    """Let the time pass after which nobody holds what was held."""
    with _opened(folder) as connection:
        connection.execute("UPDATE operations SET lease_until = 0 WHERE lease_until IS NOT NULL")


def kept(folder: Path, kind: str) -> list[str]:
    """The states of all operations of a kind, but for those that somebody holds now."""
    query = "SELECT state FROM operations WHERE kind = ? AND lease_until IS NULL ORDER BY state"
    with _opened(folder) as connection:
        return [str(state) for (state,) in connection.execute(query, (kind,))]


def _opened(folder: Path) -> contextlib.closing[sqlite3.Connection]:
    return contextlib.closing(sqlite3.connect(folder / "k8s-bot.db", isolation_level=None))


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
