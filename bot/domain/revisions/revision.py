"""One revision: a pod template that a workload has had, and what is still known of its time."""

from __future__ import annotations

from itertools import zip_longest

from bot.domain.model import Frozen, Json


class Revision(Frozen):
    """One earlier state of a workload, as the object that keeps it tells."""

    number: int
    name: str
    """Of the object that keeps it."""
    images: tuple[str, ...]
    created: str
    """When it was first made."""
    cause: str
    """What was noted as the reason; empty where the note is an older change's."""
    ready: int
    replicas: int
    """How many pods run it now, and of those how many are ready."""
    template: Json
    """The pod template, as the workload itself has it."""
    desired: int | None = None
    """How many pods the workload wanted when this was last scaled; None where nothing tells."""
    mark: str = ""
    """The id of a change through the bot while it was current, the last that is noted."""
    returned: bool = False
    """It was gone back to: since when it is current again, no object says."""
    left: bool = False
    """Right after it an earlier one came back."""
    lasted: float | None = None
    """Seconds from its making to that of the next one; None where either is not told."""


def own_notes(in_order: tuple[Revision, ...]) -> tuple[Revision, ...]:
    """Without notes that are an older change's, the newest first.

    A change from elsewhere leaves the workload's notes as they were, and what keeps a revision copies them.
    """
    return tuple(_own(one, before) for one, before in zip_longest(in_order, in_order[1:]))


def _own(one: Revision, before: Revision | None) -> Revision:
    if before is None or not one.mark or one.mark != before.mark:
        return one
    return one.model_copy(update={"cause": "", "mark": ""})
