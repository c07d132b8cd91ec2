"""Whether those who are asked can be reached: where, and whether there is anybody beside the requester."""

from __future__ import annotations

from bot.domain.access import Need
from bot.domain.approvals import people, placed
from bot.domain.errors import BotError, PressError
from bot.engine.directory import Channel
from bot.engine.planned import Planned
from bot.engine.rooms import Rooms


async def where_asked(rooms: Rooms, planned: Planned) -> tuple[Channel, ...]:
    """The channels of the messages that ask them. Raises `PressError` that says who could, where some cannot
    be reached where they should be.
    """
    try:
        found = [await rooms.directory.channel(place, fresh=True) for place in planned.places]
        await _enough_others(rooms, planned.needs, planned.wanted_by)
    except PressError:
        raise
    except BotError as error:
        raise PressError(error.message, hint=error.hint) from error
    for channel, (place, named) in zip(found, planned.places.items(), strict=True):
        if not channel.can_post:
            who, name = people(planned.needs_in(place)), f"#{named or channel.name or place}"
            raise PressError(
                f"{who} would be asked in {name}, where I cannot post.",
                hint=f"Invite me there with /invite @k8s-bot, or ask {who} to do it.",
            )
    return tuple(found)


async def _enough_others(rooms: Rooms, needs: tuple[Need, ...], wanted_by: frozenset[str]) -> None:
    """Raise `PressError` where too few different people beside those who want it could say yes.

    Who is on call may change until they answer: rules that ask for them are met by somebody.
    """
    known = tuple(need for need in needs if not need.oncall)
    able: dict[str, set[str]] = {}
    for need in known:
        asked = set(need.users)
        for group in need.groups:
            asked |= await rooms.directory.members(group)
        for user in asked - wanted_by:
            able.setdefault(user, set()).add(need.rule)
    places = placed(known, able)
    for need in known:
        if len(places[need.rule]) < need.count:
            total = sum(one.count for one in known)
            different = f" Its rules ask for {total} different people." if len(known) > 1 else ""
            raise PressError(
                f"{need.people} cannot approve it: there are not enough of them beside you.",
                hint=f"Rule {need.rule} asks for {need.count}.{different} An operator can change the policy.",
            )
