"""The shapes of what is delivered: commands, clicks, modals and events."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.demo.slack.messages import Message
    from bot.demo.slack.people import Channel, Person
    from bot.demo.slack.views import View, Views
    from bot.demo.slack.wire import Json
    from bot.demo.slack.workspace import Workspace


def channel_name(channel: Channel) -> str:
    return {"im": "directmessage", "group": "privategroup", "channel": channel.name}[channel.kind]


def command(
    workspace: Workspace,
    person: Person,
    channel: Channel,
    *,
    name: str,
    text: str,
    trigger: str,
    response_url: str,
) -> Json:
    return {
        "token": workspace.app.verification_token,
        "team_id": workspace.team_id,
        "team_domain": workspace.domain,
        "channel_id": channel.id,
        "channel_name": channel_name(channel),
        "user_id": person.id,
        "user_name": person.name,
        "command": name,
        "text": text,
        "api_app_id": workspace.app.id,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": trigger,
    }


def interaction(workspace: Workspace, person: Person, kind: str) -> Json:
    return {
        "type": kind,
        "user": {"id": person.id, "username": person.name, "name": person.name, "team_id": person.team_id},
        "api_app_id": workspace.app.id,
        "token": workspace.app.verification_token,
        "team": {"id": workspace.team_id, "domain": workspace.domain},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def on_message(
    workspace: Workspace, person: Person, channel: Channel, message: Message, *, kind: str, base: str
) -> Json:
    """Begin a payload about an element in a message."""
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": bool(message.ephemeral_to),
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    payload = interaction(workspace, person, kind)
    payload |= {"container": container, "channel": {"id": channel.id, "name": channel_name(channel)}}
    if not message.ephemeral_to:  # of an ephemeral message Slack tells only where it stood
        payload["message"] = workspace.as_message(message, base)
    return payload


def on_view(workspace: Workspace, person: Person, views: Views, view: View, *, kind: str) -> Json:
    """Begin a payload about a modal or Home tab."""
    payload = interaction(workspace, person, kind)
    payload["view"] = views.as_view(view)
    if kind in ("block_actions", "block_suggestion"):
        payload["container"] = {"type": "view", "view_id": view.id}
    return payload


def event(workspace: Workspace, body: Json, *, event_id: str, now: float) -> Json:
    app = workspace.app
    place = str(body.get("channel", ""))
    channel = workspace.channels.get(place)
    return {
        "token": app.verification_token,
        "team_id": workspace.team_id,
        "context_team_id": workspace.team_id,
        "context_enterprise_id": None,
        "api_app_id": app.id,
        "event": body,
        "type": "event_callback",
        "event_id": event_id,
        "event_time": int(now),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": workspace.team_id,
                "user_id": app.user_id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": channel is not None and channel.is_ext_shared,
        "event_context": f"4-{event_id}-{place or workspace.team_id}",
    }
