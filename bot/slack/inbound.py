"""From Slack's payloads to the engine's words; every field is a stranger's until it is checked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.domain.typed import typed_lines
from bot.engine.terminals import Reply

_TS = r"^\d{1,12}\.\d{1,9}$"


class _Payload(BaseModel):
    """Slack adds fields as it likes; those not named here are not read."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class SlashCommand(_Payload):
    team_id: str = Field(min_length=2, max_length=30)
    channel_id: str = Field(min_length=2, max_length=30)
    channel_name: str = Field(default="", max_length=200)
    user_id: str = Field(min_length=2, max_length=30)
    user_name: str = Field(default="", max_length=200)
    text: str = Field(default="", max_length=20_000)
    response_url: str = Field(max_length=2000)
    trigger_id: str = Field(min_length=1, max_length=300)


class _Team(_Payload):
    id: str = Field(min_length=2, max_length=30)


class _User(_Payload):
    id: str = Field(min_length=2, max_length=30)
    username: str = ""
    name: str = ""
    team_id: str = ""


class _Channel(_Payload):
    id: str = Field(min_length=2, max_length=30)
    name: str = ""


class _Action(_Payload):
    action_id: str = Field(max_length=255)
    value: str = Field(default="", max_length=2000)


class _Container(_Payload):
    is_ephemeral: bool = False


class ButtonPress(_Payload):
    team: _Team
    container: _Container = _Container()
    user: _User
    channel: _Channel
    actions: tuple[_Action, ...] = Field(min_length=1)
    response_url: str = Field(max_length=2000)
    trigger_id: str = Field(min_length=1, max_length=300)

    @property
    def user_team(self) -> str:
        """The person's own workspace, where Slack names another than the one of the channel."""
        return self.user.team_id or self.team.id


class _Mark(_Payload):
    """Of a message no more than where it stands and who wrote it: by this alone it is decided on."""

    channel: str = Field(min_length=2, max_length=30)
    thread_ts: str = Field(pattern=_TS)
    ts: str = Field(pattern=_TS)
    user: str = Field(min_length=2, max_length=30)
    subtype: str = ""
    bot_id: str = ""
    app_id: str = ""


def thread_reply(event: dict[str, Any], listens: Callable[[str, str], bool]) -> Reply | None:
    """A person's new message in a thread that is listened to. Of every other the text is not touched."""
    try:
        mark = _Mark.model_validate(event)
    except ValidationError:
        return None
    if mark.subtype or mark.bot_id or mark.thread_ts == mark.ts or not listens(mark.channel, mark.thread_ts):
        return None
    text = event.get("text")
    if not isinstance(text, str) or not text:
        return None
    return Reply(
        channel=mark.channel, thread=mark.thread_ts, user=mark.user, ts=mark.ts, text=typed_lines(text)
    )


def slash_command(payload: dict[str, Any]) -> SlashCommand | None:
    """The command, or None when the payload is not one."""
    try:
        return SlashCommand.model_validate(payload)
    except ValidationError:
        return None


def button_press(payload: dict[str, Any]) -> ButtonPress | None:
    """The press, or None when the payload is not one."""
    try:
        return ButtonPress.model_validate(payload)
    except ValidationError:
        return None
