"""Answers through a response address: to one person, five times, for half an hour.

The address comes in a payload. Until it is seen to lead to Slack it is a stranger's wish to have us call
something inside our own network.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING

import aiohttp
from yarl import URL

from bot.slack.refusal import Refusal, of_status, refusal

if TYPE_CHECKING:
    from bot.slack.blocks import Rendered

_SLACK = {"slack.com", "www.slack.com", "slack-gov.com"}
_GONE = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE, HTTPStatus.FORBIDDEN}
_USED_UP = {"used_url", "expired_url", "invalid_url", "expired_trigger_id"}


def _is_loopback(host: str | None) -> bool:
    """A simulated Slack on this machine may speak of itself by any of this machine's own names."""
    return host in {"127.0.0.1", "localhost", "::1"}


class Answers:
    """The door through response addresses, over one kept session."""

    def __init__(self, session: aiohttp.ClientSession, api_url: str, timeout: float) -> None:
        self._session = session
        self._api = URL(api_url)
        self._timeout = aiohttp.ClientTimeout(total=timeout)

    def is_trusted(self, response_url: str) -> bool:
        """Whether it leads to Slack: to its hooks, or to wherever its API was configured to be."""
        try:
            url = URL(response_url)
            if url.user is not None or url.password is not None:
                return False
            if self._api.scheme == "https" and self._api.host in _SLACK:
                domain = str(self._api.host).removeprefix("www.")
                return url.origin() == URL.build(scheme="https", host=f"hooks.{domain}")
            both_here = _is_loopback(self._api.host) and _is_loopback(url.host)
            return url.origin() == self._api.origin() or (both_here and url.scheme == self._api.scheme)
        except (ValueError, TypeError):
            return False

    async def send(self, response_url: str, rendered: Rendered, *, replace: bool) -> Refusal | None:
        """Show it, once; None when Slack took it."""
        body = {
            "response_type": "ephemeral",
            "replace_original": replace,
            "text": rendered.text,
            "blocks": rendered.blocks,
            "unfurl_links": False,
            "unfurl_media": False,
        }
        try:
            async with self._session.post(
                response_url, json=body, allow_redirects=False, timeout=self._timeout
            ) as response:
                return _read(response.status, await response.text(), response.headers.get("Retry-After"))
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return refusal(error)


def _read(status: int, body: str, retry_after: str | None) -> Refusal | None:
    try:
        answered = json.loads(body)
    except ValueError:
        answered = None
    reason = str(answered.get("error", "")) if isinstance(answered, dict) else ""
    if status == HTTPStatus.OK and not reason:
        return None
    if isinstance(answered, dict) and retry_after is None and "retry_after" in answered:
        retry_after = str(answered["retry_after"])
    if reason in _USED_UP or status in _GONE:
        return Refusal("response_url")
    return of_status(status, reason, retry_after)
