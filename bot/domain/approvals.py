"""Yes from others: who has said it, what it counts for, and whether it is enough. Pure."""

from __future__ import annotations

from bot.domain.access import Actor, Need
from bot.domain.message import Text, text
from bot.domain.model import Frozen


class Vote(Frozen):
    """One person's yes."""

    user: str
    name: str
    at: float
    rules: tuple[str, ...]
    """The rules whose need it meets."""


def rules_met(needs: tuple[Need, ...], actor: Actor) -> tuple[str, ...]:
    """The rules by which this person is asked."""
    return tuple(need.rule for need in needs if need.is_met_by(actor))


def counted(need: Need, votes: tuple[Vote, ...]) -> int:
    """How many people have met a need so far; nobody counts twice."""
    return len({vote.user for vote in votes if need.rule in vote.rules})


def is_enough(needs: tuple[Need, ...], votes: tuple[Vote, ...]) -> bool:
    """Whether all needs are met; without any, nobody was asked, and nothing is."""
    return bool(needs) and all(counted(need, votes) >= need.count for need in needs)


def people(needs: tuple[Need, ...]) -> str:
    """Who is asked, for a sentence."""
    return "; ".join(dict.fromkeys(need.people for need in needs))


def standing(needs: tuple[Need, ...], votes: tuple[Vote, ...]) -> Text:
    """How far it is: `1 of 2 from @sre`, and by whom."""
    counts = "; ".join(
        f"{min(counted(need, votes), need.count)} of {need.count} from {need.people}" for need in needs
    )
    names = ", ".join(f"{vote.name} ✓" for vote in votes)
    return text("{}{}", counts, f" · {names}" if names else "")
