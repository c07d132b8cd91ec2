"""A cluster that takes its time: the person is told so, and the answer takes that message's place."""

from __future__ import annotations


async def test_a_slow_answer_is_announced_once_and_then_takes_its_place(place):
    await place.fault("kubernetes", fault="latency", seconds=1.5, next=1, method="GET")
    await place.command("cho", "get pods")
    sign = await place.whisper("Asking the cluster…")
    await place.becomes(sign, "2 pods in")
    assert len([m for m in await place.messages() if m.is_ephemeral]) == 1


async def test_a_quick_answer_comes_alone(place):
    answer = await place.says("cho", "get pods")
    assert "2 pods in" in answer.text
    assert len(await place.messages()) == 1
