"""Who is who in the workspace, asked of Slack itself and believed for a minute at most.

What Slack says here decides who may change a cluster. So an outage is never taken for an answer: it refuses.
"""

from __future__ import annotations

import asyncio
import copy
import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from bot.domain.access import Actor, Standing
from bot.domain.errors import AccessDeniedError
from bot.engine.directory import Channel
from bot.service.freshness import Recent
from bot.slack.mrkdwn import clean_line, cut
from bot.slack.refusal import Refusal, refusal

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient
    from slack_sdk.web.async_slack_response import AsyncSlackResponse

    from bot.domain.model import Json

log = logging.getLogger(__name__)

_TIMEOUT = 3.0
_WORTH_WAITING = 2.0
"""A rate limit is waited out when it is as short as this; a person waits for the answer."""
_MINUTE = 60.0
_NAME = 80
_PAGE, _PAGES = 1000, 5
"""So many of a private channel's people are looked through, to find one of them."""
_NO_PERSON = {"user_not_found", "user_not_visible", "users_not_found"}
_NO_CHANNEL = {"channel_not_found", "not_in_channel", "method_not_supported_for_channel_type"}
_NO_GROUP = {"no_such_subteam", "subteam_not_found", "plan_upgrade_required"}
_OUTSIDE = {Standing.BOT, Standing.DEACTIVATED, Standing.STRANGER, Standing.UNKNOWN}


