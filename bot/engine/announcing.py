"""Says before everybody that everything was made read-only, or no longer is; each once.

What is still to be told stands in the rows that were written with the locks themselves. A row is marked after
its message was taken: a Slack that is away is asked again, and the next process goes on from the rows.
"""

from __future__ import annotations

import asyncio
import logging

from bot.domain.errors import AuditUnavailableError, DeliveryError
from bot.domain.message import Message
from bot.domain.notices import Notice, begun, ended
from bot.engine.rooms import Rooms

log = logging.getLogger(__name__)

_LOOK_SECONDS = 1.0


class Announcing:
    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    async def forever(self) -> None:
        while True:
            try:
                await self._look()
            except AuditUnavailableError:
                log.warning("it could not be read what is to be announced")
            await asyncio.sleep(_LOOK_SECONDS)

    async def _look(self) -> None:
        locks = self._rooms.locks
        await locks.note_switch()
        for notice in await locks.notices.all():
            if not notice.told:
                if await self._say(notice, begun(notice)):
                    await locks.notices.told(notice.id)
            elif notice.is_over(self._rooms.clock()):
                others = any(lock.is_of_everything for lock in await locks.all())
                if await self._say(notice, ended(notice, others=others)):
                    await locks.forget(notice)

    async def _say(self, notice: Notice, message: Message) -> bool:
        """In the configured channel, else where it was set. False where it is worth another try later."""
        channels = [one for one in (*self._rooms.in_force.announce, notice.channel) if one]
        for channel in channels:
            try:
                await self._rooms.notifier.post(channel, message, key=notice.id)
            except DeliveryError as error:
                log.warning("an announcement was not taken in %s: %s", channel, error.reason or error.code)
                if error.retryable:
                    return False
            else:
                return True
        log.error("nobody was told, as no channel takes it: %s", message.plain())
        return True
