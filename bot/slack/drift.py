"""Whether the people, groups and channels of a policy are still what the names beside their ids say.

Asked before a policy is in force, from a terminal: so an outage is told, and nothing hangs on the answer.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.domain.access import Actor, Standing
from bot.domain.errors import SettingsError
from bot.domain.model import Json
from bot.service.named import Named
from bot.slack.directory import SlackDirectory
from bot.slack.refusal import refusal

_GONE = {"user_not_found", "user_not_visible", "users_not_found", "channel_not_found"}
_WHAT = {
    Standing.GUEST: "is a guest, and is refused whatever a policy says",
    Standing.STRANGER: "is of another workspace, and is refused whatever a policy says",
    Standing.BOT: "is a bot, and is refused whatever a policy says",
    Standing.DEACTIVATED: "is deactivated",
    Standing.UNKNOWN: "is nobody that Slack tells of",
}


@contextlib.asynccontextmanager
async def workspace(token: str, url: str) -> AsyncIterator[_Workspace]:
    """Slack, asked by the bot's token. Raises `SettingsError` where it does not answer to it."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as session:
        client = AsyncWebClient(token=token, base_url=url, session=session)
        asked = _Workspace(client, "")
        team = str((await asked.call("auth.test", client.auth_test())).get("team_id", ""))
        directory = SlackDirectory(client, team)
        try:
            yield _Workspace(client, team, directory)
        finally:
            await directory.close()


class _Workspace:
    def __init__(self, client: AsyncWebClient, team: str, directory: SlackDirectory | None = None) -> None:
        self._client = client
        self._directory = directory or SlackDirectory(client, team)
        self.team = team

    async def call(self, method: str, asked: Awaitable[AsyncSlackResponse]) -> Json:
        """The answer; empty for what is not there. Raises `SettingsError` for any other refusal."""
        try:
            answer = await asked
        except Exception as error:  # whatever went wrong, it is no answer
            reason = refusal(error).reason
            if reason in _GONE:
                return {}
            raise SettingsError((f"Slack does not say how the names stand: {reason} at {method}",)) from error
        return dict(answer.data) if isinstance(answer.data, dict) else {}

    async def person(self, user: str, groups: frozenset[str]) -> Actor:
        """Raises `AccessDeniedError` for who is not there."""
        return await self._directory.actor(self.team, user, groups=groups, fresh=True)

    async def drift(self, named: Named) -> list[str]:
        """A sentence for each name that no longer is what it was."""
        said = [one for user, name in named.users.items() for one in await self._user(user, name)]
        groups = await self._groups() if named.groups else {}
        said += [
            one for group, name in named.groups.items() for one in _group(groups.get(group), group, name)
        ]
        for group, count in named.asked.items():
            there = groups.get(group, {}).get("user_count")
            if isinstance(there, int | str) and int(there) < count and not groups[group].get("date_delete"):
                handle = named.groups.get(group, group)
                said.append(f"group {group} ({handle}): {count} of them are asked for, and it has {there}")
        return said + [
            one for channel, name in named.channels.items() for one in await self._channel(channel, name)
        ]

    async def _groups(self) -> dict[str, Json]:
        """By id, the disabled ones too."""
        asking = self._client.usergroups_list(include_disabled=True, include_count=True)
        found = (await self.call("usergroups.list", asking)).get("usergroups") or ()
        return {str(one.get("id")): one for one in found}

    async def _user(self, user: str, name: str) -> list[str]:
        """Of whom no name stands beside the id, whether they are there and may do anything."""
        who = f"user {user} ({name})" if name else f"user {user}"
        found = (await self.call("users.info", self._client.users_info(user=user))).get("user")
        if not found:
            return [f"{who}: there is nobody by that id"]
        said = []
        profile = found.get("profile") or {}
        names = [
            found.get("name"),
            found.get("real_name"),
            profile.get("display_name"),
            profile.get("real_name"),
        ]
        if name and not _is_among(name, names):
            said.append(f"{who}: is called {_first(profile.get('display_name'), *names)}")
        standing = (await self.person(user, frozenset())).standing
        return said + ([f"{who}: {_WHAT[standing]}"] if standing in _WHAT else [])

    async def _channel(self, channel: str, name: str) -> list[str]:
        if channel.startswith("D"):
            return []
        asking = self._client.conversations_info(channel=channel)
        found = (await self.call("conversations.info", asking)).get("channel")
        if not found:
            return [f"channel {channel} ({name}): it is not there, or the bot is not in it"]
        said = []
        if not _is_among(name, [found.get("name")]):
            said.append(f"channel {channel} ({name}): is called {found.get('name')}")
        return said + ([f"channel {channel} ({name}): is archived"] if found.get("is_archived") else [])


def _group(found: Json | None, group: str, name: str) -> list[str]:
    if found is None:
        return [f"group {group} ({name}): there is none by that id"]
    said = []
    if not _is_among(name, [found.get("handle"), found.get("name")]):
        said.append(f"group {group} ({name}): is called {_first(found.get('handle'), found.get('name'))}")
    return said + (
        [f"group {group} ({name}): is disabled, so nobody is in it"] if found.get("date_delete") else []
    )


def _is_among(name: str, names: list[Any]) -> bool:
    """A name that was left empty is no name, and does not drift."""
    wanted = name.lstrip("@#").casefold()
    return not wanted or wanted in {str(one).casefold() for one in names if one}


def _first(*names: Any) -> str:
    return next((str(one)[:80] for one in names if one), "nothing")
