"""Who may what by a policy, read from its rules: for `policy who-can` and `policy table`. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain.access import ANY, Effect
from bot.domain.ages import spell
from bot.service.limits import Limits
from bot.service.policy import Policy
from bot.service.rules import Rule, covers


def who_can(policy: Policy, verb: str, *, cluster: str, namespace: str, kind: str) -> list[str]:
    """A line for each rule that lets somebody, then for each that forbids; an empty part is any at all."""
    wanted = (("verbs", verb), ("clusters", cluster), ("namespaces", namespace), ("kinds", kind))

    def speaks_of_it(rule: Rule) -> bool:
        return all(not one or covers(getattr(rule, field), one) for field, one in wanted)

    found = [rule for rule in policy.rules if speaks_of_it(rule)]
    lets = [f"{rule.people}: {rule.effect.value}{_within(rule)} (rule {rule.name})"
            for rule in found if rule.effect is not Effect.DENY]  # fmt: skip
    forbids = [f"not {rule.people}{_within(rule)} (rule {rule.name})"
               for rule in found if rule.effect is Effect.DENY]  # fmt: skip
    return [*lets, *forbids] if lets else ["nobody: no rule lets it"]


def table(policy: Policy, verbs: Iterable[str]) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """For each subject of the policy its rules: effect, verbs, and within what."""
    known = tuple(dict.fromkeys(verbs))
    subjects: dict[str, list[tuple[str, str, str]]] = {}
    for rule in policy.rules:
        named = [verb for verb in known if covers(rule.verbs, verb)]
        shown = "everything" if len(named) == len(known) else ", ".join(named)
        subjects.setdefault(rule.people, []).append(
            (rule.effect.value, shown, f"{_within(rule).lstrip(', ') or 'everywhere'} (rule {rule.name})")
        )
    return list(subjects.items())


def _within(rule: Rule) -> str:
    """What narrows a rule, and what it asks for, as the rest of a sentence."""
    parts = []
    if rule.channels:
        parts.append("in " + ", ".join(f"#{name}" for name in rule.channels.values()))
    for word, globs in (("on", rule.clusters), ("namespaces", rule.namespaces), ("kinds", rule.kinds)):
        if globs != (ANY,):
            parts.append(f"{word} {', '.join(globs)}")
    if rule.labels:
        parts.append("labelled " + ", ".join(f"{key}={value}" for key, value in rule.labels.items()))
    if rule.limits:
        parts.append(f"within {limits_of(rule.limits)}")
    if rule.beyond:
        parts.append(f"beyond {limits_of(rule.beyond)}")
    if rule.exec:
        parts.append(f"exec profiles {', '.join(rule.exec)}")
    if rule.by:
        need = rule.by.need(rule.name)
        there = f" in #{need.channel_name}" if need.channel else ""
        parts.append(f"by {need.count} of {need.people}{there} within {spell(need.seconds)}")
    if rule.code:
        parts.append("with a one-time code")
    return "".join(f", {part}" for part in parts)


def limits_of(limits: Limits) -> str:
    """Limits in a few words."""
    said = []
    if limits.replicas is not None:
        said.append(f"{limits.replicas} replicas")
    if limits.step is not None:
        said.append(f"steps of {limits.step}")
    if limits.images:
        said.append(f"images {', '.join(limits.images)}")
    if limits.tags:
        said.append(f"tags {', '.join(limits.tags)}")
    if limits.not_tags:
        said.append(f"no tags {', '.join(limits.not_tags)}")
    if limits.digest:
        said.append("digests")
    if limits.services:
        said.append(f"services {', '.join(limits.services)}")
    return "; ".join(said)
