"""How large a simulated cluster may grow: `make size`.

5,000 pods on 100 nodes, one process: what it takes to list them all as a Table and how much memory the
process holds. Then 200 Deployments roll at once, which replaces every pod. A rollout takes its own time
(pulling, starting, surging), so the last to end is held against the same rollout alone; a real scheduler
places about a hundred pods a second, so 5,000 of them may take 50 seconds longer, and no more. Whoever asks
something in the meantime is answered at once, or nearly.
"""

from __future__ import annotations

import asyncio
import platform
import statistics
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from bot.demo.kubernetes import KubernetesSimulator

NODES, DEPLOYMENTS, REPLICAS = 100, 200, 25
MEMORY_MIB, TABLE_SECONDS, ANSWER_SECONDS = 500, 1.0, 2.0
LAG_SECONDS = DEPLOYMENTS * REPLICAS / 100
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"
STRATEGIC = "application/strategic-merge-patch+json"
PATH = "/apis/apps/v1/namespaces/default/deployments"
PODS = "/api/v1/namespaces/default/pods"


async def main() -> int:
    async with simulator() as (process, url), aiohttp.ClientSession(url) as http:
        print(f"{platform.machine()}, Python {platform.python_version()}\n")
        empty = resident(process)
        alone = await roll_alone(http)
        filled = await fill(http)
        row(f"{DEPLOYMENTS * REPLICAS} pods, from nothing to ready", filled, "s")
        tables = [await list_as_table(http) for _ in range(9)]
        row("a Table of all of them", statistics.median(tables), "s", TABLE_SECONDS)
        row("memory when empty", empty, "MiB")
        row("memory when full", resident(process), "MiB", MEMORY_MIB)

        together, answers = await roll_all(http)
        row("a rollout alone", alone, "s")
        row(f"{DEPLOYMENTS} rollouts at once, the last to end", together, "s")
        row("behind", together - alone, "s", LAG_SECONDS)
        row("the slowest answer in the meantime", max(answers), "s", ANSWER_SECONDS)
        row("memory after the rollouts", resident(process), "MiB", MEMORY_MIB)
    return row.broken


class Report:
    """Prints figures, and remembers whether one was over its limit."""

    broken = 0

    def __call__(self, label: str, value: float, unit: str, limit: float | None = None) -> None:
        told = "" if limit is None else f"   (under {limit:g}: {'yes' if value < limit else 'NO'})"
        self.broken |= limit is not None and value >= limit
        print(f"{label:<44}{value:9.2f} {unit}{told}", flush=True)


row = Report()


@asynccontextmanager
async def simulator() -> AsyncIterator[tuple[int, str]]:
    """A simulator in a process of its own, at life's own pace."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, __file__, "serve", stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        yield process.pid, (await process.stdout.readline()).decode().strip()
    finally:
        process.terminate()
        await process.wait()


async def serve() -> None:
    async with KubernetesSimulator(nodes=NODES) as sim:
        print(sim.url, flush=True)
        await asyncio.Event().wait()


def resident(process: int) -> float:
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * 4096 / 2**20


def deployment(name: str) -> dict[str, Any]:
    labels = {"app": name}
    pod = {"terminationGracePeriodSeconds": 1, "containers": [{"name": "web", "image": "web:1.0"}]}
    template = {"metadata": {"labels": labels}, "spec": pod}
    wanted = {"replicas": REPLICAS, "selector": {"matchLabels": labels}, "template": template}
    return {"metadata": {"name": name}, "spec": wanted}


async def make(http: aiohttp.ClientSession, name: str) -> None:
    async with http.post(PATH, json=deployment(name)) as answer:
        assert answer.status == 201, await answer.text()


async def set_image(http: aiohttp.ClientSession, name: str) -> None:
    image = {"spec": {"template": {"spec": {"containers": [{"name": "web", "image": "web:2.0"}]}}}}
    async with http.patch(f"{PATH}/{name}", json=image, headers={"Content-Type": STRATEGIC}) as answer:
        assert answer.status == 200, await answer.text()


async def roll_alone(http: aiohttp.ClientSession) -> float:
    """One Deployment from one image to the next, with the cluster to itself."""
    await make(http, "alone")
    await rolled_out(http, 1)
    start = time.perf_counter()
    await set_image(http, "alone")
    await rolled_out(http, 1)
    took = time.perf_counter() - start
    async with http.delete(f"{PATH}/alone") as answer:
        assert answer.status == 200
    await none_left(http)
    return took


async def fill(http: aiohttp.ClientSession) -> float:
    start = time.perf_counter()
    await asyncio.gather(*(make(http, f"app-{number}") for number in range(DEPLOYMENTS)))
    await rolled_out(http, DEPLOYMENTS)
    return time.perf_counter() - start


async def roll_all(http: aiohttp.ClientSession) -> tuple[float, list[float]]:
    """Every Deployment at once; also how long it took to be answered while they rolled."""
    answers: list[float] = []
    asking = asyncio.create_task(keep_asking(http, answers))
    start = time.perf_counter()
    await asyncio.gather(*(set_image(http, f"app-{number}") for number in range(DEPLOYMENTS)))
    await rolled_out(http, DEPLOYMENTS)
    took = time.perf_counter() - start
    asking.cancel()
    return took, answers


async def keep_asking(http: aiohttp.ClientSession, answers: list[float]) -> None:
    while True:
        start = time.perf_counter()
        async with http.get(f"{PATH}/app-0") as answer:
            await answer.read()
        answers.append(time.perf_counter() - start)
        await asyncio.sleep(0.1)


async def rolled_out(http: aiohttp.ClientSession, count: int) -> None:
    while True:
        async with http.get(PATH) as answer:
            found = (await answer.json())["items"]
        if sum(map(is_rolled_out, found)) == count:
            return
        await asyncio.sleep(0.5)


def is_rolled_out(found: dict[str, Any]) -> bool:
    status = found["status"]
    counts = [status.get(key) for key in ("replicas", "updatedReplicas", "availableReplicas")]
    return status.get("observedGeneration") == found["metadata"]["generation"] and counts == [REPLICAS] * 3


async def none_left(http: aiohttp.ClientSession) -> None:
    while True:
        async with http.get(PODS) as answer:
            if not (await answer.json())["items"]:
                return
        await asyncio.sleep(0.1)


async def list_as_table(http: aiohttp.ClientSession) -> float:
    start = time.perf_counter()
    async with http.get(PODS, headers={"Accept": TABLE}) as answer:
        await answer.read()
    return time.perf_counter() - start


if __name__ == "__main__":
    sys.exit(asyncio.run(serve() if "serve" in sys.argv else main()))
