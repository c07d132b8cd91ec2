"""What is kept of a change while it is followed, and what the change was."""

from __future__ import annotations

from bot.domain.access import Place
from bot.domain.changes import Pin, Plan, moved, pin
from bot.domain.locks import Lock
from bot.domain.model import Frozen, Json
from bot.domain.rollouts.pace import Mark
from bot.domain.rollouts.snapshot import Snapshot
from bot.engine.cards import Asked


class Following(Frozen):
    """What the row of a follow keeps."""

    plan: Plan
    asked: Asked
    channel: str
    ts: str
    uid: str
    operation: str
    """The invocation that began it."""
    place: Place | None = None
    """Where it was asked for; what is shown is what its asker may see there."""
    made: Pin | None = None
    """What the change made of it: once that is otherwise, what becomes of it is no longer this change's."""
    lock: Lock | None = None
    """What keeps others from the workload since the change was made, until it is lifted from its card."""
    mark: Mark | None = None
    """How far it came, and when."""
    told: tuple[str, ...] = ()
    """Keys of the troubles that the thread has."""


def made(plan: Plan, after: Json) -> Pin:
    """Of what a change made of an object, what a later change would undo: its template, else its fields."""
    changes = plan.steps[plan.main].changes
    pinned = pin(after, changes)
    template = any(change.path.startswith("spec.template") for change in changes)
    facts = tuple(
        (path, value)
        for path, value in pinned.facts
        if (path == "spec.template" if template else path.startswith("spec.") and path != "spec.template")
    )
    return pinned.model_copy(update={"facts": facts})


def unseen(following: Following, now: float) -> Following:
    """What could not be looked at has not stood still."""
    if following.mark is None:
        return following
    return following.model_copy(update={"mark": following.mark.model_copy(update={"at": now})})


def newer_than(following: Following, seen: Snapshot) -> tuple[str, ...]:
    """What a later change has made otherwise, by whomever."""
    if following.made is None or seen.workload is None:
        return ()
    return moved(following.made, seen.workload)
