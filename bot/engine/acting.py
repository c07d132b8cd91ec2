"""Doing what a plan says, and finding out what became of it when nobody knows.

A write is never repeated, nor is a run. After a lost answer, or after a death, the object is looked at: it
bears the change's id, or it does not; where it cannot be looked at, the outcome is unknown, and said to be.
Only what waits for budgets is carried on after a death: its pods are asked for by their uids, and those that
are gone are not.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from bot.domain.access import Actor, Decision, Effect, Risk, Standing
from bot.domain.ages import spell
from bot.domain.approvals import Vote, is_enough, rules_met
from bot.domain.changes import Applied, Result, Step
from bot.domain.errors import (
    AccessDeniedError,
    BotError,
    ChannelClosedError,
    ClusterDeniedError,
    ClusterRejectedError,
    ClusterUnavailableError,
    OutcomeUnknownError,
    StalePlanError,
)  # fmt: skip
from bot.domain.message import Message
from bot.domain.redaction import redact
from bot.domain.runs import Run
from bot.engine import asking
from bot.engine.approval_cards import so_far
from bot.engine.arguments import Args
from bot.engine.change_cards import working
from bot.engine.command import ChangeCommand, RunCommand
from bot.engine.locking import check_locks
from bot.engine.lookback import AFTER_RESTART, Done, after_run, came_to, seen
from bot.engine.people import actor_of
from bot.engine.planned import Planned
from bot.engine.ports import ClusterWriter
from bot.engine.rooms import PLAN_SECONDS, Rooms
from bot.engine.running import running
from bot.service.cluster import GuardedCluster
from bot.service.writes import HELD

_AGAIN_SECONDS = 3.0
"""Between two askings for pods that a budget holds."""


class Through(NamedTuple):
    """A door that was opened, for whom, and the decision that opened it."""

    door: GuardedCluster
    actor: Actor
    decision: Decision


class Acting:
    """Acts on one plan, as its requester, with the policy of the moment."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    async def ready(self, planned: Planned, change: str) -> Through:
        """Decided with the people and the policy of this moment, and all is as it was shown.

        Raises what says why not; then nothing was sent.
        """
        late = self._rooms.clock() - planned.confirmed_at
        if late > PLAN_SECONDS:  # after a long silence nobody expects the act any more
            raise StalePlanError(f"It was confirmed {spell(late)} ago, and could not be done until now.")
        through = await self.door(planned, change)
        for step in planned.plan.steps:
            await through.door.holds(step)
        if planned.plan.run:
            await through.door.holds_run(planned.plan.run)
        return through

    async def door(self, planned: Planned, change: str, *, fresh: bool = True) -> Through:
        """The cluster, asked on the requester's behalf, behind a gate made of the actor, the channel and the
        policy as they are now.
        """
        invocation = planned.invocation
        actor = await actor_of(self._rooms, invocation.team, invocation.user, fresh=fresh)
        channel = await self._rooms.directory.channel(invocation.place.channel, fresh=fresh)
        if not channel.can_post and planned.plan.is_told_in_channel:
            raise ChannelClosedError(
                "I can no longer post in this channel.", hint="Invite me with /invite @k8s-bot."
            )
        command, args = self._command(planned)
        place = invocation.place
        decision = asking.decide_change(self._rooms, actor, place, command, args, plan=planned.plan)
        await self._said_enough(planned, decision, fresh=fresh)
        await check_locks(self._rooms, planned.plan)
        gate = asking.gate(self._rooms, actor, invocation.place, command, args)
        return Through(self._rooms.door(args.context, gate, actor, change), actor, decision)

    async def _said_enough(self, planned: Planned, decision: Decision, *, fresh: bool) -> None:
        """Whether what people said is what the policy asks for now. Raises `AccessDeniedError`."""
        asks = ""
        if decision.effect is not Effect.ALLOW and not planned.confirmed:
            asks = "a confirm"
        elif decision.code and not planned.code:
            asks = "a one-time code"
        elif decision.risk is Risk.DESTRUCTIVE and planned.risk is not Risk.DESTRUCTIVE:
            asks = "its name to be typed"
        if asks:
            raise AccessDeniedError(
                f"The policy has come to ask for {asks}.", hint="Ask again.", rule=decision.rule
            )
        if decision.effect is Effect.APPROVE:
            await self._approved(planned, decision, fresh=fresh)

    async def _approved(self, planned: Planned, decision: Decision, *, fresh: bool) -> None:
        """By people who are who they were when they said yes, and by as many as are asked for now."""
        invocation, votes = planned.invocation, list[Vote]()
        for vote in planned.votes:
            if vote.user in planned.wanted_by:
                continue
            voter = await actor_of(self._rooms, invocation.team, vote.user, fresh=fresh)
            if voter.standing is Standing.MEMBER:
                votes.append(vote.model_copy(update={"rules": rules_met(decision.needs, voter)}))
        if not is_enough(decision.needs, tuple(votes)):
            far = so_far(decision.needs, tuple(votes)).plain()
            raise AccessDeniedError(
                f"It is not approved as the policy asks now: {far}.", hint="Ask again.", rule=decision.rule
            )

    def _command(self, planned: Planned) -> tuple[ChangeCommand[Args] | RunCommand[Args], Args]:
        command = self._rooms.registry.named(planned.plan.verb)
        if not isinstance(command, ChangeCommand if planned.plan.steps else RunCommand):
            raise StalePlanError(f"The verb {planned.plan.verb} is not known any more.")
        return command, command.args.model_validate(planned.args)

    async def act(self, planned: Planned, change: str, tell: Callable[[Message], None]) -> Done:
        """Make the writes, in order; the first that fails ends it.

        A pod that a budget holds is asked for again after the others, for as long as the plan has patience.
        """
        if planned.plan.run:
            return await self._run(planned, planned.plan.run, change)
        try:
            through = await self.door(planned, change, fresh=False)  # who they are was asked before the card
        except BotError as error:
            return _ended([], error)
        return await self._make(planned, change, tell, through.door, [None] * len(planned.plan.steps))

    async def carry_on(self, planned: Planned, change: str, tell: Callable[[Message], None]) -> Done | None:
        """What was begun before a death, with the people and the policy of now, and to the same end.

        None while the cluster does not answer.
        """
        found = await seen(self._rooms, planned.plan, change)
        if not isinstance(found, list):
            return found
        there = [item for item in found if item is not None]
        if not there or len(there) == len(found):
            return came_to(planned.plan, found)
        try:
            through = await self.door(planned, change)
        except BotError as error:
            if isinstance(error, ClusterUnavailableError):
                return None
            done = _ended(there, error)
        else:
            done = await self._make(planned, change, tell, through.door, found)
        return replace(done, extra=AFTER_RESTART)

    async def _make(
        self,
        planned: Planned,
        change: str,
        tell: Callable[[Message], None],
        door: ClusterWriter,
        found: list[Applied | None],
    ) -> Done:
        """The writes that are not there yet."""
        plan, applied = planned.plan, [item for item in found if item is not None]
        left = tuple(step for step, item in zip(plan.steps, found, strict=True) if item is None)
        try:
            while left:
                held: list[tuple[Step, ClusterRejectedError]] = []
                for step in left:
                    try:
                        applied.append(await _write(door, step, change))
                    except ClusterRejectedError as error:
                        if error.reason != HELD or not plan.patience:
                            raise
                        held.append((step, error))
                    said = tuple((str(one.write.target), why.message) for one, why in held)
                    if len(plan.steps) > 1:
                        tell(working(plan, planned.asked(), len(applied), said))
                left = tuple(step for step, _ in held)
                if left and self._rooms.clock() >= planned.give_up:
                    return Done(Result.FAILED, tuple(applied), _held_to_the_end(held, plan.patience))
                await asyncio.sleep(_AGAIN_SECONDS if left else 0)
        except BotError as error:
            return _ended(applied, error)
        return Done(Result.APPLIED, tuple(applied))

    async def _run(self, planned: Planned, meant: Run, change: str) -> Done:
        """Run it, once. What it answers is its requester's alone."""
        try:
            through = await self.door(planned, change, fresh=False)
            command, _ = self._command(planned)
            if not isinstance(command, RunCommand):
                raise StalePlanError(f"The verb {planned.plan.verb} runs nothing any more.")
            context = running(self._rooms, through.door, through.actor, planned.invocation)
            outcome = await command.run(context, meant)
        except BotError as error:
            return _ended([], error)
        said = BotError(redact(outcome.shown.headline.plain()))
        why = None if outcome.result is Result.APPLIED else said
        return Done(outcome.result, error=why, extra=outcome.detail, shown=outcome.shown)

    async def find(self, planned: Planned, change: str) -> Done | None:
        """After a death between intent and conclusion. None while the cluster does not answer."""
        if planned.plan.run:
            return after_run(planned.plan.run)
        found = await seen(self._rooms, planned.plan, change)
        return came_to(planned.plan, found) if isinstance(found, list) else found


