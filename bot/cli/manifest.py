"""`manifest`: what a workspace's administrator pastes to create the app."""

from __future__ import annotations

from typing import Any

import yaml

from bot.slack.app import COMMAND, WHY

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


def manifest(*, socket_mode: bool, url: str) -> str:
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
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "socket_mode_enabled": socket_mode,
            "event_subscriptions": {"bot_events": list(EVENTS), **request},
            "interactivity": {"is_enabled": True, **request},
        },
    }
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True)
