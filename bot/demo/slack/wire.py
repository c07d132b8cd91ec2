"""How Slack's callers write their requests, and how Slack words a refusal.

The client libraries write the same arguments as JSON, form, query, multipart or nothing at all.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aiohttp import web

JSON_TYPE = "application/json"
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
Json = dict[str, Any]


class SlackError(Exception):
    """A reply with `ok: false`; `extras` stand beside the error string."""

    def __init__(self, error: str, *, messages: Sequence[str] = (), **extras: Any) -> None:
        super().__init__(error)
        self.error = error
        self.messages = list(messages)
        self.extras = extras

    def reply(self) -> Json:
        body: Json = {"ok": False, "error": self.error, **self.extras}
        if self.messages:
            body["response_metadata"] = {"messages": [f"[ERROR] {message}" for message in self.messages]}
        return body


class RateLimitedError(SlackError):
    """Too much at once: HTTP 429, and seconds to wait."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("ratelimited")
        self.retry_after = retry_after


def missing(name: str, error: str = "invalid_arguments") -> SlackError:
    return SlackError(error, messages=[f"missing required field: {name}"])


@dataclass
class Args:
    """The arguments of one call, whichever way they were written."""

    values: Json = field(default_factory=dict)

    def has(self, name: str) -> bool:
        return self.values.get(name) not in (None, "")

    def text(self, name: str, default: str = "") -> str:
        value = self.values.get(name)
        return default if value is None else str(value)

    def required(self, name: str) -> str:
        if not self.has(name):
            raise missing(name)
        return self.text(name)

    def flag(self, name: str, *, default: bool = False) -> bool:
        value = self.values.get(name)
        return default if value in (None, "") else str(value).lower() in ("1", "true")

    def number(self, name: str, default: int) -> int:
        try:
            return int(self.text(name) or default)
        except ValueError:
            raise SlackError("invalid_arguments", messages=[f"must be a valid integer: {name}"]) from None

    def words(self, name: str) -> list[str]:
        """Read a list: comma-joined in a query, an array in JSON."""
        value = self.values.get(name)
        if isinstance(value, list):
            return [str(one) for one in value]
        return [one.strip() for one in self.text(name).split(",") if one.strip()]

    def document(self, name: str, error: str) -> Any:
        """Read a JSON argument, which forms and queries carry as a string."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value.strip():
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise SlackError(error) from None


@dataclass(frozen=True)
class Request:
    args: Args
    token: str
    authorization: str = ""
    warnings: tuple[str, ...] = ()


async def read(request: web.Request) -> Request:
    """Take arguments and token from wherever the caller put them."""
    values: Json = dict(request.query)
    token = values.pop("token", "")
    given, warnings = await _body(request) if request.body_exists else ({}, ())
    body_token = given.pop("token", "")
    if request.content_type in _FORMS:  # in a JSON body a token means nothing
        token = token or body_token
    values |= given
    authorization = request.headers.get("Authorization", "")
    scheme, _, bearer = authorization.partition(" ")
    if scheme.lower() == "bearer":
        token = bearer.strip()
    return Request(Args(values), token, authorization, warnings)


async def _body(request: web.Request) -> tuple[Json, tuple[str, ...]]:
    if request.content_type in _FORMS:
        form = await request.post()
        return {name: value for name, value in form.items() if isinstance(value, str)}, ()
    body = await request.read()
    if not body:
        return {}, ()
    if "Content-Type" not in request.headers:
        raise SlackError("missing_post_type")
    if request.content_type == JSON_TYPE:
        try:
            given = json.loads(body)
        except ValueError:
            raise SlackError("invalid_json") from None
        if not isinstance(given, dict):
            raise SlackError("json_not_object")
        return given, (() if request.charset else ("missing_charset",))
    raise SlackError("invalid_post_type")
