"""Every background task: named, kept, and drained at the end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

log = logging.getLogger(__name__)

_PAUSE_SECONDS = 1.0


class Tasks:
    """Holds tasks until they are done, so that none is lost and none outlives the program."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()
        self._endless: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, Any], name: str, *, endless: bool = False) -> asyncio.Task[Any]:
        """Run it. An `endless` one is not waited for at the end: it can be broken off anywhere."""
        task = asyncio.create_task(work, name=name)
        self._running.add(task)
        if endless:
            self._endless.add(task)
            task.add_done_callback(self._endless.discard)
        task.add_done_callback(self._ended)
        return task

    def keep(self, work: Callable[[], Coroutine[Any, Any, None]], name: str) -> asyncio.Task[Any]:
        """Run something that must never end; if an error nobody expected ends it, it begins anew."""
        return self.start(self._again(work, name), name, endless=True)

    async def _again(self, work: Callable[[], Coroutine[Any, Any, None]], name: str) -> None:
        while True:
            try:
                await work()
            except Exception:
                log.exception("%s failed, and begins anew", name)
            await asyncio.sleep(_PAUSE_SECONDS)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("task %s failed", task.get_name(), exc_info=error)

    async def drain(self, seconds: float) -> None:
        """Break off what is endless, wait for the rest up to a bound, then break that off too."""
        for task in tuple(self._endless):
            task.cancel()
        if self._running:
            await asyncio.wait(self._running, timeout=seconds)
        for task in tuple(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
