"""Looks for what stands in the way of a change: a few reads at once, none hiding another."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeAlias

from bot.domain.changes import Plan
from bot.domain.errors import (
    AccessDeniedError,
    BotError,
    ClusterDeniedError,
    ClusterUnavailableError,
    PersonDeniedError,
    TargetNotFoundError,
)
from bot.domain.message import text
from bot.domain.model import Json
from bot.domain.obstacles.autoscalers import KEDA, autoscaled, scaled_by_keda
from bot.domain.obstacles.budgets import budgeted
from bot.domain.obstacles.change import Change, Obstacle, change_of, minding
from bot.domain.obstacles.owners import owned
from bot.domain.obstacles.quotas import rationed
from bot.domain.obstacles.rollouts import rolling
from bot.domain.resources import AUTOSCALERS, BUDGETS, LIMITRANGES, QUOTAS, ObjectRef
from bot.engine.command import ReadContext
from bot.engine.ports import ClusterReader
from bot.engine.several import together

Found: TypeAlias = tuple[Json, ...]
Reads: TypeAlias = dict[str, Callable[[], Awaitable[Found]]]
_SECONDS = 2.0
"""For so long what stands in the way may be looked for; the question is not held up any longer."""


async def with_obstacles(
    ctx: ReadContext,
    plan: Plan,
    found: Json | None,
    *,
    replicas: int | None = None,
    template: Json | None = None,
) -> Plan:
    """A plan of one object, saying also what stands in its way. See `look`."""
    if plan.nothing:
        return plan
    ref = plan.steps[plan.main].write.target
    return minding(plan, await look(ctx, ref, found, replicas=replicas, template=template))


async def look(
    ctx: ReadContext,
    ref: ObjectRef,
    found: Json | None,
    *,
    replicas: int | None = None,
    template: Json | None = None,
) -> tuple[Obstacle, ...]:
    """What stands in the way of another number of pods, of a pod template to be rolled out, or of both.

    `found` is the live workload, None for a new one. What cannot be read is said, and hides nothing else.
    """
    change = change_of(ref, found, replicas=replicas, template=template)
    known = (*rolling(change, ctx.now()), *owned(change))
    return (*known, *await _read(ctx.cluster, change))


async def _read(cluster: ClusterReader, change: Change) -> tuple[Obstacle, ...]:
    """The lists of the namespace that have a say, as many as the change needs."""
    place = change.ref.namespace or ""
    scales = change.found is not None and change.replicas != change.before
    makes = change.rolls or change.has_more
    wanted: Reads = {}
    if scales:
        wanted["the autoscalers"] = lambda: cluster.list(AUTOSCALERS, place)
        wanted["the ScaledObjects"] = lambda: _scaled_objects(cluster, place)
    if change.found is not None and (scales or change.rolls):
        wanted["the disruption budgets"] = lambda: cluster.list(BUDGETS, place)
    if makes:
        wanted["the quotas"] = lambda: cluster.list(QUOTAS, place)
        wanted["the limit ranges"] = lambda: cluster.list(LIMITRANGES, place)
    read, unseen = await seen(wanted)
    return (
        *autoscaled(change, read.get("the autoscalers", ())),
        *scaled_by_keda(change, read.get("the ScaledObjects", ())),
        *budgeted(change, read.get("the disruption budgets", ())),
        *rationed(change, read.get("the quotas", ()), read.get("the limit ranges", ())),
        *unseen,
    )


async def seen(reads: Reads) -> tuple[dict[str, Found], tuple[Obstacle, ...]]:
    """What came of several reads, by their names; and in a line which of them came to nothing, and why."""
    came = dict(zip(reads, await together([_in_time(read) for read in reads.values()]), strict=True))
    failed = ((name, error) for name, error in came.items() if isinstance(error, BaseException))
    return {n: got for n, got in came.items() if not isinstance(got, BaseException)}, _unseen(failed)


async def _scaled_objects(cluster: ClusterReader, namespace: str) -> Found:
    """None where the cluster has no KEDA."""
    try:
        kind = await cluster.resolve(KEDA)
    except TargetNotFoundError:
        return ()
    return await cluster.list(kind, namespace)


def _in_time(read: Callable[[], Awaitable[Found]]) -> Callable[[], Awaitable[Found]]:
    async def bounded() -> Found:
        async with asyncio.timeout(_SECONDS):
            return await read()

    return bounded


def _unseen(failed: Iterable[tuple[str, BaseException]]) -> tuple[Obstacle, ...]:
    """What could not be looked at, those with one reason in one line. Raises what is no failure of a read."""
    reasons: dict[str, list[str]] = {}
    for name, error in failed:
        reasons.setdefault(_reason(error), []).append(name)
    return tuple(
        Obstacle(said=text("Could not look at {}: {}.", _listed(names), why))
        for why, names in reasons.items()
    )


def _reason(error: BaseException) -> str:
    if isinstance(error, AccessDeniedError):
        return "the policy does not allow it"
    if isinstance(error, PersonDeniedError):
        return "the cluster's own rights do not let you"
    if isinstance(error, ClusterDeniedError):
        return "the cluster does not let the bot"
    if isinstance(error, (ClusterUnavailableError, TimeoutError)):
        return "no answer in time"
    if isinstance(error, BotError):
        return "the cluster refuses it"
    raise error


def _listed(names: list[str]) -> str:
    *head, last = names
    return f"{', '.join(head)} and {last}" if head else last
