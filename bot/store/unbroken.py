"""Work that is not left half done: who is cancelled while waiting for it hears of that when it is over.

A statement runs in a thread, which no cancellation reaches. Left behind, it may still begin a transaction
that nobody ends; and whoever opens the file next finds it locked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

T = TypeVar("T")


async def unbroken(work: Coroutine[Any, Any, T]) -> T:
    """Its outcome. A cancellation that comes meanwhile takes hold at what is awaited after it."""
    task, waiting = asyncio.ensure_future(work), asyncio.current_task()
    broken = False
    while not task.done():
        try:
            await asyncio.wait((task,))
        except asyncio.CancelledError:
            broken = True
            if waiting:
                waiting.uncancel()
    if broken and waiting:
        waiting.cancel()
    return task.result()


class Whole(AsyncConnection):
    """A connection whose statements are waited for to their end."""

    __slots__ = ()

    async def execute(self, *args: Any, **kwargs: Any) -> Any:
        return await unbroken(super().execute(*args, **kwargs))
