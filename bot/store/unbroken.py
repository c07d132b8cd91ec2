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
    """Its outcome; for whoever was cancelled meanwhile the cancellation, once it is over."""
    task = asyncio.ensure_future(work)
    broken: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait((task,))
        except asyncio.CancelledError as error:
            broken = error
    if broken:
        raise broken from task.exception()
    return task.result()
