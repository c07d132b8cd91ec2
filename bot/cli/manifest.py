"""`manifest`: what a workspace's administrator pastes to create the app."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from bot.cli.serve import complain
from bot.domain.errors import SettingsError
from bot.engine.registry import verb_names
from bot.settings import read_config
from bot.slack.names import COMMAND, WHY
from commands import COMMANDS

SCOPES = (
    "app_mentions:read",
    "channels:read",
    "chat:write",
    "commands",
    "files:write",
    "groups:read",
    "im:read",
    "im:write",
    "usergroups:read",
    "users:read",
)
"""Each is used: its name, whether the bot is in a channel, posting, files, the command, who one is."""
EVENTS = ("app_home_opened", "app_mention")

_HEARING = {
    "channels:history": "message.channels",
    "groups:history": "message.groups",
    "im:history": "message.im",
}
"""What hearing the threads of open terminals takes, and the event that each scope lets Slack send."""


_EMAILS = "users:read.email"


def scopes(*, types_to_programs: bool, reads_emails: bool = False) -> tuple[str, ...]:
    """No message is heard of but where the policy lets somebody type to a program in a thread, and no e-mail
    address is read but where clusters know people by theirs.
    """
    return tuple(
        sorted({*SCOPES, *(_HEARING if types_to_programs else ()), *([_EMAILS] if reads_emails else [])})
    )


def events(*, types_to_programs: bool) -> tuple[str, ...]:
    return (*EVENTS, *_HEARING.values()) if types_to_programs else EVENTS


def manifest(
    *, socket_mode: bool, url: str, types_to_programs: bool = False, reads_emails: bool = False
) -> str:
    """YAML for Slack's form."""
    endpoint = {} if socket_mode else {"url": f"{url.rstrip('/')}/slack/events"}
    request = {} if socket_mode else {"request_url": f"{url.rstrip('/')}/slack/events"}
    command: dict[str, Any] = {
        "command": COMMAND,
        "description": "Run Kubernetes from here: deploy, scale, expose, logs, rollback",
        "usage_hint": "get pods | scale NAME N | help",
        "should_escape": True,
        **endpoint,
    }
    heard = events(types_to_programs=types_to_programs)
    asked = scopes(types_to_programs=types_to_programs, reads_emails=reads_emails)
    content = {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": "k8s-bot",
            "description": "Kubernetes from Slack: permissioned, previewed, on the record",
            "background_color": "#1f2937",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "k8s-bot", "always_online": True},
            "shortcuts": [
                {
                    "name": "why?",
                    "type": "message",
                    "callback_id": WHY,
                    "description": "What is wrong with what this message is about",
                }
            ],
            "slash_commands": [command],
        },
        "oauth_config": {"scopes": {"bot": list(asked)}},
        "settings": {
            "socket_mode_enabled": socket_mode,
            "event_subscriptions": {**request, "bot_events": list(heard)},
            "interactivity": {"is_enabled": True, **request},
        },
    }
    return str(yaml.dump(content, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True))


def show(path: str, *, socket_mode: bool, url: str) -> int:
    """0 and the manifest that a configuration file needs, 2 and every problem where it would be refused."""
    wanted = {}
    if path:
        try:
            found = read_config(Path(path), verb_names(COMMANDS))
        except SettingsError as error:
            return complain(error)
        wanted = {
            "types_to_programs": found.policy.types_to_programs,
            "reads_emails": found.reads_emails,
        }
    print(manifest(socket_mode=socket_mode, url=url, **wanted))
    return 0
