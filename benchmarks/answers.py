"""How fast an answer is, beside a kubectl process and beside the floor: `make bench`.

Three processes as in life: the two simulators, and the bot, which is told of them by its environment
alone. The floor is what nobody can do without: one raw API call, one commit for a read, one Slack call.
"""

from __future__ import annotations

import asyncio
import os
import platform
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp

from benchmarks.started import settings, started, write_kubeconfig

REPEATS = 60
RATE, SECONDS = 50, 8
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"
PODS = "/api/v1/namespaces/shop/pods"


async def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with started("simulate", "kubernetes", "--listen", "127.0.0.1:0") as (_, said):
            kube = said["listening on"]
            await put_up(kube)
            kubeconfig = write_kubeconfig(folder, kube)
            async with started("simulate", "slack", "--listen", "127.0.0.1:0") as (_, told):
                environment = settings(folder, told["api url"], kubeconfig)
                async with started("serve", environment=environment, ready=environment["BOT_LISTEN"]) as (
                    bot,
                    _,
                ):
                    await report(folder, kube, told, bot, kubeconfig)


async def report(folder: Path, kube: str, slack: dict[str, str], bot: int, kubeconfig: Path) -> None:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        await (await http.get(slack["page url"])).read()
        base = slack["listening on"]
        print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; in ms\n")
        idle = resident(bot)
        answers = await answer_times(http, base)
        acks, late, after = await ack_times(http, base)
        floor = {
            "raw API call": await timed(lambda: api_call(http, kube)),
            "one commit": commit_times(folder),
            "Slack call": await timed(lambda: slack_call(http, slack["api url"])),
        }
        row("get pods, command to answer", answers)
        if acks:
            row(f"acknowledgement at {RATE} a second", acks)
        print(f"{'not acknowledged within 3 s':<36} {late:8} of {RATE * SECONDS}")
        print(f"{'last answer, after the last command':<36} {after * 1000:8.0f}")
        for label, values in floor.items():
            row(f"floor: {label}", values)
        least = sum(statistics.median(values) for values in floor.values())
        print(f"{'floor, added up':<36} {least:8.1f}")
        process = kubectl_times(kubeconfig)
        if process:
            row("kubectl get pods, a process", process)
            print(
                f"\nanswer / kubectl process: {statistics.median(answers) / statistics.median(process):.2f}"
            )
        else:
            print("\nno kubectl on this machine: not compared")
        print(f"answer / floor: {statistics.median(answers) / least:.2f}")
        print(
            f"resident memory: {idle:.0f} MiB idle, {resident(bot):.0f} MiB after {RATE * SECONDS} and more"
        )


def row(label: str, values: list[float]) -> None:
    ordered = sorted(values)
    high = ordered[int(len(ordered) * 0.99) - 1]
    print(f"{label:<36} {statistics.median(ordered):8.1f} median {high:8.1f} p99")


async def answer_times(
    http: aiohttp.ClientSession,
    base: str,
    line: str = "get pods",
    repeats: int = REPEATS,
    says: bytes = b'"ephemeral":true',
) -> list[float]:
    """From the command's delivery to its answer standing in the channel, as the page's own events tell it.

    `says` is what the answer has, and what stands there until it comes has not.
    """
    found: list[float] = []
    async with http.get(f"{base}/page/events", params={"as": "U0CHO"}) as stream:
        lines = stream.content
        for number in range(repeats + 5):
            start = time.perf_counter()
            posted = asyncio.create_task(command(http, base, line))
            while says not in (await lines.readline()).replace(b": ", b":"):
                pass
            took = (time.perf_counter() - start) * 1000
            await posted
            if number >= 5:
                found.append(took)
    return found


