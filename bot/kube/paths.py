"""Raw paths and their selections, made of names that cannot lead elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from bot.domain.errors import TargetNotFoundError

if TYPE_CHECKING:
    from bot.domain.cluster import LogRequest, WebRequest
    from bot.domain.resources import ResourceType


def path_of(
    kind: ResourceType, namespace: str | None, name: str | None = None, subresource: str | None = None
) -> str:
    """A raw path of names that cannot lead elsewhere; an empty one would make an object its whole list."""
    return kind.path(_part(namespace), _part(name), subresource)


def inside(path: str) -> str:
    """A path below a proxy, quoted. Raises `TargetNotFoundError` for one that would lead out of it."""
    before, mark, query = path.partition("?")
    steps = unquote(unquote(before)).replace("\\", "/").split("/")
    if "." in steps or ".." in steps:
        raise TargetNotFoundError("a path with `.` or `..` in it is not sent", hint="Write where it leads.")
    asked = quote(query, safe="=&%+,;:@!$'()*/?~[]-._")
    return "/" + quote(before.lstrip("/"), safe="/%:@!$&'()*+,;=~-._") + (f"?{asked}" if mark else "")


def proxied(kind: ResourceType, request: WebRequest) -> str:
    """Where the API server hands a request on to a pod or a service."""
    port = f":{request.port}" if request.port or request.scheme else ""
    name = f"{request.scheme + ':' if request.scheme else ''}{request.name}{port}"
    return path_of(kind, request.namespace, name, "proxy") + inside(request.path)


def _part(name: str | None) -> str | None:
    if name in {"", ".", ".."}:
        raise TargetNotFoundError(f"nothing can be called `{name}`")
    return None if name is None else quote(name, safe=":")


def selection(labels: str, fields: str, limit: int) -> tuple[tuple[str, str | int], ...]:
    """What a list is narrowed by, as the API reads it."""
    chosen = (("labelSelector", labels), ("fieldSelector", fields))
    return (("limit", limit), *((key, value) for key, value in chosen if value))


def lines(request: LogRequest) -> list[tuple[str, str | int]]:
    """Which lines of a container's log are asked for."""
    query: list[tuple[str, str | int]] = [("limitBytes", request.limit_bytes)]
    query += [("container", request.container)] if request.container else []
    query += [("tailLines", request.tail)] if request.tail is not None else []
    query += [("sinceSeconds", request.since_seconds)] if request.since_seconds is not None else []
    query += [("sinceTime", request.since_time)] if request.since_time else []
    query += [(flag, "true") for flag in ("previous", "timestamps") if getattr(request, flag)]
    return query
