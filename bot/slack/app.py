"""Bolt's app and its listeners: keep, acknowledge, hand over. Nothing is decided here."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any, Protocol, TypeAlias

from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import AuditUnavailableError
from bot.domain.form import Choice
from bot.domain.invocation import Invocation, direct
from bot.engine.presses import Press
from bot.engine.terminals import Reply
from bot.slack import modals
from bot.slack.inbound import (
    asked_for_choices,
    button_press,
    filled_in,
    home_opened,
    mention,
    message_shortcut,
    slash_command,
    thread_reply,
)
from bot.slack.names import COMMAND, WHY

log = logging.getLogger(__name__)

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

    async def mention(
        self, *, user: str, team: str, channel: str, thread: str, line: str, delivery: str
    ) -> None: ...

    async def why(self, by: Invocation, *, message: str, delivery: str) -> None: ...

    def home(self, by: Invocation) -> None: ...

    async def accept(self, invocation: Invocation, *, delivery: str) -> bool: ...

    async def press(self, press: Press, *, delivery: str, trigger: str) -> None: ...

    async def submit(self, form: str, user: str, answers: Mapping[str, str]) -> dict[str, str]: ...

    async def note(self, form: str, user: str, answers: Mapping[str, str]) -> None: ...

    async def choices(self, form: str, user: str, key: str, typed: str) -> tuple[Choice, ...]: ...

    def listens(self, channel: str, thread: str) -> bool: ...

    async def type(self, reply: Reply) -> None: ...


def make_app(intake: Intake, client: AsyncWebClient, signing_secret: str) -> AsyncApp:
    """The app with its listeners. In Socket Mode the socket is the proof, and there is no secret."""
    app = AsyncApp(
        name=__name__,  # unnamed, it reads the source of all that is imported to find its caller
        client=client,
        signing_secret=signing_secret or "socket-mode-has-no-requests-to-sign",
        request_verification_enabled=True,
        process_before_response=False,
    )

    _hear_lines(app, intake)
    _hear_presses(app, intake)
    _hear_forms(app, intake)
    _hear_mentions(app, intake)
    _hear_shortcuts(app, intake)
    _hear_homes(app, intake)
    _hear_threads(app, intake)
    _hear_events(app)
    return app


def _hear_lines(app: AsyncApp, intake: Intake) -> None:
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


def _hear_presses(app: AsyncApp, intake: Intake) -> None:
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
        await intake.press(press, delivery=f"press:{found.trigger_id}", trigger=found.trigger_id)
        await ack()


def _hear_forms(app: AsyncApp, intake: Intake) -> None:
    @app.view(modals.CALLBACK)
    async def on_submit(ack: Ack, body: dict[str, Any]) -> None:
        found = filled_in(body)
        if found is None:
            log.warning("a form could not be read")
            await ack()
            return
        answers = modals.answers(found.view.state)
        try:
            errors = await intake.submit(found.view.private_metadata, found.user.id, answers)
        except AuditUnavailableError:
            errors = {next(iter(answers), ""): _NOT_KEPT}
        if errors:
            await ack(response_action="errors", errors=modals.errors(errors))
        else:
            await ack()

    @app.action(modals.FIELD)
    async def on_choice(ack: Ack, body: dict[str, Any]) -> None:
        found = filled_in(body)
        if found is not None:
            answers = modals.answers(found.view.state)
            await intake.note(found.view.private_metadata, found.user.id, answers)
        await ack()

    @app.options(modals.FIELD)
    async def on_choices(ack: Ack, body: dict[str, Any]) -> None:
        found = asked_for_choices(body)
        if found is None:
            await ack(options=[])
            return
        key = modals.key_of(found.action_id)
        offered = await intake.choices(found.view.private_metadata, found.user.id, key, found.value)
        await ack(options=modals.options(offered))


def _hear_mentions(app: AsyncApp, intake: Intake) -> None:
    @app.event("app_mention")
    async def on_mention(body: dict[str, Any]) -> None:
        found = mention(body)
        if found is None:
            return
        event = found.event
        await intake.mention(
            user=event.user, team=found.team, channel=event.channel, thread=event.thread_ts,
            line=event.line, delivery=f"event:{found.event_id}",
        )  # fmt: skip


def _hear_shortcuts(app: AsyncApp, intake: Intake) -> None:
    @app.message_shortcut(WHY)
    async def on_why(ack: Ack, body: dict[str, Any]) -> None:
        found = message_shortcut(body)
        if found is None:
            log.warning("a shortcut could not be read")
            await ack()
            return
        by = intake.invocation(
            user=found.user.id, user_name=found.user.username or found.user.name, team=found.user_team,
            channel=found.channel.id, channel_name=found.channel.name, text="", reply=found.response_url,
            private=False,
        )  # fmt: skip
        with suppress(AuditUnavailableError):  # nothing was kept, so Slack shows that nothing came of it
            await intake.why(by, message=found.thread, delivery=f"shortcut:{found.trigger_id}")
            await ack()


def _hear_homes(app: AsyncApp, intake: Intake) -> None:
    @app.event("app_home_opened")
    async def on_home(body: dict[str, Any]) -> None:
        found = home_opened(body)
        if found is not None and found.event.tab == "home":
            intake.home(
                intake.invocation(
                    user=found.event.user, user_name="", team=found.team_id, channel=found.event.channel,
                    channel_name="directmessage", text="", reply=direct(found.event.user), private=False,
                )
            )  # fmt: skip


def _hear_threads(app: AsyncApp, intake: Intake) -> None:
    @app.event("message")
    async def on_message(body: dict[str, Any]) -> None:
        """Only what is written in the thread of an open terminal is read at all."""
        reply = thread_reply(body.get("event") or {}, intake.listens)
        if reply:
            await intake.type(reply)


def _hear_events(app: AsyncApp) -> None:
    @app.event(re.compile(".*"))
    async def on_event() -> None:
        """An event that nobody needs is acknowledged all the same, so that Slack does not repeat it."""
