"""A deployment: how many of its pods serve, what they run, and what keeps the others from it."""

from __future__ import annotations

from bot.domain.describe.answer import Described, age_of, conditions
from bot.domain.describe.templates import containers
from bot.domain.happenings import Happening
from bot.domain.message import Button, code, text
from bot.domain.model import Json
from bot.domain.resources import ObjectRef
from bot.domain.rollouts import assess
from bot.domain.rollouts.snapshot import CAUSE, Snapshot, newest_set, numbered, short_image
from bot.domain.selectors import selector
from bot.domain.troubles import causes, still_works
from bot.domain.typed import join
from bot.domain.workloads import place, where

_BAD = {"Available": "False", "Progressing": "False", "ReplicaFailure": "True"}


def deployment(
    ref: ObjectRef,
    found: Json,
    happenings: tuple[Happening, ...],
    now: float,
    *,
    sets: tuple[Json, ...],
    pods: tuple[Json, ...],
) -> Described:
    seen = Snapshot(workload=found, replicasets=sets, pods=pods)
    progress = assess(seen, now)
    spec, status = found["spec"], found.get("status", {})
    images = ", ".join(short_image(image) for image in progress.images)
    annotations = found["metadata"].get("annotations") or {}
    counts = f"{progress.desired} wanted, {progress.updated} updated, {progress.available} available"
    missing = status.get("unavailableReplicas", 0)
    facts = [
        ("replicas", counts + (f", {missing} unavailable" if missing else "")),
        *containers(spec["template"]["spec"]),
        ("rollout", progress.sentence),
        ("revision", progress.revision),
        ("change-cause", annotations.get(CAUSE, "")),
        ("paused", "yes" if spec.get("paused") else ""),
        ("strategy", _strategy(spec.get("strategy") or {})),
        ("selector", selector(spec["selector"])),
        ("ReplicaSets", _sets(seen)),
        ("age", age_of(found, now)),
    ]
    wrong = (*causes(progress.troubles), *conditions(found, bad=_BAD))
    return Described(
        headline=text("Deployment {} · {} of {} available · {}", place(ref), progress.available,
                      progress.desired, code(images)),
        wrong=(*wrong, still_works(progress)) if wrong else (),
        facts=tuple(facts),
        buttons=_next_steps(ref, found, is_well=not wrong),
        happenings=happenings,
    )  # fmt: skip


def _strategy(strategy: Json) -> str:
    kind, rolling = strategy.get("type", "RollingUpdate"), strategy.get("rollingUpdate")
    if kind != "RollingUpdate" or not rolling:
        return str(kind)
    more, fewer = rolling.get("maxSurge", "25%"), rolling.get("maxUnavailable", "25%")
    return f"{kind}: {more} more, {fewer} fewer at a time"


def _sets(seen: Snapshot) -> str:
    """Those that still have pods, the newest first."""
    newest = newest_set(seen)
    kept = [s for s in seen.replicasets if s is newest or s.get("status", {}).get("replicas")]
    ordered = sorted(kept, key=numbered, reverse=True)
    return ", ".join(_set(s, is_newest=s is newest) for s in ordered)


def _set(found: Json, *, is_newest: bool) -> str:
    status, mark = found.get("status", {}), "" if is_newest else " (old)"
    return f"{found['metadata']['name']}{mark} {status.get('readyReplicas', 0)}/{status.get('replicas', 0)}"


def _next_steps(ref: ObjectRef, found: Json, *, is_well: bool) -> tuple[Button, ...]:
    there = where(ref)
    why = () if is_well else (Button(label="Why", command=f"why deployment/{ref.name} {there}"),)
    pods = join(["get", "pods", "-l", selector(found["spec"]["selector"])])
    return (
        *why,
        Button(label="Pods", command=f"{pods} {there}"),
        Button(label="Logs", command=f"logs deployment/{ref.name} {there}"),
        Button(label="History", command=f"rollout history {ref.name} {there}"),
    )
