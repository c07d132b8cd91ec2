"""The installed app as its manifest describes it: what it may ask for and what it is told."""

from __future__ import annotations

from dataclasses import dataclass, field

SCOPES = (
    "app_mentions:read",
    "channels:history",
    "channels:read",
    "chat:write",
    "commands",
    "files:write",
    "groups:history",
    "groups:read",
    "im:history",
    "im:read",
    "im:write",
    "reactions:write",
    "usergroups:read",
    "users:read",
    "users:read.email",
)
EVENTS = ("app_home_opened", "app_mention", "message.channels", "message.groups", "message.im")

# What the app must be allowed before an event is told to it; an event that is not here needs nothing.
EVENT_SCOPES = {
    "app_mention": "app_mentions:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "message.mpim": "mpim:history",
    "member_joined_channel": "channels:read",
    "member_left_channel": "channels:read",
    "user_change": "users:read",
    "subteam_updated": "usergroups:read",
}


@dataclass(frozen=True)
class Command:
    name: str
    description: str = ""
    usage_hint: str = ""
    should_escape: bool = True


@dataclass(frozen=True)
class Shortcut:
    """An entry of the lightning menu, or of a message's own."""

    callback_id: str
    name: str = ""
    on_messages: bool = False


@dataclass(frozen=True)
class Credentials:
    """What the app and the platform know each other by."""

    bot_token: str
    app_token: str
    signing_secret: str
    client_id: str
    client_secret: str


@dataclass
class App:
    """One installation: the bot's identity, its scopes, its subscriptions and its commands."""

    id: str = "A0BOT"
    user_id: str = "U0BOT"
    bot_id: str = "B0BOT"
    name: str = "k8s-bot"
    scopes: set[str] = field(default_factory=lambda: set(SCOPES))
    events: set[str] = field(default_factory=lambda: set(EVENTS))
    commands: list[Command] = field(
        default_factory=lambda: [
            Command("/k8s", "Run Kubernetes from here", "get pods | scale NAME N | help")
        ]
    )
    shortcuts: list[Shortcut] = field(default_factory=list)
    redirect_urls: list[str] = field(default_factory=list)  # beside those on this computer
    home_tab: bool = True
    messages_tab: bool = True
    messages_read_only: bool = False
    socket_mode: bool = True
    verification_token: str = "deprecated-verification-token"  # noqa: S105 - payloads still carry the field

    def is_told_of(self, event: str) -> bool:
        return event in self.events and EVENT_SCOPES.get(event, "commands") in self.scopes | {"commands"}

    def command(self, name: str) -> Command | None:
        return next((one for one in self.commands if one.name == name), None)
