"""How often somebody asked others to do what they may not, counted from the rows of that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from bot.domain.operation import Kind, State
from bot.store.tables import operations

if TYPE_CHECKING:
    from bot.store.transaction import Transaction

_HOUR = 3600.0


async def asked_of_late(transaction: Transaction, user: str, now: float) -> int:
    """Within the commit that adds one more, so that of two at once both are counted.

    One that is over keeps as its wake-up the end that it had: until then it counts.
    """
    state = operations.c.state
    goes_on = sa.and_(state == State.ASKING.value, operations.c.updated_at > now - _HOUR)
    counts = sa.or_(goes_on, sa.and_(state == State.DONE.value, operations.c.wake_at > now))
    wanted = sa.select(sa.func.count()).where(
        operations.c.kind == Kind.ERRAND.value, operations.c.owner == user, counts
    )
    return int((await transaction.rows(wanted)).scalar_one())
