"""Where a line is meant that does not say so itself, and how a cluster answered when it was looked at."""

from __future__ import annotations

from enum import StrEnum

from bot.domain.model import Frozen


class Because(StrEnum):
    """Why a cluster is the default: the first of these that says anything."""

    YOURS = "yours"
    CHANNEL = "the channel's"
    CONTEXT = "the kubeconfig's"


class Usual(Frozen):
    """What a line means here, for one person, where it names neither."""

    cluster: str
    namespace: str
    because: Because


class Sighting(Frozen):
    """One look at a cluster. What may not be seen, or was not answered, is empty or None."""

    cluster: str
    took: float
    """Seconds to its first answer, or until it was given up."""
    problem: str = ""
    """Why it does not answer."""
    version: str = ""
    nodes: int | None = None
    ready: int | None = None

    @property
    def answers(self) -> bool:
        return not self.problem
