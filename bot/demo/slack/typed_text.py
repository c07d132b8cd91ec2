"""What a Slack client makes of the keys pressed: mentions, links, entities, and unasked-for typography."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.demo.slack.wire import Json
    from bot.demo.slack.workspace import Workspace

_URL = re.compile(r"https?://[^\s<>|]+")
_PERSON = re.compile(r"(?<![\w@<])@([a-z0-9][a-z0-9._-]*)")
_CHANNEL = re.compile(r"(?<![\w#<&])#([a-z0-9][a-z0-9_-]*)")
_EVERYBODY = re.compile(r"(?<![\w@<])@(here|channel|everyone)\b")
_KEPT = re.compile(r"(```.*?```|`[^`\n]*`|<[^<>]*>)", re.DOTALL)
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
    return alive(escaped(text), workspace)


def as_command(text: str, workspace: Workspace, *, should_escape: bool) -> str:
    """Write what follows a command's name as the app receives it."""
    return alive(escaped(text), workspace, named=True) if should_escape else text


def alive(text: str, workspace: Workspace, *, named: bool = False) -> str:
    """Make of bare addresses and names what Slack makes of them: links and mentions."""
    text = _outside(text, lambda part: _URL.sub(r"<\g<0>>", part))
    text = _outside(text, lambda part: _CHANNEL.sub(_channel_in(workspace), part))
    return _outside(text, lambda part: _PERSON.sub(_person_in(workspace, named=named), part))


def alive_in_blocks(blocks: list[Json], workspace: Workspace) -> None:
    """Do to `mrkdwn` objects what Slack does unless they are `verbatim`: link, and call whole channels."""
    for one in _marked(blocks):
        text = _outside(one["text"], lambda part: _URL.sub(r"<\g<0>>", part))
        text = _outside(text, lambda part: _CHANNEL.sub(_channel_in(workspace), part))
        one["text"] = _outside(text, lambda part: _EVERYBODY.sub(r"<!\1>", part))


def _marked(value: Any) -> Iterator[Json]:
    if isinstance(value, list):
        for one in value:
            yield from _marked(one)
    elif isinstance(value, dict):
        if value.get("type") == "mrkdwn" and not value.get("verbatim"):
            yield value
        yield from _marked(list(value.values()))


def _outside(text: str, change: Callable[[str], str]) -> str:
    """Change text, but nothing in code and nothing that already stands in angle brackets."""
    parts = _KEPT.split(text)
    return "".join(part if index % 2 else change(part) for index, part in enumerate(parts))


def _channel_in(workspace: Workspace) -> Callable[[re.Match[str]], str]:
    channels = {one.name: one for one in workspace.channels.values() if one.name}

    def replace(found: re.Match[str]) -> str:
        one = channels.get(found[1])
        if one is None:
            return found[0]
        return f"<#{one.id}|>" if one.is_private else f"<#{one.id}|{one.name}>"

    return replace


def _person_in(workspace: Workspace, *, named: bool) -> Callable[[re.Match[str]], str]:
    people = {one.name: one for one in workspace.people.values()}
    groups = {one.handle: one for one in workspace.groups.values()}

    def replace(found: re.Match[str]) -> str:
        name = found[1]
        if name in people:
            return f"<@{people[name].id}|{name}>" if named else f"<@{people[name].id}>"
        if name in groups:
            return f"<!subteam^{groups[name].id}|@{name}>" if named else f"<!subteam^{groups[name].id}>"
        return f"<!{name}>" if _EVERYBODY.fullmatch(found[0]) else found[0]

    return replace


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
