"""The whole workspace as one person sees it, for a page that has just been opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.demo.slack.messages import personal

if TYPE_CHECKING:
    from bot.demo.slack.backend import Backend
    from bot.demo.slack.people import Channel, Person
    from bot.demo.slack.wire import Json


def state_for(person: str, backend: Backend, links: list[Json]) -> Json:
    workspace, app = backend.workspace, backend.workspace.app
    home = backend.views.home(person)
    channels = workspace.channels_of(person)
    return {
        "team": {"id": workspace.team_id, "name": workspace.team_name, "domain": workspace.domain},
        "you": person,
        "bot": {"user_id": app.user_id, "bot_id": app.bot_id, "name": app.name},
        "home_tab": app.home_tab,
        "can_write_to_bot": app.messages_tab and not app.messages_read_only,
        "command": app.commands[0].name if app.commands else "",
        "commands": [
            {"command": one.name, "description": one.description, "usage_hint": one.usage_hint}
            for one in app.commands
        ],
        "shortcuts": [
            {"callback_id": one.callback_id, "name": one.name, "on_messages": one.on_messages}
            for one in app.shortcuts
        ],
        "people": [_person(one) for one in workspace.people.values()],
        "groups": [
            {"id": one.id, "handle": one.handle, "users": one.users} for one in workspace.groups.values()
        ],
        "channels": [_channel(one, workspace.bot_is_member(one)) for one in channels],
        "messages": {
            channel.id: [
                personal(workspace.on_page(message), person)
                for message in workspace.messages.get(channel.id, {}).values()
                if message.seen_by(person)
            ]
            for channel in channels
        },
        "views": [backend.views.on_page(view) for view in backend.views.stack(person)],
        "home": backend.views.on_page(home) if home else None,
        "links": links,
        "last_event_id": backend.feed.last,
    }


def _person(person: Person) -> Json:
    return {
        "id": person.id,
        "name": person.name,
        "real_name": person.real_name,
        "title": person.title,
        "kind": "bot" if person.is_bot else person.kind,
        "color": person.color,
    }


def _channel(channel: Channel, bot_is_member: bool) -> Json:  # noqa: FBT001 - a field of the document
    return {
        "id": channel.id,
        "name": channel.name,
        "is_private": channel.is_private,
        "is_im": channel.is_im,
        "is_archived": channel.is_archived,
        "topic": channel.topic,
        "members": list(channel.members),
        "bot_is_member": bot_is_member,
    }
