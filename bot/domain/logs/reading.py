"""Finding a container's lines: in the log that has them, and the newest ones whatever their size."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from bot.domain.cluster import LogRequest
from bot.domain.errors import ClusterRejectedError, TargetNotFoundError
from bot.domain.loglines import attempts, status_of
from bot.domain.logs.lines import LONGEST_KEY, Line, parse, redacted
from bot.domain.model import Frozen, Json

MOST_BYTES = 1_000_000
"""Of all that one answer reads, however many containers it is from."""
LEAST_BYTES = 64_000
AT_ONCE = 5
"""Requests to one cluster for one answer."""

_TRIES = 5
_BAD_REQUEST = 400
_STAMPED = 37
"""How much larger a log of mere line ends is with the times in front."""
_LARGE = 50_000
"""Characters from which on a text is not looked through while everybody else waits."""

Ask = Callable[[LogRequest], Awaitable[str]]


class Wanted(Frozen):
    """Which lines are wanted of each container."""

    namespace: str
    lines: int
    since_seconds: int | None = None
    since_time: str = ""
    previous: bool = False
    limit_bytes: int = 0
    """As asked for: of the start of the log then, as kubectl takes it; 0 where it was not."""


class Printed(NamedTuple):
    """What one container printed, without secrets."""

    pod: Json
    container: str
    lines: Sequence[Line] = ()
    previous: bool = False
    """It is from the run before this one."""

    @property
    def name(self) -> str:
        return str(self.pod["metadata"]["name"])

    @property
    def status(self) -> Json:
        return status_of(self.pod, self.container)


async def read_all(
    ask: Ask, wanted: Wanted, places: Sequence[tuple[Json, str]], *, room: int = MOST_BYTES
) -> list[Printed]:
    """Each container's lines, a few at a time. One whose pod has gone away meanwhile has no say."""
    share = max(LEAST_BYTES, room // max(1, len(places)))
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(pod: Json, container: str) -> Printed | None:
        async with gate:
            try:
                return await read_one(ask, wanted, pod, container, room=share)
            except TargetNotFoundError:
                return None

    reading = (one(pod, container) for pod, container in places)
    found = await asyncio.gather(*reading, return_exceptions=True)
    for result in found:
        if isinstance(result, BaseException):
            raise result
    return [result for result in found if isinstance(result, Printed)]


async def read_one(ask: Ask, wanted: Wanted, pod: Json, container: str, *, room: int = MOST_BYTES) -> Printed:
    """One container's lines, from whichever of its two logs has them.

    More is read than is wanted, so that a private key is seen whole before it is cut.
    """
    request = LogRequest(
        namespace=wanted.namespace,
        pod=pod["metadata"]["name"],
        container=container,
        tail=wanted.lines + (0 if wanted.limit_bytes else LONGEST_KEY),
        since_seconds=wanted.since_seconds,
        since_time=wanted.since_time,
        timestamps=True,
        limit_bytes=min(wanted.limit_bytes * _STAMPED or room, room),
    )
    for previous in attempts(status_of(pod, container), previous=wanted.previous):
        asked = request.model_copy(update={"previous": previous})
        try:
            said = await (ask(asked) if wanted.limit_bytes else newest(ask, asked))
        except ClusterRejectedError as error:
            # Not started, or never restarted: the pod's own status says it better than the refusal does.
            if error.status != _BAD_REQUEST:
                raise
            continue
        if lines := await _lines(said):
            return Printed(pod, container, _bounded(lines, wanted), previous)
    return Printed(pod, container)


async def newest(ask: Ask, request: LogRequest) -> str:
    """The end of a log. The server cuts what is too much at its end, so fewer lines are asked for then."""
    said = ""
    for _ in range(_TRIES):
        said = await ask(request)
        if request.tail == 1 or not _is_cut(said, request.limit_bytes):
            break
        request = request.model_copy(update={"tail": max(1, said.count("\n") // 2)})
    return said


def _bounded(lines: list[Line], wanted: Wanted) -> list[Line]:
    """As many lines as are wanted; where a bound of bytes was asked for, so much of their start."""
    newest_lines = lines[-wanted.lines :]
    if not wanted.limit_bytes:
        return newest_lines
    kept, room = [], wanted.limit_bytes
    for line in newest_lines:
        if room <= 0:
            break
        kept.append(line._replace(text=line.text.encode()[:room].decode(errors="ignore")))
        room -= len(line.text.encode()) + 1
    return kept


def _is_cut(said: str, limit: int) -> bool:
    """Only what was cut ends within a line; no character takes more than four bytes."""
    return bool(said) and not said.endswith("\n") and 4 * len(said) >= limit


async def _lines(said: str) -> list[Line]:
    if len(said) < _LARGE:
        return _clean(said)
    return await asyncio.to_thread(_clean, said)


def _clean(said: str) -> list[Line]:
    return redacted(parse(said))[0]
