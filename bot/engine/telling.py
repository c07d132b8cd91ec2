"""A card that is brought to the newest state of work under way, while the work waits for no Slack."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from types import TracebackType
from typing import Self

from bot.domain.errors import DeliveryError
from bot.domain.message import Message
from bot.engine.notifier import Notifier

log = logging.getLogger(__name__)


class Telling:
    """For as long as it is open, the last message told is what the card is brought to; what is overtaken
    before its turn is never shown.
    """

    def __init__(self, notifier: Notifier, channel: str, ts: str) -> None:
        self._notifier = notifier
        self._channel = channel
        self._ts = ts
        self._newest: Message | None = None
        self._stirred = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._edit_forever())
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    def tell(self, message: Message) -> None:
        if message != self._newest:
            self._newest = message
            self._stirred.set()

    async def _edit_forever(self) -> None:
        while True:
            await self._stirred.wait()
            self._stirred.clear()
            if self._newest is None or not self._ts:
                continue
            try:
                await self._notifier.edit(self._channel, self._ts, self._newest)
            except DeliveryError as error:
                log.warning("a card was not brought up to date: %s", error.reason)
