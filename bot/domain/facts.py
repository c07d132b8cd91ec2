"""What a change would do to one object, as the policy asks for it: from the object before and after. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.domain.access import Facts
from bot.domain.model import Json

_HUB, _LIBRARY = "docker.io", "library"


def facts_of(before: Json | None, after: Json | None) -> Facts:
    """`before` is None where the object is made, `after` where it is removed.

    A custom resource may hold anything under these names: what has not the shape is passed over.
    """
    there = [found for found in (before, after) if found is not None]
    had, has = set(_images(before or {})), _images(after or {})
    return Facts(
        labels=tuple(_labels(found) for found in there),
        replicas=_replicas(before, after),
        images=tuple(dict.fromkeys(image for image in has if image not in had)),
        service_type=_service_type(before, after),
    )


def parts_of(image: str) -> tuple[str, str, str]:
    """An image in full: registry and repository, tag, and digest.

    Where nothing is written, the registry is `docker.io`, and without a digest the tag is `latest`.
    """
    rest, _, digest = image.partition("@")
    name, colon, tag = rest.rpartition(":")
    if not colon or "/" in tag:
        name, tag = rest, ""
    host, slash, path = name.partition("/")
    if not slash or not ({".", ":"} & set(host) or host == "localhost" or host != host.lower()):
        host, path = _HUB, name
    if host == "index.docker.io":
        host = _HUB
    if host == _HUB and "/" not in path:
        path = f"{_LIBRARY}/{path}"
    return f"{host}/{path}", tag or ("" if digest else "latest"), digest


def _labels(found: Json) -> dict[str, str]:
    return {key: str(value) for key, value in _mapping(_mapping(found.get("metadata")).get("labels")).items()}


def _images(found: Json) -> list[str]:
    return [
        str(container.get("image") or "") for spec in _pod_specs(found) for container in _containers(spec)
    ]


def _pod_specs(found: Json) -> Iterator[Json]:
    """Of a Pod its own, of a workload its template's, of a CronJob that of its jobs'."""
    spec = _mapping(found.get("spec"))
    yield spec
    for path in (("template",), ("jobTemplate", "spec", "template")):
        inner = spec
        for key in path:
            inner = _mapping(inner.get(key))
        yield _mapping(inner.get("spec"))


def _containers(spec: Json) -> Iterator[Json]:
    for kind in ("containers", "initContainers", "ephemeralContainers"):
        yield from (one for one in _mappings(spec.get(kind)) if one.get("image"))
    for volume in _mappings(spec.get("volumes")):
        if reference := _mapping(volume.get("image")).get("reference"):
            yield {"image": reference}


def _replicas(before: Json | None, after: Json | None) -> tuple[int | None, int] | None:
    """Where they are set anew: of what is removed none, and of what stays as it was none."""
    has = _count(after or {})
    had = _count(before or {})
    return None if has is None or had == has else (had, has)


def _count(found: Json) -> int | None:
    spec = _mapping(found.get("spec"))
    wanted = spec.get("maxReplicas", spec.get("replicas"))
    return wanted if isinstance(wanted, int) else None


def _service_type(before: Json | None, after: Json | None) -> str:
    if after is None or after.get("kind") != "Service":
        return ""
    kinds = [
        str(_mapping(found.get("spec")).get("type") or "ClusterIP") for found in (before, after) if found
    ]
    return kinds[-1] if before is None or kinds[0] != kinds[-1] else ""


def _mapping(value: Any) -> Json:
    return value if isinstance(value, dict) else {}


def _mappings(value: Any) -> list[Json]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
