"""A service: the address to use, and whether anything answers there."""

from __future__ import annotations

from bot.domain.describe.answer import Described, age_of, labels
from bot.domain.happenings import Happening
from bot.domain.message import Button, Text, code, text
from bot.domain.model import Frozen, Json
from bot.domain.resources import ObjectRef
from bot.domain.services import address, describe_ports
from bot.domain.workloads import place, where

_MOST = 6


class Endpoint(Frozen):
    """One address behind a service."""

    where: str
    pod: str
    is_ready: bool


def endpoints(slices: tuple[Json, ...]) -> tuple[Endpoint, ...]:
    """Every address of every slice, with the first port; the ready ones first."""
    found = [
        Endpoint(
            where=f"{host}:{port}" if port else host,
            pod=(one.get("targetRef") or {}).get("name", ""),
            is_ready=(one.get("conditions") or {}).get("ready", True) is not False,
        )
        for slice_ in slices
        for port in [next((p.get("port") for p in slice_.get("ports") or ()), None)]
        for one in slice_.get("endpoints") or ()
        for host in one.get("addresses") or ()
    ]
    return tuple(sorted(found, key=lambda one: (not one.is_ready, one.where)))


def service(
    ref: ObjectRef, found: Json, slices: tuple[Json, ...], happenings: tuple[Happening, ...], now: float
) -> Described:
    spec = found["spec"]
    kind, behind = spec.get("type", "ClusterIP"), endpoints(slices)
    use = address(ref.name, ref.namespace or "", found)
    ready = [one for one in behind if one.is_ready]
    shown = [f"{one.where}{f' ({one.pod})' if one.pod else ''}" for one in ready[:_MOST]]
    more = len(ready) - len(shown)
    is_alias = kind == "ExternalName"
    head = text("{}: use {}", kind, code(use.where)) if use.where else text("{}", kind)
    serving = "" if is_alias else f" · {len(ready)} of {len(behind)} endpoints ready"
    return Described(
        headline=text("Service {} · {}{}", place(ref), head, serving),
        wrong=_wrong(spec, behind, ready, "" if use.where else use.reach),
        facts=(
            ("reach", use.reach if use.where else ""),
            ("ports", "" if is_alias else describe_ports(spec)),
            ("cluster IP", spec.get("clusterIP", "")),
            ("selector", labels(spec.get("selector"))),
            ("endpoints", ", ".join(shown) + (f", and {more} more" if more > 0 else "")),
            ("age", age_of(found, now)),
        ),
        buttons=_next_steps(ref, spec),
        happenings=happenings,
    )


def _wrong(
    spec: Json, behind: tuple[Endpoint, ...], ready: list[Endpoint], unreachable: str
) -> tuple[Text, ...]:
    lines = [text("{}", unreachable)] if unreachable else []
    if spec.get("type") == "ExternalName" or ready:
        return tuple(lines)
    if behind:
        lines.append(text("Nobody answers: of {} endpoints none is ready.", len(behind)))
    elif spec.get("selector"):
        lines.append(
            text("Nobody answers: no running pod has the labels {}.", code(labels(spec["selector"])))
        )
    else:
        lines.append(text("Nobody answers: it selects no pods and has no endpoints of its own."))
    return tuple(lines)


def _next_steps(ref: ObjectRef, spec: Json) -> tuple[Button, ...]:
    chosen = labels(spec.get("selector")).replace(", ", ",")
    return (Button(label="Pods", command=f"get pods -l {chosen} {where(ref)}"),) if chosen else ()
