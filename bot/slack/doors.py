"""The two ways in: Socket Mode, and signed HTTP. Both end in the same app."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import parse_qsl

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.model import Json

log = logging.getLogger(__name__)

MOST_BYTES = 512 * 1024
"""Far above anything Slack sends, far below anything that hurts."""
_PING_SECONDS = 2.0
"""How long a broken socket goes unseen at most; meanwhile commands fail in people's hands."""


def http_routes(app: Callable[[], AsyncApp | None], signing_secret: str) -> list[web.RouteDef]:
    """`/slack/events` for commands, presses and events; 503 while nothing can be done for them."""
    verifier = SignatureVerifier(signing_secret)

    async def deliver(request: web.Request) -> web.StreamResponse:
        body = _signed(verifier, request, await request.read())
        if body is None:
            return web.json_response({"error": "invalid request"}, status=HTTPStatus.UNAUTHORIZED)
        ready = app()
        if ready is None:
            return web.json_response({"error": "not ready"}, status=HTTPStatus.SERVICE_UNAVAILABLE)
        payload = _payload(request.content_type, body)
        if payload is None:
            return web.json_response({"error": "unreadable"}, status=HTTPStatus.BAD_REQUEST)
        # Verified and read here, it goes on as an object, as it would from a socket: Bolt's own reading
        # takes a command with the word "payload" in it for something else, and decodes by any charset named.
        asked = AsyncBoltRequest(body=payload, mode="socket_mode")
        return await to_aiohttp_response(await ready.async_dispatch(asked))

    return [web.post("/slack/events", deliver)]


def _signed(verifier: SignatureVerifier, request: web.Request, body: bytes) -> str | None:
    """The body, once it is sure that Slack sent it, and sent it now; before that, not a word is read."""
    stamp = request.headers.get("X-Slack-Request-Timestamp", "")
    signature = request.headers.get("X-Slack-Signature", "")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12 and signature.isascii()):  # noqa: PLR2004 - seconds for 30,000 years
        return None
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return None
    return text if verifier.is_valid(text, stamp, signature) else None


def _payload(content_type: str, body: str) -> Json | None:
    """The delivery as an object: an event is JSON, a command a form, a press JSON in a form."""
    form = dict(parse_qsl(body, keep_blank_values=True))
    written = body if content_type == "application/json" else form.get("payload")
    if written is None:
        return form
    try:
        found = json.loads(written)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


class SocketDoor:
    """A Socket Mode connection that is kept: opened in the background, and known to be up or down."""

    def __init__(self, app: AsyncApp, app_token: str) -> None:
        self._app = app
        self._token = app_token
        self._handler: AsyncSocketModeHandler | None = None
        self._opening: asyncio.Task[None] | None = None

    def open(self) -> None:
        self._opening = asyncio.create_task(self._connect(), name="socket mode")

    async def _connect(self) -> None:
        self._handler = AsyncSocketModeHandler(self._app, self._token, ping_interval=_PING_SECONDS)
        wait = 1.0
        while True:
            try:
                await self._handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt leaves it so
            except SlackApiError as error:
                log.warning("Slack refuses the Socket Mode connection: %s", error.response.get("error"))
            except (OSError, TimeoutError) as error:
                log.warning("Slack cannot be reached for Socket Mode: %s", type(error).__name__)
            else:
                return
            await asyncio.sleep(wait)
            wait = min(30.0, wait * 2)

    async def is_up(self) -> bool:
        return self._handler is not None and await self._handler.client.is_connected()

    async def close(self) -> None:
        if self._opening:
            self._opening.cancel()
            await asyncio.gather(self._opening, return_exceptions=True)
        if self._handler:
            await self._handler.close_async()  # type: ignore[no-untyped-call]  # Bolt leaves it so


async def team_of(client: AsyncWebClient) -> str:
    """The workspace of this bot's token; asked until Slack says it, since nothing goes before it."""
    wait = 0.5
    while True:
        try:
            return str((await client.auth_test())["team_id"])
        except SlackApiError as error:
            log.warning("Slack does not take this bot's token: %s", error.response.get("error"))
        except (OSError, TimeoutError) as error:
            log.warning("Slack cannot be reached: %s", type(error).__name__)
        await asyncio.sleep(wait)
        wait = min(30.0, wait * 2)