def _ended(applied: list[Applied], error: BotError) -> Done:
    """By the first write that failed, or before it."""
    if isinstance(error, OutcomeUnknownError):
        return Done(Result.UNKNOWN, tuple(applied), error)
    refused = isinstance(error, (StalePlanError, ClusterDeniedError))
    return Done(Result.REFUSED if refused else Result.FAILED, tuple(applied), error)


def _held_to_the_end(held: list[tuple[Step, ClusterRejectedError]], seconds: float) -> BotError:
    """Which pods a budget never let go, and why."""
    names = ", ".join(f"`{step.write.target}`" for step, _ in held[:5])
    more = f" and {len(held) - 5} more" if len(held) > 5 else ""  # noqa: PLR2004 - as many as are named
    return ClusterRejectedError(
        f"for {spell(seconds)} a disruption budget did not let go {names}{more}: {held[0][1].message}",
        status=held[0][1].status,
        reason=HELD,
        hint="What was evicted before stays so. Ask again once more pods of it are ready.",
    )


async def _write(door: ClusterWriter, step: Step, change: str) -> Applied:
    """One write; when its answer was lost, the object says whether it arrived."""
    try:
        return await door.apply(step, change)
    except OutcomeUnknownError as lost:
        try:
            found = await door.find(step, change)
        except BotError as error:
            raise lost from error
        if found is None:
            raise
        return found
