"""What reads cost as the cluster grows: `make reads`.

The same questions to the same simulated server by three ways: the bot, from the command's delivery to its
answer in the channel; a kubectl process; and the floor, which is one raw API call, one commit and one Slack
call. What counts are the ratios: the machine's own speed falls out of them. Beside them stand the bot's peak
memory during each question, and the longest that a health probe waited for the bot's loop.
"""

from __future__ import annotations

import asyncio
import os
import platform
import re
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from benchmarks import answers, size
from benchmarks.started import settings, started, write_kubeconfig

SIZES = {"small": 20, "middle": 500, "large": 5000}
PER_DEPLOYMENT = 20
READY_SECONDS = 600
PROBE_SECONDS = 0.004


@dataclass(frozen=True)
class Question:
    """One read by every way. A further read is one more line in `QUESTIONS`."""

    label: str
    line: str
    """Of kubectl's and of the bot's: the same."""
    says: str
    """What its answer has in its first line, and nothing else has."""
    path: str
    """Of the raw API call without which nobody can answer it."""
    repeats: int


def pods(namespace: str, repeats: int) -> Question:
    path = f"/api/v1/namespaces/{namespace}/pods?includeObject=None"
    count = f"{SIZES[namespace]:,}"
    return Question(f"get pods, {count}", f"get pods -n {namespace}", f"{count} pods in", path, repeats)


QUESTIONS = (
    pods("small", 40),
    pods("middle", 25),
    pods("large", 8),
    Question(
        "describe deployment",
        "describe deployment app-0 -n small",
        "Deployment small/app-0 on",
        "/apis/apps/v1/namespaces/small/deployments/app-0",
        40,
    ),
)


async def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with size.simulator() as (_, kube):
            async with aiohttp.ClientSession(kube) as http:
                for namespace, count in SIZES.items():
                    await fill(http, namespace, count)
            kubeconfig = write_kubeconfig(folder, kube)
            async with started("simulate", "slack", "--listen", "127.0.0.1:0") as (_, slack):
                environment = settings(folder, slack["api url"], kubeconfig)
                listen = environment["BOT_LISTEN"]
                async with started("serve", environment=environment, ready=listen) as (bot, _):
                    await report(Bench(folder, kube, kubeconfig, slack, bot, f"http://{listen}/healthz"))


@dataclass(frozen=True)
class Bench:
    """Where everything stands."""

    folder: Path
    kube: str
    kubeconfig: Path
    slack: dict[str, str]
    bot: int
    probe: str


async def report(bench: Bench) -> None:
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; medians in ms")
    print("\n| | bot | kubectl | floor | bot / kubectl | bot / floor | peak MiB | loop held up |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        await (await http.get(bench.slack["page url"])).read()
        commit = statistics.median(answers.commit_times(bench.folder))
        called = await answers.timed(lambda: answers.slack_call(http, bench.slack["api url"]))
        for question in QUESTIONS:
            await measure(bench, http, question, commit + statistics.median(called))


async def measure(bench: Bench, http: aiohttp.ClientSession, question: Question, fixed: float) -> None:
    """One row; the floor is its raw call and `fixed`, which all questions need."""
    base, times, says = bench.slack["listening on"], question.repeats, question.says.encode()
    await answers.answer_times(http, base, question.line, 1, says)
    forget_peak(bench.bot)
    async with probed(bench.probe) as waits:
        took = statistics.median(await answers.answer_times(http, base, question.line, times, says))
    peak = memory(bench.bot, "VmHWM")
    raw = await answers.timed(lambda: answers.api_call(http, bench.kube, question.path), times)
    floor = statistics.median(raw) + fixed
    process = answers.kubectl_times(bench.kubeconfig, question.line, min(times, 10))
    beside = statistics.median(process) if process else float("nan")
    print(
        f"| {question.label} | {took:.1f} | {beside:.1f} | {floor:.1f} | {took / beside:.2f} "
        f"| {took / floor:.2f} | {peak:.0f} | {max(waits):.0f} ms |",
        flush=True,
    )


@asynccontextmanager
async def probed(url: str) -> AsyncIterator[list[float]]:
    """Ask the bot again and again whether it lives, and note how long each answer took, in ms."""
    waits: list[float] = []

    async def keep_asking() -> None:
        async with aiohttp.ClientSession() as http:
            while True:
                start = time.perf_counter()
                async with http.get(url) as answer:
                    await answer.read()
                waits.append((time.perf_counter() - start) * 1000)
                await asyncio.sleep(PROBE_SECONDS)

    asking = asyncio.create_task(keep_asking())
    try:
        yield waits
    finally:
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)


async def fill(http: aiohttp.ClientSession, namespace: str, count: int) -> None:
    """So many pods, in deployments of twenty, all of them up."""
    async with http.post("/api/v1/namespaces", json={"metadata": {"name": namespace}}) as answer:
        assert answer.status == 201, await answer.text()
    path = f"/apis/apps/v1/namespaces/{namespace}/deployments"
    for number in range(count // PER_DEPLOYMENT):
        body = size.deployment(f"app-{number}")
        body["spec"]["replicas"] = PER_DEPLOYMENT
        async with http.post(path, json=body) as answer:
            assert answer.status == 201, await answer.text()
    for _ in range(READY_SECONDS):
        if await ready(http, path) == count:
            return
        await asyncio.sleep(1)
    raise SystemExit(f"the {count} pods did not come up")


async def ready(http: aiohttp.ClientSession, path: str) -> int:
    async with http.get(path) as answer:
        found = (await answer.json())["items"]
    return sum(one["status"].get("availableReplicas", 0) for one in found)


def forget_peak(process: int) -> None:
    Path(f"/proc/{process}/clear_refs").write_text("5")


def memory(process: int, field: str) -> float:
    found = re.search(rf"{field}:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text())
    return int(found[1]) / 1024 if found else float("nan")


if __name__ == "__main__":
    asyncio.run(main())
