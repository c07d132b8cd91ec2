"""The simulated cluster of a test of a verb: what is planted in it, and what was asked of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp

from bot.demo.kubernetes import KubernetesSimulator

NAMESPACE = "shop"
_PAUSE = 0.01


class Kube:
    """The simulated cluster as a test plants things in it and sees what was asked of it."""

    def __init__(self, simulator: KubernetesSimulator, http: aiohttp.ClientSession) -> None:
        self.simulator = simulator
        self._http = http

    async def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        async with self._http.request(method, path, json=body, headers=headers) as answer:
            assert answer.status < 300, (method, path, await answer.text())
            return await answer.json()

    def get(self, path: str) -> Any:
        """The answer as it is: `async with kube.get(path) as answer`."""
        return self._http.get(path)

    async def create(self, plural: str, body: dict[str, Any], group: str = "/api/v1") -> Any:
        return await self.call("POST", f"{group}/namespaces/{NAMESPACE}/{plural}", body)

    async def namespace(self, name: str) -> None:
        await self.call("POST", "/api/v1/namespaces", {"metadata": {"name": name}})

    async def deploy(
        self, name: str, image: str = "web:1.0", replicas: int = 2, *, ready: bool = True, **container: Any
    ) -> None:
        """A deployment; with `ready`, all of its pods are up when this returns."""
        template = {
            "metadata": {"labels": {"app": name}},
            "spec": {"containers": [{"name": name, "image": image, **container}]},
        }
        spec = {"replicas": replicas, "selector": {"matchLabels": {"app": name}}, "template": template}
        await self.create("deployments", {"metadata": {"name": name}, "spec": spec}, group="/apis/apps/v1")
        if ready:
            await self.until(lambda: self._is_out(name, replicas))

    async def set_image(self, name: str, image: str) -> None:
        container = {"name": name, "image": image}
        await self.call(
            "PATCH", f"/apis/apps/v1/namespaces/{NAMESPACE}/deployments/{name}",
            {"spec": {"template": {"spec": {"containers": [container]}}}},
            **{"Content-Type": "application/strategic-merge-patch+json"},
        )  # fmt: skip

    async def rolled_out(self, name: str) -> None:
        """Wait until the newest template is what all of its pods run."""
        found = await self.call("GET", f"/apis/apps/v1/namespaces/{NAMESPACE}/deployments/{name}")
        await self.until(lambda: self._is_out(name, found["spec"]["replicas"]))

    async def _is_out(self, name: str, replicas: int) -> bool:
        found = await self.call("GET", f"/apis/apps/v1/namespaces/{NAMESPACE}/deployments/{name}")
        status = found.get("status", {})
        return bool(
            status.get("observedGeneration") == found["metadata"]["generation"]
            and status.get("availableReplicas", 0) == status.get("updatedReplicas", 0) == replicas
            and status.get("replicas", 0) == replicas
        )

    async def pod(self, name: str, *images: str, **metadata: Any) -> None:
        """A pod of its own, with a container for each image: `a`, `b`, …"""
        containers = [{"name": chr(97 + n), "image": image} for n, image in enumerate(images)]
        await self.create(
            "pods", {"metadata": {"name": name, **metadata}, "spec": {"containers": containers}}
        )

    async def pods(self, labels: str = "") -> list[dict[str, Any]]:
        query = f"?labelSelector={labels}" if labels else ""
        found = await self.call("GET", f"/api/v1/namespaces/{NAMESPACE}/pods{query}")
        return list(found["items"])

    async def until(self, holds: Callable[[], Awaitable[Any]], seconds: float = 10.0) -> Any:
        """Wait until it is so, and give what was found: the cluster moves on in its own time.

        The seconds are those of the pauses: how long each look takes does not count.
        """
        for _ in range(round(seconds / _PAUSE)):
            if found := await holds():
                return found
            await asyncio.sleep(_PAUSE)
        raise AssertionError("it did not happen")

    async def forget(self) -> None:
        await self.call("DELETE", "/simulator/requests")

    async def requests(self) -> list[dict[str, Any]]:
        return list((await self.call("GET", "/simulator/requests"))["requests"])

    async def fault(self, **fault: Any) -> None:
        await self.call("POST", "/simulator/faults", fault)
