"""Somebody as the policy sees them: who they are by Slack's word, and whether they are on call."""

from __future__ import annotations

from bot.domain.access import Actor
from bot.engine.rooms import Rooms


async def actor_of(rooms: Rooms, team: str, user: str, *, fresh: bool = False) -> Actor:
    """At most a minute old, or read anew. Raises `AccessDeniedError` when Slack cannot say."""
    groups = rooms.in_force.policy.groups
    return await rooms.directory.actor(team, user, groups=groups, fresh=fresh)
