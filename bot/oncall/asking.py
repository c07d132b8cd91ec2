"""One GET at a time to a provider's API: bounded in time and size, tried twice, never redirected."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from bot.domain.model import Json

if TYPE_CHECKING:
    import httpx

_PAUSE = 0.3
_WORTH_WAITING = 2.0
"""A rate limit is waited out when it is as short as this; a person waits for the answer."""
_LONG = 60.0
"""Seconds to wait for a rate limit that does not say when it ends."""
_LONGEST = 3600.0
_MOST_BYTES = 1 << 20
_ENDS_OF_LIMIT = ("ratelimit-reset", "retry-after", "x-ratelimit-period-in-sec")
"""PagerDuty's header, everybody's and Opsgenie's; each counts seconds."""


class Answerless(Exception):  # noqa: N818 - it is no error yet: another try may be worth it
    """Why there is no answer, and after how many seconds another try is worth it; None: it is not."""

    def __init__(self, reason: str, hint: str = "Try again in a minute.", again: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.hint = hint
        self.again = again


class Asking:
    """The one client. Close it at the end."""

    def __init__(self, timeout: float) -> None:
        """`timeout` is for one try, in seconds."""
        self._timeout = timeout
        self._client: httpx.AsyncClient | None = None

    async def get(
        self, url: str, variable: str, *, headers: Mapping[str, str], params: Mapping[str, str | int]
    ) -> Json:
        """The JSON object that was answered, else raises `Answerless`.

        `variable` is the name of that which holds the token, for the hint.
        """
        try:
            return await self._try(url, variable, headers, params)
        except Answerless as first:
            if first.again is None or first.again > _WORTH_WAITING:
                raise
            await asyncio.sleep(first.again)
        return await self._try(url, variable, headers, params)

    async def close(self) -> None:
        if self._client:
            await self._client.aclose()

    async def _try(
        self, url: str, variable: str, headers: Mapping[str, str], params: Mapping[str, str | int]
    ) -> Json:
        import httpx  # only who asks a provider waits for it to be read

        if self._client is None:
            self._client = httpx.AsyncClient(follow_redirects=False, timeout=self._timeout)
        # Plain, for what is packed small may unpack to anything.
        sent = {"Accept-Encoding": "identity", **headers}
        try:
            async with (
                asyncio.timeout(self._timeout),
                self._client.stream("GET", url, headers=sent, params=params) as answer,
            ):
                _look_at_status(answer, variable)
                body = await _read(answer)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, OSError) as error:
            # By its kind alone: the words of some carry a header that could not be sent.
            raise Answerless(f"no answer ({type(error).__name__})", again=_PAUSE) from None
        return _parsed(body)


def _look_at_status(answer: httpx.Response, variable: str) -> None:
    status = answer.status_code
    if status == HTTPStatus.OK:
        return
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        raise Answerless(f"it refuses the token ({status})", f"An operator looks at {variable}.")
    if status == HTTPStatus.NOT_FOUND:
        raise Answerless("it has no such schedule", "An operator looks at `oncall` in the configuration.")
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        seconds = _end_of_limit(answer.headers)
        raise Answerless(f"rate limit, for {seconds:.0f} s", f"Try again in {seconds:.0f} seconds.", seconds)
    raise Answerless(f"status {status}", again=_PAUSE if status >= HTTPStatus.INTERNAL_SERVER_ERROR else None)


def _end_of_limit(headers: httpx.Headers) -> float:
    for name in _ENDS_OF_LIMIT:
        said = headers.get(name, "")
        if said.isascii() and said.isdigit():
            return min(max(float(said[:9]), 1.0), _LONGEST)
    return _LONG


async def _read(answer: httpx.Response) -> bytes:
    pieces = bytearray()
    async for piece in answer.aiter_raw():
        pieces += piece
        if len(pieces) > _MOST_BYTES:
            raise Answerless(f"more than {_MOST_BYTES} bytes")
    return bytes(pieces)


def _parsed(body: bytes) -> Json:
    try:
        answer: Any = json.loads(body)
    except (ValueError, RecursionError):
        raise Answerless("no JSON") from None
    if not isinstance(answer, dict):
        raise Answerless("JSON that is no object")
    return answer
