"""Bolt's app and its listeners: keep, acknowledge, hand over. Nothing is decided here."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeAlias

from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import AuditUnavailableError
from bot.domain.invocation import Invocation
from bot.engine.presses import Press
from bot.engine.terminals import Reply
from bot.slack.inbound import button_press, slash_command, thread_reply

log = logging.getLogger(__name__)

COMMAND = "/k8s"
PRESS = re.compile(r"^press:\d+$")
Ack: TypeAlias = Callable[..., Awaitable[Any]]

_NOT_KEPT = "❌ The bot cannot write its records, so it did nothing. Try again in a minute."
_NOT_READ = "❌ Slack's message could not be read, so nothing was done."


class Intake(Protocol):
    """The engine, as Slack's door sees it."""

    def invocation(
        self,
        *,
        user: str,
        user_name: str,
        team: str,
        channel: str,
        channel_name: str,
        text: str,
        reply: str,
        private: bool = True,
    ) -> Invocation: ...

    async def accept(self, invocation: Invocation, *, delivery: str) -> bool: ...

    async def press(self, press: Press, *, delivery: str) -> None: ...

    def listens(self, channel: str, thread: str) -> bool: ...

    async def type(self, reply: Reply) -> None: ...


def make_app(intake: Intake, client: AsyncWebClient, signing_secret: str) -> AsyncApp:
    """The app with its listeners. In Socket Mode the socket is the proof, and there is no secret."""
    app = AsyncApp(
        client=client,
        signing_secret=signing_secret or "socket-mode-has-no-requests-to-sign",
        request_verification_enabled=True,
        process_before_response=False,
    )

    @app.command(COMMAND)
    async def on_command(ack: Ack, body: dict[str, Any]) -> None:
        found = slash_command(body)
        if found is None:
            await ack(text=_NOT_READ)
            return
        invocation = intake.invocation(
            user=found.user_id, user_name=found.user_name, team=found.team_id, channel=found.channel_id,
            channel_name=found.channel_name, text=found.text, reply=found.response_url,
        )  # fmt: skip
        try:
            await intake.accept(invocation, delivery=f"command:{found.trigger_id}")
        except AuditUnavailableError:
            await ack(text=_NOT_KEPT)
            return
        await ack()

    @app.action(PRESS)
    async def on_press(ack: Ack, body: dict[str, Any]) -> None:
        found = button_press(body)
        if found is None:
            log.warning("a press could not be read")
            await ack()
            return
        invocation = intake.invocation(
            user=found.user.id, user_name=found.user.username or found.user.name, team=found.user_team,
            channel=found.channel.id, channel_name=found.channel.name, text="", reply=found.response_url,
            private=found.container.is_ephemeral,
        )  # fmt: skip
        press = Press(value=found.actions[0].value, invocation=invocation)
        await intake.press(press, delivery=f"press:{found.trigger_id}")
        await ack()

    @app.event("message")
    async def on_message(body: dict[str, Any]) -> None:
        """Only what is written in the thread of an open terminal is read at all."""
        reply = thread_reply(body.get("event") or {}, intake.listens)
        if reply:
            await intake.type(reply)

    @app.event(re.compile(".*"))
    async def on_event() -> None:
        """An event that nobody needs is acknowledged all the same, so that Slack does not repeat it."""

    return app
