"""One watch that never ends by itself: connect, follow, and after any trouble connect again."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain.errors import BotError
from bot.kube import errors
from bot.kube.answers import document
from bot.kube.errors import Asked
from bot.kube.paths import path_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.domain.resources import ResourceType
    from bot.kube.answers import Answer
    from bot.kube.transport import Transport

logger = logging.getLogger(__name__)

_FORBIDDEN = 403
_FORM = "application/json;as={};v=v1;g=meta.k8s.io,application/json"
_ONE, _MANY = _FORM.format("PartialObjectMetadata"), _FORM.format("PartialObjectMetadataList")


@dataclass(frozen=True)
class Rhythm:
    """The times of a watch, in seconds."""

    window: int = 45
    """How long the server is asked to keep a connection. It then says goodbye, with a bookmark."""
    silence: float = 60.0
    """After which a connection is dead; more than the window, so a quiet cluster is not taken for one."""
    shortest: float = 0.2
    longest: float = 30.0
    """Between which the pauses before connecting again grow."""
    healthy: float = 30.0
    """A connection that lived so long was a good one: the pauses begin anew."""

    def pause(self, failures: int) -> float:
        grown = min(self.longest, self.shortest * 2.0 ** min(failures, 20))
        return grown * random.uniform(0.5, 1.0)  # noqa: S311 - spreads load, keeps no secret


class Signal:
    """Tells of every change to objects of one type, everywhere or in one namespace, as metadata only."""

    def __init__(
        self,
        transport: Transport,
        kind: ResourceType,
        namespace: str | None,
        *,
        rhythm: Rhythm,
        connected: Callable[[], None],
        changed: Callable[[str, str], None],
    ) -> None:
        self._transport = transport
        self._path = path_of(kind, namespace)
        self._asked = Asked(transport.cluster, kind, namespace)
        self._rhythm = rhythm
        self._connected = connected
        self._changed = changed
        self._version = ""
        """From where to go on; empty when the server no longer knows, or was not asked yet."""

    async def follow(self) -> None:
        """Go on until cancelled. Returns only when the bot is not allowed to watch here."""
        failures = 0
        while True:
            began = time.monotonic()
            try:
                if not await self._connect():
                    return
            except BotError as problem:
                logger.info("watch of %s: %s", self._path, problem.message)
            lived = time.monotonic() - began
            failures = 0 if lived >= self._rhythm.healthy else failures + 1
            await asyncio.sleep(self._rhythm.pause(failures))

    async def _connect(self) -> bool:
        """One connection from its beginning to its end; False when it is forbidden."""
        if not self._version:
            answer = await self._transport.read(self._path, query=[("limit", 1)], accept=_MANY)
            if not self._is_allowed(answer):
                return False
            listed = document(answer.body)
            if not isinstance(listed, dict):
                raise errors.no_answer(self._transport.cluster)
            self._version = (listed.get("metadata") or {}).get("resourceVersion", "")
        query: list[tuple[str, str | int]] = [
            ("watch", "true"),
            ("allowWatchBookmarks", "true"),
            ("resourceVersion", self._version),
            ("timeoutSeconds", self._rhythm.window),
        ]
        stream = self._transport.stream(self._path, query=query, accept=_ONE, silence=self._rhythm.silence)
        async with stream as (answer, lines):
            if not self._is_allowed(answer):
                return False
            self._connected()
            async for line in lines:
                if not self._take(line):
                    break
        return True

    def _is_allowed(self, answer: Answer) -> bool:
        if answer.status == _FORBIDDEN:
            return False
        if not answer.is_success:
            self._version = ""  # it may be the version that is refused
            raise errors.refusal(self._asked, answer.status, answer.body)
        return True

    def _take(self, line: bytes) -> bool:
        """One event; False when nothing more can be read from this connection."""
        event = document(line)
        if not isinstance(event, dict):
            return False  # cut off in the middle: it comes again, from the version before it
        if event.get("type") == "ERROR":
            self._version = ""
            return False
        metadata = (event.get("object") or {}).get("metadata") or {}
        self._version = metadata.get("resourceVersion", self._version)
        if event.get("type") != "BOOKMARK":
            self._changed(metadata.get("namespace", ""), metadata.get("name", ""))
        return True
