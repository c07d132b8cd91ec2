"""Who presses what is not theirs alone, as they are at this moment."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.domain.access import Actor, Place
from bot.domain.errors import AccessDeniedError, PressError
from bot.domain.invocation import Invocation
from bot.engine import asking
from bot.engine.people import actor_of
from bot.engine.rooms import Rooms

_KNOWN_SECONDS = 2.5
"""Slack waits for three; who somebody is has to be known before their word counts."""


@asynccontextmanager
async def in_time() -> AsyncIterator[None]:
    """What has to be known of whoever presses. Raises `PressError` where Slack does not say it in time, and
    for whoever is not let.
    """
    try:
        async with asyncio.timeout(_KNOWN_SECONDS):
            yield
    except TimeoutError as error:
        raise PressError("Slack cannot say who is asking right now.", hint="Press again.") from error
    except AccessDeniedError as error:
        raise PressError(error.message, hint=error.hint) from error


async def presser(rooms: Rooms, by: Invocation, place: Place, verb: str) -> Actor:
    """A full member of the workspace in which it was asked. Raises `PressError` for anybody else, and where
    Slack cannot say.
    """
    async with in_time():
        actor = await actor_of(rooms, by.team, by.user, fresh=True)
        asking.check_standing(actor, place, verb)
    return actor
