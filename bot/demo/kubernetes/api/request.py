"""What a request asks: which resource, which object, to do what."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from json import JSONDecodeError, loads
from typing import Any
from urllib.parse import parse_qsl

import yaml

from bot.demo.kubernetes.api import protobuf
from bot.demo.kubernetes.errors import (
    bad_request,
    method_not_allowed,
    no_such_resource,
    unsupported_media_type,
)
from bot.demo.kubernetes.kinds import Kinds, Resource
from bot.demo.kubernetes.objects import Obj
from bot.demo.kubernetes.views import View, view_of

_COLLECTION = {"GET": "list", "HEAD": "list", "POST": "create", "DELETE": "deletecollection"}
_ITEM = {"GET": "get", "HEAD": "get", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}
_SUBRESOURCE = _ITEM | {"POST": "create"}


class NoSuchPathError(Exception):
    """Nothing is served there at all, not even an API group."""


@dataclass(frozen=True)
class Request:
    """One request to a resource, read from its method and path."""

    verb: str
    resource: Resource
    namespace: str = ""
    name: str = ""
    subresource: str = ""
    tail: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    every: tuple[tuple[str, str], ...] = ()
    user_agent: str = ""
    view: View | None = None
    warnings: list[str] = field(default_factory=list)

    @property
    def asked(self) -> Resource:
        """The resource as the path names it; `resource` is what is stored."""
        return self.view.resource if self.view else self.resource

    @property
    def dry_run(self) -> bool:
        return self.query.get("dryRun") == "All"

    @property
    def manager(self) -> str:
        """Name the writer as managed fields do: as told, else by the program's name."""
        return self.query.get("fieldManager") or self.user_agent.split("/")[0] or "unknown"

    def number(self, key: str) -> int | None:
        text = self.query.get(key)
        if text is None or text == "":
            return None
        if not re.fullmatch(r"[+-]?\d+", text):
            raise bad_request(f'strconv.ParseInt: parsing "{text}": invalid syntax')
        return int(text)

    def flag(self, key: str) -> bool:
        return self.query.get(key, "false").lower() not in ("", "0", "false", "f")


def read_request(method: str, path: str, query_string: str, user_agent: str, kinds: Kinds) -> Request:
    """Find what the path names; `path` is still percent-decoded once, as the router sees it."""
    parts = [part for part in path.split("/") if part]
    group, version, rest = ("", parts[1], parts[2:]) if parts[0] == "api" else (parts[1], parts[2], parts[3:])
    namespace = ""
    if rest[0] == "namespaces" and len(rest) > 2 and rest[2] not in ("status", "finalize"):
        namespace, rest = rest[1], rest[2:]
    resource = kinds.at(group, version, rest[0])
    if resource is None:
        if not kinds.serves(group, version):
            raise NoSuchPathError
        raise no_such_resource()
    name = rest[1] if len(rest) > 1 else ""
    subresource = rest[2] if len(rest) > 2 else ""
    if subresource and resource.subresource(subresource) is None:
        raise no_such_resource()
    if name and resource.namespaced and not namespace:
        raise no_such_resource()
    every = tuple(parse_qsl(query_string, keep_blank_values=True))
    query = dict(reversed(every))
    marker = f"/{name}/{subresource}"
    tail = path[path.index(marker) + len(marker) :] if subresource else ""
    view = view_of(kinds, resource)
    stored = view.stored if view else resource
    request = Request("", stored, namespace, name, subresource, tail, query, every, user_agent, view)
    return _with_verb(request, method)


def _with_verb(request: Request, method: str) -> Request:
    verbs = _SUBRESOURCE if request.subresource else _ITEM if request.name else _COLLECTION
    verb = verbs.get(method)
    if verb == "list" and request.flag("watch"):
        verb = "watch"
    sub = request.resource.subresource(request.subresource)
    allowed = sub.verbs if sub else request.resource.verbs
    if verb is None or (verb not in allowed):
        raise method_not_allowed()
    return Request(**{**request.__dict__, "verb": verb})


