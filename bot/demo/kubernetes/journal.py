"""The journal: what was asked of the server, for tests and the demo's page to look at."""

import re
from collections import deque
from dataclasses import dataclass, field
from json import loads
from typing import Any

from aiohttp import web

_KEPT = 2000
_LONGEST_BODY = 64 * 1024
_LOCAL = re.compile(r"^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$")


def guard(request: web.Request) -> None:
    """Keep other websites out of the simulator's own doors."""
    if "Origin" in request.headers or not _LOCAL.match(request.host):
        raise web.HTTPForbidden(text="the simulator's own addresses are not for browsers of other sites\n")


@dataclass
class Entry:
    """One request, noted as it comes in; what is learned of it later is filled in."""

    method: str
    path: str
    query: str
    user_agent: str
    body: Any = None
    headers: dict[str, list[str]] = field(default_factory=dict)
    """Those that impersonate, each with all its values."""
    status: int = 0
    user: str = ""
    dry_run: bool = False

    def shown(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "status": self.status,
            "user": self.user,
            "userAgent": self.user_agent,
            "dryRun": self.dry_run,
            "headers": self.headers,
        }
        return found if self.body is None else {**found, "body": self.body}


class Journal:
    """The latest requests, oldest first."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=_KEPT)

    def note(self, request: web.Request, raw: bytes) -> Entry:
        spoken = {
            key: request.headers.getall(key)
            for key in request.headers
            if key.lower().startswith("impersonate-")
        }
        agent = request.headers.get("User-Agent", "")
        entry = Entry(request.method, request.path, request.query_string, agent, _read(raw), spoken)
        self._entries.append(entry)
        return entry

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/simulator/requests", self._list), web.delete("/simulator/requests", self._clear)]

    async def _list(self, request: web.Request) -> web.Response:
        guard(request)
        return web.json_response({"requests": [entry.shown() for entry in self._entries]})

    async def _clear(self, request: web.Request) -> web.Response:
        guard(request)
        self._entries.clear()
        return web.json_response({"requests": []})


def _read(raw: bytes) -> Any:
    if not raw or len(raw) > _LONGEST_BODY:
        return None
    try:
        return loads(raw)
    except ValueError:
        return raw.decode("utf-8", "replace")
