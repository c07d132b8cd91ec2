"""What tests of rollbacks share: a deployment with several revisions, and how it comes to be so."""

from __future__ import annotations

from typing import Any

from bot.domain.rollouts.snapshot import REVISION
from tests.commands.change_steps import WORKLOADS


async def rolled(kube: Any, *images: str, replicas: int = 1) -> None:
    """The deployment `web` with a revision for each image, the last one running."""
    await kube.deploy("web", image=images[0], replicas=replicas)
    for number, image in enumerate(images[1:], 2):
        await kube.set_image("web", image)
        await at_revision(kube, number)
    await kube.rolled_out("web")


async def at_revision(kube: Any, number: int) -> None:
    """The deployment `web` is at this revision, and its controller has seen it."""

    async def there() -> bool:
        found = await kube.call("GET", f"{WORKLOADS}/web")
        observed = found["status"].get("observedGeneration") == found["metadata"]["generation"]
        return bool(observed and found["metadata"]["annotations"].get(REVISION) == str(number))

    await kube.until(there)
