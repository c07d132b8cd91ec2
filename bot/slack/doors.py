"""The two ways in: Socket Mode, and signed HTTP. Both end in the same app."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import parse_qs

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

log = logging.getLogger(__name__)

MOST_BYTES = 512 * 1024
"""Far above anything Slack sends, far below anything that hurts."""


def http_routes(app: Callable[[], AsyncApp | None]) -> list[web.RouteDef]:
    """`/slack/events` for commands, presses and events; 503 while nothing can be done for them."""

    async def deliver(request: web.Request) -> web.StreamResponse:
        body = (await request.read()).decode("utf-8", "replace")
        if not _readable(request, body):
            return web.json_response({"error": "invalid request"}, status=HTTPStatus.UNAUTHORIZED)
        ready = app()
        if ready is None:
            return web.json_response({"error": "not ready"}, status=HTTPStatus.SERVICE_UNAVAILABLE)
        return await to_aiohttp_response(await ready.async_dispatch(await to_bolt_request(request)))

    return [web.post("/slack/events", deliver)]


def _readable(request: web.Request, body: str) -> bool:
    """Refuse first what makes Bolt fail instead of refusing: none of it can be a signed delivery."""
    stamp = request.headers.get("X-Slack-Request-Timestamp", "")
    if not stamp.isascii() or not stamp.isdigit() or len(stamp) > 12:  # noqa: PLR2004 - seconds for 30,000 years
        return False
    if "X-Slack-Signature" not in request.headers:
        return False
    try:
        for payload in parse_qs(body).get("payload", []):
            json.loads(payload)
        if request.content_type == "application/json":
            json.loads(body)
    except ValueError:
        return False
    return True


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
        self._handler = AsyncSocketModeHandler(self._app, self._token)
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
