"""PagerDuty and Opsgenie, each asked in its own way for the same thing: the addresses of those on duty."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import quote

from bot.domain.errors import OnCallUnknownError
from bot.domain.model import Json
from bot.domain.oncall import OnDuty, Opsgenie, PagerDuty, Remote, address
from bot.oncall.asking import Answerless, Asking

log = logging.getLogger(__name__)

_PAGERDUTY = "https://api.pagerduty.com/oncalls"
_OPSGENIE = {"us": "https://api.opsgenie.com", "eu": "https://api.eu.opsgenie.com"}
_PAGE = 100
_MOST_PAGES = 10
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_EMAIL = re.compile(r"[^\s@]{1,250}@[^\s@]{1,250}")


class Providers:
    """Asks whom a schedule names, with the tokens of the environment. Close it at the end."""

    def __init__(
        self,
        clock: Callable[[], float],
        *,
        pagerduty_token: str,
        opsgenie_token: str,
        timeout: float = 3.0,
    ) -> None:
        """`timeout` is for one page, in seconds; all of an answer may take three times as long."""
        self._clock = clock
        self._pagerduty_token = pagerduty_token
        self._opsgenie_token = opsgenie_token
        self._timeout = timeout
        self._asking = Asking(timeout)

    async def on_duty(self, source: Remote) -> OnDuty:
        """Raises `OnCallUnknownError` for whatever is not plainly an answer. Why stands in the log."""
        name = type(source).__name__
        try:
            async with asyncio.timeout(3 * self._timeout):
                if isinstance(source, PagerDuty):
                    return OnDuty(emails=await self._pagerduty(source))
                return OnDuty(emails=await self._opsgenie(source))
        except (Answerless, TimeoutError) as error:
            why = error if isinstance(error, Answerless) else Answerless("it takes too long")
            log.warning("%s did not say who is on call in %s: %s", name, source.schedule, why.reason)
            raise OnCallUnknownError(
                f"{name} cannot say who is on call right now, so nothing is done.", hint=why.hint
            ) from None

    async def close(self) -> None:
        await self._asking.close()

    async def _pagerduty(self, source: PagerDuty) -> frozenset[str]:
        headers = {
            "Authorization": f"Token token={self._pagerduty_token}",
            "Accept": "application/vnd.pagerduty+json;version=2",
        }
        emails: set[str] = set()
        for page in range(_MOST_PAGES):
            params: dict[str, str | int] = {
                "schedule_ids[]": source.schedule, "include[]": "users", "earliest": "true",
                "limit": _PAGE, "offset": page * _PAGE,
            }  # fmt: skip
            answer = await self._asking.get(_PAGERDUTY, source.variable, headers=headers, params=params)
            now = self._clock()
            emails |= {_email_of(entry) for entry in _entries(answer, source.schedule) if _holds(entry, now)}
            if answer.get("more") is not True:
                return frozenset(emails)
        raise Answerless(f"more than {_MOST_PAGES} pages")

    async def _opsgenie(self, source: Opsgenie) -> frozenset[str]:
        url = f"{_OPSGENIE[source.region]}/v2/schedules/{quote(source.schedule, safe='')}/on-calls"
        headers = {"Authorization": f"GenieKey {self._opsgenie_token}"}
        by = "id" if _ID.fullmatch(source.schedule) else "name"
        params = {"scheduleIdentifierType": by, "flat": "true"}
        answer = await self._asking.get(url, source.variable, headers=headers, params=params)
        found = _member(_member(answer, "data", dict), "onCallRecipients", list)
        return frozenset(map(_email, found))


def _entries(answer: Json, schedule: str) -> list[Any]:
    """The times of duty that were answered. Those of a schedule that was not asked for spoil them all."""
    entries: list[Any] = _member(answer, "oncalls", list)
    for entry in entries:
        if not isinstance(entry, dict) or _member(entry, "schedule", dict).get("id") != schedule:
            raise Answerless("it answers for another schedule")
    return entries


def _holds(entry: Json, now: float) -> bool:
    start, end = (_instant(entry.get(name)) for name in ("start", "end"))
    return (start is None or start <= now) and (end is None or now < end)


def _instant(said: Any) -> float | None:
    """Seconds since 1970; None where it has neither beginning nor end."""
    if said is None:
        return None
    try:
        at = datetime.fromisoformat(said)
    except (TypeError, ValueError):
        raise Answerless("a time that is none") from None
    if at.tzinfo is None:
        raise Answerless("a time without a zone")
    return at.timestamp()


def _email_of(entry: Json) -> str:
    return _email(_member(entry, "user", dict).get("email"))


def _email(said: Any) -> str:
    if not isinstance(said, str) or not _EMAIL.fullmatch(address(said)):
        raise Answerless("a person without an e-mail address")
    return address(said)


def _member(found: Json, name: str, kind: type) -> Any:
    member = found.get(name)
    if not isinstance(member, kind):
        raise Answerless(f"an answer whose {name} is no {kind.__name__}")
    return member
