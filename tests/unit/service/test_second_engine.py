"""Cedar, an engine that is not ours, answers a thousand random questions as our policy does."""

from __future__ import annotations

import json
import random
from itertools import islice
from typing import Any

import cedarpy
import pytest

from bot.domain.access import Actor, Ask, Decision, Effect, Facts, Permission, Program, Risk, Scope, Standing
from bot.service.policy import Policy
from bot.service.rules import Rule
from tests.factories import actor, ask, place
from tests.unit.service.cedar import CEREMONIES, context, translated

DIGEST = "sha256:" + "ab" * 32
IMAGES = {
    "web": ("docker.io/library/web", "latest", False),
    "web:1.0": ("docker.io/library/web", "1.0", False),
    "r.example.com/shop/web:1.1": ("r.example.com/shop/web", "1.1", False),
    "r.example.com/shop/web:latest": ("r.example.com/shop/web", "latest", False),
    f"r.example.com/shop/web@{DIGEST}": ("r.example.com/shop/web", "", True),
    f"r.example.com/shop/web:2.0@{DIGEST}": ("r.example.com/shop/web", "2.0", True),
    f"evil.example/web@{DIGEST}": ("evil.example/web", "", True),
}
PEOPLE = {"U0ANA": "ana", "U0BEN": "ben", "U0CAM": "cam"}
GROUPS = {"S0SRE": "sre", "S0DEV": "dev", "S0BG": "glass"}
SCHEDULES = ["shop", "pay"]
VERBS = ["scale", "deploy", "delete", "exec"]
PROFILES = {
    "look": {"programs": ["ls *", "cat /etc/*"]},
    "shell": {"programs": ["sh", "ls"], "shell": True, "interactive": True},
}
LIMITS: list[dict[str, Any]] = [
    {"replicas": 4}, {"step": 2}, {"images": "r.example.com/*"}, {"images": "r.*"}, {"tags": "1*"},
    {"digest": True}, {"services": ["ClusterIP", "NodePort"]}, {"not_tags": "latest"},
    {"replicas": 6, "step": 3, "not_tags": ["latest", "2*"]},
]  # fmt: skip
FIELDS = (
    "users", "groups", "domains", "oncall", "break_glass", "channels", "verbs", "clusters", "namespaces",
    "kinds", "labels", "limits", "beyond", "exec", "effect", "by", "code",
)  # fmt: skip
WIDE = {"verbs": ("*",), "clusters": ("*",), "namespaces": ("*",), "kinds": ("*",)}
ENOUGH = 5
"""Questions that a field has to decide."""
SEED, POLICIES, EACH = 2034, 50, 20


class Chance(random.Random):
    def some(self, found: Any, most: int = 2) -> list[Any]:
        return self.sample(list(found), self.randint(1, most))

    def happens(self, likely: float) -> bool:
        return self.random() < likely


def a_rule(chance: Chance, name: str) -> Rule:
    effect = chance.choices([*CEREMONIES, Effect.DENY], [5, 3, 2, 2, 2])[0]
    parts: dict[str, Any] = {"name": name, "effect": effect, "verbs": "*"}
    if effect in {Effect.APPROVE, Effect.REVIEW}:
        parts["by"] = chance.choice(
            [{"users": {"U0BEN": "ben"}}, {"groups": {"S0SRE": "sre"}}, {"oncall": "pay"}]
        )
    parts["code"] = effect not in {Effect.ALLOW, Effect.DENY} and chance.happens(0.4)
    return Rule.model_validate(parts | who(chance) | what(chance, effect) | within(chance, effect))


def who(chance: Chance) -> dict[str, Any]:
    narrowing: tuple[dict[str, Any], ...] = (
        {"users": dict(chance.some(PEOPLE.items()))}, {"groups": dict(chance.some(GROUPS.items()))},
        {"break_glass": {"S0BG": "glass"}}, {"domains": "a.org"}, {"oncall": chance.some(SCHEDULES, 1)},
    )  # fmt: skip
    found = chance.choices(narrowing, [1, 1, 1, 2, 2])[0] if chance.happens(0.7) else {}
    channel = chance.choice([{"C0SHOP": "shop"}, {"C0OPS": "ops"}])
    return found | ({"channels": channel} if chance.happens(0.3) else {})


