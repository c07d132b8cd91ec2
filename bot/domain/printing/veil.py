"""An object without what may not be shown. Every form is printed from this, so none can show more.

Paths, filters and sorting see it too: a secret cannot be guessed by asking about it either.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable
from typing import Any

from bot.domain.model import Json
from bot.domain.redaction import redact, redact_value

_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_SECRET = "Secret"  # noqa: S105 - the kind
_HELD = ("data", "stringData")
_DEEPEST = 80
_SHORT = 120
_TELLING = 4
"""So many characters of a value are enough to know it again elsewhere."""


def veiled(found: Json, kind: str = "") -> Json:
    """A copy without managed fields, without a Secret's values, and with every other secret redacted.

    `kind` is for items of a list, which do not say their own.
    """
    named = {"kind": kind, **found} if kind else found
    shown: Json = _walk(named, "", 0)
    return shown if "kind" in found else {key: value for key, value in shown.items() if key != "kind"}


def hidden(size: int) -> str:
    return f"<not shown: {size:,} {'byte' if size == 1 else 'bytes'}>"


def sizes(secret: Json) -> dict[str, int]:
    """The keys of a Secret, with how many bytes each holds."""
    held = secret.get("data") or {}
    return {key: _decoded(value) for key, value in held.items()} if isinstance(held, dict) else {}


def _walk(value: Any, name: str, depth: int) -> Any:
    if depth > _DEEPEST:
        return "<too deep>"
    if isinstance(value, dict):
        return _object(value, depth + 1)
    if isinstance(value, list):
        return _items(value, name, depth + 1)
    return redact_value(name, value) if isinstance(value, str) else value


def _object(value: Json, depth: int) -> Json:
    if value.get("kind") == _SECRET:
        return _secret(value, depth)
    if value.get("kind") == f"{_SECRET}List":
        items = [_secret(one, depth) for one in value.get("items") or () if isinstance(one, dict)]
        return {**_walk({**value, "kind": "", "items": []}, "", depth), "kind": value["kind"], "items": items}
    shown = {key: _walk(one, key, depth) for key, one in value.items() if key != "managedFields"}
    if isinstance(applied := value.get(_APPLIED), str):
        shown[_APPLIED] = hidden(len(applied.encode(errors="replace")))
    if isinstance(name := value.get("name"), str) and isinstance(own := value.get("value"), str):
        shown["value"] = redact_value(name, own)
    return shown


def _items(value: list[Any], name: str, depth: int) -> list[Any]:
    """Of an argument vector, what follows a secret's flag is a secret: `--password`, `hunter2`."""
    before = ("", *value)
    return [
        _walk(one, flag if isinstance(flag, str) and flag.startswith("-") else name, depth)
        for flag, one in zip(before, value, strict=False)
    ]


def _secret(value: Json, depth: int) -> Json:
    held = [one for part in _HELD for one in _strings(value.get(part))]
    shown: Json = {}
    for key, part in value.items():
        if key == "data":
            shown[key] = _placeholders(part, _decoded)
        elif key == "stringData":
            shown[key] = _placeholders(part, _plain)
        elif key == "metadata" and isinstance(part, dict):
            shown[key] = _metadata(part, held, depth)
        else:
            shown[key] = _walk(part, key, depth)
    return shown


def _metadata(value: Json, held: list[str], depth: int) -> Json:
    """Tools keep copies of a Secret in annotations: what is long, or quotes any of it, is not shown."""
    shown: Json = _object(value, depth + 1)
    for part in ("annotations", "labels"):
        if isinstance(marks := value.get(part), dict):
            shown[part] = {key: _mark(str(mark), held) for key, mark in marks.items()}
    return shown


def _mark(mark: str, held: list[str]) -> str:
    quotes = any(one in mark for one in held if len(one) >= _TELLING)
    if quotes or len(mark) > _SHORT or "{" in mark:
        return hidden(len(mark.encode(errors="replace")))
    return redact(mark)


def _placeholders(held: Any, size: Callable[[Any], int]) -> Any:
    if not isinstance(held, dict):
        return None if held is None else hidden(len(str(held)))
    return {key: hidden(size(value)) for key, value in held.items()}


def _strings(held: Any) -> Iterable[str]:
    """Each value as it is stored, and as it reads."""
    for value in held.values() if isinstance(held, dict) else ():
        yield str(value)
        yield _bytes(value).decode(errors="replace").strip()


def _bytes(value: Any) -> bytes:
    try:
        return base64.b64decode(str(value), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _decoded(value: Any) -> int:
    return len(_bytes(value)) or _plain(value)


def _plain(value: Any) -> int:
    return len(str(value).encode(errors="replace"))
