"""What each rule says to one question, and how the answer comes of it: for `policy explain`. Pure."""

from __future__ import annotations

from bot.domain.access import ANY, Ask, Decision, Effect, Need, Risk
from bot.domain.ages import spell
from bot.service.policy import FLOOR, Policy
from bot.service.rules import Rule


def by_rule(policy: Policy, ask: Ask) -> list[tuple[str, str, str]]:
    """For each rule its name, its effect, and whether it covers what is asked, or by what it misses."""
    return [(rule.name, rule.effect.value, _fit(policy, rule, ask)) for rule in policy.rules]


def _fit(policy: Policy, rule: Rule, ask: Ask) -> str:
    missing = policy.misses(rule, ask)
    covers, touches, may = not missing, policy.touches(rule, ask), rule.may_touch(ask)
    if may:
        return "depends on what is changed" + ("" if covers else f"; misses by {', '.join(missing)}")
    if rule.effect is Effect.DENY:
        return "forbids it" if touches else f"misses by {', '.join(missing) or 'nothing'}"
    if covers:
        return "covers it"
    return (
        f"touches it; does not let it through by {', '.join(missing)}"
        if touches
        else (f"misses by {', '.join(missing)}")
    )


def answer(decision: Decision) -> list[str]:
    """A decision in sentences."""
    by = f", by rule {decision.rule}" if decision.rule else ""
    lines = [f"{decision.effect.value}{by}"]
    lines += [one for one in (decision.reason, decision.near_miss) if one]
    lines += [need_of(need, decision.effect) for need in decision.needs]
    if decision.code:
        lines.append("whoever says yes gives a one-time code")
    if decision.allowance:
        bounds = decision.allowance
        lines.append(f"by exec profile {bounds.profile}: {bounds.seconds:g} s, {bounds.bytes} bytes")
    return lines


def need_of(need: Need, effect: Effect) -> str:
    where = f" in #{need.channel_name}" if need.channel else ""
    if effect is Effect.REVIEW:
        return f"signed off later by {need.people}{where}, within {spell(need.seconds)} (rule {need.rule})"
    return (
        f"approved by {need.count} of {need.people}{where}, within {spell(need.seconds)} (rule {need.rule})"
    )


def floor(policy: Policy, ask: Ask) -> str:
    """What the risk alone asks for."""
    risk = policy.risk(ask)
    raised = f"{ask.risk.value}, raised to {risk.value}" if risk is not ask.risk else risk.value
    return f"{raised}: {_FLOOR_WORDS[FLOOR[risk]]}"


_FLOOR_WORDS = {Effect.ALLOW: "may be allowed at once", Effect.CONFIRM: "at least a confirm"}


def where(ask: Ask) -> str:
    scope = ask.scope
    place = "all namespaces" if scope.namespace == ANY else scope.namespace
    return f"{ask.verb} {scope.kind} in {place} on {scope.cluster}"


def is_looked_at_again(ask: Ask) -> bool:
    """Whether it is decided again on a plan: what changes nothing has none."""
    return ask.risk is not Risk.READ and ask.facts is None and ask.program is None
