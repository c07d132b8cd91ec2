"""The simulators and the bot, each a process of its own, and what the bot is told of the others."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp


def write_kubeconfig(folder: Path, kube: str) -> Path:
    path = folder / "kubeconfig"
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "bench",
        "contexts": [
            {"name": "bench", "context": {"cluster": "bench", "user": "bench", "namespace": "shop"}}
        ],
        "clusters": [{"name": "bench", "cluster": {"server": kube}}],
        "users": [{"name": "bench", "user": {}}],
    }
    path.write_text(json.dumps(config))
    return path


def settings(folder: Path, api: str, kubeconfig: Path) -> dict[str, str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    return {
        "SLACK_BOT_TOKEN": "xoxb-demo",
        "SLACK_APP_TOKEN": "xapp-demo",
        "SLACK_API_URL": api,
        "KUBECONFIG": str(kubeconfig),
        "BOT_DATA_DIR": str(folder),
        "BOT_CONFIG": "examples/open.yaml",
        "BOT_LISTEN": f"127.0.0.1:{port}",
        "PATH": os.environ["PATH"],
    }


@asynccontextmanager
async def started(
    *words: str, environment: dict[str, str] | None = None, ready: str = ""
) -> AsyncIterator[tuple[int, dict[str, str]]]:
    """One `python -m bot …`, until it is left; with what it said of itself on its first lines."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *words, env=environment or dict(os.environ),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield process.pid, await (is_ready(ready) if ready else first_words(process))
    finally:
        process.terminate()
        await process.wait()


async def first_words(process: asyncio.subprocess.Process) -> dict[str, str]:
    """`listening on URL`, then lines of `name: value`, which come together."""
    assert process.stdout
    first = (await process.stdout.readline()).decode().strip()
    said = {"listening on": first.removeprefix("listening on ")}
    try:
        async with asyncio.timeout(0.5):
            while line := (await process.stdout.readline()).decode().strip():
                key, _, value = line.partition(": ")
                said[key] = value
    except TimeoutError:
        pass
    return said


async def is_ready(address: str) -> dict[str, str]:
    async with aiohttp.ClientSession() as http:
        for _ in range(1200):
            try:
                async with http.get(f"http://{address}/readyz") as answer:
                    if answer.status == 200:
                        return {}
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.05)
    raise SystemExit("the bot did not get ready")
