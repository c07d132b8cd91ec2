"""What a card may show of a rollout that the bot watches: what its asker may see there, and no more.

The policy is asked, and where the cluster is told of people, the cluster too: at the start and every hour. A
question that nobody can answer now hides the pods, and is asked again in a minute.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from bot.domain.access import Actor, Effect, Place
from bot.domain.errors import AccessDeniedError, BotError, PersonDeniedError
from bot.domain.message import Message, Paragraph, Span, Text, code, person, text
from bot.domain.resources import PODS, ObjectRef
from bot.domain.sight import Sight
from bot.engine import asking
from bot.engine.cards import Asked
from bot.engine.people import actor_of
from bot.engine.rooms import Rooms

log = logging.getLogger(__name__)

_ALL = Sight(workload=True, pods=True, logs=True)
_PODS = "Its pods are not shown"
_PRINTED = "What its pods print is not shown"
_HOUR_SECONDS = 3600.0
_AGAIN_SECONDS = 60.0


@dataclass(frozen=True)
class View:
    """What may be shown until when, and why the rest is not."""

    sight: Sight
    why: Text | None
    until: float

    def check(self) -> None:
        """Raise `PersonDeniedError` where not even what was changed may be seen any more."""
        if not self.sight.workload:
            raise PersonDeniedError("the cluster's own rights do not let its asker see it")

    def noted(self, card: Message) -> Message:
        """The card with a line about what it leaves out."""
        if self.why is None:
            return card
        return card.model_copy(update={"parts": (*card.parts, Paragraph(text=self.why))})


class Sights:
    """What the asker of one change may see of it, asked anew when the answer is too old."""

    def __init__(self, rooms: Rooms, asked: Asked, place: Place | None, ref: ObjectRef, record: str) -> None:
        self._rooms = rooms
        self._asked = asked
        self._place = place
        self._ref = ref
        self._record = record
        self._view = View(Sight(), None, 0.0)

    async def now(self) -> View:
        now = self._rooms.clock()
        if now >= self._view.until:
            try:
                self._view = await self._ask(now + _HOUR_SECONDS)
            except BotError as error:
                log.warning(
                    "what %s may see of %s is not known: %s", self._asked.user, self._ref, error.message
                )
                why = text("{}: whether {} may see them is not known now.", _PODS, self._who)
                self._view = View(Sight(workload=True), why, now + _AGAIN_SECONDS)
        return self._view

    async def _ask(self, until: float) -> View:
        place, ref = self._place, self._ref
        if place is None:
            raise AccessDeniedError("where it was asked for is not kept")
        actor = await actor_of(self._rooms, place.team, self._asked.user)
        policy = Sight(
            workload=True, pods=self._lets("get", actor, place), logs=self._lets("logs", actor, place)
        )
        identity = self._rooms.in_force.identity(actor, ref.cluster, self._record)
        cluster = await self._rooms.clusters.sight(ref, identity) if identity else _ALL
        return View(policy & cluster, self._why(policy, cluster), until)

    def _lets(self, verb: str, actor: Actor, place: Place) -> bool:
        """Whether the policy lets this person read the pods by a verb, without further ado."""
        command = self._rooms.registry.named(verb)
        if command is None:
            return False
        there = command.args.model_construct(namespace=self._ref.namespace, context=self._ref.cluster)
        line = asking.ask(actor, place, command, there, PODS.plural)
        return self._rooms.in_force.policy.decide(line).effect is Effect.ALLOW

    def _why(self, policy: Sight, cluster: Sight) -> Text | None:
        shown = policy & cluster
        if shown.pods and shown.logs:
            return None
        what, by_policy = _PRINTED if shown.pods else _PODS, policy.logs if shown.pods else policy.pods
        who = text("cluster {}", code(self._ref.cluster)) if by_policy else text("the policy")
        return text("{}: {} does not let {} see that.", what, who, self._who)

    @property
    def _who(self) -> Span:
        return person(self._asked.user, self._asked.name)
