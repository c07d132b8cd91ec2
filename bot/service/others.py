"""Who else could do what somebody is refused, as far as the rules tell. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from bot.domain.access import ANY, STRICTNESS, Actor, Ask, Effect, Need, Questions, Standing
from bot.service.lines import decide_line
from bot.service.policy import Policy
from bot.service.rules import Rule


def others(policy: Policy, questions: Questions) -> tuple[Need, ...]:
    """The user groups and schedules whose people could, those first who need the least yes: in the rule's
    channel where it names one that is not this one, else here. None that the refused person is of.
    """
    if not questions or any(ask.scope.cluster == ANY for ask in questions[0]):
        return ()
    found: dict[str, tuple[int, Need]] = {}
    for rule in policy.rules:
        for need in _named(rule, questions[0][0]) if rule.effect is not Effect.DENY else ():
            theirs = as_asked_by(need, questions)
            decision = decide_line(policy, theirs)
            if decision.allowed and all(_covers(policy, rule, readings) for readings in theirs):
                found.setdefault(repr(need), (STRICTNESS.index(decision.effect), need))
    return tuple(need for _, need in sorted(found.values(), key=lambda one: one[0]))


def _covers(policy: Policy, rule: Rule, readings: tuple[Ask, ...]) -> bool:
    return any(not policy.misses(rule, ask) for ask in readings)


def could(policy: Policy, questions: Questions, need: Need) -> bool:
    """Whether these people could, by the policy as it is now."""
    return bool(questions) and decide_line(policy, as_asked_by(need, questions)).allowed


def as_asked_by(need: Need, questions: Questions) -> Questions:
    """The same questions, asked by somebody of whom no more is known than that they are of these people."""
    return tuple(tuple(_by(need, ask) for ask in readings) for readings in questions)


def _by(need: Need, ask: Ask) -> Ask:
    somebody = Actor(
        id="", team=ask.actor.team, name="", standing=Standing.MEMBER, groups=frozenset(need.groups),
        oncall=frozenset(need.oncall), email="@",  # of no domain that a rule could name
    )  # fmt: skip
    channel = need.channel or ask.place.channel
    return ask.model_copy(
        update={"actor": somebody, "place": ask.place.model_copy(update={"channel": channel})}
    )


def _named(rule: Rule, ask: Ask) -> Iterator[Need]:
    """The people of a rule, each group and each schedule by itself, and where it lets them act."""
    elsewhere = {} if ask.place.channel in rule.channels else rule.channels
    for channel, name in (elsewhere or {"": ""}).items():
        there = {"channel": channel, "channel_name": name}
        for group, handle in (rule.groups | rule.break_glass).items():
            if group not in ask.actor.groups:
                yield Need(rule=rule.name, groups={group: handle}).model_copy(update=there)
        for schedule in rule.oncall:
            if schedule not in ask.actor.oncall:
                yield Need(rule=rule.name, oncall=(schedule,)).model_copy(update=there)
