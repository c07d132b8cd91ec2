"""Work that is not left half done: who is cancelled while waiting for it hears of that when it is over.

A statement runs in a thread, which no cancellation reaches. Left behind, it may still begin a transaction
that nobody ends; and whoever opens the file next finds it locked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")


async def unbroken(work: Awaitable[T]) -> T:
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
