"""Events of the cluster as people read them: the newest first, repeats counted, warnings marked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.domain.ages import age, parse_time
from bot.domain.message import Table
from bot.domain.model import Frozen, Json
from bot.domain.redaction import redact
from bot.domain.resources import ObjectRef
from bot.domain.results import Group

_LONGEST = 400


class Happening(Frozen):
    """One event with its repeats."""

    is_warning: bool
    reason: str
    message: str
    object: str
    """`pod/web-7c9d8-x2x4k`."""
    namespace: str
    last: float
    first: float
    count: int


def read(items: Iterable[Json]) -> tuple[Happening, ...]:
    """Both shapes of events, the newest first: clients write counts, new controllers write series."""
    found = [_happening(item) for item in items]
    return tuple(sorted(found, key=lambda one: (one.last, one.first, one.is_warning), reverse=True))


def _happening(item: Json) -> Happening:
    series, about = item.get("series") or {}, item.get("involvedObject") or {}
    born = parse_time(item["metadata"].get("creationTimestamp")) or 0.0
    first = parse_time(item.get("firstTimestamp")) or parse_time(item.get("eventTime")) or born
    last = parse_time(series.get("lastObservedTime")) or parse_time(item.get("lastTimestamp")) or first
    message = redact(" ".join(str(item.get("message") or "").split()))
    return Happening(
        is_warning=item.get("type") == "Warning",
        reason=str(item.get("reason") or ""),
        message=message if len(message) <= _LONGEST else message[: _LONGEST - 1] + "…",
        object=f"{str(about.get('kind', '')).lower()}/{about.get('name', '')}",
        namespace=str(item["metadata"].get("namespace", "")),
        last=last,
        first=first,
        count=int(series.get("count") or item.get("count") or 1),
    )


def fields_of(ref: ObjectRef) -> str:
    """The field selector for the events about one object."""
    return f"involvedObject.kind={ref.type.kind},involvedObject.name={ref.name}"


def table(happenings: Iterable[Happening], now: float, *, objects: bool, namespaces: bool = False) -> Table:
    """One row for each; with `objects` what it is about, with `namespaces` where."""
    columns, rows = _columns_and_rows(happenings, now, objects=objects, namespaces=namespaces)
    return Table(columns=columns, rows=rows, drop=("OBJECT", "NAMESPACE"))


def group(
    happenings: Sequence[Happening], noun: str, now: float, *, objects: bool, namespaces: bool
) -> Group:
    """The same to be kept; warnings are its bad rows."""
    columns, rows = _columns_and_rows(happenings, now, objects=objects, namespaces=namespaces)
    bad = frozenset(place for place, one in enumerate(happenings) if one.is_warning)
    drop = ("OBJECT", "NAMESPACE")
    return Group(one=noun, many=f"{noun}s", columns=columns, rows=rows, bad=bad, drop=drop)


def _columns_and_rows(
    happenings: Iterable[Happening], now: float, *, objects: bool, namespaces: bool
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    rows = []
    for one in happenings:
        reason = f"⚠️ {one.reason}" if one.is_warning else one.reason
        about = (one.object,) if objects else ()
        where = (one.namespace,) if namespaces else ()
        rows.append((*where, _when(one, now), reason, *about, one.message))
    where = ("NAMESPACE",) if namespaces else ()
    about = ("OBJECT",) if objects else ()
    return (*where, "LAST SEEN", "REASON", *about, "MESSAGE"), tuple(rows)


def _when(one: Happening, now: float) -> str:
    """`3m` or, as kubectl says it, `3m (x12 over 10m)`."""
    last = age(now - one.last)
    return f"{last} (x{one.count} over {age(now - one.first)})" if one.count > 1 else last
