"""Who keeps the revisions of each kind of workload, and how they are read; nothing else tells kinds apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from bot.domain.model import Json
from bot.domain.resources import DAEMONSETS, DEPLOYMENTS, REPLICASETS, REVISIONS, STATEFULSETS, ResourceType
from bot.domain.revisions import controllerrevisions, replicasets
from bot.domain.revisions.revision import Revision

Read: TypeAlias = Callable[[Json, tuple[Json, ...], tuple[Json, ...]], tuple[Revision, ...]]
"""The revisions of a workload, the newest first, by what keeps them and by its pods."""
Current: TypeAlias = Callable[[Json, tuple[Revision, ...]], str]
"""The number that a workload is at; empty while its newest change has not been given one yet."""


@dataclass(frozen=True)
class History:
    """One source of revisions."""

    kept_in: ResourceType
    """The kind of the objects that keep them."""
    by_pods: bool
    """Whether only the pods tell how many run each."""
    revisions: Read
    current: Current


_REPLICASETS = History(
    kept_in=REPLICASETS, by_pods=False, revisions=replicasets.revisions, current=replicasets.current
)
_CONTROLLER = History(
    kept_in=REVISIONS,
    by_pods=True,
    revisions=controllerrevisions.revisions,
    current=controllerrevisions.current,
)

HISTORIES: Mapping[ResourceType, History] = {
    DEPLOYMENTS: _REPLICASETS,
    STATEFULSETS: _CONTROLLER,
    DAEMONSETS: _CONTROLLER,
}
"""By the kind of the workload: of those whose pods are replaced when their template changes."""
