"""What tests of StatefulSets and DaemonSets share: one with several revisions, and how it comes to be so."""

from __future__ import annotations

from typing import Any

APPS = "/apis/apps/v1/namespaces/shop"
KINDS = ("statefulset", "daemonset")
STRATEGIC = {"Content-Type": "application/strategic-merge-patch+json"}


def path(kind: str) -> str:
    return f"{APPS}/{kind}s/db"


async def put_up(kube: Any, kind: str, *images: str, container: Any = None, **spec: Any) -> None:
    """`db` with a revision for each image, the last one running: two pods, or one on each of three nodes."""
    of_kind = {"replicas": 2} if kind == "statefulset" else {}
    first = {"name": "db", "image": images[0], **(container or {})}
    template = {"metadata": {"labels": {"app": "db"}}, "spec": {"containers": [first]}}
    body = {"selector": {"matchLabels": {"app": "db"}}, "template": template, **of_kind, **spec}
    await kube.create(f"{kind}s", {"metadata": {"name": "db"}, "spec": body}, group="/apis/apps/v1")
    await is_out(kube, kind)
    for image in images[1:]:
        await set_image(kube, kind, image)
        await is_out(kube, kind)


async def set_image(kube: Any, kind: str, image: str) -> None:
    containers = [{"name": "db", "image": image}]
    await change(kube, kind, {"spec": {"template": {"spec": {"containers": containers}}}})


async def change(kube: Any, kind: str, body: Any) -> None:
    """Somebody else changes it."""
    await kube.call("PATCH", path(kind), body, **STRATEGIC)


async def is_seen(kube: Any, kind: str) -> None:
    """Its controller has seen it as it is."""

    async def seen() -> bool:
        found = await kube.call("GET", path(kind))
        return bool(found["status"].get("observedGeneration") == found["metadata"]["generation"])

    await kube.until(seen)


async def is_out(kube: Any, kind: str) -> None:
    """All of its pods are of the newest template, and ready."""

    async def out() -> bool:
        found = await kube.call("GET", path(kind))
        status, wanted = found["status"], found["spec"].get("replicas")
        counts = ("updatedReplicas", "readyReplicas", "replicas")
        if wanted is None:
            wanted = status.get("desiredNumberScheduled")
            counts = ("updatedNumberScheduled", "numberReady", "currentNumberScheduled")
        seen = status.get("observedGeneration") == found["metadata"]["generation"]
        return bool(wanted and seen and all(status.get(count) == wanted for count in counts))

    await kube.until(out)


async def is_waiting(kube: Any, pod: str) -> None:
    """A pod cannot pull its image."""

    async def waits() -> bool:
        found = {one["metadata"]["name"]: one for one in await kube.pods("app=db")}
        statuses = found.get(pod, {}).get("status", {}).get("containerStatuses") or [{}]
        return "Image" in statuses[0].get("state", {}).get("waiting", {}).get("reason", "")

    await kube.until(waits)


async def revisions(kube: Any) -> list[tuple[int, str]]:
    """The numbers that are kept, with what each runs."""
    found = (await kube.call("GET", f"{APPS}/controllerrevisions"))["items"]
    return sorted(
        (one["revision"], one["data"]["spec"]["template"]["spec"]["containers"][0]["image"]) for one in found
    )
