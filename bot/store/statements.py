"""The statements on operations that each line asks several times: making one costs more than asking it.

Their values go beside them; `besides` are the ids of those that are passed over.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from bot.domain.operation import FINAL
from bot.store.tables import operations

LEASE_SECONDS = 15.0

OVER = sorted(state.value for state in FINAL)


class epoch(FunctionElement[float]):  # noqa: N801 - reads as an SQL function
    """Seconds since 1970 by the database's clock: no lease depends on two machines agreeing."""

    type = sa.Double()
    inherit_cache = True
    name = "epoch"


@compiles(epoch, "sqlite")
def _sqlite_epoch(_element: epoch, _compiler: Any, **_: Any) -> str:
    return "((julianday('now') - 2440587.5) * 86400.0)"


@compiles(epoch, "postgresql")
def _postgresql_epoch(_element: epoch, _compiler: Any, **_: Any) -> str:
    return "extract(epoch from clock_timestamp())"


def _claim(due: sa.ColumnElement[bool]) -> sa.Executable:
    pick = (
        sa.select(operations.c.id)
        .where(due, _FREE, _GOING, _OTHERS)
        .order_by(operations.c.wake_at)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    leased = {"lease_owner": sa.bindparam("holder"), "lease_until": LEASED, "fence": operations.c.fence + 1}
    return operations.update().where(operations.c.id == pick).values(leased).returning(operations)


def _save(**lease: Any) -> sa.Executable:
    held = (operations.c.id == sa.bindparam("held"), operations.c.fence == sa.bindparam("at_fence"))
    written: dict[str, Any] = {
        name: sa.bindparam(name) for name in ("state", "data", "wake_at", "updated_at")
    }
    return operations.update().where(*held).values(written | lease)


_FREE = sa.or_(operations.c.lease_until.is_(None), operations.c.lease_until < epoch())
_GOING = operations.c.state.not_in(OVER)
_OTHERS = operations.c.id.not_in(sa.bindparam("besides", expanding=True))
LEASED = epoch() + LEASE_SECONDS
CLAIM_ONE = _claim(operations.c.id == sa.bindparam("only"))
CLAIM_DUE = _claim(operations.c.wake_at <= sa.bindparam("now"))
SOONEST = sa.select(sa.func.min(operations.c.wake_at)).where(_FREE, _GOING, _OTHERS)
SAVE = _save(lease_until=LEASED)
SAVE_AND_RELEASE = _save(lease_until=None, lease_owner=None)
ADD = operations.insert()
ADD_HELD = operations.insert().values(lease_until=LEASED)
