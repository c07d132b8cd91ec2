"""What becomes of a change that is no rollout: read until it has settled, and told on its card.

It is read on behalf of whoever asked for the change: the cluster's own rights bound what the card shows.
The change is made and concluded by then; whoever takes it over after a restart looks anew.
"""

from __future__ import annotations

import asyncio

from bot.domain.access import ANY
from bot.domain.changes import targets
from bot.domain.errors import BotError, ClusterUnavailableError
from bot.domain.message import Message, Paragraph, marked, text
from bot.engine import change_cards
from bot.engine.change_cards import seen
from bot.engine.command import ChangeCommand, Look, Seen
from bot.engine.people import actor_of
from bot.engine.planned import Planned
from bot.engine.ports import ClusterReader
from bot.engine.rooms import Rooms
from bot.engine.telling import Telling
from bot.service.gate import FollowGate

_PAUSE_SECONDS = 1.0


class Afterwards:
    """Looks after one applied plan, where its change was let through."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    def looks(self, planned: Planned) -> bool:
        """Whether its verb has anything to look after."""
        return self._look(planned) is not None

    def _look(self, planned: Planned) -> Look | None:
        command = self._rooms.registry.named(planned.plan.verb)
        return command.look if isinstance(command, ChangeCommand) else None

    async def see(self, planned: Planned) -> Message | None:
        """The card's end, once it has settled or long enough was waited for that."""
        look = self._look(planned)
        if look is None:
            return None
        plan, asked = planned.plan, planned.asked()
        until = self._rooms.clock() + look.seconds
        found: Seen | None = None
        door: ClusterReader | None = None
        async with Telling(self._rooms.notifier, planned.invocation.place.channel, planned.ts) as card:
            while True:
                try:
                    door = door or await self._door(planned, look)
                    found = await look.see(door, plan, planned.applied)
                except BotError as error:
                    if isinstance(error, ClusterUnavailableError) and self._rooms.clock() < until:
                        await asyncio.sleep(_PAUSE_SECONDS)
                        continue
                    return _unseen(change_cards.finished(plan, asked, self._rooms.clock()), error)
                if found.settled or self._rooms.clock() >= until:
                    return seen(plan, asked, found.message, over=True, settled=found.settled)
                card.tell(seen(plan, asked, found.message, over=False, settled=False))
                await asyncio.sleep(_PAUSE_SECONDS)

    async def _door(self, planned: Planned, look: Look) -> ClusterReader:
        changed = targets(planned.plan)
        first = changed[0]
        namespace = ANY if look.everywhere else first.namespace or ANY
        kinds = (*look.kinds, *(ref.type for ref in changed))
        gate = FollowGate(first.cluster, namespace, frozenset(kind.plural for kind in kinds))
        if not self._rooms.in_force.impersonation.covers(first.cluster):
            return self._rooms.clusters.behind(first.cluster, gate, None)
        by = planned.invocation
        actor = await actor_of(self._rooms, by.team, by.user)
        return self._rooms.door(first.cluster, gate, actor, by.id)


def _unseen(card: Message, error: BotError) -> Message:
    """The change was made; that is all that is known."""
    said = Paragraph(text=text("What became of it since cannot be seen: {}", marked(error.message)))
    return card.model_copy(update={"parts": (*card.parts, said)})