def what(chance: Chance, effect: Effect) -> dict[str, Any]:
    parts: dict[str, Any] = {}
    if chance.happens(0.7 if effect is Effect.DENY else 0.3):
        parts["verbs"] = chance.choice([["scale", "deploy"], ["d*"], ["exec", "scale"], ["*e"]])
    for field, globs in (("clusters", ["prod", "st*"]), ("namespaces", ["shop", "p*"]),
                         ("kinds", ["deployments", "s*", "namespaces"])):  # fmt: skip
        if chance.happens(0.25):
            parts[field] = chance.some(globs)
    return parts


def within(chance: Chance, effect: Effect) -> dict[str, Any]:
    """Labels and limits as they make sense for an effect, and what may be run."""
    parts: dict[str, Any] = {}
    if chance.happens(0.25):
        parts["labels"] = chance.choice([{"tier": "pay"}, {"tier": "*"}, {"tier": "p*", "app/x": "web"}])
    if effect is not Effect.DENY and chance.happens(0.5):
        parts["limits"] = chance.choice(LIMITS)
    if effect is not Effect.ALLOW and chance.happens(0.3):
        parts["beyond"] = chance.choice(LIMITS)
    if effect is not Effect.DENY and chance.happens(0.6):
        parts["exec"] = chance.some(PROFILES)
    return parts


def a_policy(chance: Chance) -> Policy:
    rules = [a_rule(chance, f"r{number}") for number in range(chance.randint(1, 5))]
    raised = {"verbs": chance.choice(["scale", "d*"]), "clusters": chance.choice(["prod", "*"]),
              "namespaces": chance.choice(["shop", "*"]), "risk": chance.choice(list(Risk))}  # fmt: skip
    return Policy.model_validate(
        {"rules": [rule.model_dump() for rule in rules], "exec": PROFILES,
         "risks": [raised] if chance.happens(0.4) else []}
    )  # fmt: skip


def a_person(chance: Chance) -> Actor:
    oncall = frozenset(chance.some(SCHEDULES)) if chance.happens(0.4) else frozenset()
    unsure = frozenset(chance.some(SCHEDULES)) - oncall if chance.happens(0.2) else frozenset()
    return actor(
        id=chance.choice(list(PEOPLE)),
        groups=frozenset(chance.some(GROUPS)) if chance.happens(0.6) else frozenset(),
        email=chance.choice(["", "ana@a.org", "ana@a.org", "ana@b.org"]),
        oncall=oncall, unsure=unsure,
        standing=Standing.MEMBER if chance.happens(0.97) else chance.choice(list(Standing)),
        team="T0TEAM" if chance.happens(0.98) else "T0OTHER",
    )  # fmt: skip


def a_question(chance: Chance) -> Ask:
    verb = chance.choices(VERBS, [4, 4, 1, 2])[0]
    kind = chance.choices(["deployments", "services", "nodes", "namespaces", "*"], [6, 4, 1, 1, 1])[0]
    nowhere = kind in {"nodes", "namespaces"}
    facts = program = None
    if verb == "exec":
        argv = chance.choice([("ls",), ("ls", "-l"), ("cat", "/etc/x"), ("cat", "/x"), ("sh",), ("rm",)])
        program = Program(argv=argv, interactive=chance.happens(0.3)) if chance.happens(0.8) else None
    elif chance.happens(0.75):
        facts = Facts(
            labels=tuple(
                chance.some([{"tier": "pay"}, {"tier": "web"}, {"tier": "pay", "app/x": "web"}, {}])
            ),
            replicas=chance.choice([None, (None, 3), (None, 9), (2, 3), (2, 5), (3, 9), (9, 1)]),
            images=tuple(chance.some(IMAGES)) if chance.happens(0.8) else (),
            service_type=chance.choice(["", "ClusterIP", "LoadBalancer"]),
        )
    return ask(
        verb,
        scope=Scope(
            cluster=chance.choices(["prod", "staging", "*"], [5, 4, 1])[0],
            namespace="*" if nowhere else chance.choices(["shop", "pay", "web", "*"], [5, 4, 3, 1])[0],
            kind=kind,
        ),
        actor=a_person(chance), place=place(channel=chance.choice(["C0SHOP", "C0OPS"])),
        risk=chance.choices(list(Risk), [2, 6, 2, 2])[0], facts=facts, program=program,
        permission=Permission.PROGRAM_RUN if verb == "exec" else Permission.WORKLOAD_SCALE,
    )  # fmt: skip


@pytest.fixture(scope="module")
def questions() -> list[tuple[Policy, Ask, Actor]]:
    """Each under its policy, with somebody who might answer to it."""
    chance = Chance(SEED)
    policies = [a_policy(chance) for _ in range(POLICIES)]
    return [(policy, a_question(chance), a_person(chance)) for policy in policies for _ in range(EACH)]


