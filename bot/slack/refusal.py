"""Why a call of Slack failed: one reading of its many ways to say no."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.domain.errors import DeliveryError

RATE_LIMITED = frozenset({"ratelimited", "rate_limited"})
_PASSING = RATE_LIMITED | {"internal_error", "fatal_error", "service_unavailable", "request_timeout"}
_SENTENCES = {
    "not_in_channel": "The bot is not a member of that channel.",
    "channel_not_found": "There is no such channel, or the bot cannot see it.",
    "is_archived": "That channel is archived.",
    "message_not_found": "The message is no longer there.",
    "cant_update_message": "The message is not the bot's own.",
    "response_url": "The address to answer at is used up or has expired.",
    "no_connection": "Slack cannot be reached.",
    "no_answer": "Slack did not answer.",
    "ratelimited": "Slack asked for a pause that is too long to wait for.",
    "unknown": "The connection broke before Slack answered, so the message may or may not be there.",
}


@dataclass(frozen=True)
class Refusal:
    reason: str
    """Slack's own word for it, or one of ours in its manner."""
    passes: bool = False
    """It goes away by itself, so another try is worth it."""
    may_be_done: bool = False
    """No answer came: the call may have been obeyed."""
    retry_after: float = 0.0

    def as_error(self) -> DeliveryError:
        sentence = _SENTENCES.get(self.reason, f"Slack did not take the message: {self.reason}.")
        return DeliveryError(sentence, reason=self.reason, retryable=self.passes)


def refusal(error: Exception) -> Refusal:
    """Read what a client of Slack raised."""
    match error:
        case SlackApiError():
            return _of_answer(error.response)
        case aiohttp.ClientConnectorError() | aiohttp.ConnectionTimeoutError():
            return Refusal("no_connection", passes=True)
        case aiohttp.ClientError() | TimeoutError() | OSError():
            return Refusal("no_answer", passes=True, may_be_done=True)
        case _:
            return Refusal("unreadable_answer", may_be_done=True)


def of_status(status: int, reason: str, retry_after: str | None) -> Refusal:
    """Read an answer by its status and its error word."""
    if status == HTTPStatus.TOO_MANY_REQUESTS or reason in RATE_LIMITED:
        return Refusal("ratelimited", passes=True, retry_after=_seconds(retry_after))
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        timed_out = status == HTTPStatus.GATEWAY_TIMEOUT
        return Refusal(reason or f"http_{status}", passes=True, may_be_done=timed_out)
    return Refusal(reason or f"http_{status}", passes=reason in _PASSING)


def _of_answer(response: Any) -> Refusal:
    # The client hands on aiohttp's response where it could not read the body, its own elsewhere.
    answered = getattr(response, "data", None)
    status = int(getattr(response, "status_code", 0) or getattr(response, "status", 0))
    reason = str(answered.get("error", "")) if isinstance(answered, dict) else ""
    if status == HTTPStatus.OK and not reason:
        return Refusal("unreadable_answer", passes=True, may_be_done=True)
    return of_status(status, reason, response.headers.get("Retry-After"))


def _seconds(retry_after: str | None) -> float:
    try:
        return max(1.0, float(retry_after or 1))
    except ValueError:
        return 1.0
