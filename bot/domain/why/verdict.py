"""One verdict from all rules: the cause that explains most first, what still works, what changed."""

from __future__ import annotations

from collections.abc import Callable

from bot.domain.message import Text, bold, plural, text
from bot.domain.model import Frozen
from bot.domain.resources import CLAIMS, CRONJOBS, DEPLOYMENTS, JOBS, NODES, PODS, SERVICES, ObjectRef
from bot.domain.rollouts.snapshot import Phase, is_ready
from bot.domain.troubles import still_works
from bot.domain.why import (
    claims,
    configs,
    crashes,
    ending,
    images,
    jobs,
    nodes,
    placing,
    readiness,
    refusals,
    rollouts,
    scaling,
    services,
)
from bot.domain.why.changed import Change, changes
from bot.domain.why.evidence import Snapshot, Unseen, desired
from bot.domain.why.findings import Finding

FAMILIES: tuple[Callable[[Snapshot], list[Finding]], ...] = (
    nodes.analyze, refusals.analyze, configs.analyze, claims.analyze, placing.analyze, images.analyze,
    crashes.analyze, readiness.analyze, ending.analyze, jobs.analyze, services.analyze, rollouts.analyze,
    scaling.analyze,
)  # fmt: skip
_OF_NODES = (nodes.analyze, ending.target, scaling.analyze)
"""What goes wrong in a pod on a node is not the node's."""
_OVER = (rollouts.analyze, scaling.analyze, jobs.analyze)
"""What is worth asking of a job that has done its work."""


class Verdict(Frozen):
    """What is wrong with one object, the cause first; nothing where the rules find nothing."""

    ref: ObjectRef
    now: float
    findings: tuple[Finding, ...] = ()
    serves: int | None = None
    """How many pods serve, where that is what it is for."""
    works: Text = Text()
    """What still works, in one sentence."""
    moving: str = ""
    """What it still waits for, where nothing is wrong with that."""
    changes: tuple[Change, ...] = ()
    looked: tuple[str, ...] = ()
    unseen: tuple[Unseen, ...] = ()

    @property
    def troubles(self) -> tuple[Finding, ...]:
        return tuple(one for one in self.findings if one.is_trouble)


def judge(seen: Snapshot) -> Verdict:
    families = _OF_NODES if seen.ref.type == NODES else _OVER if _is_over(seen) else FAMILIES
    found = [finding for analyze in families for finding in analyze(seen)]
    return Verdict(
        ref=seen.ref,
        now=seen.now,
        findings=tuple(sorted(found, key=lambda one: one.order)),
        serves=_serves(seen),
        works=_works(seen),
        moving=_moving(seen),
        changes=changes(seen),
        looked=seen.looked,
        unseen=seen.unseen,
    )


def _is_over(seen: Snapshot) -> bool:
    newest = {JOBS: (seen.target,), CRONJOBS: seen.jobs[:1]}.get(seen.ref.type, ())
    return any(jobs.is_complete(job) for job in newest)


def _serves(seen: Snapshot) -> int | None:
    if seen.ref.type in (JOBS, CRONJOBS, CLAIMS, NODES) or seen.unread & {"pods", "slices"}:
        return None
    if seen.ref.type == SERVICES:
        return services.endpoints(seen.slices)[0]
    if seen.ref.type == DEPLOYMENTS:
        return seen.progress.available
    return seen.ready


def _works(seen: Snapshot) -> Text:
    kind, ready = seen.ref.type, seen.ready
    if kind == DEPLOYMENTS:
        return still_works(seen.progress)
    if seen.unread & {"pods", "slices"}:
        return Text()
    if kind == SERVICES:
        up, whole = services.endpoints(seen.slices)
        return text(
            "{} of {} endpoints ready{}", up, whole, "." if up else text(": {}.", bold("nobody answers"))
        )
    if kind == NODES:
        return text("{} on it, {} ready.", plural(len(seen.pods), "pod"), ready)
    if kind == JOBS:
        status = seen.target.get("status", {})
        done, failed, active = (status.get(name, 0) for name in ("succeeded", "failed", "active"))
        return text("{} done, {} active, {} failed.", done, active, failed)
    wanted = desired(seen)
    if wanted is not None:
        return text("{} of {} ready{}", ready, wanted, "." if ready or not wanted else text(
            ": {}.", bold("nothing serves now")))  # fmt: skip
    if kind == PODS:
        return text("It is ready." if ready else "It serves nothing now.")
    return Text()


def _moving(seen: Snapshot) -> str:
    if seen.ref.type == DEPLOYMENTS:
        progress = seen.progress
        return progress.sentence if progress.phase is Phase.MOVING else ""
    phase = seen.target.get("status", {}).get("phase", "")
    if seen.ref.type == PODS and not is_ready(seen.target) and phase in {"", "Pending", "Running"}:
        return "It is still starting." if phase != "Running" else "It runs, and is not ready yet."
    wanted, ready = desired(seen), seen.ready
    if "pods" in seen.unread:
        return ""
    return f"{ready} of {wanted} pods are ready yet." if wanted is not None and ready < wanted else ""
