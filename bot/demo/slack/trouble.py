"""The page's control panel: plants trouble in this Slack, and over the wire in the cluster beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aiohttp
from aiohttp import web

from bot.demo.slack.eyes import refusal
from bot.demo.slack.faults import FaultError
from bot.demo.slack.guard import secured
from bot.demo.slack.wire import SlackError

if TYPE_CHECKING:
    from bot.demo.slack.control import Control
    from bot.demo.slack.wire import Json

BAD = 400
PATIENCE = aiohttp.ClientTimeout(total=3.0)
NO_CLUSTER = "there is no simulated cluster beside this Slack"


class Trouble:
    """`cluster_url` is where a simulated Kubernetes listens; without one only Slack can be troubled."""

    def __init__(self, control: Control, cluster_url: str | None) -> None:
        self._control = control
        self._cluster_url = cluster_url

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/page/trouble", self.planted),
            web.post("/page/trouble", self.plant),
            web.post("/page/trouble/clear", self.clear),
        ]

    async def planted(self, _request: web.Request) -> web.StreamResponse:
        """Tell what is planted now; `cluster` is null where there is none, or none that answers."""
        try:
            cluster = (await self._ask_cluster("GET"))["faults"]
        except FaultError:
            cluster = None
        told = {"ok": True, "slack": self._control.planted(), "cluster": cluster}
        return secured(web.json_response(told | {"has_cluster": self._cluster_url is not None}))

    async def plant(self, request: web.Request) -> web.StreamResponse:
        try:
            where, asked = await _asked(request)
            if where == "slack":
                await self._control.plant(asked)
            else:
                await self._ask_cluster("POST", asked)
        except SlackError as refused:
            return refusal(refused)
        except FaultError as refused:
            return _refused(refused)
        return secured(web.json_response({"ok": True}))

    async def clear(self, request: web.Request) -> web.StreamResponse:
        """End whatever can be ended by asking; what has happened has happened."""
        try:
            where, _ = await _asked(request)
            if where == "slack":
                self._control.clear()
            else:
                await self._ask_cluster("DELETE")
        except SlackError as refused:
            return refusal(refused)
        except FaultError as refused:
            return _refused(refused)
        return secured(web.json_response({"ok": True}))

    async def _ask_cluster(self, method: str, asked: Any = None) -> Json:
        """Speak to the cluster's own interface; its refusal is ours, in its words."""
        if self._cluster_url is None:
            raise FaultError(NO_CLUSTER)
        url = f"{self._cluster_url}/simulator/faults"
        try:
            async with (
                aiohttp.ClientSession(timeout=PATIENCE) as session,
                session.request(method, url, json=asked) as answer,
            ):
                told: Json = await answer.json()
        except (aiohttp.ClientError, TimeoutError, ValueError):
            raise FaultError("the simulated cluster does not answer") from None
        if "error" in told:
            raise FaultError(str(told["error"]))
        return told


async def _asked(request: web.Request) -> tuple[str, Any]:
    """Read where the trouble is wanted, and which."""
    try:
        asked = await request.json()
    except ValueError:
        raise SlackError("invalid_json") from None
    if not isinstance(asked, dict):
        raise SlackError("json_not_object")
    if asked.get("where") not in ("slack", "cluster"):
        raise FaultError("trouble is planted in slack or in cluster")
    return str(asked["where"]), asked.get("trouble")


def _refused(error: FaultError) -> web.StreamResponse:
    return secured(web.json_response({"ok": False, "error": str(error)}, status=BAD))
