"""The policy: deny by default, deny wins, and every answer says which rule gave it.

A rule names people, channels, verbs, clusters, namespaces, kinds, labels and limits; what it leaves out it
does not narrow. `*` is needed to cover all namespaces at once and kinds that live in none: no list of
namespaces does. What is refused or to be confirmed in one namespace is so for all of them at once, though.

Deny wins. Else a review, where the person has one. Else the strictest of approve, confirm and allow.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cached_property
from typing import Annotated, Any

from pydantic import Field, StringConstraints, field_validator, model_validator

from bot.domain.access import (
    ANY,
    STRICTNESS,
    Allowance,
    Ask,
    Decision,
    Effect,
    Need,
    Permission,
    Program,
    Risk,
    Standing,
    merged,
)
from bot.domain.changes import canonical
from bot.domain.model import Frozen
from bot.service.profiles import Profile
from bot.service.rules import NOWHERE, Globs, Rule, covers, touches

ProfileName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,60}$")]

_RISKS = tuple(Risk)
FLOOR = {
    Risk.READ: Effect.ALLOW,
    Risk.REVERSIBLE: Effect.ALLOW,
    Risk.DISRUPTIVE: Effect.CONFIRM,
    Risk.DESTRUCTIVE: Effect.CONFIRM,
}
_STANDING = {
    Standing.GUEST: "Guests of this workspace cannot use it.",
    Standing.STRANGER: "People of other workspaces cannot use it.",
    Standing.BOT: "Other bots cannot use it.",
    Standing.DEACTIVATED: "This account is deactivated.",
    Standing.UNKNOWN: "Slack does not say who this is.",
}


class Raise(Frozen):
    """Where verbs count as riskier than they say themselves; never as less."""

    verbs: Globs
    clusters: Globs = (ANY,)
    namespaces: Globs = (ANY,)
    risk: Risk

    @field_validator("verbs", "clusters", "namespaces", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    def touches(self, ask: Ask) -> bool:
        place = covers if ask.scope.kind in NOWHERE else touches
        within = touches(self.clusters, ask.scope.cluster) and place(self.namespaces, ask.scope.namespace)
        return within and covers(self.verbs, ask.verb)


class Policy(Frozen):
    """All rules of one version of the file."""

    rules: tuple[Rule, ...] = ()
    risks: tuple[Raise, ...] = ()
    exec: dict[ProfileName, Profile] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _names_once(self) -> Policy:
        names = [rule.name for rule in self.rules]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"two rules are called {twice[0]}")
        return self

    @property
    def types_to_programs(self) -> bool:
        """Whether some rule lets people type to a program, so that the bot needs to hear threads."""
        named = {name for rule in self.rules if rule.effect is not Effect.DENY for name in rule.exec}
        return any(profile.interactive for name, profile in self.exec.items() if name in named)

    @cached_property
    def groups(self) -> frozenset[str]:
        """Every user group that some rule names."""
        return frozenset(self.handles)

    @cached_property
    def handles(self) -> dict[str, str]:
        """What those groups are called, by their ids."""
        found: dict[str, str] = {}
        for rule in self.rules:
            found |= rule.groups | rule.break_glass | (rule.by.groups if rule.by else {})
        return found

    @cached_property
    def schedules(self) -> frozenset[str]:
        """Every on-call schedule that some rule names."""
        own = {name for rule in self.rules for name in rule.oncall}
        return frozenset(own | {name for rule in self.rules if rule.by for name in rule.by.oncall})

    @property
    def knows_people_by_email(self) -> bool:
        return any(rule.domains for rule in self.rules)

    @cached_property
    def hash(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    @cached_property
    def text(self) -> str:
        """The one form in which it is hashed and kept."""
        return canonical(self.model_dump(mode="json"))

    def decide(self, ask: Ask) -> Decision:
        """The answer to one question; pure, so that it can be asked three times for nothing."""
        version = self.hash[:12]
        standing = ask.actor.standing
        if standing is Standing.MEMBER and ask.actor.team != ask.place.team:
            standing = Standing.STRANGER
        if standing is not Standing.MEMBER:
            return Decision(effect=Effect.DENY, reason=_STANDING[standing], policy=version)
        tight = [rule for rule in self.rules if rule.effect is not Effect.ALLOW and self.touches(rule, ask)]
        denying = next((rule for rule in tight if rule.effect is Effect.DENY), None)
        if denying:
            reason = f"Rule {denying.name} forbids it{_beyond(denying, ask)}."
            return Decision(effect=Effect.DENY, rule=denying.name, reason=reason, policy=version)
        fitting = [
            rule for rule in self.rules if rule.effect is not Effect.DENY and not self.misses(rule, ask)
        ]
        if not fitting:
            near = self._near(ask)
            return Decision(effect=Effect.DENY, reason="No rule allows it.", near_miss=near, policy=version)
        return self._granted(ask, fitting, tight, version)

    def risk(self, ask: Ask) -> Risk:
        """What the verb says of itself, or what the policy raises it to there."""
        raised = (one.risk for one in self.risks if one.touches(ask))
        return max((ask.risk, *raised), key=_RISKS.index)

    def _granted(self, ask: Ask, fitting: list[Rule], tight: list[Rule], version: str) -> Decision:
        """By a review where the person has one; else by the mildest rule that fits, but not below what
        tightens.
        """
        known = [rule for rule in fitting if not (rule.asks_for_facts and ask.facts is None)]
        reviews = [rule for rule in known if rule.effect is Effect.REVIEW]
        mildest = min(fitting, key=lambda rule: STRICTNESS.index(rule.effect))
        asking = [rule for rule in tight if rule.effect in {Effect.CONFIRM, Effect.APPROVE}]
        strict = max([*asking, mildest], key=lambda rule: STRICTNESS.index(rule.effect))
        first = reviews[0] if reviews else strict
        risk = self.risk(ask)
        effect = max(first.effect, FLOOR[risk], key=STRICTNESS.index)
        binding, possible = (
            [rule for rule in rules if rule.effect is effect] for rules in (reviews or asking, fitting)
        )
        alike = binding or possible
        return Decision(
            effect=effect,
            rule=first.name,
            policy=version,
            allowance=next((found for rule in fitting if (found := self._allowance(rule, ask))), None),
            risk=risk,
            needs=merged(need for rule in alike if (need := _need(rule))),
            code=any(rule.code for rule in (*alike, *asking)),
            is_open=any(rule.may_touch(ask) for rule in self.rules),
        )

    def touches(self, rule: Rule, ask: Ask) -> bool:
        """As the rule says, and where it names profiles, of the programs that these let run alone."""
        is_of_others = bool(rule.exec and ask.program) and self._allowance(rule, ask) is None
        return rule.touches(ask) and not is_of_others

    def misses(self, rule: Rule, ask: Ask) -> list[str]:
        """As the rule says, and for what runs programs by its profiles, too."""
        missing = rule.misses(ask)
        if ask.program is None and ask.permission is not Permission.PROGRAM_RUN:
            return missing
        if self._allowance(rule, ask) if ask.program else rule.exec:
            return missing
        return [*missing, "program"]

    def _allowance(self, rule: Rule, ask: Ask) -> Allowance | None:
        """By the first of a rule's profiles that lets the program run."""
        if ask.program is None:
            return None
        profiles = ((name, self.exec[name]) for name in rule.exec if name in self.exec)
        return next((found for name, one in profiles if (found := one.allowance(name, ask.program))), None)

    def near(self, ask: Ask) -> tuple[tuple[Rule, str], ...]:
        """The rules that miss by one field alone, with what they say of it: first who may and where, last
        what else one may do.
        """
        found: list[tuple[Rule, str, str]] = []
        for rule in self.rules:
            missing = self.misses(rule, ask)
            if rule.effect is Effect.DENY or len(missing) != 1:
                continue
            said = self._programs(rule, ask) if missing == ["program"] else _SENTENCES[missing[0]](rule, ask)
            found.append((rule, missing[0], said))
        found.sort(key=lambda one: one[1] == "verb")
        return tuple((rule, said) for rule, _, said in found)

    def _near(self, ask: Ask) -> str:
        return " ".join(said for _, said in self.near(ask)[:2])

    def _programs(self, rule: Rule, ask: Ask) -> str:
        """Why none of a rule's profiles lets the program run."""
        if not rule.exec:
            return f"Rule {rule.name} names no exec profile, so it lets no program run."
        program = ask.program or Program(argv=())
        known = [(name, self.exec[name]) for name in rule.exec if name in self.exec]
        whys = [f"profile {name} {profile.misses(program)}" for name, profile in known[:3]]
        return f"By rule {rule.name}, {', '.join(whys)}."


