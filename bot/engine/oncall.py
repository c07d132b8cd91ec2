"""Who is on call, as the engine sees it."""

from __future__ import annotations

from typing import Protocol

from bot.domain.oncall import OnDuty


class OnCall(Protocol):
    """Answers are at most a minute old, and read anew with `fresh`."""

    async def who(self, schedule: str, *, fresh: bool = False) -> OnDuty:
        """The people on duty now in the schedule of this name. Raises `OnCallUnknownError` where that cannot
        be said: nobody is let through on a guess.
        """
