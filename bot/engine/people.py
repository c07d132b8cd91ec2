"""Somebody as the policy sees them: who they are by Slack's word, and whether they are on call."""

from __future__ import annotations

import asyncio
import logging

from bot.domain.access import Actor
from bot.domain.errors import OnCallUnknownError
from bot.engine.rooms import Rooms

log = logging.getLogger(__name__)


async def actor_of(rooms: Rooms, team: str, user: str, *, fresh: bool = False) -> Actor:
    """At most a minute old, or read anew. Raises `AccessDeniedError` when Slack cannot say.

    A schedule that nobody can tell the people of gives them nothing, and spares them nothing.
    """
    policy = rooms.in_force.policy
    actor = await rooms.directory.actor(team, user, groups=policy.groups, fresh=fresh)
    if not policy.schedules:
        return actor
    names = sorted(policy.schedules)
    answers = await asyncio.gather(*(_is_on_call(rooms, actor, name, fresh=fresh) for name in names))
    told = dict(zip(names, answers, strict=True))
    return actor.model_copy(
        update={
            "oncall": frozenset(name for name, is_on in told.items() if is_on),
            "unsure": frozenset(name for name, is_on in told.items() if is_on is None),
        }
    )


async def _is_on_call(rooms: Rooms, actor: Actor, schedule: str, *, fresh: bool) -> bool | None:
    """None where nobody can say."""
    try:
        on_duty = await rooms.oncall.who(schedule, fresh=fresh)
    except OnCallUnknownError as error:
        log.warning("who is on call by %s is not known: %s", schedule, error.message)
        return None
    return on_duty.has(actor.id, actor.email)
