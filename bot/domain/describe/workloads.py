"""ReplicaSets, StatefulSets and DaemonSets: how many of their pods serve, and what ails the others."""

from __future__ import annotations

from typing import NamedTuple

from bot.domain.describe.answer import Described, Fact, age_of, conditions, owner
from bot.domain.describe.around import Around
from bot.domain.describe.templates import containers, images, own, wrong
from bot.domain.message import Button, Text, code, text
from bot.domain.model import Json
from bot.domain.resources import ObjectRef
from bot.domain.rollouts.snapshot import revision
from bot.domain.selectors import selector
from bot.domain.typed import join
from bot.domain.workloads import place, where

_BAD = {"ReplicaFailure": "True"}


class _Seen(NamedTuple):
    ref: ObjectRef
    found: Json
    around: Around
    now: float


def replicaset(ref: ObjectRef, found: Json, around: Around, now: float) -> Described:
    spec, status = found["spec"], found.get("status", {})
    wanted = spec.get("replicas", 1)
    facts = (
        ("replicas", f"{wanted} wanted, {status.get('replicas', 0)} there"),
        ("revision", revision(found)),
        ("owner", owner(found)),
    )
    return _told(_Seen(ref, found, around, now), status.get("readyReplicas", 0), wanted, facts)


def statefulset(ref: ObjectRef, found: Json, around: Around, now: float) -> Described:
    spec, status = found["spec"], found.get("status", {})
    wanted, ready = spec.get("replicas", 1), status.get("readyReplicas", 0)
    now_runs, next_runs = status.get("currentRevision", ""), status.get("updateRevision", "")
    strategy = spec.get("updateStrategy") or {}
    partition = (strategy.get("rollingUpdate") or {}).get("partition", 0)
    moving = (
        f"{status.get('updatedReplicas', 0)} of {wanted} have {next_runs}" if now_runs != next_runs else ""
    )
    facts = (
        ("replicas", f"{wanted} wanted, {status.get('replicas', 0)} there"),
        ("rollout", moving),
        (
            "strategy",
            str(strategy.get("type", "RollingUpdate")) + (f", from pod {partition} on" if partition else ""),
        ),
        ("service", spec.get("serviceName", "")),
        ("volumes", ", ".join(map(_claim, spec.get("volumeClaimTemplates") or ()))),
    )
    return _told(_Seen(ref, found, around, now), ready, wanted, facts)


def daemonset(ref: ObjectRef, found: Json, around: Around, now: float) -> Described:
    status, spec = found.get("status", {}), found["spec"]
    wanted, ready = status.get("desiredNumberScheduled", 0), status.get("numberReady", 0)
    nodes = spec["template"]["spec"].get("nodeSelector") or {}
    updated = status.get("updatedNumberScheduled", 0)
    facts = (
        ("nodes", f"{wanted} wanted, {status.get('currentNumberScheduled', 0)} have it, {updated} updated"),
        ("elsewhere", str(status.get("numberMisscheduled") or "")),
        ("only on", ", ".join(f"{key}={value}" for key, value in nodes.items())),
        ("strategy", (spec.get("updateStrategy") or {}).get("type", "")),
    )
    return _told(_Seen(ref, found, around, now), ready, wanted, facts)


def _told(seen: _Seen, ready: int, wanted: int, facts: tuple[Fact, ...]) -> Described:
    template = seen.found["spec"]["template"]["spec"]
    ill: tuple[Text, ...] = (
        *wrong(own(seen.found, seen.around.pods), seen.now),
        *conditions(seen.found, bad=_BAD),
    )
    if ill or ready < wanted:
        serves = ": nothing serves now" if wanted and not ready else ""
        ill = (*ill, text("{} of {} ready{}.", ready, wanted, serves))
    return Described(
        headline=text("{} {} · {} of {} ready · {}", seen.ref.type.kind, place(seen.ref), ready, wanted,
                      code(images(template))),
        wrong=ill,
        facts=(
            *facts,
            *containers(template),
            ("selector", selector(seen.found["spec"]["selector"])),
            ("age", age_of(seen.found, seen.now)),
        ),
        buttons=_next_steps(seen.ref, seen.found),
        happenings=seen.around.happenings,
    )  # fmt: skip


def _claim(template: Json) -> str:
    spec = template.get("spec", {})
    size = ((spec.get("resources") or {}).get("requests") or {}).get("storage", "?")
    name = template.get("metadata", {}).get("name", "?")
    return " ".join(part for part in (name, size, spec.get("storageClassName", "")) if part)


def _next_steps(ref: ObjectRef, found: Json) -> tuple[Button, ...]:
    there = where(ref)
    pods = join(["get", "pods", "-l", selector(found["spec"]["selector"])])
    logs = Button(label="Logs", command=f"logs {ref.type.singular}/{ref.name} {there}")
    return (Button(label="Pods", command=f"{pods} {there}"), logs)
