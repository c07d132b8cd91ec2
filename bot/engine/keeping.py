"""What each revision reads is kept: of one that is replaced before the change, of a new one after it.

Neither stops a change: what cannot be read, or may not be, is not kept.
"""

from __future__ import annotations

import logging

from bot.domain.changes import Applied, Plan
from bot.domain.errors import AuditUnavailableError, BotError
from bot.domain.keeping import overwrites, renews
from bot.engine.acting import Acting
from bot.engine.planned import Planned
from bot.engine.ports import ClusterReader
from bot.service.keeping import Keeping

log = logging.getLogger(__name__)


async def before(keeping: Keeping, door: ClusterReader, plan: Plan) -> None:
    """Keep what the revisions that are about to be replaced read; anew, where the plan overwrites it."""
    for step in plan.steps:
        ref = step.write.target
        if step.pin is None or not renews(step):
            continue
        try:
            found = await door.get(ref.type, ref.namespace or "", ref.name)
            await keeping.keep(door, ref, found, anew=overwrites(plan))
        except AuditUnavailableError:
            raise
        except BotError as error:
            log.warning("what %s reads was not kept: %s", ref, error.code)


async def after(keeping: Keeping, acting: Acting, planned: Planned, applied: tuple[Applied, ...]) -> None:
    """Keep what the revisions that were made read, as far as who made them may still read it."""
    made = [(step, one) for step, one in zip(planned.plan.steps, applied, strict=True) if renews(step)]
    if not made:
        return
    try:
        door = (await acting.door(planned, planned.invocation.id, fresh=False)).door
    except AuditUnavailableError:
        raise
    except BotError as error:
        log.warning("what %s reads was not kept: %s", made[0][0].write.target, error.code)
        return
    for step, one in made:
        await keeping.keep(door, step.write.target, one.after)
