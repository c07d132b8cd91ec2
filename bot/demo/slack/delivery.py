"""How a payload reaches the app: over one of its sockets, or as a signed request; and what came back in time.

While Socket Mode connections are open nothing goes to the request URL.
"""

from __future__ import annotations

import asyncio
import json
import uuid
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlencode

import aiohttp

from bot.demo.slack import signing

if TYPE_CHECKING:
    from bot.demo.slack.faults import Faults
    from bot.demo.slack.sockets import Sockets
    from bot.demo.slack.tasks import Tasks
    from bot.demo.slack.timing import Timing
    from bot.demo.slack.wire import Json

Kind = Literal["slash_commands", "interactive", "events_api"]
RETRY_HEADER = "x-slack-no-retry"


@dataclass
class Parcel:
    kind: Kind
    payload: Json
    envelope_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    echo: bool = False  # the bot's own doing, told back to it
    retry: int = 0
    reason: str = ""


@dataclass(frozen=True)
class Ack:
    """What came back; `error` is empty for an acknowledgement in time."""

    error: str = ""
    body: Json = field(default_factory=dict)
    reason: str = ""  # as the retry header words it
    final: bool = False  # the app asked not to be retried

    @property
    def ok(self) -> bool:
        return not self.error


class Delivery:
    def __init__(
        self, sockets: Sockets, faults: Faults, tasks: Tasks, timing: Timing, signing_secret: str
    ) -> None:
        self.sockets = sockets
        self.request_url: str | None = None
        self._faults = faults
        self._tasks = tasks
        self._timing = timing
        self._secret = signing_secret
        self._session: aiohttp.ClientSession | None = None
        self._sent: deque[Parcel] = deque(maxlen=100)

    async def open(self) -> None:
        # A kept connection may be closed by the app just as it is used again: which looks like a failure.
        connector = aiohttp.TCPConnector(force_close=True)
        self._session = aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=None))

    async def close(self) -> None:
        if self._session:
            await self._session.close()

    async def send(self, parcel: Parcel) -> Ack:
        """Deliver once, or as often as a fault asks for."""
        if not parcel.echo and not parcel.retry:
            self._sent.append(parcel)
            late = self._faults.take("late-delivery")
            if late:
                await asyncio.sleep(float(late.settings["seconds"]))
            if self._faults.take("duplicate-delivery"):
                self._tasks.start(self._once(parcel), "a duplicate delivery")
        return await self._once(parcel)

    async def again(self, count: int) -> int:
        """Repeat the last deliveries as they were: the same envelope, trigger and response address."""
        parcels = list(self._sent)[-count:] if count > 0 else []
        for parcel in parcels:
            await self._once(parcel)
        return len(parcels)

    async def _once(self, parcel: Parcel) -> Ack:
        began = asyncio.get_running_loop().time()
        by_socket = self.sockets.connected
        ack = await self._hand_over(parcel)
        if not ack.ok or parcel.echo or not self._faults.take("lost-ack"):
            return ack
        await asyncio.sleep(began + self._timing.ack - asyncio.get_running_loop().time())
        return Ack("operation_timeout", reason="timeout" if by_socket else "http_timeout")

    async def _hand_over(self, parcel: Parcel) -> Ack:
        if self._faults.is_out:
            return Ack("dispatch_failed", reason="connection_failed")
        if self.sockets.connected:
            return await self.sockets.send(parcel)
        if self.request_url is None:
            return Ack("dispatch_failed", reason="connection_failed")
        return await self._post(self.request_url, parcel)

    async def _post(self, url: str, parcel: Parcel) -> Ack:
        if self._session is None:
            return Ack("dispatch_failed", reason="connection_failed")
        body, headers = self._written(parcel)
        try:
            async with (
                asyncio.timeout(self._timing.ack),
                self._session.post(url, data=body, headers=headers, allow_redirects=False) as response,
            ):
                text = await response.text()
                if response.status // 100 != 2:
                    final = response.headers.get(RETRY_HEADER) == "1"
                    return Ack("dispatch_failed", reason="http_error", final=final)
                return Ack(body=_ack_body(text, response.content_type))
        except TimeoutError:
            return Ack("operation_timeout", reason="http_timeout")
        except aiohttp.ClientError:
            return Ack("dispatch_failed", reason="connection_failed")

    async def verify(self) -> bool:
        """Ask the request URL to prove itself, as Slack does when it is entered."""
        challenge = uuid.uuid4().hex
        payload = {"type": "url_verification", "challenge": challenge}
        ack = await self._post(self.request_url, Parcel("events_api", payload)) if self.request_url else None
        return ack is not None and challenge in (ack.body.get("challenge"), ack.body.get("text"))

    def _written(self, parcel: Parcel) -> tuple[bytes, dict[str, str]]:
        form = "application/x-www-form-urlencoded"
        if parcel.kind == "events_api":
            body, content_type = json.dumps(parcel.payload), "application/json"
        elif parcel.kind == "interactive":
            body, content_type = urlencode({"payload": json.dumps(parcel.payload)}), form
        else:
            body, content_type = urlencode(parcel.payload), form
        headers = {"Content-Type": content_type, "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)"}
        if parcel.retry:
            headers |= {"X-Slack-Retry-Num": str(parcel.retry), "X-Slack-Retry-Reason": parcel.reason}
        return body.encode(), headers | signing.headers(self._secret, body.encode(), self._timing.now())


def _ack_body(text: str, content_type: str) -> Json:
    if not text.strip():
        return {}
    if content_type == "application/json":
        try:
            given = json.loads(text)
        except ValueError:
            return {"text": text}
        return given if isinstance(given, dict) else {}
    return {"text": text}
