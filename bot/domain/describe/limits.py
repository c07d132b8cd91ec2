"""What holds workloads within bounds: autoscalers, disruption budgets, quotas and limit ranges."""

from __future__ import annotations

from typing import Any

from bot.domain.describe.answer import Described, Fact, age_of, ago, conditions
from bot.domain.describe.around import Around
from bot.domain.message import Button, Text, bold, code, text
from bot.domain.model import Json
from bot.domain.printing.sorting import order
from bot.domain.resources import ObjectRef
from bot.domain.selectors import selector
from bot.domain.workloads import place, where

_BAD = {"AbleToScale": "False", "ScalingActive": "False"}
_LIMITS = ("default", "defaultRequest", "min", "max", "maxLimitRequestRatio")


def autoscaler(ref: ObjectRef, found: Json, around: Around, now: float) -> Described:
    spec, status = found["spec"], found.get("status", {})
    target = spec.get("scaleTargetRef", {})
    least, most = spec.get("minReplicas", 1), spec.get("maxReplicas", "?")
    current, desired = status.get("currentReplicas", 0), status.get("desiredReplicas", 0)
    measured = [_measured(one) for one in status.get("currentMetrics") or ()]
    metrics = [
        (f"metric {name}", f"{measured[at][1] if at < len(measured) else 'unknown'} of {wanted}")
        for at, (name, wanted) in enumerate(_wanted(one) for one in spec.get("metrics") or ())
    ]
    held: tuple[Text, ...] = ()
    if desired and desired == most and current >= most:
        held = (text("It is at its limit: {} of at most {} pods.", current, most),)
    return Described(
        headline=text("HorizontalPodAutoscaler {} · {} · {} pods, {} wanted, {} to {}", place(ref),
                      code(f"{target.get('kind', '?')}/{target.get('name', '?')}"), current, desired, least,
                      most),
        wrong=(*conditions(found, bad=_BAD), *held),
        facts=(
            *metrics,
            ("last scaled", ago(status.get("lastScaleTime"), now)),
            ("limited", _limited(found)),
            ("age", age_of(found, now)),
        ),
        buttons=_target(ref, target),
        happenings=around.happenings,
    )  # fmt: skip


def budget(ref: ObjectRef, found: Json, around: Around, now: float) -> Described:
    spec, status = found["spec"], found.get("status", {})
    allowed, healthy = status.get("disruptionsAllowed", 0), status.get("currentHealthy", 0)
    wanted, pods = status.get("desiredHealthy", 0), status.get("expectedPods", 0)
    shut = text(
        "No pod may be evicted now: {} of {} healthy, {} needed. A drain waits.", healthy, pods, wanted
    )
    return Described(
        headline=text(
            "PodDisruptionBudget {} · {} may go · {} of {} healthy", place(ref), allowed, healthy, pods
        ),
        wrong=(shut,) if pods and not allowed else (),
        facts=(
            ("at least", str(spec.get("minAvailable", ""))),
            ("at most gone", str(spec.get("maxUnavailable", ""))),
            ("selector", selector(spec.get("selector") or {})),
            ("age", age_of(found, now)),
        ),
        happenings=around.happenings,
    )


def quota(ref: ObjectRef, found: Json, around: Around, now: float) -> Described:
    rows = used(found)
    full = [name for name, one, hard in rows if order(one) >= order(hard)]
    return Described(
        headline=text("ResourceQuota {} · {} of {} used up", place(ref), len(full), len(rows)),
        wrong=tuple(text("{} is used up: nothing more of it is let in.", bold(name)) for name in full),
        facts=(
            *((name, f"{one} of {hard}") for name, one, hard in rows),
            ("scopes", ", ".join(found["spec"].get("scopes") or ())),
            ("age", age_of(found, now)),
        ),
        happenings=around.happenings,
    )


def used(found: Json) -> list[tuple[str, str, str]]:
    """Each resource of a quota with what is used and what is allowed."""
    status = found.get("status", {})
    hard = status.get("hard") or found.get("spec", {}).get("hard") or {}
    taken = status.get("used") or {}
    return [(name, str(taken.get(name, "0")), str(most)) for name, most in sorted(hard.items())]


def limitrange(ref: ObjectRef, found: Json, _around: Around, now: float) -> Described:
    limits = found["spec"].get("limits") or ()
    facts: list[Fact] = []
    for one in limits:
        for name in sorted({name for part in _LIMITS for name in one.get(part) or ()}):
            said = (f"{part} {one[part][name]}" for part in _LIMITS if name in (one.get(part) or {}))
            facts.append((f"{one.get('type', '?')} {name}", ", ".join(said)))
    return Described(
        headline=text("LimitRange {} · {}", place(ref), ", ".join(one.get("type", "?") for one in limits)),
        facts=(*facts, ("age", age_of(found, now))),
        happenings=None,
    )


def _target(ref: ObjectRef, target: Json) -> tuple[Button, ...]:
    kind, name = str(target.get("kind", "")).lower(), target.get("name", "")
    line = f"describe {kind}/{name} {where(ref)}"
    return (Button(label=f"Describe {name}"[:75], command=line),) if kind and name else ()


def _limited(found: Json) -> str:
    held = found.get("status", {}).get("conditions") or ()
    limit: Json = next((c for c in held if c["type"] == "ScalingLimited" and c["status"] == "True"), {})
    return str(limit.get("message") or limit.get("reason") or "")


def _wanted(metric: Json) -> tuple[str, str]:
    """The metric's name, and what it should be."""
    return _metric(metric, "target")


def _measured(metric: Json) -> tuple[str, str]:
    return _metric(metric, "current")


def _metric(metric: Json, part: str) -> tuple[str, str]:
    kind = str(metric.get("type", ""))
    about = metric.get(kind[:1].lower() + kind[1:]) or {}
    name = about.get("name") or (about.get("metric") or {}).get("name") or kind
    return str(name), _amount(about.get(part) or {})


def _amount(found: Json) -> str:
    share: Any = found.get("averageUtilization")
    if share is not None:
        return f"{share}%"
    return str(found.get("averageValue") or found.get("value") or "?")
