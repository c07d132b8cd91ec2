"""Answers on their way: to one person, or before the whole channel, with their files."""

from __future__ import annotations

import logging

from bot.domain.errors import DeliveryError
from bot.domain.invocation import direct
from bot.domain.message import Icon, Message, text
from bot.engine.rooms import Rooms

log = logging.getLogger(__name__)


class Replies:
    """Says what a line or a press came to."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    async def say(
        self, reply: str, message: Message, *, user: str, replace: bool, or_direct: bool = False
    ) -> bool:
        """To one person, through the sealed address `reply`, or in their direct messages where that is over.
        False when it is worth another try later.
        """
        try:
            await self._rooms.notifier.answer(self._rooms.sealer.open(reply), message, replace=replace)
        except DeliveryError as error:
            if or_direct and not error.retryable:
                elsewhere = self._rooms.sealer.seal(direct(user))
                return await self.say(elsewhere, message, user=user, replace=False)
            log.warning("an answer was not delivered: %s", error.reason or error.code)
            return not error.retryable
        await self._send(reply, message, user=user)
        return True

    async def show(
        self, channel: str, reply: str, message: Message, *, user: str, key: str, replace: bool
    ) -> bool:
        """Before the channel; to the asker alone where the bot cannot post. False for another try later."""
        try:
            ts = await self._rooms.notifier.post(channel, message, key=key)
        except DeliveryError as error:
            if error.retryable:
                return False
            return await self.say(reply, message, user=user, replace=replace)
        if replace:
            done = Message(headline=text("The answer is in the channel."))
            await self.say(reply, done, user=user, replace=True)
        await self._send(reply, message, channel=channel, thread=ts)
        return True

    async def _send(
        self, reply: str, message: Message, *, user: str = "", channel: str = "", thread: str = ""
    ) -> None:
        """The files of what was just said; whoever waits for one is told when it does not come."""
        if not message.files:
            return
        try:
            await self._rooms.notifier.send(message.files, user=user, channel=channel, thread=thread)
        except DeliveryError as error:
            log.warning("a file was not delivered: %s", error.reason or error.code)
            lost = text("The file could not be sent: {}", error.message)
            try:
                await self._rooms.notifier.answer(
                    self._rooms.sealer.open(reply), Message(icon=Icon.WARNING, headline=lost)
                )
            except DeliveryError as again:
                log.warning("nor could that be said: %s", again.reason or again.code)
