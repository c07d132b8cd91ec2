"""The page's lock: only this computer's browser, and only with the token of this run."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from aiohttp import web

if TYPE_CHECKING:
    from aiohttp.typedefs import Handler, Middleware

COOKIE = "slack_simulator"
OPEN_PATHS = ("/api/", "/upload/", "/actions/", "/link/", "/openid/connect/keys", "/.well-known/")
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; "
    "frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
FORBIDDEN = 403


class Guard:
    """Refuses foreign Hosts and Origins except on Slack's own interface, and strangers on the page."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.hosts: frozenset[str] = frozenset()

    def listens_at(self, host: str, port: int) -> None:
        self.hosts = frozenset(f"{name}:{port}" for name in (host, "localhost", "127.0.0.1"))

    def middleware(self) -> Middleware:
        @web.middleware
        async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
            if request.path.startswith(OPEN_PATHS):
                return await handler(request)
            refusal = self._refusal(request)
            if refusal:
                return web.json_response({"ok": False, "error": refusal}, status=FORBIDDEN, headers=HEADERS)
            return await handler(request)

        return check

    def _refusal(self, request: web.Request) -> str:
        if request.host.lower() not in self.hosts:
            return "foreign_host"
        origin = request.headers.get("Origin")
        if origin is not None and urlsplit(origin).netloc.lower() not in self.hosts:
            return "foreign_origin"
        if request.path.startswith("/simulator/"):
            return ""
        return "" if self._knows(request) else "no_page_token"

    def _knows(self, request: web.Request) -> bool:
        given = request.query.get("token") or request.cookies.get(COOKIE, "")
        return secrets.compare_digest(given.encode(), self.token.encode())

    def remember(self, request: web.Request, response: web.StreamResponse) -> None:
        """Turn the token in the address into a cookie that scripts cannot read."""
        if "token" in request.query:
            response.set_cookie(COOKIE, self.token, httponly=True, samesite="Strict", path="/")


def secured(response: web.StreamResponse) -> web.StreamResponse:
    response.headers.update(HEADERS)
    return response
