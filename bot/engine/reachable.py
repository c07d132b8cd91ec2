"""Whether those who are asked can be reached: where, and whether there is anybody beside the requester."""

from __future__ import annotations

from bot.domain.access import Need
from bot.domain.approvals import people
from bot.domain.errors import BotError, PressError
from bot.engine.directory import Channel
from bot.engine.planned import Planned
from bot.engine.rooms import Rooms


async def where_asked(rooms: Rooms, planned: Planned) -> Channel:
    """The channel of the message that asks them. Raises `PressError` that says who could, where none can be
    reached there.
    """
    strictest = max(planned.needs, key=lambda need: (bool(need.channel), need.count))
    place = strictest.channel or planned.invocation.place.channel
    try:
        channel = await rooms.directory.channel(place, fresh=True)
        for need in planned.needs:
            await _somebody_else(rooms, need, planned.invocation.user)
    except PressError:
        raise
    except BotError as error:
        raise PressError(error.message, hint=error.hint) from error
    if not channel.can_post:
        name = f"#{strictest.channel_name or channel.name or place}"
        raise PressError(
            f"{people(planned.needs)} would be asked in {name}, where I cannot post.",
            hint=f"Invite me there with /invite @k8s-bot, or ask {people(planned.needs)} to do it.",
        )
    return channel


async def _somebody_else(rooms: Rooms, need: Need, requester: str) -> None:
    """Raise `PressError` where too few beside the requester could say yes."""
    if need.oncall:
        return  # who that is may change until they answer
    able = set(need.users)
    for group in need.groups:
        able |= await rooms.directory.members(group)
    if len(able - {requester}) < need.count:
        raise PressError(
            f"{need.people} cannot approve it: there are not enough of them beside you.",
            hint=f"Rule {need.rule} asks for {need.count}. An operator can change the policy.",
        )