async def ack_times(http: aiohttp.ClientSession, base: str) -> tuple[list[float], int, float]:
    """Commands at an even rate, whether or not earlier ones are answered; how many Slack gave up; and how
    many seconds after the last command the last answer stood in the channel.
    """
    waiting = []
    async with http.get(f"{base}/page/events", params={"as": "U0CHO"}) as stream:
        start = time.perf_counter()
        for number in range(RATE * SECONDS):
            await asyncio.sleep(max(0.0, start + number / RATE - time.perf_counter()))
            waiting.append(asyncio.create_task(command(http, base, "get pods")))
        sent = time.perf_counter()
        answers = await asyncio.gather(*waiting)
        kept = [float(answer["ack_ms"]) for answer in answers if answer.get("ok")]
        await shown(stream.content, len(kept))
    return kept, len(answers) - len(kept), time.perf_counter() - sent


async def shown(lines: aiohttp.StreamReader, count: int) -> None:
    """Read the page's events until so many answers stood in the channel; what says to wait is none."""
    while count:
        line = (await lines.readline()).replace(b": ", b":")
        count -= b'"ephemeral":true' in line and b"Asking the cluster" not in line


async def command(http: aiohttp.ClientSession, base: str, line: str) -> dict[str, Any]:
    body = {"as": "U0CHO", "channel": "C0SHOP", "text": f"/k8s {line}"}
    async with http.post(f"{base}/page/command", json=body) as answer:
        return dict(await answer.json())


async def timed(call: Callable[[], Awaitable[None]], repeats: int = REPEATS) -> list[float]:
    found = []
    for _ in range(repeats):
        start = time.perf_counter()
        await call()
        found.append((time.perf_counter() - start) * 1000)
    return found


async def api_call(http: aiohttp.ClientSession, kube: str, path: str = f"{PODS}?includeObject=None") -> None:
    async with http.get(f"{kube}{path}", headers={"Accept": TABLE}) as answer:
        await answer.read()


async def slack_call(http: aiohttp.ClientSession, api: str) -> None:
    headers = {"Authorization": "Bearer xoxb-demo"}
    async with http.post(f"{api}auth.test", headers=headers) as answer:
        await answer.read()


def commit_times(folder: Path) -> list[float]:
    connection = sqlite3.connect(folder / "floor.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE records (text TEXT)")
    found = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO records VALUES (?)", ("x" * 700,))
        connection.execute("COMMIT")
        found.append((time.perf_counter() - start) * 1000)
    connection.close()
    return found


def kubectl_times(kubeconfig: Path, line: str = "get pods -n shop", repeats: int = 10) -> list[float]:
    beside = Path(sys.executable).with_name("kubectl")
    kubectl = str(beside) if beside.exists() else shutil.which("kubectl")
    if not kubectl:
        return []
    words = [kubectl, "--kubeconfig", str(kubeconfig), *line.split()]
    found = []
    for number in range(repeats + 2):
        start = time.perf_counter()
        subprocess.run(words, check=True, capture_output=True)
        if number >= 2:
            found.append((time.perf_counter() - start) * 1000)
    return found


def resident(process: int) -> float:
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return float("nan")


async def put_up(kube: str) -> None:
    """Twenty pods in `shop`."""
    labels = {"app": "web"}
    spec = {
        "replicas": 20,
        "selector": {"matchLabels": labels},
        "template": {
            "metadata": {"labels": labels},
            "spec": {"containers": [{"name": "web", "image": "web:1.0"}]},
        },
    }
    async with aiohttp.ClientSession() as http:
        await http.post(f"{kube}/api/v1/namespaces", json={"metadata": {"name": "shop"}})
        body = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": spec}
        await http.post(f"{kube}/apis/apps/v1/namespaces/shop/deployments", json=body)
        for _ in range(300):
            async with http.get(f"{kube}/apis/apps/v1/namespaces/shop/deployments/web") as answer:
                if (await answer.json())["status"].get("availableReplicas") == 20:
                    return
            await asyncio.sleep(0.1)
    raise SystemExit("the twenty pods did not come up")


if __name__ == "__main__":
    asyncio.run(main())
