"""A cluster that takes its time: the person is told so, and the answer takes that message's place."""

from __future__ import annotations


async def test_a_slow_answer_is_announced_once_and_then_takes_its_place(place):
    await place.fault("kubernetes", fault="latency", seconds=1.5, next=1, method="GET")
    first = await place.says("cho", "get pods")
    assert "Asking the cluster…" in first.text

    async def answered():
        return [m for m in await place.messages() if m.is_ephemeral and "2 pods in" in m.text]

    await place.until(answered)
    assert len([m for m in await place.messages() if m.is_ephemeral]) == 1


async def test_a_quick_answer_comes_alone(place):
    answer = await place.says("cho", "get pods")
    assert "2 pods in" in answer.text
    assert len(await place.messages()) == 1
