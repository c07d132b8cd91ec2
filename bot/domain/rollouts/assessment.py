"""The one judgement, by the rules of the workload's kind, with what its pods tell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.domain.model import Json
from bot.domain.resources import DAEMONSETS, DEPLOYMENTS, REPLICASETS, STATEFULSETS, ResourceType
from bot.domain.rollouts import daemonsets, deployments, replicasets, statefulsets
from bot.domain.rollouts.snapshot import (
    Phase,
    PodTrouble,
    Progress,
    Snapshot,
    images,
    is_observed,
    is_overdue,
    is_ready,
    own_sets,
    owner,
    pod_troubles,
    template_of,
)


@dataclass(frozen=True)
class _Rules:
    progress: Callable[[Json], Progress]
    """What its own status says."""
    newest: Callable[[Snapshot], str | None] = lambda _: None
    """The label's value of pods of its newest template; None where no pod can be of another."""
    revision: Callable[[Snapshot], str] = lambda _: ""
    """The number of its newest template, where it does not tell that itself."""
    blocking: Callable[[Json, tuple[PodTrouble, ...]], str] = lambda *_: ""
    """The broken pod of an older template that it waits for."""
    replaces: bool = False
    """Its pods take the places of those before: one that does not go is waited for."""


_RULES: dict[ResourceType, _Rules] = {
    DEPLOYMENTS: _Rules(deployments.progress, deployments.newest),
    STATEFULSETS: _Rules(
        statefulsets.progress,
        statefulsets.newest,
        statefulsets.revision,
        statefulsets.blocking,
        replaces=True,
    ),
    DAEMONSETS: _Rules(daemonsets.progress, daemonsets.newest, daemonsets.revision, replaces=True),
    REPLICASETS: _Rules(replicasets.progress),
}
FOLLOWED = tuple(_RULES)
"""The kinds whose changes can be followed."""


def assess(seen: Snapshot, now: float, *, uid: str = "") -> Progress:
    """Judge a snapshot. With `uid`, a workload that was deleted and made anew counts as gone."""
    found, rules = seen.workload, _RULES[seen.kind]
    if found is None or (uid and found["metadata"]["uid"] != uid):
        return Progress(phase=Phase.GONE, sentence=f"the {seen.kind.singular} is gone")
    told, current, own = rules.progress(found), rules.newest(seen), _own(seen)
    old = [pod for pod in own if current is not None and template_of(pod) != current and is_ready(pod)]
    also = {
        "old": len(old),
        "images": images(found["spec"]["template"]),
        "old_images": tuple(sorted({image for pod in old for image in images(pod)})),
        "revision": told.revision or rules.revision(seen),
    }
    if not is_observed(found):  # the counts and the troubles are those of the change before
        return told.model_copy(update={**also, "updated": 0, "held": 0})
    troubles = tuple(bad for pod in own for bad in pod_troubles(pod, current, now))
    late = (pod["metadata"]["name"] for pod in own if rules.replaces and is_overdue(pod, now))
    also |= {"troubles": troubles, "blocked": rules.blocking(found, troubles), "lingering": next(late, ""),
             "refused": _refused(found)}  # fmt: skip
    return told.model_copy(update=also)


def newest(seen: Snapshot) -> str | None:
    """What the label of a pod has that was made from the newest template."""
    return _RULES[seen.kind].newest(seen)


def _own(seen: Snapshot) -> list[Json]:
    """Its own pods: not those of a namesake that was deleted, nor a neighbour's."""
    found = seen.workload or {}
    holders = own_sets(seen) if seen.kind == DEPLOYMENTS else [found]
    uids = {holder["metadata"]["uid"] for holder in holders}
    return [pod for pod in seen.pods if owner(pod) in uids]


def _refused(found: Json) -> str:
    """Why the cluster lets no further pod be made, of a kind that says so."""
    said = found.get("status", {}).get("conditions") or ()
    failed = (c for c in said if c.get("type") == "ReplicaFailure" and c.get("status") == "True")
    return next((str(c.get("message", "")) for c in failed), "")
