"""A simulated cluster, and a plain hand on its API."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from json import loads
from typing import Any

import aiohttp
import pytest

from bot.demo.kubernetes import KubernetesSimulator

TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"
MEDIA = {
    "merge": "application/merge-patch+json",
    "strategic": "application/strategic-merge-patch+json",
    "json": "application/json-patch+json",
    "apply": "application/apply-patch+yaml",
}


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any
    headers: Any

    def __getitem__(self, key: str) -> Any:
        return self.body[key]


class Api:
    """Speaks plain HTTP to the simulator, as curl would."""

    deployments = "/apis/apps/v1/namespaces/default/deployments"
    replica_sets = "/apis/apps/v1/namespaces/default/replicasets"
    pods = "/api/v1/namespaces/default/pods"
    services = "/api/v1/namespaces/default/services"
    config_maps = "/api/v1/namespaces/default/configmaps"
    events = "/api/v1/namespaces/default/events"

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self.session = session

    async def call(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        data = (
            {"data": body} if isinstance(body, (str, bytes)) else {"json": body} if body is not None else {}
        )
        spoken = {key.replace("_", "-"): value for key, value in headers.items()}
        async with self.session.request(method, path, headers=spoken, **data) as response:
            text = await response.text()
            is_json = "json" in response.headers.get("Content-Type", "")
            return Answer(response.status, loads(text) if is_json else text, response.headers)

    async def get(self, path: str, **headers: str) -> Answer:
        return await self.call("GET", path, **headers)

    async def table(self, path: str) -> Answer:
        return await self.call("GET", path, Accept=TABLE)

    async def post(self, path: str, body: Any, **headers: str) -> Answer:
        return await self.call("POST", path, body, **headers)

    async def put(self, path: str, body: Any) -> Answer:
        return await self.call("PUT", path, body)

    async def patch(self, path: str, body: Any, kind: str = "merge", **headers: str) -> Answer:
        return await self.call("PATCH", path, body, Content_Type=MEDIA[kind], **headers)

    async def delete(self, path: str, body: Any = None) -> Answer:
        return await self.call("DELETE", path, body)

    async def deploy(
        self, name: str = "web", image: str = "web:1.0", replicas: int = 1, **spec: Any
    ) -> Answer:
        made = await self.post(self.deployments, deployment(name, image, replicas, **spec))
        assert made.status == 201, made.body
        return made

    async def run(self, name: str, image: str = "web:1.0", **container: Any) -> Answer:
        """Create a bare pod."""
        spec = {
            "containers": [{"name": "main", "image": image, **container}],
            "terminationGracePeriodSeconds": 1,
        }
        made = await self.post(self.pods, {"metadata": {"name": name}, "spec": spec})
        assert made.status == 201, made.body
        return made

    async def until(self, path: str, test: Callable[[Any], object], seconds: float = 5) -> Any:
        """Look until what is there passes the test; returns it."""
        end, seen = time.monotonic() + seconds, None
        while time.monotonic() < end:
            seen = (await self.get(path)).body
            try:
                if test(seen):
                    return seen
            except (KeyError, IndexError, TypeError):
                pass
            await asyncio.sleep(0.01)
        raise AssertionError(f"never came true of {path}: {seen}")

    async def until_true(self, test: Callable[[], Awaitable[object]], seconds: float = 10) -> None:
        """Wait for what takes several looks."""
        async with asyncio.timeout(seconds):
            while not await test():  # noqa: ASYNC110 - the server is another world: nothing to await
                await asyncio.sleep(0.01)

    async def ready(self, name: str = "web", replicas: int = 1) -> Any:
        return await self.until(f"{self.deployments}/{name}", lambda d: is_rolled_out(d, replicas))

    async def first_pod(self) -> str:
        return str((await self.get(self.pods))["items"][0]["metadata"]["name"])

    @asynccontextmanager
    async def watch(self, path: str, **headers: str) -> AsyncIterator["Watched"]:
        joint = "&" if "?" in path else "?"
        spoken = {key.replace("_", "-"): value for key, value in headers.items()}
        async with self.session.get(f"{path}{joint}watch=1", headers=spoken) as response:
            yield Watched(response)


class Watched:
    """The events of a watch, one after the other."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self.response = response

    async def next(self) -> tuple[str, Any]:
        line = await asyncio.wait_for(self.response.content.readline(), 3)
        event = loads(line)
        return event["type"], event["object"]

    async def rest(self) -> list[tuple[str, Any]]:
        lines = (await asyncio.wait_for(self.response.content.read(), 5)).splitlines()
        return [(event["type"], event["object"]) for event in map(loads, lines)]


def deployment(name: str, image: str, replicas: int, container: Any = None, **spec: Any) -> Any:
    main = {"name": name, "image": image, **(container or {})}
    template = {"metadata": {"labels": {"app": name}}, "spec": {"containers": [main]}}
    wanted = {"replicas": replicas, "selector": {"matchLabels": {"app": name}}, "template": template}
    return {"metadata": {"name": name, "labels": {"app": name}}, "spec": wanted | spec}


def is_rolled_out(found: Any, replicas: int) -> bool:
    status = found["status"]
    counts = [
        status.get(key, 0) for key in ("replicas", "updatedReplicas", "readyReplicas", "availableReplicas")
    ]
    return counts == [replicas] * 4 and status["observedGeneration"] == found["metadata"]["generation"]


@pytest.fixture
def image_of() -> Callable[[str, str], Any]:
    """The strategic patch that gives a container another image."""
    return lambda name, image: {
        "spec": {"template": {"spec": {"containers": [{"name": name, "image": image}]}}}
    }


@pytest.fixture
async def sim(request: pytest.FixtureRequest) -> AsyncIterator[KubernetesSimulator]:
    """A cluster fifty times faster than life; a test may ask for other settings."""
    async with KubernetesSimulator(**{"pace": 0.02} | getattr(request, "param", {})) as simulator:
        yield simulator


@pytest.fixture
async def api(sim: KubernetesSimulator) -> AsyncIterator[Api]:
    async with aiohttp.ClientSession(sim.url) as session:
        yield Api(session)
