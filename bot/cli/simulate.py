"""`simulate`: one of the outside worlds, alone on an address."""

from __future__ import annotations

import asyncio
import signal
from typing import Protocol


class World(Protocol):
    @property
    def url(self) -> str: ...
    async def start(self) -> None: ...
    async def stop(self) -> None: ...


def kubernetes(listen: str, *, pace: float, load_balancer: bool) -> int:
    from bot.demo.kubernetes import KubernetesSimulator

    return asyncio.run(_serve(KubernetesSimulator(listen=listen, pace=pace, load_balancer=load_balancer)))


def slack(listen: str, request_url: str, bot_token: str, app_token: str, signing_secret: str) -> int:
    from bot.demo.slack import SlackSimulator

    world = SlackSimulator(
        listen=listen,
        bot_token=bot_token,
        app_token=app_token,
        signing_secret=signing_secret,
        request_url=request_url or None,
    )
    return asyncio.run(_serve(world))


async def _serve(world: World) -> int:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    await world.start()
    try:
        print(f"listening on {world.url}", flush=True)
        for name in ("api_url", "page_url"):
            if found := getattr(world, name, ""):
                print(f"{name.replace('_', ' ')}: {found}", flush=True)
        await stopped.wait()
    finally:
        await world.stop()
    return 0
