"""Reading: the newest lines whatever their size, a few requests at a time, and each trouble by its name."""

from __future__ import annotations

import asyncio
import time

import pytest

from bot.domain.cluster import LogRequest
from bot.domain.errors import ClusterRejectedError, TargetNotFoundError
from bot.domain.logs.reading import AT_ONCE, Wanted, newest, read_all, read_one
from tests.factories import container, pod

REQUEST = LogRequest(namespace="shop", pod="web-1", tail=500, timestamps=True, limit_bytes=1_000)
WANTED = Wanted(namespace="shop", lines=3)


def cut(lines: list[str], request: LogRequest) -> str:
    """As a kubelet answers: the newest lines, of which so many bytes, from their start."""
    assert request.tail is not None
    whole = "".join(f"{line}\n" for line in lines[-request.tail :])
    return whole.encode()[: request.limit_bytes].decode(errors="replace")


@pytest.mark.parametrize("size", [1, 30, 300, 900, 5_000])
async def test_the_newest_line_is_there_whatever_the_size_of_the_others(size):
    asked: list[int] = []
    lines = ["y" * size] * 499 + ["the newest"]

    async def ask(request: LogRequest) -> str:
        asked.append(request.tail or 0)
        return cut(lines, request)

    said = await newest(ask, REQUEST)
    assert said.endswith("the newest\n")
    assert len(said) <= 1_000
    assert len(asked) <= 5


async def test_of_one_line_that_is_too_long_the_start_is_taken():
    async def ask(request: LogRequest) -> str:
        return cut(["z" * 9_000], request)

    assert await newest(ask, REQUEST) == "z" * 1_000


async def test_a_bound_that_was_asked_for_is_of_the_start():
    async def ask(request: LogRequest) -> str:
        return cut([f"2027-01-15T08:00:0{n}Z {n}" for n in range(3)], request)

    wanted = WANTED.model_copy(update={"limit_bytes": 3})
    read = await read_one(ask, wanted, pod("web-1", container()), "web")
    assert [line.text for line in read.lines] == ["0", "1"]
    wanted = WANTED.model_copy(update={"limit_bytes": 1})
    read = await read_one(ask, wanted, pod("web-1", container()), "web")
    assert [line.text for line in read.lines] == ["0"]


async def test_a_few_requests_at_a_time_and_none_for_what_is_gone():
    running = most = 0

    async def ask(request: LogRequest) -> str:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.001)
        running -= 1
        if request.pod == "web-3":
            raise TargetNotFoundError("gone")
        assert request.limit_bytes <= 64_000
        return "2027-01-15T08:00:00Z up\n"

    places = [(pod(f"web-{n}", container()), "web") for n in range(20)]
    read = await read_all(ask, WANTED, places)
    assert most == AT_ONCE
    assert len(read) == 19


async def test_a_refusal_of_one_is_raised_when_all_have_answered():
    ended: list[str] = []

    async def ask(request: LogRequest) -> str:
        if request.pod == "web-0":
            raise ClusterRejectedError("no", status=422)
        await asyncio.sleep(0.005)
        ended.append(request.pod)
        return ""

    with pytest.raises(ClusterRejectedError):
        await read_all(ask, WANTED, [(pod(f"web-{n}", container()), "web") for n in range(3)])
    assert ended == ["web-1", "web-2"]


async def test_a_large_log_is_looked_through_without_keeping_others_waiting():
    text = "".join(f"2027-01-15T08:00:00Z token of request {n} is checked\n" for n in range(15_000))

    async def ask(_request: LogRequest) -> str:
        return text

    late = 0.0

    async def watch() -> None:
        """How much this process works at most between two turns of the loop, whatever others do."""
        nonlocal late
        while True:
            before = time.process_time()
            await asyncio.sleep(0.005)
            late = max(late, time.process_time() - before)

    watching = asyncio.create_task(watch())
    started = time.process_time()
    read = await read_one(ask, WANTED, pod("web-1", container()), "web")
    took = time.process_time() - started
    watching.cancel()
    assert len(read.lines) == 3
    assert 0 < late < took / 3
