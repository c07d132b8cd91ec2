"""Several reads for one answer: together, but never all at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

T = TypeVar("T")
AT_ONCE = 8


async def together(reads: Iterable[Callable[[], Awaitable[T]]]) -> list[T | BaseException]:
    """What each read came to, in their order; what one raises does not stop the others."""
    turn = asyncio.Semaphore(AT_ONCE)

    async def one(read: Callable[[], Awaitable[T]]) -> T:
        async with turn:
            return await read()

    return await asyncio.gather(*map(one, reads), return_exceptions=True)


async def aside(work: Callable[[], T]) -> T:
    """Pure work that may take longer than the loop may be kept waiting: in a thread."""
    return await asyncio.to_thread(work)