def read_body(raw: bytes, content_type: str, kind: str) -> Any:
    """Read a document; what cannot be read is refused in the decoder's words."""
    media = content_type.split(";", maxsplit=1)[0].strip().lower()
    if media in ("application/yaml", "application/apply-patch+yaml"):
        try:
            return yaml.safe_load(raw)
        except yaml.YAMLError as error:
            raise bad_request(f"error converting YAML to JSON: {error}") from error
    if media == protobuf.MEDIA:
        return _read_protobuf(raw, kind)
    if media not in ("", "application/json", "application/octet-stream") and not media.endswith("+json"):
        raise unsupported_media_type()
    text = raw.decode("utf-8", "replace")
    try:
        return loads(text, object_pairs_hook=_mapping)
    except JSONDecodeError as error:
        said = f"couldn't get version/kind; json parse error: {_go_json(error)} ({_excerpt(text)})"
        raise bad_request(f"the object provided is unrecognized (must be of type {kind}): {said}") from error


def _read_protobuf(raw: bytes, kind: str) -> Any:
    try:
        return protobuf.decode(raw)
    except protobuf.UnknownMessageError as error:
        raise unsupported_media_type() from error
    except ValueError as error:
        raise bad_request(
            f"the object provided is unrecognized (must be of type {kind}): {error} ({raw[:20].hex()})"
        ) from error


class Doubled(dict[str, Any]):
    """A mapping in which something was said twice; the last word counts."""

    twice: tuple[str, ...] = ()


def _mapping(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    doubled, keys = Doubled(found), [key for key, _ in pairs]
    doubled.twice = tuple(key for key in found if keys.count(key) > 1)
    return doubled


def said_twice(node: Any, path: str = "") -> Iterator[str]:
    """Find the fields that a document says more than once."""
    if isinstance(node, list):
        for index, one in enumerate(node):
            yield from said_twice(one, f"{path}[{index}]")
    elif isinstance(node, dict):
        prefix = f"{path}." if path else ""
        if isinstance(node, Doubled):
            yield from (prefix + key for key in node.twice)
        for key, value in node.items():
            yield from said_twice(value, prefix + key)


def read_patch(raw: bytes) -> Any:
    try:
        return loads(raw)
    except ValueError:
        try:
            return yaml.safe_load(raw)
        except yaml.YAMLError as error:
            raise bad_request(f"error decoding patch: {error}") from error


def _go_json(error: JSONDecodeError) -> str:
    """Say what is wrong with a JSON text as Go's decoder says it."""
    if error.pos >= len(error.doc):
        return "unexpected end of JSON input"
    where = {
        "Expecting property name": "looking for beginning of object key string",
        "Expecting value": "looking for beginning of value",
        "Expecting ':'": "after object key",
        "Expecting ','": "after object key:value pair",
        "Extra data": "after top-level value",
        "Illegal trailing comma": "looking for beginning of object key string",
    }
    said = next((text for start, text in where.items() if error.msg.startswith(start)), "in string literal")
    return f"invalid character '{error.doc[error.pos]}' {said}"


def _excerpt(text: str) -> str:
    return text if len(text) <= 100 else text[:97] + "..."


def check_kind(resource: Resource, kind: str, version: str, body: Any) -> Obj:
    """Refuse a document of another kind than the path takes; fill in what it left out."""
    if not isinstance(body, dict):
        raise bad_request(
            f"the object provided is unrecognized (must be of type {kind}): couldn't get version/kind"
        )
    told, api = body.get("kind") or kind, body.get("apiVersion") or version
    if told != kind or api != version:
        short = api.rpartition("/")[2]
        raise bad_request(
            f'{told} in version "{short}" cannot be handled as a {kind}: converting ({short}.{told}) to '
            f"({resource.group.split('.')[0] or 'core'}.{kind}): unknown conversion"
        )
    if not isinstance(body.get("metadata") or {}, dict):
        said = "json: cannot unmarshal string into Go struct field ObjectMeta.metadata of type v1.ObjectMeta"
        raise bad_request(f'{kind} in version "{resource.version}" cannot be handled as a {kind}: {said}')
    return {
        **_without_nulls(body),
        "kind": kind,
        "apiVersion": version,
        "metadata": _without_nulls(body.get("metadata") or {}),
    }


def _without_nulls(value: Any) -> Any:
    """Copy a document, leaving out what is null: to the decoder it was never said."""
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value
