"""What a verb is given that runs something, and what is kept of what it answers."""

from __future__ import annotations

from bot.domain.access import Actor
from bot.domain.changes import Plan
from bot.domain.errors import UsageError
from bot.domain.invocation import Invocation
from bot.domain.runs import Run, shown
from bot.engine.authorized import understood
from bot.engine.command import RunContext
from bot.engine.rooms import Rooms
from bot.service.cluster import GuardedCluster


def running(rooms: Rooms, door: GuardedCluster, actor: Actor, invocation: Invocation) -> RunContext:
    return RunContext(
        cluster=door,
        actor=actor,
        place=invocation.place,
        line=understood(invocation.text),
        now=rooms.clock,
        made=rooms.ledger.made,
        keeping=rooms.keeping,
    )


async def pinned(context: RunContext, plan: Plan, meant: Run, *, for_others: bool) -> Plan:
    """The plan as people may say yes to it: to this very pod or service, and to words that they all see.

    Raises `UsageError` for what is too long to be shown whole; and, where others than its requester look at
    it, for what hides more than a plain word as a secret.
    """
    words = shown(meant.words)
    if for_others and words.hides_a_program:
        raise UsageError(
            "What looks like a secret there is more than one plain word, so others would not see all of it.",
            hint="Leave the secret out: let the program read it from its environment or a file.",
        )
    if not words.is_whole:
        raise UsageError(
            "That is too long to be shown whole, so nobody can say yes to it.",
            hint="Put it into a script of the image, and run that.",
        )
    if meant.uid:
        return plan
    there = meant.target
    found = await context.cluster.get(there.type, there.namespace or "", there.name)
    uid = str(found["metadata"]["uid"])
    return plan.model_copy(update={"run": meant.model_copy(update={"uid": uid})})