def ours(decision: Decision, answers: Actor) -> dict[str, bool]:
    enough = [
        decision.allowed and CEREMONIES.index(decision.effect) <= place for place in range(len(CEREMONIES))
    ]
    told = {effect.value: is_enough for effect, is_enough in zip(CEREMONIES, enough, strict=True)}
    return told | {
        "answer": any(need.is_met_by(answers) for need in decision.needs),
        "uncoded": decision.allowed and not decision.code,
    }


def theirs(policy: cedarpy.PolicySet, asked: Ask, answers: Actor) -> dict[str, bool]:
    actions = [*(effect.value for effect in CEREMONIES), "answer", "uncoded"]
    said = context(asked, IMAGES, answers)
    requests = [
        {"principal": 'User::"x"', "action": f'Action::"{one}"', "resource": 'Cluster::"x"', "context": said}
        for one in actions
    ]
    results = cedarpy.is_authorized_batch(requests, policy, "[]")
    assert not [error for one in results for error in one.diagnostics.errors]
    return {one: result.allowed for one, result in zip(actions, results, strict=True)}


def test_both_answer_the_same(questions: list[tuple[Policy, Ask, Actor]]):
    sets: dict[str, cedarpy.PolicySet] = {}
    for policy, asked, answers in questions:
        if policy.hash not in sets:
            sets[policy.hash] = cedarpy.PolicySet.from_str(translated(policy))
        decision = policy.decide(asked)
        one, other = ours(decision, answers), theirs(sets[policy.hash], asked, answers)
        if not decision.allowed or asked.facts is None:  # whom to ask, and for what, is settled on a plan
            for later in ("answer", "uncoded"):
                one.pop(later), other.pop(later)
        elif decision.effect not in {Effect.APPROVE, Effect.REVIEW}:
            one.pop("answer"), other.pop("answer")
        assert one == other, json.dumps([policy.model_dump(mode="json"), asked.model_dump(mode="json")])


def test_the_questions_are_worth_asking(questions: list[tuple[Policy, Ask, Actor]]):
    decisions = [policy.decide(asked) for policy, asked, _ in questions]
    assert len(decisions) == 1_000
    assert sum(decision.allowed for decision in decisions) > len(decisions) / 3
    for effect in Effect:
        assert sum(decision.effect is effect for decision in decisions) >= 40, effect


def without(rule: Rule, field: str) -> Rule:
    if field == "effect":
        return rule.model_copy(
            update={"effect": Effect.DENY if rule.effect is not Effect.DENY else Effect.ALLOW}
        )
    return rule.model_copy(
        update={field: WIDE.get(field, Rule.model_fields[field].get_default(call_default_factory=True))}
    )


@pytest.mark.parametrize("field", FIELDS)
def test_every_field_of_a_rule_decides_some(questions: list[tuple[Policy, Ask, Actor]], field: str):
    def differs(policy: Policy, asked: Ask, answers: Actor) -> bool:
        there = ours(policy.decide(asked), answers)
        return any(
            ours(changed.decide(asked), answers) != there
            for place, rule in enumerate(policy.rules)
            if (bare := without(rule, field)) != rule
            for changed in [
                policy.model_copy(update={"rules": (*policy.rules[:place], bare, *policy.rules[place + 1 :])})
            ]
        )

    assert len(list(islice(filter(lambda one: differs(*one), questions), ENOUGH))) == ENOUGH


def test_every_field_is_among_those():
    assert set(Rule.model_fields) == {"name", *FIELDS}


@pytest.mark.parametrize("limit", ["replicas", "step", "images", "tags", "not_tags", "digest", "services"])
def test_every_limit_decides_some(questions: list[tuple[Policy, Ask, Actor]], limit: str):
    def loosened(rule: Rule) -> Rule:
        parts = {}
        for field in ("limits", "beyond"):
            found = getattr(rule, field)
            if found is not None and getattr(found, limit):
                bare = found.model_copy(update={limit: False if limit == "digest" else None})
                parts[field] = bare if bare.model_dump(exclude_defaults=True) else None
        return rule.model_copy(update=parts)

    changed = 0
    for policy, asked, _ in questions:
        loose = policy.model_copy(update={"rules": tuple(map(loosened, policy.rules))})
        changed += loose.decide(asked).effect is not policy.decide(asked).effect
    assert changed >= ENOUGH