class SlackDirectory:
    """Implements `bot.engine.directory.Directory`."""

    def __init__(
        self, client: AsyncWebClient, team_id: str, *, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = copy.copy(client)
        self._client.retry_handlers = []
        self._team = team_id
        self._people = Recent(self._person, _MINUTE, now)
        self._groups = Recent(self._group, _MINUTE, now)
        self._channels = Recent(self._channel, _MINUTE, now)
        self._told: set[str] = set()

    async def actor(self, team: str, user: str, *, groups: frozenset[str], fresh: bool = False) -> Actor:
        known = await self._people.get(user, fresh=fresh)
        standing = _standing(known, self._team)
        if team != self._team and standing not in _OUTSIDE:
            standing = Standing.STRANGER
        return Actor(
            id=user,
            team=team,
            name=_name(known) or user,
            standing=standing,
            groups=frozenset() if standing in _OUTSIDE else await self._groups_of(user, groups, fresh=fresh),
            email=_email(known),
        )

    async def channel(self, channel: str, *, fresh: bool = False) -> Channel:
        return await self._channels.get(channel, fresh=fresh)

    async def is_in(self, channel: str, user: str) -> bool:
        known = await self.channel(channel)
        if not known.is_private:
            return bool(known.name)
        cursor = ""
        for _ in range(_PAGES):
            people, cursor = await self._readers(channel, cursor)
            if user in people or not cursor:
                return user in people
        return False

    async def members(self, group: str, *, fresh: bool = False) -> frozenset[str]:
        return await self._groups.get(group, fresh=fresh)

    async def _groups_of(self, user: str, groups: frozenset[str], *, fresh: bool) -> frozenset[str]:
        asked = list(groups)
        # Each is heard to its end, so that no question outlives the one who asked.
        answers = await asyncio.gather(
            *(self._groups.get(group, fresh=fresh) for group in asked), return_exceptions=True
        )
        within: set[str] = set()
        for group, people in zip(asked, answers, strict=True):
            if isinstance(people, BaseException):
                raise people
            if user in people:
                within.add(group)
        return frozenset(within)

    async def close(self) -> None:
        for recent in (self._people, self._groups, self._channels):
            await recent.close()

    async def _person(self, user: str) -> Json:
        answer = await self._ask(lambda: self._client.users_info(user=user))
        if isinstance(answer, Refusal):
            if answer.reason in _NO_PERSON:
                raise AccessDeniedError("Slack knows nobody by the id that this came from.")
            raise _cannot_say(answer, "who is asking")
        return dict(answer.get("user") or {})

    async def _group(self, group: str) -> frozenset[str]:
        answer = await self._ask(lambda: self._client.usergroups_users_list(usergroup=group))
        if not isinstance(answer, Refusal):
            return frozenset(map(str, answer.get("users") or ()))
        if answer.reason not in _NO_GROUP:
            raise _cannot_say(answer, f"who is in the group {group}")
        if group not in self._told:
            self._told.add(group)
            log.warning("user group %s counts as empty: %s", group, answer.reason)
        return frozenset()

    async def _channel(self, channel: str) -> Channel:
        answer = await self._ask(lambda: self._client.conversations_info(channel=channel))
        if not isinstance(answer, Refusal):
            return _as_channel(channel, dict(answer.get("channel") or {}))
        if answer.reason not in _NO_CHANNEL:
            raise _cannot_say(answer, "whether the bot may post there")
        return Channel(id=channel, name="", can_post=False)

    async def _readers(self, channel: str, cursor: str) -> tuple[frozenset[str], str]:
        """One page of them, and where the next begins; empty where there is none."""
        answer = await self._ask(
            lambda: self._client.conversations_members(channel=channel, limit=_PAGE, cursor=cursor)
        )
        if isinstance(answer, Refusal):
            if answer.reason in _NO_CHANNEL:
                return frozenset(), ""
            raise _cannot_say(answer, "who reads that channel")
        onward = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
        return frozenset(map(str, answer.get("members") or ())), onward

    async def _ask(self, call: Callable[[], Any]) -> AsyncSlackResponse | Refusal:
        answer = await self._try(call)
        if isinstance(answer, Refusal) and 0 < answer.retry_after <= _WORTH_WAITING:
            await asyncio.sleep(answer.retry_after)
            answer = await self._try(call)
        return answer

    async def _try(self, call: Callable[[], Any]) -> AsyncSlackResponse | Refusal:
        try:
            async with asyncio.timeout(_TIMEOUT):
                answer: AsyncSlackResponse = await call()
        except Exception as error:  # noqa: BLE001  # whatever went wrong, it is no answer, so it refuses
            return refusal(error)
        return answer


def _standing(user: Json, team: str) -> Standing:
    if user.get("deleted"):
        return Standing.DEACTIVATED
    if user.get("is_bot") or user.get("id") == "USLACKBOT":
        return Standing.BOT
    if not user.get("team_id"):
        return Standing.UNKNOWN
    if user.get("is_stranger") or user["team_id"] != team:
        return Standing.STRANGER
    if user.get("is_restricted") or user.get("is_ultra_restricted"):
        return Standing.GUEST
    return Standing.MEMBER


def _name(user: Json) -> str:
    profile = user.get("profile") or {}
    names = (profile.get("display_name"), profile.get("real_name"), user.get("real_name"), user.get("name"))
    return next((cut(line, _NAME) for name in names if (line := clean_line(str(name or "")))), "")


def _email(user: Json) -> str:
    """Empty where the app may not know it, or where nobody has shown yet that it is theirs."""
    if user.get("is_email_confirmed") is False:
        return ""
    return str((user.get("profile") or {}).get("email") or "")


def _as_channel(channel: str, found: Json) -> Channel:
    is_direct = bool(found.get("is_im"))
    can_post = (is_direct or bool(found.get("is_member"))) and not found.get("is_archived")
    name = clean_line(str(found.get("name") or "")) or ("directmessage" if is_direct else "")
    is_shared = any(found.get(mark) for mark in ("is_ext_shared", "is_org_shared", "is_pending_ext_shared"))
    return Channel(
        id=channel, name=name, can_post=can_post, is_shared=is_shared,
        is_direct=is_direct or bool(found.get("is_mpim")), is_private=bool(found.get("is_private")),
    )  # fmt: skip


def _cannot_say(answer: Refusal, what: str) -> AccessDeniedError:
    log.warning("Slack did not say %s: %s", what, answer.reason)
    return AccessDeniedError(
        f"Slack cannot say {what} right now, so nothing is done.", hint="Try again in a minute."
    )
