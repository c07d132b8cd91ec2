"""A plan as its row keeps it, from the question to its end."""

from __future__ import annotations

from bot.domain.changes import Plan, Result
from bot.domain.invocation import Invocation
from bot.domain.model import Frozen, Json
from bot.engine.cards import Asked

_NAMED = 10


class Planned(Frozen):
    """What the row of a plan keeps."""

    plan: Plan
    invocation: Invocation
    args: Json
    confirmed_at: float = 0.0
    reply: str = ""
    """The sealed address of the press that confirmed it; where there was none, the invocation's."""
    ts: str = ""
    """The card, once it is posted."""
    receipt: str = ""
    result: Result | None = None
    error: str = ""
    hint: str = ""
    applied: tuple[Json, ...] = ()
    """The objects as they were after each write."""

    @property
    def confirmed(self) -> bool:
        """A press answered its question; else the policy needed none."""
        return bool(self.reply)

    @property
    def address(self) -> str:
        return self.reply or self.invocation.reply

    @property
    def replaceable(self) -> bool:
        """What stands at the address is for the requester alone, and may give way to what comes of it."""
        return self.confirmed or self.invocation.private

    @property
    def changed(self) -> str:
        """For whom it did not go well: what is otherwise now all the same."""
        names = ", ".join(str(item["name"]) for item in self.applied[:_NAMED])
        names += f" and {len(self.applied) - _NAMED} more" if len(self.applied) > _NAMED else ""
        before = f"Changed before that: {names}." if names else ""
        if self.result is Result.UNKNOWN:
            return f"{before} Whether the rest was changed is not known: look before you ask again.".strip()
        return before or "Nothing was changed."

    def asked(self) -> Asked:
        user = self.invocation
        return Asked(user=user.user, name=user.user_name, started=self.confirmed_at, receipt=self.receipt)
