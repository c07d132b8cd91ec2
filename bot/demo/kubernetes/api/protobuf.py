"""Documents in Kubernetes' protobuf encoding, as today's kubectl and Go clients write the built-in kinds.

They are read into what the same document is as JSON. `messages.txt` holds each message on a line: field
number, JSON name and type. `*` marks what may be absent, `[]` a list, `{}` a map by strings; a field named
`+` is an embedded message, whose fields stand in its parent. Answers stay JSON: such clients take both.
"""

import struct
from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from json import loads
from pathlib import Path
from typing import Any, NamedTuple

from bot.demo.kubernetes.clock import micro_stamp, stamp

MEDIA = "application/vnd.kubernetes.protobuf"
_MAGIC = b"k8s\0"
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


class UnreadableError(ValueError):
    """The bytes are no such document."""


class UnknownMessageError(ValueError):
    """The document is of a kind that has no protobuf encoding here."""


class Field(NamedTuple):
    name: str
    type: str


def decode(raw: bytes) -> dict[str, Any]:
    """Read a document and its envelope, which says what it is."""
    if not raw.startswith(_MAGIC):
        raise UnreadableError("proto: the document does not begin as one of Kubernetes")
    try:
        envelope = dict(_fields(raw[len(_MAGIC) :]))
        told = {number: _text(value) for number, value in _fields(envelope.get(1, b""))}
        api, kind = told.get(1, ""), told.get(2, "")
        return {"apiVersion": api, "kind": kind, **_message(_message_of(api, kind), envelope.get(2, b""))}
    except (TypeError, AttributeError, OverflowError, OSError, struct.error) as error:
        raise UnreadableError("proto: a field holds what another one would") from error


def _message_of(api: str, kind: str) -> str:
    """Name the message of a kind: groups go by their first word, options belong to all of them."""
    group, _, version = api.rpartition("/")
    package = f"{group.split('.')[0] or 'core'}/{version}"
    for name in (f"{package}.{kind}", f"meta/v1.{kind}"):
        if name in _messages():
            return name
    raise UnknownMessageError(kind)


@cache
def _messages() -> dict[str, dict[int, Field]]:
    messages = {}
    for line in Path(__file__).with_name("messages.txt").read_text().splitlines():
        name, *fields = line.split(" ")
        messages[name] = dict(map(_field, fields))
    return messages


def _field(text: str) -> tuple[int, Field]:
    number, _, told = text.partition("=")
    name, _, kind = told.partition(":")
    return int(number), Field(name, kind)


def _message(name: str, raw: bytes) -> dict[str, Any]:
    fields, found = _messages()[name], dict[str, Any]()
    for number, value in _fields(raw):
        field = fields.get(number)
        if field is not None:
            _put(found, field, value)
    return found


def _put(found: dict[str, Any], field: Field, raw: Any) -> None:
    name, kind = field
    if kind.startswith("[]"):
        found.setdefault(name, []).append(_value(kind[2:], raw))
    elif kind.startswith("{}"):
        entry = dict(_fields(raw))
        found.setdefault(name, {})[_text(entry.get(1, b""))] = _value(kind[2:], entry.get(2, b""))
    elif name == "+":
        found.update(_message(kind.lstrip("*"), raw))
    else:
        value = _value(kind.lstrip("*"), raw)
        # An empty value is written all the same, unless it may be absent.
        if value is not None and (kind.startswith("*") or value not in ("", 0)):
            found[name] = value


def _value(kind: str, raw: Any) -> Any:
    if kind in _PLAIN:
        return _PLAIN[kind](raw)
    if kind.startswith("[]"):
        return [_value(kind[2:], each) for _, each in _fields(raw)]
    return _message(kind, raw)


def _text(raw: bytes) -> str:
    return raw.decode()


def _signed(raw: int) -> int:
    return raw - (1 << 64) if raw >> 63 else raw


def _float(raw: bytes) -> float:
    [number] = struct.unpack("<d" if len(raw) == 8 else "<f", raw)
    return float(number)


def _number_or_text(raw: bytes) -> int | str:
    fields = dict(_fields(raw))
    return _text(fields.get(3, b"")) if fields.get(1) else _signed(fields.get(2, 0))


def _quantity(raw: bytes) -> str:
    return _text(dict(_fields(raw)).get(1, b""))


def _moment(raw: bytes) -> datetime | None:
    fields = dict(_fields(raw))
    if not fields:
        return None
    return datetime.fromtimestamp(_signed(fields.get(1, 0)) + fields.get(2, 0) / 1e9, UTC)


def _time(raw: bytes) -> str | None:
    moment = _moment(raw)
    return stamp(moment) if moment else None


def _micro_time(raw: bytes) -> str | None:
    moment = _moment(raw)
    return micro_stamp(moment) if moment else None


def _document(raw: bytes) -> Any:
    return loads(dict(_fields(raw)).get(1) or b"{}")


_PLAIN: dict[str, Callable[[Any], Any]] = {
    "string": _text,
    "int": _signed,
    "bool": bool,
    "float": _float,
    "bytes": lambda raw: b64encode(raw).decode(),
    "ExtraValue": lambda raw: [_text(value) for _, value in _fields(raw)],
    "meta/v1.Time": _time,
    "meta/v1.MicroTime": _micro_time,
    "meta/v1.FieldsV1": _document,
    "runtime.RawExtension": _document,
    "api/resource.Quantity": _quantity,
    "util/intstr.IntOrString": _number_or_text,
}


def _fields(raw: bytes) -> Iterator[tuple[int, Any]]:
    """Split a message into its fields' numbers and their undecoded values."""
    at = 0
    while at < len(raw):
        key, at = _varint(raw, at)
        wire = key & 7
        if wire == _VARINT:
            value, at = _varint(raw, at)
            yield key >> 3, value
            continue
        if wire == _BYTES:
            size, at = _varint(raw, at)
        elif wire in (_FIXED64, _FIXED32):
            size = 8 if wire == _FIXED64 else 4
        else:
            raise UnreadableError(f"proto: illegal wireType {wire}")
        if at + size > len(raw):
            raise UnreadableError("unexpected EOF")
        yield key >> 3, raw[at : at + size]
        at += size


def _varint(raw: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(raw):
            raise UnreadableError("unexpected EOF")
        byte = raw[at]
        at, value = at + 1, value | (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise UnreadableError("proto: integer overflow")
