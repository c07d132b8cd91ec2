"""The message that asks others for their yes, brought to what the plan's own row says, to its end.

There is one in each channel that the rules name. Level, not edge: each step reads the plan and shows that. It
posts once, calls those who are asked there once more half way, and ends when the plan does. A lost wake-up
costs half a minute at most.
"""

from __future__ import annotations

import logging

from bot.domain.approvals import Vote
from bot.domain.changes import Result
from bot.domain.errors import DeliveryError
from bot.domain.invocation import direct
from bot.domain.message import Icon, Message, Text, channel, code, marked, person, text
from bot.domain.model import Frozen
from bot.domain.operation import Operation, State
from bot.engine import approval_cards, cards
from bot.engine.planned import Planned
from bot.engine.rooms import Rooms
from bot.engine.worker import Hold

log = logging.getLogger(__name__)

_NET_SECONDS = 30.0
_DOING_SECONDS = 2.0
"""Between two looks while what was approved is done."""
_AWAY_SECONDS = 15.0
_GIVE_UP_SECONDS = 24 * 3600.0
"""For so long after its end a message is tried to be shown."""
ADDRESS_SECONDS = 1700.0
"""The life of a response address, with a little to spare."""


class Asking(Frozen):
    """What the row of an approval keeps."""

    plan: str
    """The operation of the plan."""
    channel: str
    planned: Planned
    """As it was last seen."""
    speaks: bool = True
    """Of several it is the one that tells the requester how it ended."""
    ts: str = ""
    until: float = 0.0
    reminded: bool = False
    is_unreached: bool = False
    """The message could not be posted, and its requester knows."""
    shown: str = ""
    """What of the plan is shown, so that nothing is edited twice."""


