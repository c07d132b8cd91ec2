"""What the policy says to a person, as a person is told it. Pure."""

from __future__ import annotations

from bot.domain.access import Decision, Effect, Need
from bot.domain.message import Text, instant, text
from bot.domain.model import Frozen


class OnCallUntil(Frozen):
    """That somebody is on call, and until when as it is planned now; None where that is not known."""

    schedule: str
    until: float | None = None


class Verdict(Frozen):
    """What the policy says to one line in one place."""

    verb: str
    namespace: str
    """`*` is all of them."""
    cluster: str
    decision: Decision
    elsewhere: tuple[str, ...] = ()
    """The channels from which it would be allowed, where it is not from here."""
    on_call: tuple[OnCallUntil, ...] = ()
    """By which schedules it is theirs, where only somebody on call has it by that rule."""
    whole: bool = True
    """Whether the line was asked about, and not its verb alone."""


def on_call(found: tuple[OnCallUntil, ...]) -> Text:
    """`You are on call (night) until …`; nothing for whoever is not."""
    said = [
        text("{} until {}", one.schedule, instant(one.until, "the end of the turn"))
        if one.until is not None
        else text("{}", one.schedule)
        for one in found
    ]
    whole = Text()
    for place, one in enumerate(said):
        whole += text("{}{}", ", " if place else "You are on call: ", one)
    return text("{}.", whole) if said else Text()


def how(decision: Decision) -> str:
    """How an allowed line goes: the end of a sentence."""
    code = ", with a one-time code" if decision.code else ""
    if decision.effect is Effect.APPROVE:
        return f"once it is approved by {asked(decision.needs)}{code}"
    if decision.effect is Effect.REVIEW:
        return f"at once{code}; {_any(decision.needs)} signs it off afterwards"
    return f"after a confirm{code}" if decision.effect is Effect.CONFIRM else "at once"


def asked(needs: tuple[Need, ...]) -> str:
    """Who says yes: all of several needs have to."""
    said = []
    for need in needs:
        people = f"{need.count} of {need.people}" if need.count > 1 else need.people
        said.append(f"{people} in #{need.channel_name}" if need.channel_name else people)
    return " and by ".join(dict.fromkeys(said)) or "others"


def _any(needs: tuple[Need, ...]) -> str:
    return " or ".join(dict.fromkeys(need.people for need in needs)) or "somebody else"
