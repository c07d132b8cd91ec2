"""Yes from others: who has said it, what it counts for, and whether it is enough. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from bot.domain.access import Actor, Need
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


def counted(needs: tuple[Need, ...], votes: tuple[Vote, ...]) -> dict[str, int]:
    """How many people each rule has so far. Nobody counts twice: neither for one rule nor for two."""
    said: dict[str, set[str]] = {}
    for vote in votes:
        said.setdefault(vote.user, set()).update(vote.rules)
    return {rule: len(users) for rule, users in placed(needs, said).items()}


def placed(needs: tuple[Need, ...], people: Mapping[str, Collection[str]]) -> dict[str, list[str]]:
    """The people by the one rule that each counts for, of those that they meet (`people`): placed so that as
    many as possible count. No rule has more of them than it asks for.
    """
    places: dict[str, list[str]] = {need.rule: [] for need in needs}

    def place(user: str, tried: set[str]) -> bool:
        """Find them a place, for which others may move to another rule of theirs."""
        for need in needs:
            if need.rule in tried or need.rule not in people[user]:
                continue
            tried.add(need.rule)
            there = places[need.rule]
            if len(there) < need.count:
                there.append(user)
                return True
            for seat, other in enumerate(there):
                if place(other, tried):
                    there[seat] = user
                    return True
        return False

    for user in people:
        place(user, set())
    return places


def is_enough(needs: tuple[Need, ...], votes: tuple[Vote, ...]) -> bool:
    """Whether all needs are met by different people; without any, nobody was asked, and nothing is."""
    found = counted(needs, votes)
    return bool(needs) and all(found[need.rule] >= need.count for need in needs)


def people(needs: tuple[Need, ...]) -> str:
    """Who is asked, for a sentence."""
    each = tuple(dict.fromkeys(need.people for need in needs))
    return (", and " if any(" or " in one for one in each) else " and ").join(each)
