"""What became of a plan's writes, looked at after a death: objects bear the change's id, or they do not."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from bot.domain.access import ANY
from bot.domain.changes import Applied, Plan, Result, Step
from bot.domain.errors import BotError, ClusterUnavailableError, OutcomeUnknownError
from bot.domain.message import Message, plural
from bot.domain.model import Json
from bot.domain.results import Lines
from bot.domain.runs import Run
from bot.engine.rooms import Rooms
from bot.service.gate import FollowGate

_LATE_SECONDS = 2.0
"""How long a write that was sent before a death may still take to arrive."""
_INTERRUPTED = (
    "The bot was interrupted while this ran, or before its end was recorded: what became of it is not known."
)
AFTER_RESTART: Json = {"found_after_restart": True}


@dataclass(frozen=True)
class Done:
    """What came of a plan."""

    result: Result
    applied: tuple[Applied, ...] = ()
    error: BotError | None = None
    extra: Json = field(default_factory=dict)
    shown: Message | Lines | None = None
    """What a run answered."""


def after_run(run: Run) -> Done:
    """Of one whose intent is on the record, and whose end is not: a program bears no mark."""
    if run.is_typed_to:  # it is opened after this by a row of its own, which is not there
        lost = OutcomeUnknownError(
            "The bot was interrupted before it was opened.", hint="Ask again if it is still wanted."
        )
        return Done(Result.NOT_APPLIED, error=lost, extra=AFTER_RESTART)
    return Done(Result.UNKNOWN, error=OutcomeUnknownError(_INTERRUPTED), extra=AFTER_RESTART)


def interrupted() -> OutcomeUnknownError:
    return OutcomeUnknownError(_INTERRUPTED, hint="It was not run again.")


async def seen(rooms: Rooms, plan: Plan, change: str) -> list[Applied | None] | Done | None:
    """What became of each write; that it cannot be seen; None while the cluster does not answer."""
    try:
        found = await _look(rooms, plan, change)
        if None in found:
            await asyncio.sleep(_LATE_SECONDS)
            found = await _look(rooms, plan, change)
    except ClusterUnavailableError:
        return None
    except BotError as error:
        unknown = OutcomeUnknownError(f"What became of it cannot be seen: {error.message}", hint=error.hint)
        return Done(Result.UNKNOWN, (), unknown, AFTER_RESTART)
    return found


async def _look(rooms: Rooms, plan: Plan, change: str) -> list[Applied | None]:
    """Each object as the bot sees it: its change was let through before the death, and what became of it
    is for the record, whatever its requester may see by now.

    What waits for budgets takes so long that others change its node meanwhile, and leave their own ids there.
    """
    found = []
    for step in plan.steps:
        target = step.write.target
        gate = FollowGate(target.cluster, target.namespace or ANY, frozenset({target.type.plural}))
        door = rooms.clusters.behind(target.cluster, gate, None)
        found.append(await door.find(step, change, or_is_so=plan.patience > 0))
    return found


def came_to(plan: Plan, found: list[Applied | None]) -> Done:
    """What is said of a plan by what was found of it."""
    applied = tuple(item for item in found if item is not None)
    if len(applied) == len(found):
        return Done(Result.APPLIED, applied, extra=AFTER_RESTART)
    said = "The bot was interrupted before the change was made."
    evictions = [item is not None for step, item in zip(plan.steps, found, strict=True) if _evicts(step)]
    if applied and evictions:
        pods = plural(len(evictions), "pod")
        cordoned = "" if _evicts(plan.steps[0]) or found[0] is None else ", and the node is cordoned"
        said = f"The bot was interrupted for too long: {sum(evictions)} of {pods} evicted{cordoned}."
    lost = OutcomeUnknownError(said, hint="Ask again if it is still wanted.")
    return Done(Result.NOT_APPLIED, applied, lost, AFTER_RESTART)


def _evicts(step: Step) -> bool:
    return step.write.action == "evict"
