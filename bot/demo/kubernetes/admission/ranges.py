"""LimitRanges: what containers get that say nothing, and the bounds of what they may say."""

from collections.abc import Iterator
from decimal import Decimal

from bot.demo.kubernetes.admission import fields
from bot.demo.kubernetes.errors import Fault, forbidden
from bot.demo.kubernetes.kinds import PODS, RANGES
from bot.demo.kubernetes.objects import Obj, name_of, namespace_of
from bot.demo.kubernetes.quantity import parse_quantity
from bot.demo.kubernetes.store import Store

_NOTE = "kubernetes.io/limit-ranger"


def default_range(limit_range: Obj) -> None:
    """Fill in what follows for containers: limits from the most, requests from the limits or the least."""
    for item in limit_range.get("spec", {}).get("limits") or ():
        if item.get("type") != "Container":
            continue
        for target, sources in (("default", ("max",)), ("defaultRequest", ("default", "min"))):
            amounts = dict(item.get(target) or {})
            for source in sources:
                amounts = {**(item.get(source) or {}), **amounts}
            if amounts:
                item[target] = amounts


def check_range(limit_range: Obj) -> list[Fault]:
    """Look at a range itself: whether its amounts are amounts."""
    found: list[Fault] = []
    for index, item in enumerate((limit_range.get("spec") or {}).get("limits") or ()):
        for kind in ("default", "defaultRequest", "max", "maxLimitRequestRatio", "min"):
            for name, amount in (item.get(kind) or {}).items():
                found += fields.quantity(f"spec.limits[{index}].{kind}[{name}]", amount)
    return found


def apply_ranges(store: Store, pod: Obj) -> None:
    """Write the usual requests and limits into containers that have none."""
    for limit_range in store.sorted(RANGES, namespace_of(pod)):
        told = []
        for item in limit_range["spec"].get("limits") or ():
            if item.get("type") == "Container":
                told += list(_filled(pod["spec"], item))
        if told:
            notes = pod["metadata"].setdefault("annotations", {})
            notes[_NOTE] = f"LimitRanger plugin set: {'; '.join(told)}"


def _filled(spec: Obj, item: Obj) -> Iterator[str]:
    for kind, word in (("containers", "container"), ("initContainers", "init container")):
        for container in spec.get(kind) or ():
            resources = container.setdefault("resources", {})
            for part, usual in (("requests", "defaultRequest"), ("limits", "default")):
                held = resources.get(part) or {}
                added = {name: v for name, v in (item.get(usual) or {}).items() if name not in held}
                if added:
                    resources[part] = {**held, **added}
                    names = ", ".join(sorted(added))
                    yield f"{names} {part.removesuffix('s')} for {word} {container['name']}"


def check_ranges(store: Store, pod: Obj) -> None:
    """Refuse a pod that asks for less or more than its namespace allows."""
    said: list[str] = []
    for limit_range in store.sorted(RANGES, namespace_of(pod)):
        for item in limit_range["spec"].get("limits") or ():
            for resources in _measured(pod["spec"], item.get("type", "")):
                said += _complaints(item, resources)
    if said:
        raise forbidden(PODS, name_of(pod), said[0] if len(said) == 1 else f"[{', '.join(said)}]")


def _measured(spec: Obj, kind: str) -> Iterator[Obj]:
    """Yield the requests and limits that a bound is held against: of each container, or of the whole pod."""
    containers = spec.get("containers") or []
    if kind == "Container":
        for container in (*containers, *(spec.get("initContainers") or ())):
            yield container.get("resources") or {}
    elif kind == "Pod":
        whole: Obj = {"requests": {}, "limits": {}}
        for part, sums in whole.items():
            for container in containers:
                for name, amount in ((container.get("resources") or {}).get(part) or {}).items():
                    sums[name] = sums.get(name, Decimal(0)) + parse_quantity(amount)
        yield whole


def _complaints(item: Obj, resources: Obj) -> Iterator[str]:
    kind, requests, limits = item["type"], resources.get("requests") or {}, resources.get("limits") or {}
    for name, bound in sorted((item.get("min") or {}).items()):
        said = f"minimum {name} usage per {kind} is {bound}"
        if name not in requests:
            yield f"{said}.  No request is specified"
        elif wrong := _first((("request", requests), ("limit", limits)), name, below=bound):
            yield f"{said}, but {wrong}"
    for name, bound in sorted((item.get("max") or {}).items()):
        said = f"maximum {name} usage per {kind} is {bound}"
        if name not in limits:
            yield f"{said}.  No limit is specified"
        elif wrong := _first((("limit", limits), ("request", requests)), name, above=bound):
            yield f"{said}, but {wrong}"
    for name, bound in sorted((item.get("maxLimitRequestRatio") or {}).items()):
        if name in requests and name in limits and parse_quantity(requests[name]):
            ratio = parse_quantity(limits[name]) / parse_quantity(requests[name])
            if ratio > parse_quantity(bound):
                said = f"{name} max limit to request ratio per {kind} is {bound}"
                yield f"{said}, but provided ratio is {ratio:.6f}"


def _first(sides: tuple[tuple[str, Obj], ...], name: str, *, below: str = "", above: str = "") -> str:
    """Tell which side is the first beyond a bound, and what it says."""
    for word, amounts in sides:
        if name not in amounts:
            continue
        amount = parse_quantity(amounts[name])
        if (below and amount < parse_quantity(below)) or (above and amount > parse_quantity(above)):
            return f"{word} is {amounts[name]}"
    return ""
