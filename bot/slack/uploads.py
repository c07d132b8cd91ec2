"""Files: three calls each, of which the last makes it visible where it belongs and nowhere else."""

from __future__ import annotations

import asyncio
import copy
import logging
from typing import TYPE_CHECKING

import aiohttp

from bot.slack.mrkdwn import clean_line, cut
from bot.slack.refusal import Refusal, of_status, refusal

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.domain.message import File

log = logging.getLogger(__name__)

_TRIES = 3
_PAUSE = 1.0
_NAME, _TITLE, _ALT = 200, 250, 1000


class Uploads:
    """Sends files to a channel, a thread, or a person's direct messages with the bot."""

    def __init__(self, client: AsyncWebClient, session: aiohttp.ClientSession, timeout: float) -> None:
        self._client = copy.copy(client)
        self._client.retry_handlers = []
        self._session = session
        self._timeout = aiohttp.ClientTimeout(total=timeout)

    async def send(self, files: tuple[File, ...], *, user: str, channel: str, thread: str) -> None:
        """Raises `DeliveryError`. A file is tried again while no part of it can be seen yet."""
        for attempt in range(_TRIES):
            try:
                place = channel or await self._direct(user)
                await self._upload(files, place, thread)
            except Exception as error:  # every way in which Slack can fail is read in one place
                refused = error.refused if isinstance(error, _RefusedError) else refusal(error)
                if not refused.passes or refused.may_be_done or attempt == _TRIES - 1:
                    raise refused.as_error() from error
                await asyncio.sleep(min(refused.retry_after or _PAUSE, 30.0))
            else:
                return

    async def direct(self, user: str) -> str:
        """The channel of somebody's direct messages with the bot. Raises `DeliveryError`."""
        try:
            return await self._direct(user)
        except Exception as error:  # every way in which Slack can fail is read in one place
            raise refusal(error).as_error() from error

    async def _direct(self, user: str) -> str:
        answer = await self._client.conversations_open(users=user)
        return str(answer["channel"]["id"])

    async def _upload(self, files: tuple[File, ...], channel: str, thread: str) -> None:
        sent: list[dict[str, str | None]] = []
        for file in files:
            place = await self._client.files_getUploadURLExternal(
                filename=cut(clean_line(file.name), _NAME) or "file.txt",
                length=len(file.content),
                alt_txt=cut(clean_line(file.alt), _ALT) or None,
            )
            await self._put(str(place["upload_url"]), file.content)
            sent.append({"id": str(place["file_id"]), "title": cut(clean_line(file.title), _TITLE)})
        await self._client.files_completeUploadExternal(
            files=sent, channel_id=channel, thread_ts=thread or None
        )

    async def _put(self, address: str, content: bytes) -> None:
        headers = {"Content-Type": "application/octet-stream"}
        async with self._session.post(
            address, data=content, headers=headers, timeout=self._timeout, allow_redirects=False
        ) as answer:
            if answer.status != 200:  # noqa: PLR2004 - as HTTP says
                raise _RefusedError(of_status(answer.status, "", answer.headers.get("Retry-After")))


class _RefusedError(Exception):
    def __init__(self, refused: Refusal) -> None:
        super().__init__(refused.reason)
        self.refused = refused
