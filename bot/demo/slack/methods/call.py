"""What a method is given, what it declares, and how long lists are cut into pages."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from bot.demo.slack.wire import Args, Json, RateLimitedError, SlackError

if TYPE_CHECKING:
    from bot.demo.slack.backend import Backend
    from bot.demo.slack.people import Channel
    from bot.demo.slack.workspace import Workspace

LARGEST_PAGE = 1000


@dataclass(frozen=True)
class Call:
    backend: Backend
    args: Args
    base: str  # the address under which the caller reached us
    token: str = ""
    authorization: str = ""  # the header as it came, for callers that are clients of OpenID Connect

    @property
    def workspace(self) -> Workspace:
        return self.backend.workspace

    def needs(self, scope: str) -> None:
        """Refuse when the token lacks a scope that depends on the arguments."""
        scopes = self.workspace.app.scopes
        if scope not in scopes:
            raise SlackError("missing_scope", needed=scope, provided=",".join(sorted(scopes)))

    def next_ts(self) -> str:
        return self.workspace.next_ts(self.backend.timing.now())

    def channel(self, name: str = "channel") -> Channel:
        return self.workspace.for_bot(self.args.required(name))

    def posts_to(self, channel: Channel) -> None:
        """Count one message against the channel's own limit."""
        wait = self.backend.limits.refuse_post(channel.id)
        if wait:
            raise RateLimitedError(wait)


@dataclass(frozen=True)
class Method:
    run: Callable[[Call], Json]
    tier: Literal["T1", "T2", "T3", "T4", "S"]
    scope: str = ""
    token: Literal["bot", "app", "none"] = "bot"  # noqa: S105 - which kind of token is asked for


def page(
    items: list[Json], args: Args, *, default: int = 100, most: int = LARGEST_PAGE
) -> tuple[list[Json], Json]:
    """Cut one page out of a list; give it with the `response_metadata` that leads on."""
    limit = args.number("limit", default)
    if not 1 <= limit <= most:
        raise SlackError("invalid_limit")
    start = _position(args.text("cursor"))
    more = start + limit < len(items)
    cursor = base64.b64encode(f"next:{start + limit}".encode()).decode() if more else ""
    return items[start : start + limit], {"next_cursor": cursor}


def _position(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        word, _, number = base64.b64decode(cursor, validate=True).decode().partition(":")
        position = int(number)
    except ValueError:
        raise SlackError("invalid_cursor") from None
    if word != "next" or position < 0:
        raise SlackError("invalid_cursor")
    return position
