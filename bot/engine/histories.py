"""Reads what revisions a workload has: itself, what keeps them, and where only those tell, its pods."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.model import Json
from bot.domain.obstacles.change import Obstacle
from bot.domain.resources import PODS, ObjectRef
from bot.domain.revisions.history import HISTORIES
from bot.domain.revisions.revision import Revision
from bot.domain.selectors import selector
from bot.engine.command import ReadContext
from bot.engine.obstacles import Reads, seen

_PODS = "the pods"


@dataclass(frozen=True)
class Known:
    """A workload with its revisions, read together."""

    workload: Json
    revisions: tuple[Revision, ...]
    """The newest first."""
    current: str
    """The number that it is at; empty while its newest change has not been given one yet."""
    pods: tuple[Json, ...] = ()
    """Empty where its revisions are told without them, and where they could not be read."""
    unseen: tuple[Obstacle, ...] = ()
    """What could not be looked at, in a line."""


async def known(ctx: ReadContext, ref: ObjectRef) -> Known:
    """Raises what reading the workload, or what keeps its revisions, raises; without its pods it goes on."""
    history, space = HISTORIES[ref.type], ref.namespace or ""
    workload = await ctx.cluster.get(ref.type, space, ref.name)
    labels = selector(workload["spec"]["selector"])
    kept = await ctx.cluster.list(history.kept_in, space, labels=labels)
    reads: Reads = {_PODS: lambda: ctx.cluster.list(PODS, space, labels=labels)} if history.by_pods else {}
    read, unseen = await seen(reads)
    pods = read.get(_PODS, ())
    revisions = history.revisions(workload, kept, pods)
    return Known(workload, revisions, history.current(workload, revisions), pods, unseen)
