"""`/healthz`: the process lives. `/readyz`: it can be used, by Slack and by its database."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

Check = Callable[[], Awaitable[bool]]


def health_routes(checks: Mapping[str, Check]) -> list[web.RouteDef]:
    """The routes; `checks` are asked anew at each call of `/readyz`."""

    async def healthz(_: web.Request) -> web.Response:
        return web.json_response({"ok": True})

    async def readyz(_: web.Request) -> web.Response:
        found = {name: await check() for name, check in checks.items()}
        ready = all(found.values())
        return web.json_response({"ok": ready, "checks": found}, status=200 if ready else 503)

    return [web.get("/healthz", healthz), web.get("/readyz", readyz)]
