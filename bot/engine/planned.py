"""A plan as its row keeps it, from the question to its end."""

from __future__ import annotations

from bot.domain.access import Need, Risk
from bot.domain.approvals import Vote
from bot.domain.changes import Plan, Result
from bot.domain.invocation import Invocation
from bot.domain.message import Text, text
from bot.domain.model import Frozen, Json
from bot.engine.cards import Asked, question

_NAMED = 10


class Planned(Frozen):
    """What the row of a plan keeps."""

    plan: Plan
    invocation: Invocation
    args: Json
    risk: Risk = Risk.READ
    """As the policy raises it."""
    rule: str = ""
    """By which it was decided."""
    needs: tuple[Need, ...] = ()
    """Whose yes it waits for, beside its requester's."""
    review: Need | None = None
    """Who signs it off later, where it is made first."""
    code: bool = False
    """Whoever says yes gives a one-time code."""
    reason: str = ""
    """As its requester gave it to those who are asked."""
    votes: tuple[Vote, ...] = ()
    approval: tuple[str, ...] = ()
    """The operations that carry the messages which ask them, one for each channel."""
    asked_at: float = 0.0
    """When the requester said yes."""
    confirmed_at: float = 0.0
    """When the last yes was said that it needs."""
    give_up: float = 0.0
    """Until when what a budget holds is waited for, whoever carries the plan on."""
    reply: str = ""
    """The sealed address of the press that confirmed it; where there was none, the invocation's."""
    ts: str = ""
    """The card, once it is posted."""
    receipt: str = ""
    result: Result | None = None
    error: str = ""
    hint: str = ""
    stale: bool = False
    """What was shown no longer held."""
    applied: tuple[Json, ...] = ()
    """The objects as they were after each write."""
    answered: bool = False
    """What came of a run is on its way to its requester, in a row of its own."""

    @property
    def wanted_by(self) -> frozenset[str]:
        """Its requester, and whoever asked them to do it: neither counts as another person."""
        return frozenset({self.invocation.user, self.invocation.sent_by[0]})

    @property
    def places(self) -> dict[str, str]:
        """The channels in which others are asked, with their names: first where the most people are."""
        here = self.invocation.place
        strictest = sorted(self.needs, key=lambda need: (not need.channel, -need.count))
        return {need.channel or here.channel: need.channel_name or here.channel_name for need in strictest}

    def needs_in(self, channel: str) -> tuple[Need, ...]:
        """Whose people are called in this channel."""
        here = self.invocation.place.channel
        return tuple(need for need in self.needs if (need.channel or here) == channel)

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
        if self.plan.run and self.result in {Result.FAILED, Result.UNKNOWN}:
            return "It is not run again by itself."
        if self.result is Result.UNKNOWN:
            return f"{before} Whether the rest was changed is not known: look before you ask again.".strip()
        return before or self.plan.undone

    @property
    def became(self) -> Text:
        """What was done; for whom it did not go well, what was meant, and how far it came."""
        if self.result is Result.APPLIED:
            return self.plan.done
        return text("{}: {}", question(self.plan), self.changed)

    @property
    def may_have_changed(self) -> bool:
        return self.result in {Result.APPLIED, Result.UNKNOWN} or bool(self.applied)

    @property
    def to_type(self) -> str:
        """What is typed before it is destroyed; empty for what can be undone."""
        if self.risk is not Risk.DESTRUCTIVE:
            return ""
        there = [step.write.target for step in self.plan.steps]
        if self.plan.to_type or len(there) <= 1:
            return self.plan.to_type or self.plan.target.name
        kinds = {target.type.plural for target in there}
        return f"{len(there)} {kinds.pop() if len(kinds) == 1 else 'objects'}"

    @property
    def agreed_by(self) -> tuple[tuple[str, str], ...]:
        """Those who said yes beside its requester, by id and name."""
        return tuple((vote.user, vote.name) for vote in self.votes)

    def ending(self) -> Json:
        """What is kept of it once it is over."""
        return self.model_dump(mode="json", include={"result", "error", "receipt", "votes"})

    def asked(self) -> Asked:
        who = self.invocation
        return Asked(
            user=who.user, name=who.user_name, started=self.confirmed_at, receipt=self.receipt,
            agreed=self.agreed_by, sent_by=who.sent_by,
        )  # fmt: skip
