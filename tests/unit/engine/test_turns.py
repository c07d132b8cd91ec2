"""Answers take turns, so that new lines are kept meanwhile; who only waits holds up nobody."""

import asyncio

import pytest

from bot.engine.turns import Turns


class Answers:
    """Answers that are made until they are let go, and who is at it."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self.begun: list[int] = []
        self.done = [asyncio.Event() for _ in range(6)]

    async def make(self, number: int) -> None:
        async with self._turns.turn():
            self.begun.append(number)
            await self.done[number].wait()


async def settled() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_so_many_are_made_at_once_and_the_next_one_when_one_is_done():
    answers = Answers(Turns(2, 60.0))
    async with asyncio.TaskGroup() as group:
        for number in range(4):
            group.create_task(answers.make(number))
        await settled()
        assert answers.begun == [0, 1]
        answers.done[1].set()
        await settled()
        assert answers.begun == [0, 1, 2]
        for done in answers.done:
            done.set()
    assert answers.begun == [0, 1, 2, 3]


async def test_who_waits_for_a_cluster_passes_the_turn_on_once():
    answers = Answers(Turns(1, 0.05))
    async with asyncio.TaskGroup() as group:
        slow = group.create_task(answers.make(0))
        await settled()
        quick = Answers(answers._turns)
        group.create_task(quick.make(1))
        async with asyncio.timeout(5):
            while not quick.begun:  # noqa: ASYNC110 - the turn passes in its own time
                await asyncio.sleep(0.01)
        assert not slow.done()
        answers.done[0].set()
        await slow
        third = group.create_task(answers.make(2))
        await settled()
        assert answers.begun == [0], "what was passed on is not given back a second time"
        quick.done[1].set()
        answers.done[2].set()
        await third


async def test_a_turn_that_ends_badly_is_given_back():
    turns = Turns(1, 60.0)
    with pytest.raises(RuntimeError):
        async with turns.turn():
            raise RuntimeError
    waiting = asyncio.create_task(Answers(turns).make(0))
    await settled()
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    async with asyncio.timeout(1), turns.turn():
        pass
