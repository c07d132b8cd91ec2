"""`simulate`: one of the outside worlds, alone on an address."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path
from typing import Protocol

from bot.cli.serve import complain


class World(Protocol):
    @property
    def url(self) -> str: ...
    async def start(self) -> None: ...
    async def stop(self) -> None: ...


def kubernetes(
    listen: str, *, pace: float, load_balancer: bool, older_kubelets: bool, scenario: str | None
) -> int:
    """Serve until it is stopped; 2 when the scenario cannot be played, 1 when the address is taken."""
    from bot.demo.kubernetes import KubernetesSimulator, ScenarioError

    try:
        world = KubernetesSimulator(
            listen=listen,
            pace=pace,
            load_balancer=load_balancer,
            older_kubelets=older_kubelets,
            scenario=scenario,
        )
        return asyncio.run(_serve(world))
    except ScenarioError as error:
        return complain(error)


def slack(
    *,
    listen: str,
    bot_token: str,
    app_token: str,
    signing_secret: str,
    request_url: str,
    manifest: str,
    cluster: str,
) -> int:
    """Serve until it is stopped; 2 when the manifest is one that Slack would not take."""
    from bot.demo.slack import ManifestError, SlackSimulator, demo_workspace, read_manifest

    try:
        app = read_manifest(Path(manifest).read_text(encoding="utf-8")) if manifest else None
    except (ManifestError, OSError, UnicodeDecodeError) as error:
        print(f"k8s-bot: the manifest {manifest} cannot be used:\n{error}", file=sys.stderr)
        return 2
    world = SlackSimulator(
        listen=listen,
        bot_token=bot_token,
        app_token=app_token,
        signing_secret=signing_secret,
        request_url=request_url or None,
        cluster_url=cluster.rstrip("/") or None,
        workspace=demo_workspace(app),
    )
    return asyncio.run(_serve(world))


async def _serve(world: World) -> int:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    try:
        await world.start()
    except OSError as error:
        print(f"k8s-bot: {error.strerror or error}", file=sys.stderr)
        return 1
    try:
        print(f"listening on {world.url}", flush=True)
        for name in ("api_url", "page_url"):
            if found := getattr(world, name, ""):
                print(f"{name.replace('_', ' ')}: {found}", flush=True)
        await stopped.wait()
    finally:
        await world.stop()
    return 0
