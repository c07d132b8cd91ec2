"""What is about to be made of a workload, and what may stand in its way, as values."""

from __future__ import annotations

import math

from bot.domain.changes import Plan
from bot.domain.message import Button, Text, text
from bot.domain.model import Frozen, Json
from bot.domain.resources import (
    AUTOSCALERS,
    BUDGETS,
    DAEMONSETS,
    DEPLOYMENTS,
    LIMITRANGES,
    QUOTAS,
    ObjectRef,
    ResourceType,
)

LOOKED_AT = (AUTOSCALERS, BUDGETS, QUOTAS, LIMITRANGES)
"""Kinds that a verb reads in passing when it says what stands in its way."""
_MOST = 8
"""Lines about what stands in the way; further ones are counted."""


class Obstacle(Frozen):
    """One thing that stands in the way: what will happen, and the right line instead where there is one."""

    said: Text
    remedy: Button | None = None


class Change(Frozen):
    """A workload as it is, and as it will be."""

    ref: ObjectRef
    found: Json | None
    """The live object; None for one that is new."""
    replicas: int
    """How many pods it will have."""
    template: Json
    """The pod template that it will have."""
    rolls: bool
    """Its pods are replaced, or made for the first time."""

    @property
    def before(self) -> int:
        """How many pods it should have now."""
        return replicas_of(self.ref.type, self.found) if self.found else 0

    @property
    def pods(self) -> int:
        """How many pods it has now, ready or not."""
        status = (self.found or {}).get("status", {})
        found: int = status.get("currentNumberScheduled", status.get("replicas", 0))
        return found

    @property
    def has_more(self) -> bool:
        return self.replicas > self.before


def change_of(
    ref: ObjectRef, found: Json | None, *, replicas: int | None = None, template: Json | None = None
) -> Change:
    """What is not given stays as it is; a template that is given is rolled out, be it the same."""
    was = replicas_of(ref.type, found) if found else 1
    return Change(
        ref=ref,
        found=found,
        replicas=was if replicas is None else replicas,
        template=template or (found or {}).get("spec", {}).get("template", {}),
        rolls=template is not None,
    )


def patched(template: Json, patch: Json) -> Json:
    """A pod template as a patch of its containers makes it, as far as what they ask for goes."""
    asked = {c["name"]: c for c in (patch.get("spec") or {}).get("containers") or ()}
    spec = template.get("spec") or {}
    containers = [_with(c, asked.get(c["name"], {})) for c in spec.get("containers") or ()]
    return {**template, "spec": {**spec, "containers": containers}}


def _with(container: Json, patch: Json) -> Json:
    """None takes an amount away."""
    now, wanted = container.get("resources") or {}, patch.get("resources") or {}
    parts = {part: {**(now.get(part) or {}), **(wanted.get(part) or {})} for part in ("requests", "limits")}
    kept = {part: {k: v for k, v in amounts.items() if v is not None} for part, amounts in parts.items()}
    return {**container, **patch, "resources": {**now, **kept}}


def replicas_of(kind: ResourceType, found: Json) -> int:
    """How many pods a workload should have; of a daemon set, one for each node that it is for."""
    if kind is DAEMONSETS:
        scheduled: int = found.get("status", {}).get("desiredNumberScheduled", 0)
        return scheduled
    wanted: int = found.get("spec", {}).get("replicas", 1)
    return wanted


def pace(change: Change) -> tuple[int, int]:
    """How many pods may be missing while it rolls out, and how many may be too many."""
    spec = (change.found or {}).get("spec", {})
    strategy = spec.get("strategy") or spec.get("updateStrategy") or {}
    rolling = strategy.get("rollingUpdate") or {}
    if strategy.get("type") == "Recreate":
        return change.replicas, 0
    if change.ref.type is not DEPLOYMENTS:
        missing = part_of(rolling.get("maxUnavailable", 1), change.replicas)
        surge = part_of(rolling.get("maxSurge", 0), change.replicas)
        return (missing, surge) if missing or surge else (1, 0)
    missing = part_of(rolling.get("maxUnavailable", "25%"), change.replicas, up=False)
    surge = part_of(rolling.get("maxSurge", "25%"), change.replicas)
    return (missing, surge) if missing or surge else (1, 0)


def part_of(amount: object, whole: int, *, up: bool = True) -> int:
    """A number of pods, or a percentage of all of them, rounded up or down."""
    word = str(amount)
    if not word.endswith("%"):
        return int(word) if word.isdecimal() else 0
    part = int(word[:-1]) * whole / 100 if word[:-1].isdecimal() else 0.0
    return math.ceil(part) if up else math.floor(part)


def minding(plan: Plan, obstacles: tuple[Obstacle, ...]) -> Plan:
    """The plan, saying also what stands in its way; the lines that are right instead are a press away."""
    if not obstacles:
        return plan
    said = tuple(obstacle.said for obstacle in obstacles)
    more = (text("And {} more like these.", len(said) - _MOST),) if len(said) > _MOST else ()
    remedies = tuple(dict.fromkeys(o.remedy for o in obstacles if o.remedy))
    return plan.model_copy(
        update={
            "warnings": (*plan.warnings, *said[:_MOST], *more),
            "instead": (*remedies, *plan.instead),
        }
    )
