"""What is typed: into lines as they are, or through a terminal, which echoes, erases and interrupts."""

import asyncio
from collections import deque
from collections.abc import Coroutine
from json import loads

from bot.demo.kubernetes.shell import InterruptError

_END, _INTERRUPT, _ERASE = "\x04", "\x03", ("\x7f", "\b")


class Typed:
    """The input of one exec, for one reader."""

    def __init__(self, *, tty: bool) -> None:
        self._tty, self._line = tty, ""
        self._lines: deque[str | None] = deque()
        self._interrupted = False
        self._news = asyncio.Event()

    async def read(self) -> str | None:
        """Wait for the next line, None being the end; raises InterruptError instead."""
        while True:
            self._heed()
            if self._lines:
                return self._lines.popleft()
            self._news.clear()
            await self._news.wait()

    async def meanwhile(self, work: Coroutine[None, None, None]) -> None:
        """Wait for something else; raises InterruptError when that is interrupted."""
        working = asyncio.ensure_future(work)
        try:
            while not working.done():
                self._heed()
                self._news.clear()
                news = asyncio.ensure_future(self._news.wait())
                try:
                    await asyncio.wait({working, news}, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    news.cancel()
        finally:
            working.cancel()

    def _heed(self) -> None:
        if self._interrupted:
            self._interrupted = False
            raise InterruptError

    def end(self) -> None:
        """There is no more."""
        if self._line:
            self._put(self._line)
        self._line = ""
        self._put(None)

    def _put(self, line: str | None) -> None:
        self._lines.append(line)
        self._news.set()

    def take(self, text: str) -> str:
        """Take in what was typed; returns what a terminal shows of it."""
        if self._tty:
            return "".join(self._key(key) for key in text)
        *lines, self._line = (self._line + text).split("\n")
        for line in lines:
            self._put(f"{line}\n")
        return ""

    def _key(self, key: str) -> str:
        if key in "\r\n":
            self._put(f"{self._line}\n")
            self._line = ""
            return "\r\n"
        if key == _INTERRUPT:
            self._line, self._interrupted = "", True
            self._lines.clear()  # what was typed ahead is forgotten
            self._news.set()
            return "^C\r\n"
        if key == _END:
            if not self._line:
                self.end()
            return ""
        if key in _ERASE:
            had, self._line = self._line, self._line[:-1]
            return "\b \b" if had else ""
        self._line += key
        return key


def read_size(data: bytes) -> tuple[int, int] | None:
    """Read how many rows and columns a terminal has now; None when that is not what was sent."""
    try:
        size = loads(data)
        rows, columns = size["Height"], size["Width"]
    except (ValueError, KeyError, TypeError):
        return None
    is_size = all(type(number) is int and 0 <= number < 1 << 16 for number in (rows, columns))
    return (rows, columns) if is_size else None