_SENTENCES: dict[str, Callable[[Rule, Ask], str]] = {
    "person": lambda rule, _: f"{rule.people[:1].upper()}{rule.people[1:]} can do it (rule {rule.name}).",
    "channel": lambda rule, _: (
        f"Rule {rule.name} would allow you in {', '.join('#' + name for name in rule.channels.values())}."
    ),
    "verb": lambda rule, ask: f"Rule {rule.name} lets you use {', '.join(rule.verbs[:6])}, not {ask.verb}.",
    "cluster": lambda rule, _: f"Rule {rule.name} would allow it on {', '.join(rule.clusters)}.",
    "namespace": lambda rule, ask: (
        f"Rule {rule.name} covers {', '.join(rule.namespaces)}, not {_place(ask)}."
    ),
    "kind": lambda rule, ask: f"Rule {rule.name} covers {', '.join(rule.kinds)}, not {ask.scope.kind}.",
    "labels": lambda rule, _: f"Rule {rule.name} is for what bears {_labels(rule)}.",
    "limits": lambda rule, ask: f"Rule {rule.name} would allow less: {_exceeded(rule, ask)}.",
    "beyond": lambda rule, _: f"Rule {rule.name} is for what goes beyond its limits.",
}


def _place(ask: Ask) -> str:
    return "all namespaces" if ask.scope.namespace == ANY else ask.scope.namespace


def _labels(rule: Rule) -> str:
    return ", ".join(f"{key}={value}" for key, value in rule.labels.items())


def _exceeded(rule: Rule, ask: Ask) -> str:
    return "; ".join(rule.limits.exceeded(ask.facts)[:2]) if rule.limits and ask.facts else ""


def _beyond(rule: Rule, ask: Ask) -> str:
    """By what a rule refuses that is for what goes beyond its limits."""
    exceeded = rule.beyond.exceeded(ask.facts) if rule.beyond and ask.facts else ()
    return f": {'; '.join(exceeded[:2])}" if exceeded else ""


def _need(rule: Rule) -> Need | None:
    return rule.by.need(rule.name) if rule.by else None
