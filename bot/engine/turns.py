"""How many answers are made at once, so that what comes in is kept and acknowledged meanwhile.

Everything shares one loop and one writer: an answer takes all that it can get of both, and a new line would
wait behind every answer that is being made. Whoever is at it for longer than a moment waits for a cluster,
which costs nobody anything: the turn passes on, so that a slow cluster holds up no other.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

AT_ONCE = 3
MOMENT_SECONDS = 1.0


class Turns:
    """First come, first served."""

    def __init__(self, at_once: int = AT_ONCE, seconds: float = MOMENT_SECONDS) -> None:
        self._free = asyncio.Semaphore(at_once)
        self._seconds = seconds

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a turn, and keep it to the end or for a moment, whichever is sooner."""
        await self._free.acquire()
        passed = False

        def pass_on() -> None:
            nonlocal passed
            if not passed:
                passed = True
                self._free.release()

        moment = asyncio.get_running_loop().call_later(self._seconds, pass_on)
        try:
            yield
        finally:
            moment.cancel()
            pass_on()
