"""Several reads for one answer."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest

from bot.engine.several import AT_ONCE, aside, together


async def test_they_run_together_but_never_more_than_a_few():
    running, most = 0, 0

    async def read(number: int) -> int:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1
        return number

    assert await together(partial(read, number) for number in range(30)) == list(range(30))
    assert 1 < most <= AT_ONCE


async def test_what_one_raises_does_not_stop_the_others():
    async def read(number: int) -> int:
        if number == 1:
            raise LookupError("one")
        return number

    first, second, third = await together(partial(read, number) for number in range(3))
    assert (first, third) == (0, 2)
    assert isinstance(second, LookupError)


async def test_who_no_longer_waits_leaves_no_read_behind():
    started: list[int] = []

    async def read(number: int) -> None:
        started.append(number)
        await asyncio.Event().wait()

    waiting = asyncio.create_task(together(partial(read, number) for number in range(20)))
    await asyncio.sleep(0.01)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await asyncio.sleep(0)
    assert len(started) == AT_ONCE
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_the_loop_goes_on_while_work_is_done_aside():
    turns = 0

    async def turn() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    turning = asyncio.create_task(turn())
    assert await aside(lambda: sum(range(300_000))) == sum(range(300_000))
    turning.cancel()
    assert turns > 1
