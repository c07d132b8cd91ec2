"""On which clusters the policy gives a person anything at all: no other is spoken of to them."""

from __future__ import annotations

from fnmatch import fnmatchcase

from bot.domain.access import ANY, Actor, Ask, Effect, Permission, Place, Risk, Scope, Standing
from bot.service.policy import Policy
from bot.service.rules import Rule

_WHO_AND_WHERE = {"person", "channel", "cluster"}


def gives_anything(policy: Policy, actor: Actor, place: Place, cluster: str) -> bool:
    """Whether some rule lets this person do something there, and none takes all of that away again."""
    if actor.standing is not Standing.MEMBER or actor.team != place.team:
        return False
    ask = Ask(
        actor=actor, place=place, verb="", permission=Permission.BOT_ASK, risk=Risk.READ,
        scope=Scope(cluster=cluster, namespace="", kind=""),
    )  # fmt: skip
    here = [rule for rule in policy.rules if _WHO_AND_WHERE.isdisjoint(rule.misses(ask))]
    denying = [rule for rule in here if rule.effect is Effect.DENY and not rule.asks_for_facts]
    return any(
        rule.effect is not Effect.DENY and not any(_covers(deny, rule) for deny in denying) for rule in here
    )


def _covers(deny: Rule, given: Rule) -> bool:
    return all(
        within(inner, outer)
        for inner, outer in (
            (given.verbs, deny.verbs),
            (given.namespaces, deny.namespaces),
            (given.kinds, deny.kinds),
        )
    )


def within(inner: tuple[str, ...], outer: tuple[str, ...]) -> bool:
    """Whether everything that some patterns mean is also meant by others."""
    return ANY in outer or all(any(fnmatchcase(one, pattern) for pattern in outer) for one in inner)
