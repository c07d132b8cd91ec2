"""What a pod asks for, as quotas count it, and what the ranges of its namespace make of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import TypeAlias

from bot.domain.message import Text, code, text
from bot.domain.model import Json
from bot.domain.quantities import amount

Amounts: TypeAlias = dict[str, Decimal]
_PARTS = ("requests", "limits")
_BINARY = (("Gi", 1024**3), ("Mi", 1024**2), ("Ki", 1024))


def pod_cost(spec: Json) -> Amounts:
    """What one pod takes of all that can be limited: `pods`, `requests.cpu` and the like.

    Containers add up, and so do those that start first and stay; another that starts first counts where it
    wants more than all of them. What is said of the pod as a whole counts before its containers'.
    """
    cost: Amounts = {"pods": Decimal(1), "count/pods": Decimal(1)}
    for part in _PARTS:
        for name, much in _asked(spec, part).items():
            cost[f"{part}.{name}"] = much
            if part == "requests":
                cost[name] = much
    return cost


def _asked(spec: Json, part: str) -> Amounts:
    staying = [
        *(spec.get("containers") or ()),
        *(c for c in _first(spec) if c.get("restartPolicy") == "Always"),
    ]
    total: Amounts = {}
    for container in staying:
        for name, much in _of(container, part).items():
            total[name] = total.get(name, Decimal(0)) + much
    for container in _first(spec):
        for name, much in _of(container, part).items():
            total[name] = max(total.get(name, Decimal(0)), much)
    return total | _of(spec, part)


def _first(spec: Json) -> tuple[Json, ...]:
    return tuple(spec.get("initContainers") or ())


def _of(holder: Json, part: str) -> Amounts:
    given = (holder.get("resources") or {}).get(part) or {}
    return {name: much for name, word in given.items() if (much := amount(word)) is not None}


def states(spec: Json, limited: str) -> bool:
    """Whether every container says how much it takes of what a quota limits, such as `requests.cpu`."""
    part, _, name = limited.rpartition(".")
    whole = name in _of(spec, part or "requests")
    every = (*(spec.get("containers") or ()), *_first(spec))
    return whole or all(name in _of(container, part or "requests") for container in every)


def defaulted(spec: Json, limits: Iterable[Json]) -> Json:
    """The pod as it is let in: requests are the limits where only those are said, the rest by the ranges."""
    usual = [item for item in limits if item.get("type") == "Container"]
    return {
        **spec,
        **{
            key: [_defaulted(container, usual) for container in spec[key]]
            for key in ("containers", "initContainers")
            if spec.get(key)
        },
    }


def _defaulted(container: Json, usual: Iterable[Json]) -> Json:
    resources = container.get("resources") or {}
    limits = dict(resources.get("limits") or {})
    requests = {**limits, **(resources.get("requests") or {})}
    for item in usual:
        requests = {**(item.get("defaultRequest") or {}), **requests}
        limits = {**(item.get("default") or {}), **limits}
    return {**container, "resources": {**resources, "requests": requests, "limits": limits}}


def kept_within(spec: Json, limits: Iterable[Json]) -> Iterator[Text]:
    """What is more or less than a range allows, one line for each."""
    for item in limits:
        if item.get("type") == "Container":
            for container in (*(spec.get("containers") or ()), *_first(spec)):
                yield from _outside(f"container {container.get('name', '')}", _all(container), item)
        elif item.get("type") == "Pod":
            yield from _outside("pod", {part: _asked(spec, part) for part in _PARTS}, item)


def _all(container: Json) -> dict[str, Amounts]:
    return {part: _of(container, part) for part in _PARTS}


def _outside(what: str, asked: dict[str, Amounts], item: Json) -> Iterator[Text]:
    """A limit is held to the most, a request to the least; either to both where it is the only one said."""
    for name, word in (item.get("max") or {}).items():
        most, much = amount(word), asked["limits"].get(name, asked["requests"].get(name))
        if most is not None and much is not None and much > most:
            yield text("A {} may take at most {} of {}, and this takes {}", code(what), word, code(name),
                       shown(name, much))  # fmt: skip
    for name, word in (item.get("min") or {}).items():
        least, much = amount(word), asked["requests"].get(name, asked["limits"].get(name))
        if least is not None and much is not None and much < least:
            yield text("A {} must ask for at least {} of {}, and this asks for {}", code(what), word,
                       code(name), shown(name, much))  # fmt: skip


def shown(name: str, much: Decimal) -> str:
    """`250m`, `2`, `512Mi`: short where that is exact."""
    if name.endswith("cpu"):
        return str(int(much)) if much == int(much) else f"{float(much * 1000):g}m"
    for unit, size in _BINARY:
        if much and much % size == 0:
            return f"{int(much // size)}{unit}"
    return f"{float(much):g}"
