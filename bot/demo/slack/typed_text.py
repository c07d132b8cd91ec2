"""What a Slack client makes of the keys pressed: mentions, links, entities, and unasked-for typography."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.demo.slack.wire import Json
    from bot.demo.slack.workspace import Workspace

_URL = re.compile(r"https?://[^\s<>|]+")
_PERSON = re.compile(r"(?<![\w@<])@([a-z0-9][a-z0-9._-]*)")
_CHANNEL = re.compile(r"(?<![\w#<&])#([a-z0-9][a-z0-9_-]*)")
_OPENING = re.compile(r"(^|[\s(\[{=])([\"'])")
_CURLY = {'"': ("“", "”"), "'": ("‘", "’")}


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def typographic(text: str) -> str:
    """Apply what phones and desktops do while one types: curly quotes, long dashes, no-break spaces."""
    text = _OPENING.sub(lambda found: found[1] + _CURLY[found[2]][0], text)
    for straight, (_, closing) in _CURLY.items():
        text = text.replace(straight, closing)
    text = re.sub(r"--(?=\w)", "—", text)
    return re.sub(r" (?=https?://)", "\u00a0", text)


def as_message(text: str, workspace: Workspace) -> str:
    """Write a typed message as it is stored: entities, mentions, channels and links in angle brackets."""
    return referring(_URL.sub(r"<\g<0>>", escaped(text)), workspace, named=False)


def as_command(text: str, workspace: Workspace, *, should_escape: bool) -> str:
    """Write what follows a command's name as the app receives it."""
    if not should_escape:
        return text
    return referring(_URL.sub(r"<\g<0>>", escaped(text)), workspace, named=True)


def referring(text: str, workspace: Workspace, *, named: bool) -> str:
    people = {one.name: one for one in workspace.people.values()}
    channels = {one.name: one for one in workspace.channels.values() if one.name}
    groups = {one.handle: one for one in workspace.groups.values()}

    def person(found: re.Match[str]) -> str:
        name = found[1]
        if name in people:
            return f"<@{people[name].id}|{name}>" if named else f"<@{people[name].id}>"
        if name in groups:
            return f"<!subteam^{groups[name].id}|@{name}>" if named else f"<!subteam^{groups[name].id}>"
        if name in ("here", "channel", "everyone"):
            return f"<!{name}>"
        return found[0]

    def channel(found: re.Match[str]) -> str:
        one = channels.get(found[1])
        if one is None:
            return found[0]
        return f"<#{one.id}|>" if one.is_private else f"<#{one.id}|{one.name}>"

    return _CHANNEL.sub(channel, _PERSON.sub(person, text))


_ENTITY = re.compile(
    r"<(@[A-Z0-9]+|#[A-Z0-9]+|!subteam\^[A-Z0-9]+|!here|!channel|!everyone|https?://[^>|]+)(?:\|[^>]*)?>"
)


def as_rich_text(text: str, block_id: str) -> Json:
    """Give the rich text block that Slack puts beside a person's message."""
    elements: list[Json] = []
    at = 0
    for found in _ENTITY.finditer(text):
        if found.start() > at:
            elements.append({"type": "text", "text": _plain(text[at : found.start()])})
        elements.append(_entity(found[1]))
        at = found.end()
    if at < len(text):
        elements.append({"type": "text", "text": _plain(text[at:])})
    section = {"type": "rich_text_section", "elements": elements}
    return {"type": "rich_text", "block_id": block_id, "elements": [section]}


def _plain(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _entity(inner: str) -> Json:
    if inner.startswith("@"):
        return {"type": "user", "user_id": inner[1:]}
    if inner.startswith("#"):
        return {"type": "channel", "channel_id": inner[1:]}
    if inner.startswith("!subteam^"):
        return {"type": "usergroup", "usergroup_id": inner.removeprefix("!subteam^")}
    if inner.startswith("!"):
        return {"type": "broadcast", "range": inner[1:]}
    return {"type": "link", "url": _plain(inner)}
