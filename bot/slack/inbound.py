"""From Slack's payloads to the engine's words; every field is a stranger's until it is checked."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.domain.typed import MOST, typed_lines
from bot.engine.terminals import Reply

_TS = r"^\d{1,12}\.\d{1,9}$"
_MENTIONS = re.compile(r"^(?:\s*<@[UW][A-Z0-9]+(?:\|[^>]*)?>)+\s*")


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
    id: str = Field(default="", max_length=30)
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
    channel: _Channel = _Channel()
    """Empty for a press in the bot's own tab."""
    actions: tuple[_Action, ...] = Field(min_length=1)
    response_url: str = Field(default="", max_length=2000)
    trigger_id: str = Field(min_length=1, max_length=300)

    @property
    def user_team(self) -> str:
        """The person's own workspace, where Slack names another than the one of the channel."""
        return self.user.team_id or self.team.id


class MessageShortcut(_Payload):
    team: _Team
    user: _User
    channel: _Channel
    message_ts: str = Field(min_length=1, max_length=40)
    message: dict[str, Any] = Field(default_factory=dict)
    response_url: str = Field(max_length=2000)
    trigger_id: str = Field(min_length=1, max_length=300)

    @property
    def user_team(self) -> str:
        return self.user.team_id or self.team.id

    @property
    def thread(self) -> str:
        """The first message of the thread that the message is in; itself where it is in none."""
        return str(self.message.get("thread_ts") or self.message_ts)[:40]


class _Mention(_Payload):
    user: str = Field(min_length=2, max_length=30)
    channel: str = Field(min_length=2, max_length=30)
    text: str = Field(default="", max_length=20_000)
    thread_ts: str = Field(default="", max_length=40)
    user_team: str = Field(default="", max_length=30)
    bot_id: str = ""

    @property
    def line(self) -> str:
        """What is said to the bot: the text without the mentions in front."""
        return _MENTIONS.sub("", self.text)


class Mentioned(_Payload):
    team_id: str = Field(min_length=2, max_length=30)
    event_id: str = Field(min_length=1, max_length=100)
    event: _Mention

    @property
    def team(self) -> str:
        return self.event.user_team or self.team_id


class _HomeOpened(_Payload):
    user: str = Field(min_length=2, max_length=30)
    channel: str = Field(default="", max_length=30)
    tab: str = ""


class HomeOpened(_Payload):
    team_id: str = Field(min_length=2, max_length=30)
    event: _HomeOpened


class _View(_Payload):
    private_metadata: str = Field(default="", max_length=3000)
    state: dict[str, Any] = Field(default_factory=dict)


class FilledIn(_Payload):
    """A form that somebody submitted."""

    user: _User
    view: _View


class AskedForChoices(_Payload):
    """A menu that somebody types in."""

    user: _User
    view: _View
    action_id: str = Field(max_length=255)
    value: str = Field(default="", max_length=3000)


def message_shortcut(payload: dict[str, Any]) -> MessageShortcut | None:
    try:
        return MessageShortcut.model_validate(payload)
    except ValidationError:
        return None


def mention(payload: dict[str, Any]) -> Mentioned | None:
    """What a person said to the bot; None for what another bot said."""
    try:
        found = Mentioned.model_validate(payload)
    except ValidationError:
        return None
    return None if found.event.bot_id else found


def home_opened(payload: dict[str, Any]) -> HomeOpened | None:
    try:
        return HomeOpened.model_validate(payload)
    except ValidationError:
        return None


def filled_in(payload: dict[str, Any]) -> FilledIn | None:
    try:
        return FilledIn.model_validate(payload)
    except ValidationError:
        return None


def asked_for_choices(payload: dict[str, Any]) -> AskedForChoices | None:
    try:
        return AskedForChoices.model_validate(payload)
    except ValidationError:
        return None


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
        channel=mark.channel, thread=mark.thread_ts, user=mark.user, ts=mark.ts, text=typed_lines(text),
        is_whole=len(text) <= MOST,
    )  # fmt: skip


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
