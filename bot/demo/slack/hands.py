"""A person's hands: each POST of the page is one thing that a person can do in Slack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from bot.demo.slack import typed_text
from bot.demo.slack.eyes import person_of, refusal
from bot.demo.slack.guard import secured
from bot.demo.slack.interactions import Interactions
from bot.demo.slack.modals import Modals
from bot.demo.slack.wire import SlackError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.demo.slack.backend import Backend
    from bot.demo.slack.messages import Message
    from bot.demo.slack.people import Channel, Person
    from bot.demo.slack.views import View
    from bot.demo.slack.wire import Json

    Hand = Callable[[Person, Json], Awaitable[Json]]
    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Hands:
    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._interactions = Interactions(backend)
        self._modals = Modals(backend)

    def routes(self) -> list[web.RouteDef]:
        hands: dict[str, Hand] = {
            "command": self._command,
            "message": self._message,
            "action": self._action,
            "options": self._options,
            "shortcut": self._shortcut,
            "view/submit": self._submit,
            "view/close": self._close,
            "home": self._home,
            "invite": self._invite,
            "dismiss": self._dismiss,
        }
        return [
            *(web.post(f"/page/{name}", self._answer(hand)) for name, hand in hands.items()),
            web.post("/page/deliver-again", self.deliver_again),
        ]

    def _answer(self, hand: Hand) -> Handler:
        async def answer(request: web.Request) -> web.StreamResponse:
            try:
                asked = await _asked(request)
                person = person_of(self._backend, str(asked.get("as", "")))
                return secured(web.json_response(await hand(person, asked)))
            except SlackError as refused:
                return refusal(refused)

        return answer

    async def deliver_again(self, request: web.Request) -> web.StreamResponse:
        """Repeat the last deliveries: nobody's hands, but Slack's own habit."""
        try:
            count = int((await _asked(request)).get("n", 1))
        except SlackError as refused:
            return refusal(refused)
        delivered = await self._backend.delivery.again(count)
        return secured(web.json_response({"ok": True, "delivered": delivered}))

    def _channel(self, person: Person, asked: Json) -> Channel:
        channel = self._backend.workspace.channels.get(str(asked.get("channel", "")))
        if channel is None or not self._backend.workspace.sees(person.id, channel):
            raise SlackError("channel_not_found")
        return channel

    def _shown(self, person: Person, asked: Json) -> Message:
        channel = self._channel(person, asked)
        ts = str(asked.get("message_ts") or asked.get("ts") or "")
        message = self._backend.workspace.find(channel.id, ts)
        if message is None or not message.seen_by(person.id):
            raise SlackError("message_not_found")
        return message

    def _view(self, person: Person, asked: Json) -> View:
        view = self._backend.views.find(str(asked.get("view_id", "")))
        if view is None or view.user != person.id:
            raise SlackError("not_found")
        return view

    def _place(self, person: Person, asked: Json) -> Channel:
        """Find where somebody may type."""
        channel, app = self._channel(person, asked), self._backend.workspace.app
        if channel.is_im and (app.messages_read_only or not app.messages_tab):
            raise SlackError("messages_tab_disabled")
        if channel.is_archived:
            raise SlackError("is_archived")
        return channel

    async def _command(self, person: Person, asked: Json) -> Json:
        channel = self._place(person, asked)
        text = str(asked.get("text", ""))
        if asked.get("typography"):
            text = typed_text.typographic(text) + "\n"
        return await self._interactions.command(person, channel, text, str(asked.get("thread_ts") or ""))

    async def _message(self, person: Person, asked: Json) -> Json:
        channel = self._place(person, asked)
        text, thread_ts = str(asked.get("text", "")), str(asked.get("thread_ts") or "")
        if not text.strip():
            raise SlackError("no_text")
        if thread_ts and self._backend.workspace.find(channel.id, thread_ts) is None:
            raise SlackError("thread_not_found")
        if asked.get("typography"):
            text = typed_text.typographic(text)
        return {"ok": True, "ts": self._interactions.say(person, channel, text, thread_ts).ts}

    async def _action(self, person: Person, asked: Json) -> Json:
        if asked.get("view_id"):
            return await self._interactions.act_on_view(person, self._view(person, asked), asked)
        return await self._interactions.act_on_message(person, self._shown(person, asked), asked)

    async def _options(self, person: Person, asked: Json) -> Json:
        where = self._view(person, asked) if asked.get("view_id") else self._shown(person, asked)
        return await self._interactions.options(person, where, asked)

    async def _shortcut(self, person: Person, asked: Json) -> Json:
        message = self._shown(person, asked) if asked.get("channel") else None
        return await self._interactions.shortcut(person, str(asked.get("callback_id", "")), message)

    async def _submit(self, person: Person, asked: Json) -> Json:
        values = asked.get("values") or {}
        return await self._modals.submit(person, self._view(person, asked), values)

    async def _close(self, person: Person, asked: Json) -> Json:
        return await self._modals.close(person, self._view(person, asked), everything=bool(asked.get("all")))

    async def _home(self, person: Person, asked: Json) -> Json:
        """Open the app's own place: its Home tab, or the messages beside it."""
        tab = "messages" if asked.get("tab") == "messages" else "home"
        if tab == "home" and not self._backend.workspace.app.home_tab:
            raise SlackError("not_enabled")
        workspace, home = self._backend.workspace, self._backend.views.home(person.id)
        direct = workspace.direct_channel(person.id)
        now = workspace.next_ts(self._backend.timing.now())
        body: Json = {"type": "app_home_opened", "user": person.id, "tab": tab, "event_ts": now}
        body["channel"] = direct.id if direct else ""
        if home:
            body["view"] = self._backend.views.as_view(home)
        self._backend.events.publish("app_home_opened", body)
        return {"ok": True, "home": self._backend.views.on_page(home) if home else None}

    async def _invite(self, person: Person, asked: Json) -> Json:
        channel, bot = self._channel(person, asked), self._backend.workspace.app.user_id
        if channel.is_im or bot in channel.members:
            return {"ok": False, "error": "already_in_channel"}
        channel.members.append(bot)
        kind = "G" if channel.is_private else "C"
        body = {
            "type": "member_joined_channel",
            "user": bot,
            "channel": channel.id,
            "channel_type": kind,
            "team": self._backend.workspace.team_id,
            "inviter": person.id,
            "event_ts": self._backend.workspace.next_ts(self._backend.timing.now()),
        }
        self._backend.events.publish("member_joined_channel", body)
        self._backend.events.invited_by(person.id, channel)
        self._backend.people_changed()
        return {"ok": True}

    async def _dismiss(self, person: Person, asked: Json) -> Json:
        message = self._shown(person, asked)
        if not message.ephemeral_to:
            raise SlackError("cant_delete_message")
        self._backend.workspace.remove(message)
        return {"ok": True}


async def _asked(request: web.Request) -> Json:
    try:
        asked = await request.json()
    except ValueError:
        raise SlackError("invalid_json") from None
    if not isinstance(asked, dict):
        raise SlackError("json_not_object")
    return asked
