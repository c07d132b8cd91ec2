"""What is said before everybody: that everything was made read-only, and that this is over."""

from __future__ import annotations

from bot.domain.locks import CONFIGURED, Lock
from bot.domain.message import Icon, Message, Paragraph, Span, Text, instant, person, text
from bot.domain.model import Frozen


class Notice(Frozen):
    """A lock of everything, from when it is set until its end was told."""

    id: str
    lock: Lock
    channel: str = ""
    """Where it was set; empty where that is no channel."""
    told: bool = False
    """Whether its beginning was told."""
    lifted: bool = False
    by: str = ""
    by_name: str = ""
    """Who lifted it."""

    def is_over(self, now: float) -> bool:
        return self.lifted or not self.lock.holds(now)


def begun(notice: Notice) -> Message:
    until = notice.lock.until
    end = text("until {}", instant(until, "its end")) if until else text("until it is lifted")
    return Message(
        icon=Icon.LOCKED,
        headline=text("Everything is read-only {}: nothing is changed on any cluster", end),
        parts=(Paragraph(text=text("{}", notice.lock.reason)),),
        footer=text("{} · what is under way goes on", _setter(notice.lock)),
    )


def ended(notice: Notice, *, others: bool) -> Message:
    """`others` tells whether another lock of everything holds."""
    why = _why_over(notice)
    return Message(
        icon=Icon.LOCKED if others else Icon.DONE,
        headline=text("Everything stays read-only: {}, and another holds", why)
        if others
        else text("Changes are possible again: {}", why),
        parts=(Paragraph(text=text("It was: {}", notice.lock.reason)),),
        footer=text("set by {}", _setter(notice.lock)),
    )


def _setter(lock: Lock) -> Span | str:
    return lock.owner_name if lock.id == CONFIGURED else person(lock.owner, lock.owner_name)


def _why_over(notice: Notice) -> Text:
    if notice.lock.id == CONFIGURED:
        return text("the configuration locks everything no longer")
    if notice.lifted:
        return text("{} lifted the lock of everything", person(notice.by, notice.by_name))
    return text("the time of the lock of everything is over")
