"""The engine's door out, over Slack's Web API: one writer per channel, and never faster than Slack likes.

A writer lives while something is owed to its channel. What failed but passes by itself stays at the head
of its line and is tried again; what does not is told at once to whoever waits for it.
"""

from __future__ import annotations

import asyncio
import copy
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.domain.errors import DeliveryError
from bot.slack import modals
from bot.slack.answers import Answers
from bot.slack.blocks import render
from bot.slack.budget import Budget, Pace
from bot.slack.outbox import POST, UPDATE, Call, Outbox
from bot.slack.refusal import Refusal, refusal
from bot.slack.uploads import Uploads

if TYPE_CHECKING:
    import aiohttp
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.domain.form import Form
    from bot.domain.message import File, Message

log = logging.getLogger(__name__)

_TRIGGER_SECONDS = 3.0
"""After that a trigger opens nothing."""


@dataclass
class _Lane:
    """A channel: what is owed to it, and the task that pays."""

    outbox: Outbox
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    writer: asyncio.Task[None] | None = None


class SlackNotifier:
    """Implements `bot.engine.notifier.Notifier`."""

    def __init__(
        self,
        client: AsyncWebClient,
        session: aiohttp.ClientSession,
        *,
        pace: Pace | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        # The library's own retries would post twice, and would sleep where others could go ahead.
        self._client = copy.copy(client)
        self._client.retry_handlers = []
        self._answers = Answers(session, client.base_url, (pace or Pace()).timeout)
        self._uploads = Uploads(client, session, (pace or Pace()).timeout)
        self._pace = pace or Pace()
        self._now = now
        self._budget = Budget(self._pace)
        self._lanes: dict[str, _Lane] = {}
        self._is_closing = False

    async def post(self, channel: str, message: Message, *, thread: str = "", key: str = "") -> str:
        call = Call(POST, render(message), self._now(), thread=thread, key=key)
        return await self._owe(channel, call)

    async def edit(self, channel: str, ts: str, message: Message, *, final: bool = False) -> None:
        await self._owe(channel, Call(UPDATE, render(message), self._now(), ts=ts, final=final))

    async def answer(self, response_url: str, message: Message, *, replace: bool = False) -> None:
        """An answer whose outcome is unknown is sent again: seen twice by one person is better than never."""
        if self._is_closing:
            raise _closed()
        kind, _, place = response_url.partition(":")
        if kind == "direct":
            await self.post(await self._uploads.direct(place), message)
            return
        if kind == "beside":
            await self._beside(place, message)
            return
        if not self._answers.is_trusted(response_url):
            log.warning("an answer was not sent: its response address does not lead to Slack")
            raise Refusal("response_url").as_error()
        rendered, asked, attempt = render(message), self._now(), 0
        while refused := await self._answers.send(response_url, rendered, replace=replace):
            delay = refused.retry_after or self._pace.delay(attempt)
            if not refused.passes or self._now() + delay - asked > self._pace.patience:
                log.warning("an answer was not taken: %s", refused.reason)
                raise refused.as_error()
            attempt += 1
            await asyncio.sleep(delay)

    async def open(self, trigger: str, form: Form, key: str) -> None:
        if self._is_closing:
            raise _closed()
        try:
            async with asyncio.timeout(_TRIGGER_SECONDS):
                await self._client.views_open(trigger_id=trigger, view=modals.render(form, key))
        except Exception as error:  # every way in which Slack can fail is read in one place
            raise refusal(error).as_error() from error

    async def send(
        self, files: tuple[File, ...], *, user: str = "", channel: str = "", thread: str = ""
    ) -> None:
        if self._is_closing:
            raise _closed()
        await self._uploads.send(files, user=user, channel=channel, thread=thread)

    async def _beside(self, place: str, message: Message) -> None:
        channel, thread, user = place.split(":")
        rendered = render(message)
        try:
            async with asyncio.timeout(self._pace.timeout):
                await self._client.chat_postEphemeral(
                    channel=channel, user=user, thread_ts=thread or None, text=rendered.text,
                    blocks=rendered.blocks,
                )  # fmt: skip
        except Exception as error:  # every way in which Slack can fail is read in one place
            raise refusal(error).as_error() from error

    async def direct(self, user: str) -> str:
        return await self._uploads.direct(user)

    async def home(self, user: str, message: Message) -> None:
        if self._is_closing:
            raise _closed()
        view = {"type": "home", "blocks": render(message).blocks}
        try:
            async with asyncio.timeout(self._pace.timeout):
                await self._client.views_publish(user_id=user, view=view)
        except Exception as error:  # every way in which Slack can fail is read in one place
            raise refusal(error).as_error() from error

    async def close(self) -> None:
        """Send what is owed, mere progress aside, while the pace allows; what is left is told so."""
        self._is_closing = True
        for lane in self._lanes.values():
            for call in lane.outbox.leave(routine=True):
                call.refuse(_closed())
            lane.changed.set()
        writers = [lane.writer for lane in self._lanes.values() if lane.writer]
        if writers:
            _, late = await asyncio.wait(writers, timeout=self._pace.drain)
            for writer in late:
                writer.cancel()
            await asyncio.gather(*writers, return_exceptions=True)
        for lane in self._lanes.values():
            for call in lane.outbox.leave(routine=False):
                call.refuse(_closed())
        self._lanes.clear()

    async def _owe(self, channel: str, call: Call) -> str:
        if self._is_closing:
            raise _closed()
        waiter: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        call.waiters.append(waiter)
        lane = self._lane(channel)
        lane.outbox.add(call)
        lane.changed.set()
        if lane.writer is None or lane.writer.done():
            lane.writer = asyncio.create_task(self._write(channel, lane), name=f"slack-writer-{channel}")
        return await waiter

    def _lane(self, channel: str) -> _Lane:
        now = self._now()
        for name in [name for name, lane in self._lanes.items() if lane.outbox.is_at_rest(now)]:
            del self._lanes[name]
        return self._lanes.setdefault(channel, _Lane(Outbox(self._pace, self._budget)))

    async def _write(self, channel: str, lane: _Lane) -> None:
        while True:
            lane.changed.clear()
            call, wait = lane.outbox.next(self._now())
            if call:
                await self._pay(channel, lane.outbox, call)
            elif lane.outbox:
                with suppress(TimeoutError):
                    await asyncio.wait_for(lane.changed.wait(), wait)
            else:
                return

    async def _pay(self, channel: str, outbox: Outbox, call: Call) -> None:
        outbox.begin(call, self._now())
        try:
            async with asyncio.timeout(self._pace.timeout):
                ts = await self._call(channel, call)
        except Exception as error:  # noqa: BLE001  # a writer that dies would leave everybody waiting
            self._refused(channel, outbox, call, error)
        else:
            outbox.done(call, self._now())
            call.tell(ts)

    async def _call(self, channel: str, call: Call) -> str:
        text, blocks = call.rendered.text, call.rendered.blocks
        if call.method == UPDATE:
            await self._client.chat_update(channel=channel, ts=call.ts, text=text, blocks=blocks)
            return call.ts
        answer = await self._client.chat_postMessage(
            channel=channel,
            text=text,
            blocks=blocks,
            thread_ts=call.thread or None,
            unfurl_links=False,
            unfurl_media=False,
        )
        return str(answer["ts"])

    def _refused(self, channel: str, outbox: Outbox, call: Call, error: Exception) -> None:
        now, refused = self._now(), refusal(error)
        if refused.retry_after:
            self._budget.rest(call.method, now + refused.retry_after)
        if call.method == POST and refused.may_be_done:
            refused = Refusal("unknown")
        delay = refused.retry_after or self._pace.delay(call.attempts)
        if refused.passes and outbox.again(call, now, delay):
            log.info("%s in %s: %s, again in %.1f s", call.method, channel, refused.reason, delay)
            return
        if not refused.passes:
            outbox.drop(call)
        log.warning("%s in %s %s was given up: %s", call.method, channel, call.key or call.ts, refused.reason)
        failure = refused.as_error()
        failure.__cause__ = error
        call.refuse(failure)


def _closed() -> DeliveryError:
    return DeliveryError("The bot is stopping; this was not said any more.", reason="closing", retryable=True)
