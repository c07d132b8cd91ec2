"""One kept connection pool to one API server: how a request is sent, how long it may take, when to repeat it.

Everything goes by raw path through `ApiClient.param_serialize` and `call_api`. The typed methods cost some
eighty times the CPU for a long list, and accept no timeout that lets a stream live.
"""

from __future__ import annotations

import asyncio
import random
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import aiohttp
from aiohttp.http import HttpProcessingError
from kubernetes.aio.config import ConfigException
from multidict import CIMultiDict
from yarl import URL

from bot.domain.cluster import WebAnswer
from bot.kube import errors
from bot.kube.answers import Answer, at_most, seconds
from bot.kube.pool import NOT_SENT, reach, settle, single

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

    from kubernetes.aio.client import ApiClient

JSON = "application/json"
USER_AGENT = "k8s-bot"

BROKEN = (aiohttp.ClientError, HttpProcessingError, OSError, TimeoutError)
"""Everything a connection dies of; a total timeout is a bare `TimeoutError`."""

Query: TypeAlias = "Sequence[tuple[str, str | int]]"
Headers: TypeAlias = "tuple[tuple[str, str], ...]"
Socket: TypeAlias = "aiohttp.ClientWebSocketResponse[bool]"

_HEARTBEAT = 30.0
"""Seconds of silence after which a WebSocket is asked whether it still stands."""
_GOODBYE = 1.0
"""Seconds that the other side of a WebSocket has for its own goodbye."""


@dataclass(frozen=True)
class Limits:
    """How long things may take, in seconds, and how often a read is repeated."""

    connect: float = 3.0
    read: float = 10.0
    """With all its tries and the pauses between them."""
    write: float = 30.0
    pauses: float = 5.0
    """Between the tries of one read, in all. A server that asks for more is not waited for."""
    retries: int = 2
    pause: float = 0.2
    """Before the first repetition, and twice as long before the next."""


