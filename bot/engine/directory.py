"""Who is who and what is where in the workspace, as the engine sees it."""

from __future__ import annotations

from typing import Protocol

from bot.domain.access import Actor
from bot.domain.model import Frozen


class Channel(Frozen):
    """A channel as the bot sees it."""

    id: str
    name: str
    can_post: bool
    """The bot is a member, or it is a direct message with the bot."""
    is_shared: bool = False
    """People of other workspaces read it."""
    is_direct: bool = False
    """One person's messages with the bot, or a few people's."""
    is_private: bool = False
    """Only its members can read it; any other is open to every full member."""


class Directory(Protocol):
    """Answers are at most a minute old, and read anew with `fresh`. When Slack cannot say, all methods
    raise `AccessDeniedError`: nobody is let through on a guess.
    """

    async def actor(self, team: str, user: str, *, groups: frozenset[str], fresh: bool = False) -> Actor:
        """The person, and which of `groups` (ids of user groups) they are in."""

    async def members(self, group: str, *, fresh: bool = False) -> frozenset[str]:
        """The ids of the people in a user group; empty for one that is disabled or gone."""

    async def is_in(self, channel: str, user: str) -> bool:
        """Whether somebody reads a channel, or may by themselves: it is open to every full member."""

    async def channel(self, channel: str, *, fresh: bool = False) -> Channel:
        """The channel; one that the bot cannot see at all comes back with `can_post` False and no name."""
