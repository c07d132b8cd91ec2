"""Answers that are shared: one question at a time for each thing asked, and none older than promised."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")

_MOST = 2_000
"""Answers kept; a workspace with more people at once asks Slack again."""


class Recent(Generic[K, T]):
    """Fetches by key, shares a fetch that is under way, and keeps answers (never failures) for a while."""

    def __init__(self, fetch: Callable[[K], Awaitable[T]], seconds: float, now: Callable[[], float]) -> None:
        self._fetch = fetch
        self._seconds = seconds
        self._now = now
        self._kept: dict[K, tuple[float, T]] = {}
        self._under_way: dict[K, asyncio.Task[T]] = {}
        self._unasked: dict[K, asyncio.Task[T]] = {}
        self._tasks: set[asyncio.Task[T]] = set()

    async def get(self, key: K, *, fresh: bool = False) -> T:
        """The answer; with `fresh` one to a question asked no earlier than now."""
        kept = self._kept.get(key)
        if kept and not fresh and self._now() - kept[0] < self._seconds:
            return kept[1]
        task = self._unasked.get(key) if fresh else self._under_way.get(key)
        if task is None:
            task = self._begin(key)
        # Shielded: others may wait for the same answer when this asker is cancelled.
        return await asyncio.shield(task)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _begin(self, key: K) -> asyncio.Task[T]:
        task = asyncio.create_task(self._ask(key), name=f"recent-{key}")
        self._under_way[key] = self._unasked[key] = task
        self._tasks.add(task)
        task.add_done_callback(lambda done: self._end(key, done))
        return task

    async def _ask(self, key: K) -> T:
        self._unasked.pop(key, None)
        asked = self._now()
        answer = await self._fetch(key)
        kept = self._kept.get(key)
        if kept is None or kept[0] <= asked:  # an older question may be answered later
            self._kept.pop(key, None)
            self._kept[key] = (asked, answer)
            if len(self._kept) > _MOST:
                del self._kept[next(iter(self._kept))]
        return answer

    def _end(self, key: K, done: asyncio.Task[T]) -> None:
        self._tasks.discard(done)
        if self._under_way.get(key) is done:
            del self._under_way[key]
        if self._unasked.get(key) is done:  # it was cancelled before it began
            del self._unasked[key]
        if not done.cancelled():
            done.exception()  # whoever asked has it; nobody may have stayed to hear it
