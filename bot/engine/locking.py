"""The lock that comes with a rollback: what was rolled back stays so until somebody says that it is fixed."""

from __future__ import annotations

import hashlib

from bot.domain.changes import Result
from bot.domain.locks import Lock
from bot.engine.planned import Planned
from bot.service.in_force import InForce

LOCK_SECONDS = 24 * 3600.0
"""A forgotten lock keeps nobody from anything for ever."""
HELPS = ("rollback", "scale", "restart", "pause", "resume")
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
