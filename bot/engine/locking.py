"""Locks at a plan: whether one keeps it from being made, and the one that comes with a rollback.

What was rolled back stays so until somebody says that it is fixed.
"""

from __future__ import annotations

import hashlib

from bot.domain.belonging import owner_of
from bot.domain.changes import Plan, Result, Step, targets
from bot.domain.errors import BotError, LockedError, TargetNotFoundError
from bot.domain.locks import Lock
from bot.domain.resources import PODS, REPLICASETS, ObjectRef
from bot.engine.planned import Planned
from bot.engine.rooms import Rooms
from bot.service.gate import FollowGate
from bot.service.in_force import InForce

LOCK_SECONDS = 24 * 3600.0
"""A forgotten lock keeps nobody from anything for ever."""
HELPS = ("rollback", "scale", "autoscale", "restart", "pause", "resume", "drain")
"""What helps in an incident, and brings no other pod template than the one that was gone back to."""


def lock_after(planned: Planned, in_force: InForce) -> Lock | None:
    """The lock that a change asked for, once it is made; none where the configuration wants none."""
    plan, user = planned.plan, planned.invocation
    if planned.result is not Result.APPLIED or not plan.locks or not in_force.lock_after_rollback:
        return None
    target = plan.steps[plan.main].write.target
    return Lock(
        id=hashlib.sha256(f"lock after {user.id}".encode()).hexdigest()[:8],
        cluster=target.cluster,
        namespace=target.namespace or "",
        kind=target.type.plural,
        name=target.name,
        reason=plan.locks,
        owner=user.user,
        owner_name=user.user_name,
        since=planned.confirmed_at,
        until=planned.confirmed_at + LOCK_SECONDS,
        allows=HELPS,
        automatic=True,
    )


async def check_locks(rooms: Rooms, plan: Plan) -> None:
    """Raise `LockedError` where a lock or a freeze keeps the plan from being made: of what it changes, and of
    what that belongs to, at most two steps up.

    Only where a workload is locked beside what is changed anything is read: the owner's own owner.
    """
    locks = [lock for lock in await rooms.locks.all() if lock.name]
    owners: dict[tuple[ObjectRef, str], None] = {}
    for step in plan.steps:
        target, verb = step.write.target, _to_owner(step, plan.verb)
        near = (lock for lock in locks if verb not in lock.allows)
        if step.owner and any(lock.may_cover_owner(target) for lock in near):
            owners[step.owner, verb] = None
    for owner, verb in tuple(owners):
        if owner.type == REPLICASETS and (above := await _owner(rooms, owner)):
            owners[above, verb] = None
    await rooms.locks.check(targets(plan), plan.verb)
    for owner, verb in owners:
        await rooms.locks.check((owner,), verb)


def _to_owner(step: Step, verb: str) -> str:
    """What is done to what a thing belongs to. A pod that is deleted is made anew by the template that there
    is, as by a restart: a set that keeps its order comes back to what it was by nothing else.
    """
    return "restart" if verb == "delete" and step.write.target.type == PODS else verb


async def _owner(rooms: Rooms, ref: ObjectRef) -> ObjectRef | None:
    """As the bot sees it: what is locked holds against everybody, whatever they may see."""
    gate = FollowGate(ref.cluster, ref.namespace or "", frozenset({ref.type.plural}))
    try:
        found = await rooms.clusters.behind(ref.cluster, gate, None).get(
            ref.type, ref.namespace or "", ref.name
        )
    except TargetNotFoundError:
        return None
    except BotError as error:
        raise LockedError(
            f"Something in `{ref.namespace}` is locked, and whether `{ref}` belongs to it cannot be read: "
            f"{error.message}",
            hint="Ask again in a minute. `/k8s locks` lists what is locked.",
        ) from error
    return owner_of(ref, found)
