"""When a rule covers what is asked, when it touches it, and when neither can be known yet."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from bot.domain.access import ANY, Actor, Ask, Effect, Facts, Permission, Program, Risk
from bot.service.policy import Policy, Raise
from bot.service.rules import By, Rule
from tests.factories import actor, ask


def rule(name: str = "r", effect: str = "allow", **parts: Any) -> Rule:
    return Rule.model_validate({"name": name, "verbs": "*", "effect": effect} | parts)


def fit(tried: Rule, asked: Ask) -> tuple[bool, bool, bool]:
    """Covers, touches, may touch."""
    return not tried.misses(asked), tried.touches(asked), tried.may_touch(asked)


COVERS, TOUCHES, MAY = (True, True, False), (False, True, False), (True, False, True)
NOT = (False, False, False)


@pytest.mark.parametrize(
    ("parts", "who", "expected"),
    [
        ({"domains": "example.com"}, actor(email="ana@example.com"), COVERS),
        ({"domains": "Example.COM"}, actor(email="ana@example.com"), COVERS),
        ({"domains": ["other.org", "example.com"]}, actor(email="ana@example.com"), COVERS),
        ({"domains": "example.com"}, actor(email="ana@mail.example.com"), NOT),
        ({"domains": "example.com"}, actor(email="ana@example.com@evil.org"), NOT),
        ({"domains": "example.com"}, actor(email="ana@evil-example.com"), NOT),
        ({"domains": "example.com"}, actor(), TOUCHES),
        ({"domains": "example.com"}, actor(email="example.com"), TOUCHES),
        ({"domains": "example.com", "users": {"U0ANA": "ana"}}, actor(), COVERS),
        ({"oncall": "shop"}, actor(oncall=frozenset({"shop"})), COVERS),
        ({"oncall": ["pay", "shop"]}, actor(oncall=frozenset({"shop"})), COVERS),
        ({"oncall": "shop"}, actor(oncall=frozenset({"pay"})), NOT),
        ({"oncall": "shop"}, actor(), NOT),
        ({"oncall": "shop"}, actor(unsure=frozenset({"shop"})), TOUCHES),
        ({"oncall": "shop"}, actor(unsure=frozenset({"pay"})), NOT),
        ({"oncall": "shop", "users": {"U0BEN": "ben"}}, actor(unsure=frozenset({"shop"})), TOUCHES),
        ({"users": {"U0BEN": "ben"}}, actor(unsure=frozenset({"shop"})), NOT),
        ({"break_glass": {"S0SRE": "sre"}}, actor(groups=frozenset({"S0SRE"})), COVERS),
        ({"break_glass": {"S0SRE": "sre"}}, actor(), NOT),
        (
            {"break_glass": {"S0SRE": "sre"}, "groups": {"S0DEV": "dev"}},
            actor(groups=frozenset({"S0DEV"})),
            COVERS,
        ),
    ],
)
def test_people(parts: dict[str, Any], who: Actor, expected: tuple[bool, bool, bool]):
    assert fit(rule(**parts), ask(actor=who)) == expected


PAY, WEB = {"tier": "pay", "app": "till"}, {"tier": "web"}


@pytest.mark.parametrize(
    ("parts", "facts", "expected"),
    [
        ({"labels": {"tier": "pay"}}, None, MAY),
        ({"labels": {"tier": "pay"}}, Facts(labels=(PAY, PAY)), COVERS),
        ({"labels": {"tier": "p*"}}, Facts(labels=(PAY,)), COVERS),
        ({"labels": {"tier": "pay"}}, Facts(labels=(PAY, WEB)), TOUCHES),
        ({"labels": {"tier": "pay"}}, Facts(labels=(WEB, PAY)), TOUCHES),
        ({"labels": {"tier": "pay"}}, Facts(labels=(WEB, WEB)), NOT),
        ({"labels": {"tier": "pay", "app": "*"}}, Facts(labels=(PAY,)), COVERS),
        ({"labels": {"tier": "pay", "app": "web"}}, Facts(labels=(PAY,)), NOT),
        ({"labels": {"team": "*"}}, Facts(labels=(PAY,)), NOT),
        ({"labels": {"tier": "*"}}, Facts(labels=({"tier": ""},)), COVERS),
        ({"labels": {"tier": "pay"}}, Facts(), NOT),
        ({"labels": {"tier": "pay"}}, Facts(labels=({"tier": "pay\n"},)), NOT),
        ({"limits": {"replicas": 4}}, None, MAY),
        ({"limits": {"replicas": 4}}, Facts(replicas=(1, 4)), COVERS),
        ({"limits": {"replicas": 4}}, Facts(replicas=(1, 5)), NOT),
        ({"limits": {"replicas": 4}}, Facts(), COVERS),
        ({"beyond": {"replicas": 4}}, None, MAY),
        ({"beyond": {"replicas": 4}}, Facts(replicas=(1, 5)), COVERS),
        ({"beyond": {"replicas": 4}}, Facts(replicas=(1, 4)), NOT),
        ({"beyond": {"replicas": 4}}, Facts(), NOT),
        ({"limits": {"replicas": 9}, "beyond": {"replicas": 4}}, Facts(replicas=(1, 5)), COVERS),
        ({"limits": {"replicas": 9}, "beyond": {"replicas": 4}}, Facts(replicas=(1, 10)), NOT),
        ({"limits": {"replicas": 4}, "verbs": "get"}, None, NOT),
        ({"limits": {"replicas": 4}, "clusters": "dev"}, None, NOT),
    ],
)
def test_facts(parts: dict[str, Any], facts: Facts | None, expected: tuple[bool, bool, bool]):
    assert fit(rule(**parts), ask(facts=facts)) == expected


@pytest.mark.parametrize("field", ["labels", "limits", "beyond"])
def test_what_a_rule_misses_by_is_named(field: str):
    parts = {"labels": {"tier": "pay"}, "limits": {"replicas": 4}, "beyond": {"replicas": 9}}
    assert rule(**{field: parts[field]}).misses(ask(facts=Facts(replicas=(1, 5)))) == [field]


@pytest.mark.parametrize(
    ("parts", "people"),
    [
        ({}, "anybody"),
        ({"domains": "example.com"}, "everybody of example.com"),
        ({"oncall": "shop"}, "whoever is on call (shop)"),
        ({"groups": {"S0DEV": "dev"}, "break_glass": {"S0SRE": "sre"}, "users": {"U0BEN": "ben"},
          "domains": "a.org", "oncall": "x"}, "@dev, @sre, @ben, everybody of a.org"),
    ],
)  # fmt: skip
def test_the_people_of_a_rule_in_a_sentence(parts: dict[str, Any], people: str):
    assert rule(**parts).people == people


def test_who_says_yes_is_a_need():
    by = By.model_validate(
        {"count": 2, "users": {"U0BEN": "ben"}, "groups": {"S0SRE": "sre"}, "oncall": "shop",
         "channel": {"C0OPS": "ops"}, "minutes": 5}
    )  # fmt: skip
    need = by.need("four-eyes")
    assert (need.rule, need.count, need.channel, need.channel_name, need.seconds) == (
        "four-eyes", 2, "C0OPS", "ops", 300.0,
    )  # fmt: skip
    assert need.people == "@sre or @ben or whoever is on call (shop)"
    assert [need.is_met_by(who) for who in (
        actor(), actor(id="U0BEN"), actor(groups=frozenset({"S0SRE"})), actor(oncall=frozenset({"shop"})),
        actor(unsure=frozenset({"shop"})),
    )] == [False, True, True, True, False]  # fmt: skip
    assert (By(users={"U0BEN": "ben"}).need("r").channel, By().need("r").seconds) == ("", 3600.0)


@pytest.mark.parametrize(
    "parts",
    [
        {"domains": "nodots"}, {"domains": "a b.org"}, {"domains": "ana@example.com"}, {"domains": "*.org"},
        {"oncall": "Shop"}, {"oncall": "a b"}, {"break_glass": {"U0BEN": "ben"}}, {"labels": {"a b": "c"}},
        {"labels": {"": "c"}}, {"labels": ["tier"]}, {"by": {"count": 0}}, {"by": {"count": 6}},
        {"by": {"minutes": 0}}, {"by": {"minutes": 10_081}}, {"by": {"channel": {"C01": "a", "C02": "b"}}},
        {"by": {"oncall": "A"}}, {"by": {"everybody": True}}, {"limits": {}}, {"beyond": {"cpu": 3}},
    ],
)  # fmt: skip
def test_what_can_be_no_rule_is_refused(parts: dict[str, Any]):
    with pytest.raises(ValidationError):
        rule(**parts)


BY = {"by": {"groups": {"S0SRE": "sre"}}}
ONCALL = actor(oncall=frozenset({"shop"}))


@pytest.mark.parametrize(
    ("rules", "who", "effect", "by"),
    [
        ([("allow", {}), ("approve", BY)], actor(), "approve", "r1"),
        ([("confirm", {}), ("approve", BY), ("allow", {})], actor(), "approve", "r1"),
        ([("approve", BY), ("review", {**BY, "oncall": "shop"})], ONCALL, "review", "r1"),
        ([("approve", BY), ("review", {**BY, "oncall": "shop"})], actor(), "approve", "r0"),
        (
            [("approve", BY), ("review", {**BY, "oncall": "shop"})],
            actor(unsure=frozenset({"shop"})),
            "approve",
            "r0",
        ),
        ([("review", {**BY, "oncall": "shop"})], actor(unsure=frozenset({"shop"})), "deny", ""),
        ([("review", {**BY, "oncall": "shop"}), ("deny", {})], ONCALL, "deny", "r1"),
        ([("allow", {}), ("deny", {"oncall": "shop"})], actor(unsure=frozenset({"shop"})), "deny", "r1"),
        ([("allow", {}), ("confirm", {"domains": "a.org"})], actor(), "confirm", "r1"),
        (
            [("review", {**BY, "oncall": "shop", "limits": {"replicas": 3}}), ("approve", BY)],
            ONCALL,
            "approve",
            "r1",
        ),
    ],
)
def test_review_is_for_who_has_one_and_deny_wins_over_it(rules: Any, who: Actor, effect: str, by: str):
    policy = Policy(rules=tuple(rule(f"r{n}", one, **parts) for n, (one, parts) in enumerate(rules)))
    decision = policy.decide(ask(actor=who))
    assert (decision.effect, decision.rule) == (effect, by)


def test_all_that_approve_have_to_say_yes_and_one_that_reviews():
    first, second = {"by": {"groups": {"S0SRE": "sre"}}}, {"by": {"users": {"U0BEN": "ben"}}}
    approving = Policy(rules=(rule("a", "approve", **first), rule("b", "approve", **second, code=True)))
    decision = approving.decide(ask())
    assert ([need.rule for need in decision.needs], decision.code) == (["a", "b"], True)
    reviewed = Policy(
        rules=(*approving.rules, rule("c", "review", oncall="shop", **first), rule("d", "confirm"))
    )
    decision = reviewed.decide(ask(actor=ONCALL))
    assert (decision.effect, [need.rule for need in decision.needs], decision.code) == (
        Effect.REVIEW,
        ["c"],
        True,
    )


def test_before_the_plan_what_depends_on_it_is_open():
    policy = Policy(rules=(rule("few", limits={"replicas": 4}), rule("no", "deny", labels={"tier": "pay"})))
    text = policy.decide(ask())
    assert (text.effect, text.rule, text.is_open) == (Effect.ALLOW, "few", True)
    fine = policy.decide(ask(facts=Facts(replicas=(1, 4))))
    assert (fine.effect, fine.is_open) == (Effect.ALLOW, False)
    many = policy.decide(ask(facts=Facts(replicas=(1, 5))))
    assert (many.effect, many.near_miss) == (
        Effect.DENY,
        "Rule few would allow less: 5 replicas are more than 4.",
    )
    assert policy.decide(ask(facts=Facts(labels=({"tier": "pay"},)))).rule == "no"


def test_a_refusal_of_what_goes_beyond_says_what_does():
    policy = Policy(rules=(rule("all"), rule("few", "deny", beyond={"replicas": 4})))
    decision = policy.decide(ask(facts=Facts(replicas=(1, 5))))
    assert decision.reason == "Rule few forbids it: 5 replicas are more than 4."


@pytest.mark.parametrize(
    ("facts", "near"),
    [
        (Facts(labels=({"tier": "web"},)), "Rule r is for what bears tier=pay."),
        (Facts(labels=({"tier": "pay"},)), "Rule r is for what goes beyond its limits."),
    ],
)
def test_a_near_miss_by_facts(facts: Facts, near: str):
    one = rule("r", "confirm", labels={"tier": "pay"}, beyond={"replicas": 4})
    first = one if facts.labels[0]["tier"] == "pay" else one.model_copy(update={"beyond": None})
    assert Policy(rules=(first,)).decide(ask(facts=facts)).near_miss == near


@pytest.mark.parametrize(
    ("raised", "where", "risk"),
    [
        ({"verbs": "scale", "risk": "destructive"}, {}, Risk.DESTRUCTIVE),
        ({"verbs": "get", "risk": "destructive"}, {}, Risk.REVERSIBLE),
        ({"verbs": "scale", "risk": "read"}, {}, Risk.REVERSIBLE),
        ({"verbs": "sc*", "clusters": "prod", "risk": "disruptive"}, {}, Risk.DISRUPTIVE),
        ({"verbs": "*", "clusters": "dev", "risk": "disruptive"}, {}, Risk.REVERSIBLE),
        ({"verbs": "*", "clusters": "dev", "risk": "disruptive"}, {"cluster": ANY}, Risk.DISRUPTIVE),
        ({"verbs": "*", "namespaces": "pay", "risk": "disruptive"}, {}, Risk.REVERSIBLE),
        ({"verbs": "*", "namespaces": "pay", "risk": "disruptive"}, {"namespace": ANY}, Risk.DISRUPTIVE),
        ({"verbs": "*", "namespaces": "pay", "risk": "disruptive"}, {"namespace": ANY, "kind": "nodes"},
         Risk.REVERSIBLE),
        ({"verbs": "*", "risk": "disruptive"}, {"namespace": ANY, "kind": "nodes"}, Risk.DISRUPTIVE),
    ],
)  # fmt: skip
def test_a_risk_is_raised_where_it_says_so(raised: dict[str, Any], where: dict[str, str], risk: Risk):
    policy = Policy(rules=(rule(),), risks=(Raise.model_validate(raised),))
    decision = policy.decide(ask(**where))
    assert decision.risk is risk
    floor = Effect.CONFIRM if risk in {Risk.DISRUPTIVE, Risk.DESTRUCTIVE} else Effect.ALLOW
    assert decision.effect is floor


def test_a_policy_knows_whom_it_names():
    policy = Policy(
        rules=(
            rule("a", break_glass={"S0BG": "glass"}, oncall="shop"),
            rule("b", "approve", by={"groups": {"S0SRE": "sre"}, "oncall": ["pay", "shop"]}, domains="a.org"),
        )
    )
    assert policy.groups == {"S0BG", "S0SRE"}
    assert policy.handles == {"S0BG": "glass", "S0SRE": "sre"}
    assert policy.schedules == {"shop", "pay"}
    assert policy.knows_people_by_email
    assert not Policy(rules=(rule(),)).knows_people_by_email


def test_programs_are_let_run_by_profiles_alone():
    policy = Policy.model_validate(
        {"exec": {"look": {"programs": ["ls *"]}},
         "rules": [{"name": "a", "verbs": "*", "effect": "allow"},
                   {"name": "b", "verbs": "exec", "effect": "confirm", "exec": "look"}]}
    )  # fmt: skip
    runs = {"verb": "exec", "permission": Permission.PROGRAM_RUN}
    assert policy.decide(ask(**runs, program=Program(argv=("ls", "/")))).rule == "b"
    assert not policy.decide(ask(**runs, program=Program(argv=("rm", "/")))).allowed


def test_a_text_that_only_an_approval_could_let_through_is_not_told_a_confirm_will_do():
    few = rule("few", "approve", beyond={"replicas": 4}, by={"groups": {"S0SRE": "sre"}})
    policy = Policy(rules=(few, rule("careful", "confirm", channels={"C0SHOP": "shop"}, clusters="st*")))
    decision = policy.decide(ask(cluster=ANY))
    assert (decision.effect, decision.rule, decision.is_open) == (Effect.APPROVE, "few", True)
