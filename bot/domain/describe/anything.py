"""Any other kind, custom resources too: its conditions, and its spec and status as flat facts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.domain.describe.answer import Described, Fact, age_of, conditions, owner
from bot.domain.describe.around import Around
from bot.domain.message import bold, code, plural, text
from bot.domain.model import Json
from bot.domain.printing.jsonpath import as_text
from bot.domain.printing.veil import veiled
from bot.domain.resources import ObjectRef
from bot.domain.workloads import place

_MOST = 40
_VALUE = 200
_SEEN = {"apiVersion", "kind", "metadata"}
_HEALTH = ("Ready", "Available", "Healthy", "Synced", "Established", "Reconciled")
"""Conditions that mean health wherever they stand."""


def anything(ref: ObjectRef, found: Json, around: Around, now: float) -> Described:
    veil = veiled(found, ref.type.kind)
    status = veil.get("status") if isinstance(veil.get("status"), dict) else {}
    told = _conditions(status)
    held = {one["type"]: one["status"] for one in told}
    state = str((status or {}).get("phase") or "") or next((k for k in _HEALTH if held.get(k) == "True"), "")
    facts = list(_flat({key: value for key, value in veil.items() if key not in _SEEN}))
    left = len(facts) - _MOST
    going = veil["metadata"].get("deletionTimestamp")
    waits = ", ".join(veil["metadata"].get("finalizers") or ())
    ill = conditions({"status": {"conditions": told}}, bad=dict.fromkeys(_HEALTH, "False"))
    ends = text("It is {}{}", bold("Terminating"), f": it waits for {waits}" if waits else "")
    return Described(
        headline=text("{} {}{}", ref.type.kind, place(ref), text(" · {}", code(state)) if state else ""),
        wrong=((ends,) if going else ()) + ill,
        facts=(
            *facts[:_MOST],
            ("and", f"{plural(left, 'more field')}: -o yaml shows them" if left > 0 else ""),
            ("owner", owner(veil)),
            ("age", age_of(veil, now)),
        ),
        happenings=around.happenings,
    )


def _conditions(status: Any) -> list[Json]:
    """Those that have the shape of conditions: a custom resource may hold anything under that name."""
    held = (status or {}).get("conditions")
    return [
        {key: str(one.get(key) or "") for key in ("type", "status", "reason", "message")}
        for one in (held if isinstance(held, list) else ())
        if isinstance(one, dict)
    ]


def _flat(value: Any, path: str = "") -> Iterator[Fact]:
    """Every leaf with its path; lists of words as one line, conditions as their status."""
    if isinstance(value, dict) and value:
        for key, one in value.items():
            yield from _flat(one, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list) and any(isinstance(one, dict | list) for one in value):
        for index, one in enumerate(value):
            if path == "status.conditions" and isinstance(one, dict):
                yield (str(one.get("type", "?")), str(one.get("status", "?")))
            else:
                yield from _flat(one, f"{path}[{index}]")
    else:
        words = ", ".join(map(as_text, value)) if isinstance(value, list) else as_text(value)
        yield (path, words if len(words) <= _VALUE else words[: _VALUE - 1] + "…")
