"""The Events API: which changes the app is told of, and how often when it does not answer."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.demo.slack import payloads
from bot.demo.slack.delivery import Parcel

if TYPE_CHECKING:
    from bot.demo.slack.delivery import Delivery
    from bot.demo.slack.messages import Message
    from bot.demo.slack.people import Channel
    from bot.demo.slack.tasks import Tasks
    from bot.demo.slack.timing import Timing
    from bot.demo.slack.wire import Json
    from bot.demo.slack.workspace import Change, Workspace

# A subscription and the channel_type it covers have different names for the same thing.
SUBSCRIPTIONS = {
    "channel": "message.channels",
    "group": "message.groups",
    "im": "message.im",
    "mpim": "message.mpim",
}


class Events:
    def __init__(self, workspace: Workspace, delivery: Delivery, tasks: Tasks, timing: Timing) -> None:
        self._workspace = workspace
        self._delivery = delivery
        self._tasks = tasks
        self._timing = timing
        self.base = ""
        workspace.watchers.append(self.on_change)

    def publish(self, subscription: str, body: Json, *, echo: bool = False) -> None:
        """Tell the app of something, if it asked for it and may know."""
        if not self._workspace.app.is_told_of(subscription):
            return
        event_id = f"Ev{uuid.uuid4().hex[:11].upper()}"
        now = self._timing.now()
        payload = payloads.event(self._workspace, body, event_id=event_id, now=now)
        parcel = Parcel("events_api", payload, echo=echo)
        self._tasks.start(self._deliver(parcel), f"the event {body['type']}")

    async def _deliver(self, parcel: Parcel) -> None:
        """Deliver until it is acknowledged: once and three times more."""
        ack = await self._delivery.send(parcel)
        for attempt, pause in enumerate(self._timing.event_retries, start=1):
            if ack.ok or ack.final:
                return
            by_socket = self._delivery.sockets.connected
            await asyncio.sleep(self._timing.socket_retry if by_socket else pause)
            retried = Parcel("events_api", parcel.payload, echo=parcel.echo, retry=attempt, reason=ack.reason)
            ack = await self._delivery.send(retried)

    def on_change(self, change: Change, message: Message, before: Message | None) -> None:
        """Follow what happens to messages where the bot is a member."""
        channel = self._workspace.channels[message.channel]
        if not message.lasts or message.is_command or not self._workspace.bot_is_member(channel):
            return
        if change == "changed" and before is None:  # a reply count or a reaction: no event tells of it
            return
        if change == "message":
            self._posted(channel, message)
            return
        self._tell(channel, before or message, self._hidden(change, message, before))

    def _posted(self, channel: Channel, message: Message) -> None:
        body = self._workspace.own_fields(message)
        if message.files:
            body |= {"subtype": "file_share", "files": [one.as_file(self.base) for one in message.files]}
        if message.is_reply:
            parent = self._workspace.find(channel.id, message.thread_ts)
            body["parent_user_id"] = parent.user if parent else ""
        self._tell(channel, message, body)
        if self._mentions(message) and channel.kind != "im":
            self._mentioned(channel, message, body)

    def invited_by(self, person: str, channel: Channel) -> None:
        """Tell of the mention that made somebody invite the app, which it could not hear then."""
        said = [one for one in self._workspace.lasting(channel.id) if one.user == person]
        if said and self._mentions(said[-1]):
            self._mentioned(channel, said[-1], self._workspace.own_fields(said[-1]))

    def _mentions(self, message: Message) -> bool:
        return f"<@{self._workspace.app.user_id}>" in message.text and not message.bot_id

    def _mentioned(self, channel: Channel, message: Message, body: Json) -> None:
        told = body | {"type": "app_mention", "channel": channel.id, "event_ts": message.ts}
        self.publish("app_mention", {name: value for name, value in told.items() if name != "subtype"})

    def _hidden(self, change: Change, message: Message, before: Message | None) -> Json:
        now = self._workspace.next_ts(self._timing.now())
        previous = self._workspace.own_fields(before or replace(message))
        told: Json = {"type": "message", "hidden": True, "ts": now, "previous_message": previous}
        if change == "changed":
            return told | {"subtype": "message_changed", "message": self._workspace.own_fields(message)}
        return told | {"subtype": "message_deleted", "deleted_ts": message.ts}

    def _tell(self, channel: Channel, message: Message, body: Json) -> None:
        told = body | {"channel": channel.id, "channel_type": channel.kind, "event_ts": body["ts"]}
        self.publish(SUBSCRIPTIONS[channel.kind], told, echo=bool(message.bot_id))
