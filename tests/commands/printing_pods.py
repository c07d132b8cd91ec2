"""What tests of logs share: pods that print, how they stand, and the answer as people see it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from bot.domain import views
from bot.domain.results import Lines
from bot.domain.views import Kept
from commands import logs


def as_people_see_it(ask: Any, shown: Any) -> Callable[[str], Awaitable[str]]:
    """What the verb answers to a line, as people see it; of its buttons those that are commands."""

    async def said(line: str) -> str:
        found = await ask(logs.COMMAND, line)
        message = views.shown(Kept(result=found)) if isinstance(found, Lines) else found
        steps = tuple(button for button in message.buttons if button.command)
        told: str = shown(message.model_copy(update={"buttons": steps}))
        return told

    return said


async def started(kube: Any, name: str, *images: str) -> None:
    """A pod with a container for each image, all of them running."""
    await kube.pod(name, *images)
    await kube.until(lambda: is_in(kube, name, "running"))


async def script(kube: Any, name: str, script: str, **environment: str) -> None:
    """A pod whose container `main` runs what a shell is given."""
    env = [{"name": key, "value": value} for key, value in environment.items()]
    container = {"name": "main", "image": "busybox", "command": ["sh", "-c", script], "env": env}
    await kube.create("pods", {"metadata": {"name": name}, "spec": {"containers": [container]}})


async def printed(kube: Any, name: str, words: str) -> bool:
    """Whether the words are among its last lines."""
    async with kube.get(f"/api/v1/namespaces/shop/pods/{name}/log?tailLines=5") as answer:
        return words in await answer.text()


async def statuses(kube: Any, name: str) -> list[Any]:
    """How each of its containers stands; none before a kubelet has it."""
    found = await kube.call("GET", f"/api/v1/namespaces/shop/pods/{name}")
    return list(found["status"].get("containerStatuses", []))


async def is_in(kube: Any, name: str, state: str, reason: str | None = None) -> bool:
    """Whether all of its containers are in this state, and for this reason if one is named."""
    found = [one["state"].get(state) for one in await statuses(kube, name)]
    return bool(found) and all(one is not None and reason in {None, one.get("reason")} for one in found)
