"""A person's eyes: the page itself, the state it starts from, the stream it follows, and files."""

from __future__ import annotations

import asyncio
import contextlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web

from bot.demo.slack.guard import secured
from bot.demo.slack.messages import personal
from bot.demo.slack.state import state_for
from bot.demo.slack.wire import SlackError

if TYPE_CHECKING:
    from bot.demo.slack.backend import Backend
    from bot.demo.slack.feed import Happening
    from bot.demo.slack.guard import Guard
    from bot.demo.slack.people import Person
    from bot.demo.slack.wire import Json

STATIC = Path(__file__).parent / "static"
HEARTBEAT = 15.0
SHOWN_INLINE = ("image/png", "image/jpeg", "image/gif", "text/plain")
BAD, FORBIDDEN, NOT_FOUND = 400, 403, 404
_STATUS = {"account_inactive": FORBIDDEN, "channel_not_found": NOT_FOUND, "user_not_found": NOT_FOUND}


class Eyes:
    def __init__(self, backend: Backend, guard: Guard, links: list[Json]) -> None:
        self._backend = backend
        self._guard = guard
        self.links = links

    def routes(self) -> list[web.AbstractRouteDef]:
        return [
            web.get("/", self.index),
            web.get("/page/state", self.state),
            web.get("/page/events", self.events),
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
            person = person_of(self._backend, request.query.get("as") or self._anybody())
        except SlackError as refused:
            return refusal(refused)
        return secured(web.json_response(state_for(person.id, self._backend, self.links)))

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Stream what happens, from the last event that the page has seen."""
        try:
            person = person_of(self._backend, request.query.get("as", ""))
            seen = request.headers.get("Last-Event-ID") or request.query.get("after")
            last = int(seen or self._backend.feed.last)
        except (SlackError, ValueError) as refused:
            return refusal(
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

    def _anybody(self) -> str:
        """Name somebody whom a page that does not say yet may be."""
        return next((one.id for one in self._backend.workspace.people.values() if one.kind == "oncall"), "")


def person_of(backend: Backend, person_id: str) -> Person:
    """Find who is at the page; somebody who was deactivated is locked out at once."""
    person = backend.workspace.people.get(person_id)
    if person is None or person.is_bot:
        raise SlackError("user_not_found")
    if person.deleted:
        raise SlackError("account_inactive")
    return person


def refusal(refused: SlackError) -> web.StreamResponse:
    return secured(web.json_response(refused.reply(), status=_STATUS.get(refused.error, BAD)))
