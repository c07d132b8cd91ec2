"""ConfigMaps, Secrets and service accounts: which keys there are and how large; a Secret's values never."""

from __future__ import annotations

from bot.domain.describe.answer import Described, age_of, some
from bot.domain.describe.around import Around
from bot.domain.message import code, plural, text
from bot.domain.model import Json
from bot.domain.printing.veil import sizes
from bot.domain.resources import ObjectRef
from bot.domain.workloads import place

_MOST = 40


def configmap(ref: ObjectRef, found: Json, _around: Around, now: float) -> Described:
    texts = {key: len(str(value).encode()) for key, value in (found.get("data") or {}).items()}
    return _keys(ref, found, now, {**texts, **sizes({"data": found.get("binaryData")})})


def secret(ref: ObjectRef, found: Json, _around: Around, now: float) -> Described:
    told = _keys(ref, found, now, sizes(found))
    kind = found.get("type", "Opaque")
    return told.model_copy(update={"headline": told.headline + text(" · {}", code(kind))})


def serviceaccount(ref: ObjectRef, found: Json, _around: Around, now: float) -> Described:
    pulls = [one.get("name", "") for one in found.get("imagePullSecrets") or ()]
    mounted = found.get("automountServiceAccountToken")
    return Described(
        headline=text("ServiceAccount {}", place(ref)),
        facts=(
            ("pull secrets", some(pulls)),
            ("secrets", some(one.get("name", "") for one in found.get("secrets") or ())),
            ("token in its pods", "no" if mounted is False else "yes, unless the pod says otherwise"),
            ("age", age_of(found, now)),
        ),
        happenings=None,
    )


def _keys(ref: ObjectRef, found: Json, now: float, held: dict[str, int]) -> Described:
    left = len(held) - _MOST
    total = sum(held.values())
    return Described(
        headline=text("{} {} · {} · {}", ref.type.kind, place(ref), plural(len(held), "key"), _bytes(total)),
        facts=(
            *((key, _bytes(size)) for key, size in sorted(held.items())[:_MOST]),
            ("and", plural(left, "more key") if left > 0 else ""),
            ("changes", "not allowed (immutable)" if found.get("immutable") else ""),
            ("age", age_of(found, now)),
        ),
        happenings=None,
    )


def _bytes(size: int) -> str:
    return f"{size:,} {'byte' if size == 1 else 'bytes'}"
