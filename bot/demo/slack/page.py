"""The page's interface: a person's eyes and hands in the workspace."""

from __future__ import annotations

import asyncio
import contextlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web

from bot.demo.slack import typed_text
from bot.demo.slack.guard import secured
from bot.demo.slack.interactions import Interactions
from bot.demo.slack.messages import personal
from bot.demo.slack.modals import Modals
from bot.demo.slack.state import state_for
from bot.demo.slack.wire import SlackError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.demo.slack.backend import Backend
    from bot.demo.slack.feed import Happening
    from bot.demo.slack.guard import Guard
    from bot.demo.slack.messages import Message
    from bot.demo.slack.people import Channel, Person
    from bot.demo.slack.views import View
    from bot.demo.slack.wire import Json

STATIC = Path(__file__).parent / "static"
HEARTBEAT = 15.0
SHOWN_INLINE = ("image/png", "image/jpeg", "image/gif", "text/plain")
BAD, FORBIDDEN, NOT_FOUND = 400, 403, 404
_REFUSED = {"account_inactive": FORBIDDEN, "channel_not_found": NOT_FOUND, "user_not_found": NOT_FOUND}


class Page:
    def __init__(self, backend: Backend, guard: Guard, links: list[Json]) -> None:
        self._backend = backend
        self._guard = guard
        self.links = links
        self._interactions = Interactions(backend)
        self._modals = Modals(backend)

    def routes(self) -> list[web.AbstractRouteDef]:
        hands = {
            "command": self._command,
            "message": self._message,
            "action": self._action,
            "options": self._options,
            "view/submit": self._submit,
            "view/close": self._close,
            "home": self._home,
            "invite": self._invite,
            "dismiss": self._dismiss,
            "deliver-again": self._deliver_again,
        }
        return [
            web.get("/", self.index),
            web.get("/page/state", self.state),
            web.get("/page/events", self.events),
            *(web.post(f"/page/{name}", self._hand(hand)) for name, hand in hands.items()),
            web.get("/files/{id}/{name}", self.file),
            web.get("/archives/{channel}/{message}", self.permalink),
            web.get("/static/{path:.+}", self.static),
        ]

    async def index(self, request: web.Request) -> web.StreamResponse:
        if "token" in request.query:  # keep the token out of the address bar and the history
            moved = web.Response(status=302, headers={"Location": "/"})
            self._guard.remember(request, moved)
            return secured(moved)
        return secured(web.FileResponse(STATIC / "index.html"))

    async def static(self, request: web.Request) -> web.StreamResponse:
        path = (STATIC / request.match_info["path"]).resolve()
        if not path.is_relative_to(STATIC.resolve()) or not path.is_file():
            return secured(web.Response(status=NOT_FOUND, text="not found"))
        return secured(web.FileResponse(path))

    async def permalink(self, request: web.Request) -> web.StreamResponse:
        digits = request.match_info["message"].removeprefix("p")
        target = f"/#/{request.match_info['channel']}/{digits[:-6]}.{digits[-6:]}"
        return secured(web.Response(status=302, headers={"Location": target}))

    async def file(self, request: web.Request) -> web.StreamResponse:
        file = self._backend.workspace.files.get(request.match_info["id"])
        if file is None or not file.completed:
            return secured(web.Response(status=NOT_FOUND, text="file not found"))
        inline = file.mimetype in SHOWN_INLINE
        response = web.Response(body=file.content, headers={"Content-Type": file.mimetype})
        response.headers["Content-Disposition"] = "inline" if inline else "attachment"
        return secured(response)

    async def state(self, request: web.Request) -> web.StreamResponse:
        try:
            person = self._person(request.query.get("as") or self._anybody())
        except SlackError as refused:
            return _refusal(refused)
        return secured(web.json_response(state_for(person.id, self._backend, self.links)))

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Stream what happens, from the last event that the page has seen."""
        try:
            person = self._person(request.query.get("as", ""))
            seen = request.headers.get("Last-Event-ID") or request.query.get("after")
            last = int(seen or self._backend.feed.last)
        except (SlackError, ValueError) as refused:
            return _refusal(
                refused if isinstance(refused, SlackError) else SlackError("invalid_last_event_id")
            )
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        secured(response)
        await response.prepare(request)
        await response.write(b": here\n\n")
        with contextlib.suppress(ConnectionError):  # the page was closed
            await self._stream(response, person.id, last)
        return response

    async def _stream(self, response: web.StreamResponse, person: str, last: int) -> None:
        happenings = self._backend.feed.follow(person, last)
        coming: asyncio.Task[Happening] | None = None
        try:
            while True:
                coming = coming or asyncio.ensure_future(anext(happenings))
                done, _ = await asyncio.wait([coming], timeout=HEARTBEAT)
                if not done:
                    await response.write(b": still here\n\n")
                    continue
                try:
                    happening, coming = coming.result(), None
                except StopAsyncIteration:  # the simulator stops
                    return
                text = json.dumps(personal(happening.document, person))
                line = f"id: {happening.number}\nevent: {happening.kind}\ndata: {text}\n\n"
                await response.write(line.encode())
        finally:
            if coming:
                coming.cancel()
                await asyncio.gather(coming, return_exceptions=True)
            await happenings.aclose()

    def _hand(
        self, hand: Callable[[Person, Json], Awaitable[Json]]
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def answer(request: web.Request) -> web.StreamResponse:
            try:
                asked = await _asked(request)
                person = (
                    self._backend.workspace.bot
                    if hand == self._deliver_again
                    else self._person(str(asked.get("as", "")))
                )
                return secured(web.json_response(await hand(person, asked)))
            except ValueError:
                return _refusal(SlackError("invalid_json"))
            except SlackError as refused:
                return _refusal(refused)

        return answer

    def _person(self, person_id: str) -> Person:
        person = self._backend.workspace.people.get(person_id)
        if person is None or person.is_bot:
            raise SlackError("user_not_found")
        if person.deleted:
            raise SlackError("account_inactive")
        return person

    def _anybody(self) -> str:
        """Name somebody whom a page that does not say yet may be."""
        return next((one.id for one in self._backend.workspace.people.values() if one.kind == "oncall"), "")

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

    async def _command(self, person: Person, asked: Json) -> Json:
        channel = self._channel(person, asked)
        text = str(asked.get("text", ""))
        if asked.get("typography"):
            text = typed_text.typographic(text) + "\n"
        return await self._interactions.command(person, channel, text, str(asked.get("thread_ts") or ""))

    async def _message(self, person: Person, asked: Json) -> Json:
        channel = self._channel(person, asked)
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

    async def _submit(self, person: Person, asked: Json) -> Json:
        values = asked.get("values") or {}
        return await self._modals.submit(person, self._view(person, asked), values)

    async def _close(self, person: Person, asked: Json) -> Json:
        return await self._modals.close(person, self._view(person, asked), everything=bool(asked.get("all")))

    async def _home(self, person: Person, _asked: Json) -> Json:
        workspace, home = self._backend.workspace, self._backend.views.home(person.id)
        direct = workspace.direct_channel(person.id)
        now = workspace.next_ts(self._backend.timing.now())
        body: Json = {"type": "app_home_opened", "user": person.id, "tab": "home", "event_ts": now}
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
        self._backend.people_changed()
        return {"ok": True}

    async def _dismiss(self, person: Person, asked: Json) -> Json:
        message = self._shown(person, asked)
        if not message.ephemeral_to:
            raise SlackError("cant_delete_message")
        self._backend.workspace.remove(message)
        return {"ok": True}

    async def _deliver_again(self, _person: Person, asked: Json) -> Json:
        return {"ok": True, "delivered": await self._backend.delivery.again(int(asked.get("n", 1)))}


async def _asked(request: web.Request) -> Json:
    asked = await request.json()
    if not isinstance(asked, dict):
        raise SlackError("json_not_object")
    return asked


def _refusal(refused: SlackError) -> web.StreamResponse:
    return secured(web.json_response(refused.reply(), status=_REFUSED.get(refused.error, BAD)))
