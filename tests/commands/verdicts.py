"""What tests of why share: a verdict once it has its words, and workloads other than deployments."""

from __future__ import annotations

from typing import Any

from bot.domain.message import Message
from commands import why


async def says(ask: Any, line: str, words: str) -> Message | None:
    """The verdict, once it has the words."""
    message: Message = await ask(why.COMMAND, line)
    return message if words in message.plain() else None


async def shows(ask: Any, shown: Any, line: str, *words: str) -> str | None:
    """The whole message once it has all the words: between reading a pod and its log, both move on."""
    told: str = shown(await ask(why.COMMAND, line))
    return told if all(word in told for word in words) else None


async def workload(kube: Any, plural: str, name: str, image: str = "web:1.0") -> None:
    """A StatefulSet of one pod, or a DaemonSet."""
    template = {
        "metadata": {"labels": {"app": name}},
        "spec": {"containers": [{"name": name, "image": image}]},
    }
    spec = {"selector": {"matchLabels": {"app": name}}, "template": template}
    more = {"serviceName": name, "replicas": 1} if plural == "statefulsets" else {}
    await kube.create(plural, {"metadata": {"name": name}, "spec": spec | more}, group="/apis/apps/v1")
