"""The simulator's own interface: planting trouble, and seeing what was called and said."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.demo.slack import faults
from bot.demo.slack.faults import FaultError
from bot.demo.slack.people import Channel, Person
from bot.demo.slack.sockets import REASONS

if TYPE_CHECKING:
    from bot.demo.slack.backend import Backend
    from bot.demo.slack.wire import Json

BAD = 400


class Control:
    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/simulator/faults", self.add_fault),
            web.get("/simulator/faults", self.list_faults),
            web.delete("/simulator/faults", self.clear_faults),
            web.get("/simulator/calls", self.list_calls),
            web.delete("/simulator/calls", self.clear_calls),
            web.get("/simulator/messages", self.list_messages),
            web.get("/simulator/sockets", self.list_sockets),
        ]

    async def add_fault(self, request: web.Request) -> web.Response:
        try:
            told = await self.plant(await request.json())
        except ValueError as refused:
            return web.json_response({"error": str(refused)}, status=BAD)
        return web.json_response({"ok": True, **told})

    async def list_faults(self, _request: web.Request) -> web.Response:
        return web.json_response({"faults": self.planted()})

    async def clear_faults(self, _request: web.Request) -> web.Response:
        self.clear()
        return web.json_response({"ok": True})

    async def plant(self, asked: Any) -> Json:
        """Plant one fault and give it as it is told; one that cannot be is a `FaultError`."""
        kind = faults.check(asked)
        if kind in faults.WAITING:
            return self._backend.faults.add(asked).as_told()
        try:
            return {"fault": kind} | await self._at_once(kind, asked)
        except (TypeError, KeyError) as error:  # a setting of a shape that nobody asks for
            raise FaultError(f"fault {kind!r} cannot be planted so: {error}") from None

    def planted(self) -> list[Json]:
        """Give every fault that is still to come, and the limits while they are on."""
        limits = [{"fault": "limits", "on": True}] if self._backend.limits.on else []
        return self._backend.faults.told() + limits

    def clear(self) -> None:
        self._backend.faults.clear()
        self._backend.limits.switch(on=False)

    async def list_calls(self, _request: web.Request) -> web.Response:
        return web.json_response({"calls": list(self._backend.calls)})

    async def clear_calls(self, _request: web.Request) -> web.Response:
        self._backend.calls.clear()
        return web.json_response({"ok": True})

    async def list_messages(self, request: web.Request) -> web.Response:
        """Show everything in a channel, ephemeral messages and whom they are for included."""
        workspace = self._backend.workspace
        channel = request.query.get("channel", "")
        if channel not in workspace.channels:
            return web.json_response({"error": f"unknown channel {channel!r}"}, status=BAD)
        told = [
            workspace.on_page(one)
            | {"ephemeral_to": one.ephemeral_to, "dismissed": one.dismissed, "metadata": one.metadata}
            for one in workspace.messages.get(channel, {}).values()
        ]
        return web.json_response({"messages": told})

    async def list_sockets(self, _request: web.Request) -> web.Response:
        """Show how the envelopes were spread over the open connections."""
        open_now = self._backend.sockets.connections
        told = [{"received": one.received, "acked": one.acked} for one in open_now]
        return web.json_response({"connections": told})

    async def _at_once(self, kind: str, asked: Json) -> Json:
        backend = self._backend
        if kind == "limits":
            backend.limits.switch(on=bool(asked["on"]))
            return {"on": backend.limits.on}
        if kind == "cut-sockets":
            return {"cut": backend.sockets.cut()}
        if kind == "disconnect":
            if asked["reason"] not in REASONS:
                raise FaultError(f"unknown reason {asked['reason']!r}; known: {', '.join(REASONS)}")
            return {"told": await backend.sockets.disconnect(asked["reason"])}
        if kind == "outage":
            backend.faults.begin_outage(float(asked["seconds"]))
            return {"cut": backend.sockets.cut()}
        return self._change_workspace(kind, asked)

    def _change_workspace(self, kind: str, asked: Json) -> Json:
        workspace = self._backend.workspace
        if kind == "person":
            _set(workspace.people.get(asked["user"]), asked["set"], Person, asked["user"])
            self._tell("user_change", user=workspace.people[asked["user"]].as_user(with_email=False))
        elif kind == "group":
            group = workspace.groups.get(asked["group"])
            if group is None:
                raise FaultError(f"unknown group {asked['group']!r}")
            group.users = [str(one) for one in asked["users"]]
            self._tell(
                "subteam_updated",
                subteam=group.as_usergroup(workspace.team_id, with_users=True, with_count=True),
            )
        elif kind == "channel":
            self._change_channel(asked)
        else:
            workspace.app.scopes = {str(one) for one in asked["scopes"]}
        self._backend.people_changed()
        return {name: asked[name] for name in faults.KNOWN[kind]}

    def _change_channel(self, asked: Json) -> None:
        workspace, settings = self._backend.workspace, dict(asked["set"])
        channel = workspace.channels.get(asked["channel"])
        bot = workspace.app.user_id
        is_member = settings.pop("bot_is_member", None)
        _set(channel, settings, Channel, asked["channel"])
        if channel and is_member is not None:
            channel.members = [one for one in channel.members if one != bot] + ([bot] if is_member else [])

    def _tell(self, kind: str, **body: Any) -> None:
        at = self._backend.workspace.next_ts(self._backend.timing.now())
        self._backend.events.publish(kind, {"type": kind, **body, "event_ts": at})


def _set(target: Any, settings: Json, shape: type[Person | Channel], name: str) -> None:
    if target is None:
        raise FaultError(f"unknown {shape.__name__.lower()} {name!r}")
    known = {field.name for field in fields(shape)} - {"id"}
    unknown = set(settings) - known
    if unknown:
        raise FaultError(f"unknown setting {', '.join(sorted(unknown))}; known: {', '.join(sorted(known))}")
    for key, value in settings.items():
        if type(value) is not type(getattr(target, key)):
            raise FaultError(f"{key} cannot be {value!r}")
    for key, value in settings.items():
        setattr(target, key, value)
