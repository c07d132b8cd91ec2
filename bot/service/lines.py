"""The answer to a whole line or plan, from the answers to its questions. Pure."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from bot.domain.access import Ask, Decision, strictest
from bot.service.policy import Policy


def decide_line(policy: Policy, questions: Iterable[tuple[Ask, ...]]) -> Decision:
    """The strictest over all questions; of one with several readings those count that are allowed, if any."""
    answers: list[Decision] = []
    for readings in questions:
        given = [policy.decide(one) for one in readings]
        answers += [one for one in given if one.allowed] or given[:1]
    return strictest(answers)


def by_scope(asks: Iterable[Ask]) -> list[tuple[Ask, ...]]:
    """Questions as they were kept, one after another: those of one place that differ in their program are
    readings of one.
    """
    found: list[tuple[Ask, ...]] = []
    for (_, runs), group in itertools.groupby(asks, lambda one: (one.scope, one.program is not None)):
        together = tuple(group)
        found += [together] if runs else [(one,) for one in together]
    return found
