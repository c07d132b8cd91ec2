"""How fast `logs --tail=1000` is, beside the raw API call and a kubectl process on the same server.

`python -m benchmarks.logs` prints it; `measure` is what another benchmark calls. What is measured of the bot
is its reading and its cleaning, up to the answer's first page; the way through Slack is that of any answer.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp

from benchmarks.started import started, write_kubeconfig
from bot.domain import views
from bot.domain.access import Actor, Decision, Effect, Place, Standing
from bot.domain.typed import split
from bot.domain.views import Kept
from bot.engine.command import ReadContext
from bot.engine.grammar import parse
from bot.kube.clusters import Clusters
from bot.service.cluster import GuardedCluster
from commands import logs

REPEATS = 30
LINES = 1000
_POD = "talk"
_PATH = f"/api/v1/namespaces/shop/pods/{_POD}/log"


class _Open:
    def check(self, _cluster: str, _namespace: str, _kind: str) -> Decision:
        return Decision(effect=Effect.ALLOW)


async def measure(kube: str, kubeconfig: Path) -> dict[str, list[float]]:
    """Milliseconds of each try: `answer`, `raw` and, where there is a kubectl, `kubectl`."""
    async with aiohttp.ClientSession() as http:
        await _put_up(http, kube)
        clusters = await Clusters.load(kubeconfig=str(kubeconfig))
        context = _context(clusters)
        args = parse(logs.LogsArgs, split(f"{_POD} --tail={LINES}"), name="logs")
        args = args.model_copy(update={"namespace": "shop", "context": clusters.names[0]})

        async def answer() -> None:
            found = await logs.run(context, args)
            views.shown(Kept(result=found))

        async def raw() -> None:
            async with http.get(f"{kube}{_PATH}?tailLines={LINES}&timestamps=true") as said:
                await said.read()

        found = {"answer": await _timed(answer), "raw": await _timed(raw)}
        await clusters.close()
    beside = Path(sys.executable).with_name("kubectl")
    kubectl = str(beside) if beside.exists() else shutil.which("kubectl")
    if kubectl:
        found["kubectl"] = _kubectl_times(kubectl, kubeconfig)
    return found


def _context(clusters: Clusters) -> ReadContext:
    return ReadContext(
        cluster=GuardedCluster(clusters.cluster(clusters.names[0]), _Open()),
        actor=Actor(id="U0CHO", team="T0SHOP", name="cho", standing=Standing.MEMBER),
        place=Place(team="T0SHOP", channel="C0SHOP", channel_name="shop"),
        line="/k8s logs",
        now=time.time,
    )


async def _put_up(http: aiohttp.ClientSession, kube: str) -> None:
    """A pod that has printed a thousand lines of a usual length, some with a secret."""
    words = "INFO request served path=/api/v1/items status=200 took=12ms agent=probe/1.0"
    script = "".join(
        f"echo '{words} n={n}{' token=abc123def' if n % 50 == 0 else ''}'; " for n in range(LINES + 50)
    )
    await http.post(f"{kube}/api/v1/namespaces", json={"metadata": {"name": "shop"}})
    container = {"name": "main", "image": "busybox", "command": ["sh", "-c", f"{script} sleep 90000"]}
    body = {"metadata": {"name": _POD}, "spec": {"containers": [container]}}
    await http.post(f"{kube}/api/v1/namespaces/shop/pods", json=body)
    for _ in range(300):
        async with http.get(f"{kube}{_PATH}?tailLines={LINES}") as said:
            if (await said.text()).count("\n") == LINES:
                return
        await asyncio.sleep(0.1)
    raise SystemExit("the pod did not print its lines")


async def _timed(call: Callable[[], Awaitable[None]]) -> list[float]:
    found = []
    for number in range(REPEATS + 3):
        start = time.perf_counter()
        await call()
        if number >= 3:
            found.append((time.perf_counter() - start) * 1000)
    return found


def _kubectl_times(kubectl: str, kubeconfig: Path) -> list[float]:
    line = [kubectl, "--kubeconfig", str(kubeconfig), "logs", _POD, "-n", "shop", f"--tail={LINES}"]
    found = []
    for number in range(12):
        start = time.perf_counter()
        subprocess.run(line, check=True, capture_output=True)
        if number >= 2:
            found.append((time.perf_counter() - start) * 1000)
    return found


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with started("simulate", "kubernetes", "--listen", "127.0.0.1:0") as (_, said):
            kube = said["listening on"]
            found = await measure(kube, write_kubeconfig(Path(folder), kube))
    medians = {name: statistics.median(values) for name, values in found.items()}
    print(f"logs --tail={LINES}, {os.cpu_count()} cores, in ms")
    for name, median in medians.items():
        print(f"{name:<10} {median:8.1f} median")
    print(f"answer / raw API call: {medians['answer'] / medians['raw']:.2f}")
    if "kubectl" in medians:
        print(f"answer / kubectl process: {medians['answer'] / medians['kubectl']:.2f}")
    else:
        print("no kubectl on this machine: not compared")


if __name__ == "__main__":
    asyncio.run(main())
