"""`demo`: both simulators and the bot in one process, wired as anywhere else, with ordinary settings."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import tempfile
from importlib import resources
from pathlib import Path

import yaml

from bot.cli.manifest import events, manifest, scopes
from bot.cli.serve import complain, set_up_logging
from bot.demo.kubernetes import KubernetesSimulator, ScenarioError
from bot.demo.scenario import put_up_shop
from bot.demo.slack import SlackSimulator, demo_workspace, read_manifest
from bot.domain.errors import SettingsError
from bot.service.policy import Policy
from bot.settings import Settings, read_config, read_settings
from bot.wiring import Bot, verb_names

BOT_TOKEN, APP_TOKEN = "xoxb-demo", "xapp-demo"


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
        kube = None if kubeconfig else await _simulated(stack, scenario)
        slack = SlackSimulator(
            listen=listen,
            bot_token=BOT_TOKEN,
            app_token=APP_TOKEN,
            cluster_url=kube.url if kube else None,
            workspace=demo_workspace(read_manifest(manifest(socket_mode=True, url=""))),
        )
        await stack.enter_async_context(slack)
        cluster = _kubeconfig(kube, folder) if kube else Path(kubeconfig)
        settings = _settings(folder, slack.api_url, cluster)
        _install(slack, settings)
        bot = await stack.enter_async_context(Bot(settings))
        await bot.until_ready()
        print(f"Open {slack.page_url}", flush=True)
        if not kubeconfig:
            print(f"The simulated cluster: kubectl --kubeconfig {cluster} get pods -n shop", flush=True)
        await stopped.wait()


def _install(slack: SlackSimulator, settings: Settings) -> None:
    """The app has what its manifest asks for under this policy, and is told of nothing else."""
    policy = read_config(settings.config, verb_names()).policy if settings.config else Policy()
    app = slack.workspace.app
    app.scopes = set(scopes(types_to_programs=policy.types_to_programs))
    app.events = set(events(types_to_programs=policy.types_to_programs))


async def _simulated(stack: contextlib.AsyncExitStack, scenario: str | None) -> KubernetesSimulator:
    simulator = KubernetesSimulator(listen="127.0.0.1:0", load_balancer=True, scenario=scenario)
    kube = await stack.enter_async_context(simulator)
    await put_up_shop(kube.url)
    return kube


def _kubeconfig(kube: KubernetesSimulator, folder: Path) -> Path:
    path = folder / "kubeconfig"
    path.write_text(kube.kubeconfig(context="demo", namespace="shop"), encoding="utf-8")
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