class Transport:
    """Sends requests to one cluster. The client is made with the first: one nobody asks costs nothing."""

    def __init__(
        self, cluster: str, connect: Callable[[], Awaitable[ApiClient]], limits: Limits | None = None
    ) -> None:
        self.cluster = cluster
        self._connect = connect
        self._limits = limits or Limits()
        self._client: ApiClient | None = None
        self._single: aiohttp.ClientSession | None = None
        self._connecting = asyncio.Lock()

    async def read(
        self,
        path: str,
        *,
        query: Query = (),
        accept: str = JSON,
        most: int | None = None,
        whose: Headers = (),
    ) -> Answer:
        """GET, tried again when the trouble may pass. `most` bytes of the body are read at most."""
        headers = (*whose, ("Accept", accept))
        give_up = time.monotonic() + self._limits.read
        patience = self._limits.pauses
        tried = 0
        outcome: Answer | Exception
        while True:
            try:
                outcome = await self._once(
                    "GET", path, query=query, headers=headers, give_up=give_up, most=most
                )
                if not outcome.is_passing:
                    return outcome
            except aiohttp.ClientError as problem:
                outcome = problem
            except BROKEN as problem:
                raise errors.unreachable(self.cluster, problem) from problem
            pause = self._pause(tried, outcome)
            patience -= pause
            tried += 1
            if tried > self._limits.retries or patience < 0 or time.monotonic() + pause > give_up:
                break
            await asyncio.sleep(pause)
        if isinstance(outcome, Answer):
            return outcome
        raise errors.unreachable(self.cluster, outcome) from outcome

    async def write(
        self,
        method: str,
        path: str,
        body: Any,
        *,
        query: Query,
        content_type: str,
        dry_run: bool,
        whose: Headers = (),
    ) -> Answer:
        """Send a change, once. When nobody can tell whether it arrived, that is what is raised."""
        headers = (*whose, ("Accept", JSON), ("Content-Type", content_type))
        give_up = time.monotonic() + self._limits.write
        try:
            return await self._once(method, path, query=query, headers=headers, body=body, give_up=give_up)
        except BROKEN as problem:
            if dry_run or isinstance(problem, NOT_SENT):
                raise errors.unreachable(self.cluster, problem) from problem
            raise errors.unknown(self.cluster) from problem

    async def fetch(
        self, method: str, path: str, *, accept: str, most: int, whose: Headers = ()
    ) -> WebAnswer:
        """What something behind the API answers, asked once. A redirect is an answer, and not followed."""
        client = await self._connected()
        sent = (*whose, ("Accept", accept))
        url, headers, _ = await self._addressed(client, method, path, query=(), headers=sent)
        where = URL(url, encoded=True)
        try:
            async with (
                asyncio.timeout(self._limits.read),
                self._for_once(client).request(
                    method, where, headers=headers, allow_redirects=False, **reach(client)
                ) as response,
            ):
                body = await at_most(response.content, most + 1)
        except BROKEN as problem:
            raise errors.unreachable(self.cluster, problem) from problem
        told = tuple((str(name), str(value)) for name, value in response.headers.items())
        whole = len(body) <= most
        return WebAnswer(status=response.status, headers=told, body=body[:most], is_whole=whole)

    async def dial(self, path: str, *, query: Query, protocols: Sequence[str], whose: Headers = ()) -> Socket:
        """Open a WebSocket, once. A connection's errors come as they are: the caller knows what they mean."""
        client = await self._connected()
        url, headers, _ = await self._addressed(client, "GET", path, query=query, headers=whose)
        async with asyncio.timeout(self._limits.read):
            socket: Socket = await self._for_once(client).ws_connect(
                url,
                protocols=protocols,
                headers=headers,
                heartbeat=_HEARTBEAT,
                timeout=aiohttp.ClientWSTimeout(ws_close=_GOODBYE),
                **reach(client),
            )
        return socket

    @asynccontextmanager
    async def stream(
        self, path: str, *, query: Query, accept: str, silence: float
    ) -> AsyncIterator[tuple[Answer, aiohttp.StreamReader]]:
        """An answer that goes on line by line, for as long as no silence lasts longer than allowed."""
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=self._limits.connect, sock_read=silence)
        try:
            headers = (("Accept", accept),)
            response = await self._send("GET", path, query=query, headers=headers, timeout=timeout)
            try:
                refused = b"" if response.status == 200 else await response.content.read(65_536)  # noqa: PLR2004
                yield Answer(response.status, refused), response.content
            finally:
                response.close()
        except BROKEN as problem:
            raise errors.unreachable(self.cluster, problem) from problem

    def _for_once(self, client: ApiClient) -> aiohttp.ClientSession:
        """The client's connections, for what must not be sent twice."""
        if self._single is None:
            self._single = single(client)
        return self._single

    async def close(self) -> None:
        async with self._connecting:
            if self._single is not None:
                await self._single.close()
                self._single = None
            if self._client is not None:
                await self._client.close()
                self._client = None

    async def _once(
        self,
        method: str,
        path: str,
        *,
        query: Query,
        headers: Headers,
        give_up: float,
        body: Any = None,
        most: int | None = None,
    ) -> Answer:
        left = max(0.1, give_up - time.monotonic())
        timeout = aiohttp.ClientTimeout(total=left, sock_connect=min(self._limits.connect, left))
        response = await self._send(method, path, query=query, headers=headers, body=body, timeout=timeout)
        try:
            content = await (response.read() if most is None else at_most(response.content, most))
        finally:
            response.close()  # a body read to its end has given its connection back before this
        return Answer(response.status, content, seconds(response.headers.get("Retry-After")))

    async def _send(
        self,
        method: str,
        path: str,
        *,
        query: Query,
        headers: Headers,
        timeout: aiohttp.ClientTimeout,
        body: Any = None,
    ) -> aiohttp.ClientResponse:
        client = await self._connected()
        url, complete, payload = await self._addressed(
            client, method, path, query=query, headers=headers, body=body
        )
        answer = await client.call_api(method, url, complete, payload, _request_timeout=timeout)
        response: aiohttp.ClientResponse = answer.response
        return response

    async def _addressed(
        self,
        client: ApiClient,
        method: str,
        path: str,
        *,
        query: Query,
        headers: Headers,
        body: Any = None,
    ) -> tuple[str, CIMultiDict[str], Any]:
        """Where a request goes, with which headers, the credentials among them, and its body.

        The client's own headers are a dict, in which of several groups the last would be left.
        """
        try:
            _, url, own, payload, _ = await client.param_serialize(
                method, path, query_params=list(query), body=body, auth_settings=["BearerToken"]
            )
        except (ConfigException, OSError, ValueError) as problem:
            raise errors.no_credentials(self.cluster) from problem
        complete = CIMultiDict(headers)
        complete.update(own)
        return url, complete, payload

    def _pause(self, tried: int, outcome: Answer | Exception) -> float:
        """Ever longer, never twice alike, and no shorter than the server asks for."""
        jitter = random.uniform(0.5, 1.0)  # noqa: S311 - spreads load, keeps no secret
        asked = outcome.retry_after if isinstance(outcome, Answer) else 0.0
        return max(asked, self._limits.pause * 2.0**tried * jitter)

    async def _connected(self) -> ApiClient:
        if self._client is None:
            async with self._connecting:
                if self._client is None:
                    client = await self._connect()
                    client.user_agent = USER_AGENT
                    settle(client)
                    self._client = client
        return self._client
