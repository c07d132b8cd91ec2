"""What a cluster can hold: two requests in the aggregated form, kept for a minute and shared by all who ask.

A server that does not know the aggregated form answers in the old one, which takes a request for each group.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, TypeVar

from bot.domain.resources import ResourceType
from bot.kube import errors
from bot.kube.answers import document
from bot.kube.errors import Asked
from bot.kube.transport import JSON

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator

    from bot.domain.model import Json
    from bot.kube.transport import Transport

T = TypeVar("T")
KEEP_SECONDS = 60.0
_FORM = "application/json;g=apidiscovery.k8s.io;v={};as=APIGroupDiscoveryList"
AGGREGATED = ",".join((_FORM.format("v2"), _FORM.format("v2beta1"), JSON))


class Discovery:
    """The resource types of one cluster, core first, each in the version the server prefers."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._known: tuple[ResourceType, ...] = ()
        self._until = 0.0
        self._fetching: asyncio.Task[tuple[ResourceType, ...]] | None = None

    async def types(self) -> tuple[ResourceType, ...]:
        if time.monotonic() < self._until:
            return self._known
        if self._fetching is None or self._fetching.done():
            self._fetching = asyncio.create_task(
                self._fetch(), name=f"discovery of {self._transport.cluster}"
            )
        # One who no longer waits does not take the answer from the others.
        return await asyncio.shield(self._fetching)

    async def close(self) -> None:
        if self._fetching is not None:
            self._fetching.cancel()
            await asyncio.gather(self._fetching, return_exceptions=True)

    async def _fetch(self) -> tuple[ResourceType, ...]:
        core, groups = await _all(self._read("/api"), self._read("/apis"))
        found: list[ResourceType] = []
        for answer in (core, groups):
            if answer.get("kind") == "APIGroupDiscoveryList":
                for group in answer.get("items") or ():
                    found.extend(_aggregated(group))
            else:
                found.extend(await self._legacy(answer))
        self._known = tuple(found)
        self._until = time.monotonic() + KEEP_SECONDS
        return self._known

    async def _read(self, path: str) -> Json:
        answer = await self._transport.read(path, accept=AGGREGATED)
        if not answer.is_success:
            raise errors.refusal(Asked(self._transport.cluster), answer.status, answer.body)
        read = document(answer.body)
        if not isinstance(read, dict):
            raise errors.no_answer(self._transport.cluster)
        return read

    async def _legacy(self, answer: Json) -> list[ResourceType]:
        places = [("", version) for version in (answer.get("versions") or ())[:1]]
        for group in answer.get("groups") or ():
            preferred = group.get("preferredVersion") or (group.get("versions") or [{}])[0]
            places.append((group["name"], preferred.get("version", "")))
        lists = await _all(*(self._legacy_list(group, version) for group, version in places))
        return [found for types in lists for found in types]

    async def _legacy_list(self, group: str, version: str) -> list[ResourceType]:
        root = f"/apis/{group}/{version}" if group else f"/api/{version}"
        answer = await self._transport.read(root)
        read = document(answer.body)
        if not answer.is_success or not isinstance(read, dict):
            return []  # one extension server that is down must not hide what the others have
        return [
            _type(
                group, version, entry["name"], entry, kind=entry["kind"], namespaced=bool(entry["namespaced"])
            )
            for entry in read.get("resources") or ()
            if "/" not in entry["name"] and _is_readable(entry)
        ]


async def _all(*asked: Coroutine[Any, Any, T]) -> list[T]:
    """All the answers, or the first problem once every request has ended: none is left running behind it."""
    answers = await asyncio.gather(*asked, return_exceptions=True)
    for answer in answers:
        if isinstance(answer, BaseException):
            raise answer
    return [answer for answer in answers if not isinstance(answer, BaseException)]


def _aggregated(group: Json) -> Iterator[ResourceType]:
    """A group's versions come by preference, and a resource counts in the first that has it."""
    name = (group.get("metadata") or {}).get("name", "")
    seen: set[str] = set()
    for version in group.get("versions") or ():
        for entry in version.get("resources") or ():
            plural = entry["resource"]
            if plural in seen or not _is_readable(entry):
                continue
            seen.add(plural)
            kind = (entry.get("responseKind") or {}).get("kind", "")
            yield _type(
                name,
                version["version"],
                plural,
                entry,
                kind=kind,
                namespaced=entry.get("scope") == "Namespaced",
            )


def _type(group: str, version: str, plural: str, entry: Json, *, kind: str, namespaced: bool) -> ResourceType:
    return ResourceType(
        group=group,
        version=version,
        plural=plural,
        kind=kind,
        namespaced=namespaced,
        singular=entry.get("singularResource") or entry.get("singularName") or kind.lower(),
        short_names=tuple(entry.get("shortNames") or ()),
    )


def _is_readable(entry: Json) -> bool:
    """Reviews and bindings can only be created; there is nothing to look at."""
    return not {"get", "list"}.isdisjoint(entry.get("verbs") or ())
