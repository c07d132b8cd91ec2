"""What a rollout is judged by: a workload with what it owns, and the last words of a crash."""

from __future__ import annotations

import asyncio

from bot.domain.cluster import LogRequest
from bot.domain.errors import BotError, TargetNotFoundError
from bot.domain.model import Json
from bot.domain.redaction import redact
from bot.domain.resources import PODS, REPLICASETS, REVISIONS, ObjectRef, ResourceType
from bot.domain.revisions.history import HISTORIES
from bot.domain.rollouts.snapshot import PodTrouble, Snapshot, Trouble
from bot.domain.selectors import selector
from bot.engine.ports import ClusterReader

_LAST_WORDS = 5
_TEMPLATES = {kind: history.kept_in for kind, history in HISTORIES.items()}
"""Where each kind keeps the templates that it had."""


def looked_at(kind: ResourceType) -> tuple[ResourceType, ...]:
    """The types that are read to judge a rollout of one kind."""
    return tuple(one for one in (kind, _TEMPLATES.get(kind), PODS) if one)


async def snapshot(door: ClusterReader, ref: ObjectRef, *, with_pods: bool) -> Snapshot:
    """The workload and, where that may be shown, what it owns, read at once."""
    namespace = ref.namespace or ""
    try:
        workload = await door.get(ref.type, namespace, ref.name)
    except TargetNotFoundError:
        return Snapshot(workload=None, kind=ref.type)
    return await around(door, ref, workload) if with_pods else Snapshot(workload=workload, kind=ref.type)


async def around(door: ClusterReader, ref: ObjectRef, workload: Json) -> Snapshot:
    """The workload, which is read already, with what it owns."""
    namespace = ref.namespace or ""
    labels, kept = selector(workload["spec"]["selector"]), _TEMPLATES.get(ref.type)
    reads = [door.list(kind, namespace, labels=labels) for kind in (PODS, kept) if kind]
    pods, *rest = await asyncio.gather(*reads)
    templates = rest[0] if rest else ()
    return Snapshot(
        workload=workload,
        kind=ref.type,
        replicasets=templates if kept == REPLICASETS else (),
        revisions=templates if kept == REVISIONS else (),
        pods=pods,
    )


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
