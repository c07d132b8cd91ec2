"""`demo`: both simulators and the bot in one process, wired as anywhere else, with ordinary settings."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import tempfile
from collections.abc import Mapping
from importlib import resources
from pathlib import Path

import yaml

from bot.cli.manifest import events, manifest, scopes
from bot.cli.serve import complain, set_up_logging
from bot.demo.kubernetes import KubernetesSimulator, ScenarioError
from bot.demo.scenario import NAMESPACE, put_up_shop
from bot.demo.slack import SlackSimulator, demo_workspace, read_manifest
from bot.domain.errors import SettingsError
from bot.engine.registry import verb_names
from bot.service.policy import Policy
from bot.settings import Settings, read_config, read_settings
from commands import COMMANDS

BOT_TOKEN, APP_TOKEN = "xoxb-demo", "xapp-demo"
CLUSTER, OTHER_CLUSTER = "demo", "staging"
LOST_SECONDS = 5.0
"""For so long a silent node is waited for, and then its pods as long: in life it is 40 s and 5 min."""


def demo(listen: str, *, kubeconfig: str, sure: bool, scenario: str | None) -> int:
    """Serve until it is stopped; 1: the context was not confirmed; 2: settings or scenario are wrong."""
    set_up_logging(quiet=True)
    if kubeconfig and not (sure or _is_right(Path(kubeconfig))):
        print("Nothing was started.")
        return 1
    try:
        asyncio.run(_serve(listen, kubeconfig, scenario))
    except (SettingsError, ScenarioError) as error:
        return complain(error)
    return 0


def _is_right(kubeconfig: Path) -> bool:
    """Name the real cluster's context, and have it confirmed."""
    try:
        content = yaml.safe_load(kubeconfig.read_text(encoding="utf-8"))
        context = str(content["current-context"])
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        print(f"k8s-bot: {kubeconfig} cannot be used: {type(error).__name__}", file=sys.stderr)
        return False
    print(f"The simulated Slack will act on a real cluster, through the context {context!r}.")
    return input("Type the context's name to go on: ").strip() == context


async def _serve(listen: str, kubeconfig: str, scenario: str | None) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    async with contextlib.AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="k8s-bot-demo-")))
        kubes = {} if kubeconfig else await _simulated(stack, scenario)
        slack = SlackSimulator(
            listen=listen,
            bot_token=BOT_TOKEN,
            app_token=APP_TOKEN,
            cluster_url=kubes[CLUSTER].url if kubes else None,
            workspace=demo_workspace(read_manifest(manifest(socket_mode=True, url=""))),
        )
        await stack.enter_async_context(slack)
        cluster = _kubeconfig(kubes, folder) if kubes else Path(kubeconfig)
        settings = _settings(folder, slack.api_url, cluster)
        _install(slack, settings)
        from bot.wiring import Bot  # what is refused is refused before all of it is read

        bot = await stack.enter_async_context(Bot(settings))
        await bot.until_ready()
        print(f"Open {slack.page_url}", flush=True)
        if not kubeconfig:
            print(f"The simulated cluster: kubectl --kubeconfig {cluster} get pods -n shop", flush=True)
        await stopped.wait()


def _install(slack: SlackSimulator, settings: Settings) -> None:
    """The app has what its manifest asks for under this policy, and is told of nothing else."""
    policy = read_config(settings.config, verb_names(COMMANDS)).policy if settings.config else Policy()
    app = slack.workspace.app
    app.scopes = set(scopes(types_to_programs=policy.types_to_programs))
    app.events = set(events(types_to_programs=policy.types_to_programs))


async def _simulated(
    stack: contextlib.AsyncExitStack, scenario: str | None
) -> dict[str, KubernetesSimulator]:
    """The cluster that is played with, and a second one to choose; a shop in each."""
    kubes = {
        CLUSTER: KubernetesSimulator(load_balancer=True, tolerance=LOST_SECONDS, scenario=scenario),
        OTHER_CLUSTER: KubernetesSimulator(load_balancer=True, nodes=1),
    }
    for kube in kubes.values():
        await stack.enter_async_context(kube)
        await put_up_shop(kube.url)
    return kubes


def _kubeconfig(kubes: Mapping[str, KubernetesSimulator], folder: Path) -> Path:
    """Every cluster, the first being the one that is meant by default."""
    first, *others = [yaml.safe_load(kube.kubeconfig(name, NAMESPACE)) for name, kube in kubes.items()]
    for other in others:
        for entries in ("clusters", "users", "contexts"):
            first[entries] += other[entries]
    path = folder / "kubeconfig"
    path.write_text(yaml.safe_dump(first, sort_keys=False), encoding="utf-8")
    return path


def _settings(folder: Path, api_url: str, kubeconfig: Path) -> Settings:
    """What an operator would set, pointed at the simulators."""
    config = folder / "config.yaml"
    config.write_text(
        resources.files("bot.demo").joinpath("policy.yaml").read_text(encoding="utf-8"), encoding="utf-8"
    )
    return read_settings(
        {
            "SLACK_BOT_TOKEN": BOT_TOKEN,
            "SLACK_APP_TOKEN": APP_TOKEN,
            "SLACK_API_URL": api_url,
            "KUBECONFIG": str(kubeconfig),
            "BOT_DATA_DIR": str(folder),
            "BOT_CONFIG": str(config),
            "BOT_LISTEN": "127.0.0.1:0",
            "HOME": os.environ.get("HOME", ""),
        }
    )