class Approvals:
    """Carries a message of a plan that waits for others."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    async def step(self, hold: Hold) -> None:
        asking = Asking.model_validate(hold.data)
        plan = await self._rooms.operations.get(asking.plan)
        try:
            if plan is not None and plan.state is State.ASKING:
                asking = await self._wait(hold, asking, plan)
                await self._later(hold, asking, _NET_SECONDS)
                return
            is_over, icon, said = _ending(asking, plan)
            if plan is not None and not is_over:
                asking = asking.model_copy(update={"planned": Planned.model_validate(plan.data)})
                said = approval_cards.agreed(asking.planned)
            if asking.ts:  # what nobody was shown needs no end
                asking = await self._bring(asking, f"{icon}{said.plain()}",
                                           approval_cards.ended(asking.planned, icon, said))  # fmt: skip
        except DeliveryError as error:
            log.warning("an approval could not be shown: %s", error.reason or error.code)
            called, asking = asking.reminded, Asking.model_validate(hold.data)
            if error.retryable and self._rooms.clock() < asking.planned.asked_at + _GIVE_UP_SECONDS:
                asking = asking.model_copy(update={"reminded": called})
                await self._later(hold, asking, _AWAY_SECONDS)
                return
            if plan is not None and plan.state is State.ASKING:
                await self._elsewhere(hold, asking, plan)
                return
            is_over = True
        if not is_over:
            await self._later(hold, asking, _DOING_SECONDS)
            return
        await self._tell(asking, plan)
        await hold.save(State.DONE, {}, release=True)

    async def _later(self, hold: Hold, asking: Asking, seconds: float) -> None:
        wake_at = self._rooms.clock() + seconds
        await hold.save(State.MOVING, asking.model_dump(mode="json"), wake_at=wake_at, release=True)

    async def _elsewhere(self, hold: Hold, asking: Asking, plan: Operation) -> None:
        """The message is gone, or its channel is closed: it is posted anew; where that cannot be, its
        requester is told once, and it is tried for as long as the plan waits.
        """
        lost = asking.model_copy(update={"ts": "", "shown": ""})
        if asking.ts:
            await self._later(hold, lost, 0.0)
            return
        if not asking.is_unreached:
            planned = Planned.model_validate(plan.data)
            until = plan.wake_at or self._rooms.clock()
            said = approval_cards.unreached(planned, plan.id, until, asking.channel)
            await tell_requester(self._rooms, planned, said)
        await self._later(hold, lost.model_copy(update={"is_unreached": True}), _NET_SECONDS)

    async def _wait(self, hold: Hold, asking: Asking, plan: Operation) -> Asking:
        """Show who said yes so far; call those who are asked once, and once more half way."""
        planned, now = Planned.model_validate(plan.data), self._rooms.clock()
        until = plan.wake_at or now
        asking = asking.model_copy(update={"planned": planned, "until": until})
        card = approval_cards.asked(planned, plan.id, until, asking.channel)
        asking = await self._bring(asking, f"{len(planned.votes)}", card)
        if asking.is_unreached:
            asking = asking.model_copy(update={"is_unreached": False})
            said = approval_cards.waits(planned, plan.id, until)
            await tell_requester(self._rooms, planned, said)
        await hold.save(State.MOVING, asking.model_dump(mode="json"), wake_at=now + _NET_SECONDS)
        if not asking.reminded and now >= (planned.asked_at + until) / 2:
            asking = asking.model_copy(update={"reminded": True})
            await hold.save(State.MOVING, asking.model_dump(mode="json"), wake_at=now + _NET_SECONDS)
            line = approval_cards.reminder(planned, until, asking.channel)
            await self._rooms.notifier.post(asking.channel, line, thread=asking.ts, key=f"{plan.id} again")
        return asking

    async def _bring(self, asking: Asking, shown: str, card: Message) -> Asking:
        if asking.shown == shown:
            return asking
        if asking.ts:
            await self._rooms.notifier.edit(asking.channel, asking.ts, card, final=True)
            return asking.model_copy(update={"shown": shown})
        ts = await self._rooms.notifier.post(asking.channel, card, key=asking.plan)
        return asking.model_copy(update={"ts": ts, "shown": shown})

    async def _tell(self, asking: Asking, plan: Operation | None) -> None:
        """The requester, where the plan itself says nothing to them: it was denied."""
        data = plan.data if plan else {}
        if data.get("outcome") != "denied" or not asking.speaks:
            return
        planned = asking.planned
        why = approval_cards.stopped(str(data.get("reason", "")))
        said = f"denied by {data.get('name') or data.get('by')}: {why}"
        await tell_requester(self._rooms, planned, cards.closed(planned.plan, said, icon=Icon.FAILED))


async def tell_requester(rooms: Rooms, planned: Planned, message: Message) -> None:
    """In place of their question; in their direct messages once that can no longer be reached."""
    message, offer = rooms.offers(message, owner=planned.invocation.user)
    if offer:
        await rooms.operations.add(offer)
    address = address_of(rooms, planned)
    replace = planned.replaceable and address == planned.address
    try:
        await rooms.notifier.answer(rooms.sealer.open(address), message, replace=replace)
    except DeliveryError as error:
        log.warning("the question of %s was not replaced: %s", planned.invocation.id, error.reason)


def address_of(rooms: Rooms, planned: Planned) -> str:
    """The sealed address at which its requester is reached now."""
    if rooms.clock() - max(planned.asked_at, planned.invocation.at) <= ADDRESS_SECONDS:
        return planned.address
    return rooms.sealer.seal(direct(planned.invocation.user))


def _ending(asking: Asking, plan: Operation | None) -> tuple[bool, Icon, Text]:
    """Whether it is over, and what is said of it."""
    if plan is None:
        return True, Icon.WARNING, text("What became of it is on the record: {}", code("/k8s audit"))
    if plan.state in {State.CONFIRMED, State.INTENDED}:
        return False, Icon.UNDER_WAY, Text()
    data, undone = plan.data, asking.planned.plan.undone
    votes = tuple(Vote.model_validate(vote) for vote in data.get("votes", ()))
    agreed = approval_cards.agreed(asking.planned.model_copy(update={"votes": votes}))
    if plan.state is State.EXPIRED:
        return True, Icon.FAILED, text("Nobody else said yes in time. {}", undone)
    if plan.state is State.CANCELLED:
        by = person(str(data.get("by", "")), str(data.get("name", "")))
        if data.get("outcome") == "denied":
            said = marked(approval_cards.stopped(str(data.get("reason", ""))))
            return True, Icon.FAILED, text("Denied by {}: {} {}", by, said, undone)
        return True, Icon.FAILED, text("Withdrawn by {}. {}", by, undone)
    receipt = str(data.get("receipt", ""))
    if data.get("result") == Result.APPLIED:
        return True, Icon.DONE, text("{} {}{}", agreed, receipt.capitalize(), _goes_on(asking.planned))
    if data.get("result") == Result.UNKNOWN:
        return True, Icon.WARNING, text("{} What became of it is not known · {}", agreed, receipt)
    return (
        True,
        Icon.FAILED,
        text("{} Not done: {} · {}", agreed, marked(str(data.get("error", ""))), receipt),
    )


def _goes_on(planned: Planned) -> Text:
    """Of a terminal that was let through: whether it was opened, and how it ended, is told elsewhere."""
    if not (planned.plan.run and planned.plan.run.is_typed_to):
        return Text()
    place = planned.invocation.place
    return text(" · Its card in {} tells how it goes.", channel(place.channel, place.channel_name or "there"))
