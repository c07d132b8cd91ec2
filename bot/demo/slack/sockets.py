"""Socket Mode: tickets, up to ten connections, envelopes to any one of them, acks from any of them."""

from __future__ import annotations

import asyncio
import json
import random
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

from bot.demo.slack.delivery import Ack
from bot.demo.slack.wire import SlackError

if TYPE_CHECKING:
    from bot.demo.slack.delivery import Parcel
    from bot.demo.slack.faults import Faults
    from bot.demo.slack.tasks import Tasks
    from bot.demo.slack.timing import Timing

MOST_CONNECTIONS = 10
HOST = "applink-demo-1"
REASONS = ("warning", "refresh_requested", "link_disabled", "too_many_websockets")


@dataclass(eq=False)
class Connection:
    socket: web.WebSocketResponse
    request: web.Request
    received: int = 0
    acked: int = 0

    async def say(self, frame: dict[str, Any]) -> bool:
        try:
            await self.socket.send_json(frame)
        except ConnectionError:
            return False
        return True

    def cut(self) -> None:
        if self.request.transport:
            self.request.transport.abort()


class Sockets:
    def __init__(self, app_id: str, faults: Faults, tasks: Tasks, timing: Timing) -> None:
        self._app_id = app_id
        self._faults = faults
        self._tasks = tasks
        self._timing = timing
        self._tickets: dict[str, float] = {}
        self._pending: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self.connections: list[Connection] = []

    @property
    def connected(self) -> bool:
        return bool(self.connections)

    def issue_ticket(self) -> str:
        now = self._timing.now()
        self._tickets = {name: until for name, until in self._tickets.items() if until > now}
        ticket = secrets.token_urlsafe(24)
        self._tickets[ticket] = now + self._timing.ticket
        return ticket

    async def accept(self, request: web.Request) -> web.StreamResponse:
        """Hold one connection until either side ends it."""
        if (
            self._tickets.pop(request.query.get("ticket", ""), 0.0) <= self._timing.now()
            or self._faults.is_out
        ):
            return web.json_response(SlackError("invalid_ticket").reply(), status=403)
        socket = web.WebSocketResponse(heartbeat=30.0, timeout=1.0)
        await socket.prepare(request)
        connection = Connection(socket, request)
        if len(self.connections) >= MOST_CONNECTIONS:
            await connection.say(_disconnect("too_many_websockets"))
            await socket.close()
            return socket
        self.connections.append(connection)
        life = (
            self._timing.debug_connection if "debug_reconnects" in request.query else self._timing.connection
        )
        ageing = asyncio.create_task(self._age(connection, life))
        try:
            await connection.say(self._hello(life))
            await self._listen(connection)
        finally:
            ageing.cancel()
            self._forget(connection)
        return socket

    def _hello(self, life: float) -> dict[str, Any]:
        return {
            "type": "hello",
            "num_connections": len(self.connections),
            "connection_info": {"app_id": self._app_id},
            "debug_info": {
                "host": HOST,
                "started": "2026-01-01 00:00:00.000",
                "build_number": 1,
                "approximate_connection_time": int(life),
            },
        }

    async def _listen(self, connection: Connection) -> None:
        async for frame in connection.socket:
            if frame.type is not WSMsgType.TEXT:
                continue
            try:
                said = json.loads(frame.data)
            except ValueError:
                continue
            pending = self._pending.get(said.get("envelope_id", "")) if isinstance(said, dict) else None
            if pending and not pending.done():
                connection.acked += 1
                pending.set_result(said)

    async def _age(self, connection: Connection, life: float) -> None:
        """Warn ahead of the end, as Slack does every hour or so."""
        await asyncio.sleep(max(life - self._timing.warning, 0))
        await connection.say(_disconnect("warning"))
        await self._refresh(connection)

    async def _refresh(self, connection: Connection) -> None:
        await asyncio.sleep(self._timing.warning)
        await self._end(connection, "refresh_requested")

    async def _end(self, connection: Connection, reason: str) -> None:
        self._forget(connection)
        await connection.say(_disconnect(reason))
        await connection.socket.close()

    def _forget(self, connection: Connection) -> None:
        if connection in self.connections:
            self.connections.remove(connection)

    async def send(self, parcel: Parcel) -> Ack:
        """Hand the envelope to one connection and wait for its ack on whichever."""
        envelope: dict[str, Any] = {
            "envelope_id": parcel.envelope_id,
            "type": parcel.kind,
            "payload": parcel.payload,
            "accepts_response_payload": parcel.kind != "events_api",
        }
        if parcel.kind == "events_api":
            envelope |= {"retry_attempt": parcel.retry, "retry_reason": parcel.reason}
        acked: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        earlier = self._pending.get(parcel.envelope_id)
        self._pending[parcel.envelope_id] = acked
        try:
            if not await self._hand_over(envelope):
                return Ack("dispatch_failed", reason="connection_failed")
            said = await asyncio.wait_for(acked, self._timing.ack)
        except TimeoutError:
            return Ack("operation_timeout", reason="timeout")
        finally:
            if self._pending.get(parcel.envelope_id) is acked:
                del self._pending[parcel.envelope_id]
        if earlier and not earlier.done():
            earlier.set_result(said)
        body = said.get("payload")
        return Ack(body=body if isinstance(body, dict) else {})

    async def _hand_over(self, envelope: dict[str, Any]) -> bool:
        while self.connections:
            connection = random.choice(self.connections)
            if await connection.say(envelope):
                connection.received += 1
                return True
            self._forget(connection)
        return False

    async def disconnect(self, reason: str) -> int:
        """Tell every connection to go; a warning leaves it open for a while."""
        told = list(self.connections)
        for connection in told:
            if reason == "warning":
                await connection.say(_disconnect(reason))
                self._tasks.start(self._refresh(connection), "a warned connection")
            else:
                await self._end(connection, reason)
        return len(told)

    def cut(self) -> int:
        """Drop every connection without a word, as a broken network does."""
        told = list(self.connections)
        for connection in told:
            self._forget(connection)
            connection.cut()
        return len(told)

    async def close(self) -> None:
        told = list(self.connections)
        self.connections.clear()
        await asyncio.gather(*(connection.socket.close() for connection in told))


def _disconnect(reason: str) -> dict[str, Any]:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": HOST}}
