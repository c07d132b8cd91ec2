"""How often somebody asked others to do what they may not, counted from the rows of that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from bot.domain.operation import Kind, State
from bot.store.tables import operations

if TYPE_CHECKING:
    from bot.store.transaction import Transaction


async def asked_since(connection: Transaction, user: str, since: float) -> int:
    """Within the commit that adds one more, so that of two at once both are counted."""
    states = (State.ASKING.value, State.DONE.value)
    wanted = sa.select(sa.func.count()).where(
        operations.c.kind == Kind.ERRAND.value,
        operations.c.owner == user,
        operations.c.state.in_(states),
        operations.c.updated_at >= since,
    )
    return int((await connection.rows(wanted)).scalar_one())
