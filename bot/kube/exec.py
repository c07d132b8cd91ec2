"""A program in a container, over the API's WebSocket: each frame begins with the number of its channel.

How it ended stands in channel 3. A socket that closes without that leaves it open whether it still runs.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from collections.abc import Awaitable, Callable

import aiohttp

from bot.domain.cluster import Ended, ExecRequest, Ran
from bot.domain.model import Json
from bot.kube.errors import trimmed
from bot.kube.pool import NOT_SENT
from bot.kube.transport import BROKEN, Socket

PROTOCOLS = ("v5.channel.k8s.io", "v4.channel.k8s.io")
"""Preferred first. The fifth can close the input; a server before 1.30 has only the fourth."""

_STDIN, _STDOUT, _STDERR, _STATUS, _RESIZE, _CLOSE = 0, 1, 2, 3, 4, 255
_WIDTH, _HEIGHT = 100, 40
"""Of a terminal; so wide a line still stands in a message."""
_WHY = re.compile(r'exec: "[^"]*": .*')


def query_of(request: ExecRequest) -> list[tuple[str, str | int]]:
    """A terminal has one output: what goes to stderr comes with the rest."""
    query: list[tuple[str, str | int]] = [("command", word) for word in request.argv]
    query += [("container", request.container)] if request.container else []
    streams = {"stdin": request.stdin, "stdout": True, "stderr": not request.tty, "tty": request.tty}
    return query + [(name, "true") for name, is_on in streams.items() if is_on]


async def to_the_end(dial: Callable[[], Awaitable[Socket]], *, seconds: float, most_bytes: int) -> Ran:
    """Read until it ends, or until a bound is reached; then hang up."""
    heard = _Heard(most_bytes)
    socket: Socket | None = None
    try:
        async with asyncio.timeout(seconds):
            socket = await dial()
            async for message in socket:
                if message.type is aiohttp.WSMsgType.BINARY and heard.take(message.data):
                    break
    except aiohttp.WSServerHandshakeError:
        raise
    except TimeoutError:
        heard.ended = heard.ended or Ended.TIMED_OUT
    except BROKEN as problem:
        if isinstance(problem, NOT_SENT):
            raise
        heard.ended = heard.ended or Ended.LOST
    finally:
        if socket is not None:
            await _hang_up(socket)
    return heard.ran


class _Heard:
    """What came over the channels of a program that is run to its end."""

    def __init__(self, most_bytes: int) -> None:
        self._room = most_bytes
        self._streams = {_STDOUT: bytearray(), _STDERR: bytearray()}
        self.ended: Ended | None = None
        self._exit_code: int | None = None
        self._said = ""

    def take(self, frame: bytes) -> bool:
        """Take in a frame; True when no more is wanted."""
        channel, content = frame[:1], frame[1:]
        if channel == bytes([_STATUS]):
            self.ended, self._exit_code, self._said = how_it_ended(content)
            return True
        stream = self._streams.get(channel[0]) if channel else None
        if stream is not None:
            stream += content[: self._room]
            if len(content) > self._room:
                self.ended = Ended.TOO_LONG
            self._room -= min(self._room, len(content))
        return self.ended is not None

    @property
    def ran(self) -> Ran:
        return Ran(
            ended=self.ended or Ended.LOST,
            exit_code=self._exit_code,
            stdout=bytes(self._streams[_STDOUT]),
            stderr=bytes(self._streams[_STDERR]),
            said=self._said,
        )


class OpenTerminal:
    """Implements `bot.domain.cluster.Terminal`. What it prints is read as it comes; the newest is kept."""

    def __init__(self, socket: Socket, request: ExecRequest, most_bytes: int) -> None:
        self._socket = socket
        self._echoes = request.tty
        self._most = most_bytes
        self._kept = bytearray()
        self._changed: Callable[[], None] | None = None
        self._is_closing = False
        self.dropped = 0
        self.ran: Ran | None = None
        self._reader = asyncio.create_task(self._read(), name=f"terminal of {request.pod}")

    @classmethod
    async def on(cls, socket: Socket, request: ExecRequest, most_bytes: int) -> OpenTerminal:
        terminal = cls(socket, request, most_bytes)
        if request.tty:
            size = json.dumps({"Width": _WIDTH, "Height": _HEIGHT}).encode()
            await terminal._send(_RESIZE, size)
        return terminal

    @property
    def output(self) -> bytes:
        return bytes(self._kept)

    def notify(self, changed: Callable[[], None]) -> None:
        """Call this whenever there is more to be seen, or the end."""
        self._changed = changed
        changed()

    async def type(self, line: str) -> None:
        """What a terminal does not echo is written down here, so that the transcript has both sides."""
        typed = f"{line}\n".encode()
        if not self._echoes:
            self._keep(typed)
        await self._send(_STDIN, typed)

    async def close(self) -> None:
        """End the input, hang up, and leave nothing running on our side."""
        self._is_closing = True
        if self._socket.protocol == PROTOCOLS[0]:
            await self._send(_CLOSE, bytes([_STDIN]))
        await _hang_up(self._socket)
        await self._reader

    async def _send(self, channel: int, content: bytes) -> None:
        with contextlib.suppress(*BROKEN):  # the reader sees the end of the connection too, and says so
            await self._socket.send_bytes(bytes([channel]) + content)

    async def _read(self) -> None:
        found: tuple[Ended, int | None, str] | None = None
        with contextlib.suppress(*BROKEN):
            async for message in self._socket:
                if message.type is not aiohttp.WSMsgType.BINARY or not message.data:
                    continue
                if message.data[0] == _STATUS:
                    found = how_it_ended(message.data[1:])
                    break
                if message.data[0] in {_STDOUT, _STDERR}:
                    self._keep(message.data[1:])
        ended, exit_code, said = found or (Ended.CLOSED if self._is_closing else Ended.LOST, None, "")
        self.ran = Ran(ended=ended, exit_code=exit_code, said=said)
        self._tell()
        await _hang_up(self._socket)

    def _keep(self, content: bytes) -> None:
        self._kept += content
        if len(self._kept) > self._most:
            extra = len(self._kept) - self._most
            self.dropped += extra
            del self._kept[:extra]
        self._tell()

    def _tell(self) -> None:
        if self._changed is not None:
            self._changed()


def how_it_ended(content: bytes) -> tuple[Ended, int | None, str]:
    """Channel 3's Status: an exit code, or why there is none."""
    try:
        status: Json = json.loads(content)
        causes = (status.get("details") or {}).get("causes") or ()
        code = next((one["message"] for one in causes if one.get("reason") == "ExitCode"), None)
        if status.get("status") == "Success":
            return Ended.EXITED, 0, ""
        if code is not None:
            return Ended.EXITED, int(code), ""
        said = str(status.get("message", ""))
    except (ValueError, TypeError, AttributeError, KeyError):
        return Ended.LOST, None, ""
    why = _WHY.search(said)
    return Ended.NOT_STARTED, None, trimmed(why.group() if why else said)


async def _hang_up(socket: Socket) -> None:
    with contextlib.suppress(*BROKEN):
        await socket.close()
