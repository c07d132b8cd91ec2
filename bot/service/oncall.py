"""Who is on call: from the rota of the configuration, else from whom the configuration names, cached."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from bot.domain.errors import OnCallUnknownError
from bot.domain.oncall import OnDuty, Remote
from bot.service.freshness import Recent

if TYPE_CHECKING:
    from bot.oncall.providers import Providers
    from bot.service.in_force import InForce

_MINUTE = 60.0
_AGAIN_SECONDS = 10.0


class OnCallBook:
    """Implements `bot.engine.oncall.OnCall`, with the schedules that are in force at each question.

    An answer is kept by what was asked of whom, not by the schedule's name: one that the configuration now
    looks up elsewhere is asked anew.
    """

    def __init__(
        self,
        providers: Providers,
        in_force: InForce,
        clock: Callable[[], float],
        *,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._in_force = in_force
        self._clock = clock
        self._now = now
        self._recent = Recent(providers.on_duty, _MINUTE, now)
        self._failed: dict[Remote, tuple[float, OnCallUnknownError]] = {}

    async def who(self, schedule: str, *, fresh: bool = False) -> OnDuty:
        found = self._in_force.oncall.get(schedule)
        if found is None:
            raise OnCallUnknownError(
                f"There is no on-call schedule `{schedule}`, so nothing is done.",
                hint="An operator adds it under `oncall` in the configuration.",
            )
        if found.remote is not None:
            return await self._look_up(found.remote, fresh=fresh)
        return found.rota.on_duty(self._clock()) if found.rota else OnDuty()

    async def _look_up(self, remote: Remote, *, fresh: bool) -> OnDuty:
        """A provider that did not answer a moment ago keeps nobody waiting: it is asked again by and by, and
        at once for what is decided anew.
        """
        failed = self._failed.get(remote)
        if failed and not fresh and self._now() - failed[0] < _AGAIN_SECONDS:
            raise OnCallUnknownError(failed[1].message, hint=failed[1].hint)
        try:
            on_duty = await self._recent.get(remote, fresh=fresh)
        except OnCallUnknownError as error:
            self._failed[remote] = (self._now(), error)
            raise
        self._failed.pop(remote, None)
        return on_duty

    async def close(self) -> None:
        await self._recent.close()
