"""What happens in the workspace, as a stream for the pages that are open."""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from collections.abc import AsyncGenerator, Callable
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.demo.slack.wire import Json

KEPT = 2000


@dataclass(frozen=True)
class Happening:
    number: int
    kind: str
    document: Json
    concerns: Callable[[str], bool]  # person -> may they see it


class Feed:
    """Numbers what happens and hands it to every open page that may see it."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._kept: deque[Happening] = deque(maxlen=KEPT)
        self._pages: set[asyncio.Queue[Happening | None]] = set()

    def publish(self, kind: str, document: Json, concerns: Callable[[str], bool]) -> None:
        happening = Happening(next(self._numbers), kind, document, concerns)
        self._kept.append(happening)
        for page in self._pages:
            if page.full():  # it has stopped reading: end its stream, and it will read the state anew
                _end(page)
            else:
                page.put_nowait(happening)

    @property
    def last(self) -> int:
        return self._kept[-1].number if self._kept else 0

    def close(self) -> None:
        """End every stream, so that no page holds the server up."""
        for page in self._pages:
            _end(page)

    @contextmanager
    def _page(self) -> Iterator[asyncio.Queue[Happening | None]]:
        queue: asyncio.Queue[Happening | None] = asyncio.Queue(KEPT)
        self._pages.add(queue)
        try:
            yield queue
        finally:
            self._pages.discard(queue)

    async def follow(self, person: str, after: int) -> AsyncGenerator[Happening]:
        """Yield what that person may see, first what came after the number they saw last."""
        with self._page() as queue:
            for happening in list(self._kept):
                if happening.number > after and happening.concerns(person):
                    yield happening
            while (coming := await queue.get()) is not None:
                if coming.concerns(person):
                    yield coming


def _end(page: asyncio.Queue[Happening | None]) -> None:
    if page.full():
        page.get_nowait()
    page.put_nowait(None)
