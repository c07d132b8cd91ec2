"""Plays a scenario against the simulator, and holds what it answered against the recording."""

import asyncio
import contextlib
import json
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest

from bot.demo.kubernetes import KubernetesSimulator
from tests.simulators.kubernetes.recorded.recording import Plainly, facts, recorded

# Five times faster than life: fast enough for a test, slow enough to see a moment pass.
PACE = 0.2
MEDIA = {
    "merge": "application/merge-patch+json",
    "strategic": "application/strategic-merge-patch+json",
    "json": "application/json-patch+json",
    "apply": "application/apply-patch+yaml",
}
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"


@pytest.fixture
async def sim() -> AsyncIterator[KubernetesSimulator]:
    async with KubernetesSimulator(pace=PACE) as simulator:
        yield simulator


@pytest.fixture
async def play(api: Any) -> "Play":
    """A namespace to play a scenario in."""
    nodes = {node["metadata"]["name"] for node in (await api.get("/api/v1/nodes"))["items"]}
    namespace = f"t-scene-{secrets.token_hex(3)}"
    await api.post("/api/v1/namespaces", {"metadata": {"name": namespace}})
    await api.until(
        f"/api/v1/namespaces/{namespace}/serviceaccounts/default", lambda found: found["metadata"]
    )
    return Play(api, namespace, nodes)


class Play:
    """One scenario: what it asks with a title is kept and compared."""

    deployments = "/apis/apps/v1/namespaces/{ns}/deployments"
    replica_sets = "/apis/apps/v1/namespaces/{ns}/replicasets"
    pods = "/api/v1/namespaces/{ns}/pods"
    services = "/api/v1/namespaces/{ns}/services"
    config_maps = "/api/v1/namespaces/{ns}/configmaps"
    events = "/api/v1/namespaces/{ns}/events"
    web = deployments + "/web"

    def __init__(self, api: Any, namespace: str, nodes: set[str]) -> None:
        self.api, self.namespace = api, namespace
        self.plainly = Plainly(namespace, nodes)
        self.shown: set[str] = set()

    def here(self, text: Any) -> Any:
        return text.replace("{ns}", self.namespace) if isinstance(text, str) else text

    def note(self, title: str, answer: Any, status: int | None = None) -> None:
        self.shown.update(facts(title, status, answer))

    def was_as_recorded(self, scenario: str) -> bool:
        """Compare all that was kept; a failing test shows what is missing and what is invented."""
        known = recorded(scenario)
        assert (sorted(known - self.shown), sorted(self.shown - known)) == ([], [])
        return True

    async def ask(
        self, method: str, path: str, body: Any = None, *, title: str = "", media: str = "", **headers: str
    ) -> Any:
        """Call the API; the answer is kept when there is a title."""
        if body is not None:
            headers["Content-Type"] = MEDIA.get(media) or media or "application/json"
        answer = await self.api.call(method, self.here(path), self.here(body), **headers)
        if title:
            self.note(title, self.plainly(answer.body), answer.status)
        return answer

    async def get(self, path: str, title: str = "", **headers: str) -> Any:
        return await self.ask("GET", path, title=title, **headers)

    async def table(self, path: str, title: str = "") -> Any:
        return await self.ask("GET", path, title=title, Accept=TABLE)

    async def post(self, path: str, body: Any, title: str = "", **headers: str) -> Any:
        return await self.ask("POST", path, body, title=title, **headers)

    async def patch(self, path: str, body: Any, media: str, title: str = "", **headers: str) -> Any:
        return await self.ask("PATCH", path, body, media=media, title=title, **headers)

    @staticmethod
    def deployment(name: str, image: str, replicas: int = 1, container: Any = None, **spec: Any) -> Any:
        main = {"name": name, "image": image, **(container or {})}
        template = {
            "metadata": {"labels": {"app": name}},
            "spec": {"terminationGracePeriodSeconds": 1, "containers": [main]},
        }
        return {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": name, "labels": {"app": name}},
            "spec": {"replicas": replicas, "selector": {"matchLabels": {"app": name}}, "template": template}
            | spec,
        }

    async def deploy(self, name: str, image: str, replicas: int = 1, title: str = "", **spec: Any) -> Any:
        return await self.post(self.deployments, self.deployment(name, image, replicas, **spec), title)

    async def until(self, path: str, test: Callable[[Any], object]) -> Any:
        return await self.api.until(self.here(path), test, seconds=30)

    async def rolled_out(self, replicas: int) -> Any:
        return await self.until(self.web, is_rolled_out(replicas))

    async def pod_names(self) -> list[str]:
        return [pod["metadata"]["name"] for pod in (await self.get(self.pods))["items"]]

    async def pause(self, seconds: float) -> None:
        """Let the cluster's own seconds pass."""
        await asyncio.sleep(seconds * PACE)

    async def watched(
        self, path: str, act: Callable[[], Awaitable[Any]], test: Callable[[list[Any]], object]
    ) -> list[Any]:
        """Watch while something is done, until the events pass the test or the server ends the watch."""
        events: list[Any] = []
        async with asyncio.timeout(30), self.api.watch(self.here(path)) as watch:
            await act()
            while not test(events) and (line := await watch.response.content.readline()):
                events.append(json.loads(line))
        return events

    async def run(self, pod: str, *command: str, protocol: str = "v5.channel.k8s.io", **query: str) -> Any:
        """Exec in a pod: the status, the protocol, and what came over each channel."""
        words = [("command", word) for word in command] + list(
            (query or {"stdout": "1", "stderr": "1"}).items()
        )
        frames: dict[str, bytes] = {}
        try:
            async with self.api.session.ws_connect(
                self.here(f"{self.pods}/{pod}/exec"), params=words, protocols=(protocol,)
            ) as socket:
                async for message in socket:
                    channel = str(message.data[0])
                    frames[channel] = frames.get(channel, b"") + message.data[1:]
        except aiohttp.WSServerHandshakeError as refused:
            return {"status": refused.status, "protocol": "", "frames": []}
        told: dict[str, Any] = {
            channel: data.decode() for channel, data in frames.items() if channel != "255"
        }
        with contextlib.suppress(KeyError):
            told["3"] = json.loads(told["3"])
        return {"status": 101, "protocol": socket.protocol, "frames": told}


def is_rolled_out(replicas: int) -> Callable[[Any], bool]:
    def test(found: Any) -> bool:
        status = found["status"]
        counts = [status.get(key, 0) for key in ("replicas", "updatedReplicas", "readyReplicas")]
        return counts == [replicas] * 3 and status["observedGeneration"] == found["metadata"]["generation"]

    return test
