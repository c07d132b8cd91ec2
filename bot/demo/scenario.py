"""What stands in the simulated cluster when the demo begins: a small shop."""

from __future__ import annotations

from typing import Any

import aiohttp

NAMESPACE = "shop"
_APPS = (
    ("web", "docker.io/library/web:1.0", 3, "front"),
    ("cart", "docker.io/library/cart:2.3", 2, "front"),
    ("db", "docker.io/library/db:16", 1, "data"),
)


def shop() -> list[tuple[str, dict[str, Any]]]:
    """API paths with the objects to create there, in order."""
    objects: list[tuple[str, dict[str, Any]]] = [
        ("/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}})
    ]
    for name, image, replicas, tier in _APPS:
        objects.append(
            (f"/apis/apps/v1/namespaces/{NAMESPACE}/deployments", _deployment(name, image, replicas, tier))
        )
    objects.append((f"/api/v1/namespaces/{NAMESPACE}/services", _service("db", 5432)))
    return objects


def _deployment(name: str, image: str, replicas: int, tier: str) -> dict[str, Any]:
    labels = {"app": name}
    container = {"name": name, "image": image, "ports": [{"containerPort": 8080}]}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": NAMESPACE, "labels": labels | {"tier": tier}},
        "spec": {
            "replicas": replicas,
            "progressDeadlineSeconds": 60,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
        },
    }


def _service(name: str, port: int) -> dict[str, Any]:
    spec = {"selector": {"app": name}, "ports": [{"port": port, "targetPort": 8080}]}
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": NAMESPACE},
        "spec": spec,
    }


async def put_up_shop(url: str) -> None:
    """Create the shop, as its administrator would with kubectl; what is there already stays."""
    async with aiohttp.ClientSession(headers={"User-Agent": "kubectl/v1.36.2"}) as session:
        for path, item in shop():
            async with session.post(url + path, json=item) as answer:
                if answer.status not in {201, 409}:
                    raise RuntimeError(f"the shop could not be put up: {await answer.text()}")
