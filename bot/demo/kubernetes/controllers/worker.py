"""The shape of every controller: keys come in when something changed, each is reconciled, nothing polls."""

import asyncio
import logging
from collections.abc import Callable

from bot.demo.kubernetes.clock import Clock
from bot.demo.kubernetes.errors import ApiError

logger = logging.getLogger(__name__)

Key = tuple[str, str]

_DELAY = 0.025  # simulated seconds between a change and the look at it: changes gather meanwhile
_BREATH = 50  # keys reconciled before others may have a turn


class Worker:
    """A queue of keys and the task that empties it. A key waiting twice is looked at once."""

    def __init__(
        self, name: str, clock: Clock, reconcile: Callable[[Key], None], delay: float = _DELAY
    ) -> None:
        self._name, self._clock, self._reconcile, self._delay = name, clock, reconcile, delay
        self._keys: dict[Key, None] = {}
        self._timers: dict[Key, asyncio.TimerHandle] = {}
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name=f"kubernetes {self._name}")

    async def stop(self) -> None:
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    def add(self, key: Key) -> None:
        self._keys[key] = None
        self._news.set()

    def add_after(self, key: Key, seconds: float) -> None:
        """Look at a key again in so many simulated seconds; a later call replaces an earlier one."""
        if (timer := self._timers.pop(key, None)) is not None:
            timer.cancel()
        self._timers[key] = self._clock.later(seconds, lambda: self._due(key))

    def _due(self, key: Key) -> None:
        self._timers.pop(key, None)
        self.add(key)

    async def _run(self) -> None:
        while True:
            await self._news.wait()
            await self._clock.sleep(self._delay)
            self._news.clear()
            keys, self._keys = self._keys, {}
            for count, key in enumerate(keys, 1):
                self._look(key)
                if count % _BREATH == 0:
                    await asyncio.sleep(0)

    def _look(self, key: Key) -> None:
        try:
            self._reconcile(key)
        except ApiError as error:
            logger.debug("%s: %s: %s", self._name, key, error)
            self.add_after(key, 0.1)
        except Exception:
            logger.exception("%s failed on %s", self._name, key)
