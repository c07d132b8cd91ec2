"""What a card is judged by: a deployment with what it owns, and the last words of a crash."""

from __future__ import annotations

import asyncio

from bot.domain.cluster import LogRequest
from bot.domain.errors import BotError, TargetNotFoundError
from bot.domain.redaction import redact
from bot.domain.resources import DEPLOYMENTS, PODS, REPLICASETS, ObjectRef
from bot.domain.rollout import PodTrouble, Snapshot, Trouble
from bot.domain.selectors import selector
from bot.engine.ports import ClusterReader

_LAST_WORDS = 5


async def snapshot(door: ClusterReader, ref: ObjectRef, *, with_pods: bool) -> Snapshot:
    """The deployment and, where that may be shown, what it owns, read at once."""
    namespace = ref.namespace or ""
    try:
        deployment = await door.get(DEPLOYMENTS, namespace, ref.name)
    except TargetNotFoundError:
        return Snapshot(deployment=None)
    if not with_pods:
        return Snapshot(deployment=deployment)
    labels = selector(deployment["spec"]["selector"])
    sets, pods = await asyncio.gather(
        door.list(REPLICASETS, namespace, labels=labels), door.list(PODS, namespace, labels=labels)
    )
    return Snapshot(deployment=deployment, replicasets=sets, pods=pods)


async def last_words(door: ClusterReader, ref: ObjectRef, trouble: PodTrouble) -> str:
    """The last lines of a crash, wherever they are.

    Between two starts the current log has them and the previous one is gone; once the container runs again,
    the previous log has them.
    """
    if trouble.kind is not Trouble.CRASH:
        return ""
    request = LogRequest(
        namespace=ref.namespace or "", pod=trouble.pod, container=trouble.container, tail=_LAST_WORDS
    )
    running = trouble.reason not in {"Error", "CrashLoopBackOff", "OOMKilled"}
    for previous in (True, False) if running else (False, True):
        try:
            if words := await door.logs(request.model_copy(update={"previous": previous})):
                return redact(words.strip())
        except BotError:
            continue
    return ""
