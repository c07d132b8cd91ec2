"""The simulator as its users hold it: something to start, to ask for its address, and to stop."""

from pathlib import Path
from types import TracebackType
from typing import Self

import yaml
from aiohttp import web

from bot.demo.kubernetes.cluster import Cluster
from bot.demo.kubernetes.scenario import Scenario, ScenarioError, create_objects, read_scenario
from bot.demo.kubernetes.server import Server


class KubernetesSimulator:
    """A cluster and the server before it. The constructor starts nothing.

    `listen`: HOST:PORT, port 0 for any free one. `pace`: how long things take, 1.0 is life-like and 0.05
    twenty times faster. `load_balancer`: whether Services of that type are given an address. `token`: when
    set, it is the administrator's, and a caller without credentials is nobody. `nodes`: how many workers.
    `tolerance`: after how many seconds pods leave a lost node, unless they chose a time of their own.
    `older_kubelets`: CrashLoopBackOff shows for all of a back-off, not only at its end.
    `scenario`: a YAML file of objects and faults that are there from the first start; read here and now.
    """

    def __init__(
        self,
        listen: str = "127.0.0.1:0",
        *,
        pace: float = 1.0,
        load_balancer: bool = False,
        token: str | None = None,
        nodes: int = 3,
        tolerance: float = 300,
        older_kubelets: bool = False,
        scenario: str | Path | None = None,
    ) -> None:
        host, _, port = listen.rpartition(":")
        self._host, self._port, self._token = host.strip("[]") or "127.0.0.1", int(port), token
        self.cluster = Cluster(
            pace=pace,
            load_balancer=load_balancer,
            nodes=nodes,
            tolerance=tolerance,
            older_kubelets=older_kubelets,
        )
        self._server = Server(self.cluster, token=token)
        self._scenario = read_scenario(Path(scenario)) if scenario is not None else None
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Begin to serve; after a stop, at the same address and with the same objects."""
        is_new = self.cluster.store.is_empty
        await self.cluster.start()
        if self._scenario is not None and is_new:
            await self._play(self._scenario)
        runner = web.AppRunner(self._server.application(), access_log=None, shutdown_timeout=0.2)
        await runner.setup()
        site = web.TCPSite(runner, self._host, self._port)
        await site.start()
        self._port = runner.addresses[0][1]
        self._runner = runner

    async def _play(self, scenario: Scenario) -> None:
        """Put in place what the scenario says, before anybody can look."""
        problems = create_objects(self.cluster, scenario) + self._server.plant(scenario.faults)
        if problems:
            await self.cluster.stop()
            raise ScenarioError(scenario.path, problems)

    async def stop(self) -> None:
        """End everything that was started; watchers see their connection close."""
        self._server.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
        await self.cluster.stop()

    @property
    def url(self) -> str:
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._port}"

    def kubeconfig(self, context: str = "demo", namespace: str = "default") -> str:
        """Write a kubeconfig, as YAML, whose one context points here."""
        user = {"token": self._token} if self._token else {}
        document = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": context,
            "clusters": [{"name": context, "cluster": {"server": self.url}}],
            "users": [{"name": context, "user": user}],
            "contexts": [
                {"name": context, "context": {"cluster": context, "user": context, "namespace": namespace}}
            ],
        }
        return str(yaml.dump(document, Dumper=yaml.CSafeDumper, sort_keys=False))

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()
