"""A message: what a person sees of it on the page, and what the Web API and the events tell of it."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.demo.slack.wire import Json


@dataclass
class File:
    id: str
    name: str
    size: int
    user: str
    title: str = ""
    mimetype: str = "text/plain"
    alt_txt: str = ""
    content: bytes = b""
    uploaded: bool = False
    completed: bool = False
    channels: list[str] = field(default_factory=list)

    def as_file(self, base: str) -> Json:
        address = f"{base}/files/{self.id}/{self.name}"
        return {
            "id": self.id,
            "name": self.name,
            "title": self.title or self.name,
            "mimetype": self.mimetype,
            "filetype": self.name.rpartition(".")[2] or "text",
            "user": self.user,
            "size": self.size,
            "mode": "hosted",
            "is_external": False,
            "is_public": False,
            "alt_txt": self.alt_txt,
            "channels": list(self.channels),
            "url_private": address,
            "url_private_download": address,
            "permalink": address,
        }

    def on_page(self) -> Json:
        return {
            "id": self.id,
            "name": self.name,
            "title": self.title or self.name,
            "mimetype": self.mimetype,
            "size": self.size,
            "alt_txt": self.alt_txt,
            "url": f"/files/{self.id}/{self.name}",
        }


def personal(document: Json, person: str) -> Json:
    """Leave of what people have chosen in a message only what this person chose."""
    typed = document.get("typed")
    return {**document, "typed": {person: typed[person]} if person in typed else {}} if typed else document


@dataclass
class Message:
    """One line of a channel; an ephemeral one stands in it too, for one person's eyes."""

    ts: str
    channel: str
    user: str
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    bot_id: str = ""
    username: str = ""
    thread_ts: str = ""
    subtype: str = ""
    ephemeral_to: str = ""
    client_msg_id: str = ""
    metadata: Json | None = None
    edited: Json | None = None
    files: list[File] = field(default_factory=list)
    reactions: dict[str, list[str]] = field(default_factory=dict)
    typed: dict[str, Json] = field(default_factory=dict)  # person -> block -> action -> what was chosen
    failed_actions: list[str] = field(default_factory=list)
    deleted: bool = False
    dismissed: bool = False
    notice: bool = False
    is_command: bool = False  # a typed command line, shown because its answer is

    @property
    def is_reply(self) -> bool:
        return bool(self.thread_ts) and self.thread_ts != self.ts

    @property
    def lasts(self) -> bool:
        """Is it in the channel's history? Ephemeral messages and what Slack itself says are not."""
        return not self.ephemeral_to and not self.notice

    def snapshot(self) -> Message:
        return copy.copy(self)

    def seen_by(self, person: str) -> bool:
        return not self.dismissed and self.ephemeral_to in ("", person)

    def own_fields(self, *, team: str, app: str, name: str) -> Json:
        """Tell the message without its thread, as events and replies carry it."""
        body: Json = {
            "type": "message",
            "user": self.user,
            "ts": self.ts,
            "text": self.text,
            "team": team,
        }
        if self.subtype:
            body["subtype"] = self.subtype
        if self.client_msg_id:
            body["client_msg_id"] = self.client_msg_id
        if self.bot_id:
            body |= {"bot_id": self.bot_id, "app_id": app}
            body["bot_profile"] = {
                "id": self.bot_id,
                "app_id": app,
                "user_id": self.user,
                "name": self.username or name,
                "deleted": False,
                "updated": 0,
                "team_id": team,
            }
        optional = {
            "blocks": self.blocks,
            "attachments": self.attachments,
            "edited": self.edited,
            "metadata": self.metadata,
            "thread_ts": self.thread_ts,
        }
        body |= {name: copy.deepcopy(value) for name, value in optional.items() if value}
        if self.reactions:
            body["reactions"] = self.told_reactions()
        return body

    def told_reactions(self) -> list[Json]:
        return [
            {"name": name, "users": list(users), "count": len(users)}
            for name, users in self.reactions.items()
        ]
