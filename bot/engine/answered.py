"""An answer that is made and not yet delivered: the row of an invocation, in the commit that records it."""

from __future__ import annotations

from bot.domain.message import Message
from bot.domain.model import Json
from bot.domain.operation import Kind, Operation, State
from bot.engine.approvals import address_of
from bot.engine.kept import KeptResults
from bot.engine.lookback import Done
from bot.engine.planned import Planned
from bot.engine.rooms import Rooms

ANSWER_SECONDS = 1800.0
"""For so long after a run a Slack that is away is waited for: as long as a response address lives."""


def undelivered(
    *, user: str, channel: str, reply: str, message: Message, replace: bool, until: float, late: bool = False
) -> Json:
    """What the row keeps. `late` is an answer whose address may have been used up while it was waited for:
    then it goes to their direct messages.
    """
    return {
        "user": user, "channel": channel, "reply": reply, "message": message.model_dump(mode="json"),
        "replace": replace, "until": until, "late": late,
    }  # fmt: skip


async def answered(rooms: Rooms, planned: Planned, done: Done) -> tuple[bool, tuple[Operation, ...]]:
    """Whether a run answered anything, and the rows by which its requester, and nobody else, is shown it."""
    command = rooms.registry.named(planned.plan.verb)
    if done.shown is None or command is None:
        return False, ()
    waits: list[Operation] = []
    message = done.shown
    if not isinstance(message, Message):
        args = command.args.model_validate(planned.args)
        message, kept = await KeptResults(rooms).keep(message, command, args, planned.invocation)
        waits.append(kept)
    message, offer = rooms.offers(message, owner=planned.invocation.user)
    waits += [offer] if offer else []
    address, now = address_of(rooms, planned), rooms.clock()
    data = undelivered(
        user=planned.invocation.user, channel="", reply=address, message=message,
        replace=planned.replaceable and address == planned.address, until=now + ANSWER_SECONDS, late=True,
    )  # fmt: skip
    waits.append(rooms.new(Kind.INVOCATION, State.ANSWERED, data, owner=planned.invocation.user, wake_at=now))
    return True, tuple(waits)
