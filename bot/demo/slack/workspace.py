"""The workspace: its people, channels, groups, messages and files, and who may see which."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from bot.demo.slack.app import App
from bot.demo.slack.messages import File, Message
from bot.demo.slack.wire import SlackError

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.demo.slack.people import Channel, Person, UserGroup
    from bot.demo.slack.wire import Json

KEPT = 5000  # messages in a channel
Change = Literal["message", "changed", "deleted"]


@dataclass
class Workspace:
    """Plain state; whoever must know of a change stands in `watchers`."""

    team_id: str = "T0DEMO"
    team_name: str = "Demo"
    domain: str = "demo"
    plan: str = "pro"
    app: App = field(default_factory=App)
    people: dict[str, Person] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    groups: dict[str, UserGroup] = field(default_factory=dict)
    messages: dict[str, dict[str, Message]] = field(default_factory=dict)
    threads: dict[tuple[str, str], list[Message]] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    uploads: dict[str, File] = field(default_factory=dict)  # by the ticket in the upload address
    watchers: list[Callable[[Change, Message, Message | None], None]] = field(default_factory=list)
    _last_ts: int = 0
    _serial: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def serial(self, prefix: str) -> str:
        return f"{prefix}0{next(self._serial):08X}"

    def next_ts(self, now: float) -> str:
        """Give the next `seconds.micros`, unique and growing even when the clock stands still."""
        self._last_ts = max(self._last_ts + 1, int(now * 1_000_000))
        seconds, micros = divmod(self._last_ts, 1_000_000)
        return f"{seconds}.{micros:06d}"

    @property
    def bot(self) -> Person:
        return self.people[self.app.user_id]

    def bot_is_member(self, channel: Channel) -> bool:
        return self.app.user_id in channel.members

    def sees(self, person: str, channel: Channel) -> bool:
        """Full members see every public channel; guests and strangers only those they are in."""
        if person in channel.members:
            return True
        who = self.people.get(person)
        return who is not None and who.kind in ("member", "oncall") and channel.kind == "channel"

    def channels_of(self, person: str) -> list[Channel]:
        return [channel for channel in self.channels.values() if self.sees(person, channel)]

    def direct_channel(self, person: str) -> Channel | None:
        both = {person, self.app.user_id}
        return next((one for one in self.channels.values() if one.is_im and both <= set(one.members)), None)

    def find(self, channel: str, ts: str) -> Message | None:
        return self.messages.get(channel, {}).get(ts)

    def lasting(self, channel: str) -> list[Message]:
        return [one for one in self.messages.get(channel, {}).values() if one.lasts]

    def replies(self, parent: Message) -> list[Message]:
        return list(self.threads.get((parent.channel, parent.ts), ()))

    def post(self, message: Message) -> Message:
        if message.ephemeral_to and message.is_reply:
            parent = self.find(message.channel, message.thread_ts)
            # Slack shows an ephemeral reply only where a thread already stands.
            message.dismissed = parent is None or not self.replies(parent)
        kept = self.messages.setdefault(message.channel, {})
        kept[message.ts] = message
        if len(kept) > KEPT:  # a load test must not fill the memory
            oldest = next(iter(kept))
            del kept[oldest]
            self.threads.pop((message.channel, oldest), None)
        self._tell("message", message, None)
        if message.is_reply and message.lasts:
            self.threads.setdefault((message.channel, message.thread_ts), []).append(message)
            self._touch_parent(message)
        return message

    def changed(self, message: Message, before: Message | None = None) -> None:
        self._tell("changed", message, before)

    def remove(self, message: Message) -> None:
        """Take a message away; a parent whose replies stay leaves a tombstone."""
        before = message.snapshot()
        message.deleted = True
        if message.lasts and not message.is_reply and self.replies(message):
            message.text, message.blocks, message.files = "This message was deleted.", [], []
            message.subtype, message.user, message.bot_id = "tombstone", "USLACKBOT", ""
        else:
            del self.messages[message.channel][message.ts]
        self._tell("deleted", message, before)
        if message.is_reply and message.lasts:
            self.threads[message.channel, message.thread_ts].remove(message)
            self._touch_parent(message)

    def _touch_parent(self, reply: Message) -> None:
        parent = self.find(reply.channel, reply.thread_ts)
        if parent:
            parent.thread_ts = parent.ts
            self._tell("changed", parent, None)

    def _tell(self, change: Change, message: Message, before: Message | None) -> None:
        for watcher in self.watchers:
            watcher(change, message, before)

    def thread_fields(self, message: Message) -> Json:
        replies = self.replies(message) if message.thread_ts else []
        if not replies:
            return {}
        users = list(dict.fromkeys(one.user for one in replies))
        return {
            "reply_count": len(replies),
            "reply_users": users[:5],
            "reply_users_count": len(users),
            "latest_reply": replies[-1].ts,
        }

    def as_message(self, message: Message, base: str) -> Json:
        """Tell a message as the history methods do."""
        body = self.own_fields(message)
        if message.files:
            body["files"] = [one.as_file(base) for one in message.files]
        if message.is_reply:
            parent = self.find(message.channel, message.thread_ts)
            body["parent_user_id"] = parent.user if parent else ""
        return body | self.thread_fields(message)

    def own_fields(self, message: Message) -> Json:
        author = self.people.get(message.user)
        team = author.team_id if author else self.team_id
        return message.own_fields(team=team, app=self.app.id, name=self.app.name)

    def on_page(self, message: Message) -> Json:
        """Tell a message as the page shows it."""
        thread = self.thread_fields(message)
        author = self.people.get(message.user)
        sender = {"bot_id": message.bot_id} if message.bot_id else {"user": message.user}
        return {
            "ts": message.ts,
            "channel": message.channel,
            **sender,
            "username": message.username or (author.name if author else "Slack"),
            "text": message.text,
            "blocks": message.blocks,
            "attachments": message.attachments,
            **({"thread_ts": message.thread_ts} if message.thread_ts else {}),
            "reply_count": thread.get("reply_count", 0),
            "reply_users": thread.get("reply_users", []),
            "latest_reply": thread.get("latest_reply", ""),
            "edited": message.edited is not None,
            "ephemeral": bool(message.ephemeral_to),
            "files": [one.on_page() for one in message.files],
            "reactions": message.told_reactions(),
            "deleted": message.deleted,
            "notice": message.notice,
            "failed_actions": list(message.failed_actions),
            "typed": message.typed,
            "subtype": message.subtype,
            "is_broadcast": message.subtype == "thread_broadcast",
        }

    def for_bot(self, channel_id: str) -> Channel:
        """Find a channel as the bot's token may: what it must not know of does not exist."""
        channel = self.channels.get(channel_id)
        if channel is None or (channel.kind != "channel" and not self.bot_is_member(channel)):
            raise SlackError("channel_not_found")
        return channel
