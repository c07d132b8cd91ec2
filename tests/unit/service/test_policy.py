"""The policy refuses by default; what it answers, and by which rule, follows from the rules alone."""

from typing import Any

import pytest
from pydantic import ValidationError

from bot.domain.access import ANY, Ask, Decision, Effect, Risk, Scope, Standing
from bot.service.in_force import ChannelDefault, InForce
from bot.service.policy import Policy
from bot.service.rules import Rule
from tests.factories import actor, ask


def rule(name: str = "r", effect: str = "allow", **parts: Any) -> Rule:
    return Rule.model_validate({"name": name, "verbs": "*", "effect": effect} | parts)


def decide(*rules: Rule, asked: Ask | None = None, **parts: Any) -> Decision:
    return Policy(rules=rules).decide(asked or ask(**parts))


def test_without_a_rule_everything_is_refused():
    decision = decide()
    assert (decision.effect, decision.rule, decision.reason) == (Effect.DENY, "", "No rule allows it.")
    assert decision.near_miss == ""


@pytest.mark.parametrize(
    ("effects", "effect", "by"),
    [
        (["allow"], Effect.ALLOW, "r0"),
        (["confirm"], Effect.CONFIRM, "r0"),
        (["deny"], Effect.DENY, "r0"),
        (["allow", "allow"], Effect.ALLOW, "r0"),
        (["allow", "confirm"], Effect.CONFIRM, "r1"),
        (["confirm", "allow", "confirm"], Effect.CONFIRM, "r0"),
        (["allow", "deny"], Effect.DENY, "r1"),
        (["deny", "allow", "deny"], Effect.DENY, "r0"),
        (["confirm", "deny", "allow"], Effect.DENY, "r1"),
    ],
)
def test_deny_beats_confirm_and_confirm_beats_allow(effects: list[str], effect: Effect, by: str):
    decision = decide(*(rule(f"r{place}", each) for place, each in enumerate(effects)))
    assert (decision.effect, decision.rule) == (effect, by)


def test_what_is_refused_on_one_cluster_is_refused_on_all_of_them_at_once():
    everywhere = {"scope": Scope(cluster=ANY, namespace=ANY, kind="locks")}
    assert decide(rule(), asked=ask().model_copy(update=everywhere)).allowed
    assert not decide(rule("demo", clusters="demo"), asked=ask().model_copy(update=everywhere)).allowed
    denied = decide(rule(), rule("no", "deny", clusters="prod"), asked=ask().model_copy(update=everywhere))
    assert (denied.effect, denied.rule) == (Effect.DENY, "no")


def test_a_refusal_by_a_rule_names_it():
    assert decide(rule("no-friday", "deny")).reason == "Rule no-friday forbids it."


@pytest.mark.parametrize(
    ("risk", "allowed"),
    [
        (Risk.READ, Effect.ALLOW),
        (Risk.REVERSIBLE, Effect.ALLOW),
        (Risk.DISRUPTIVE, Effect.CONFIRM),
        (Risk.DESTRUCTIVE, Effect.CONFIRM),
    ],
)
def test_risk_is_a_floor_that_no_rule_lowers(risk: Risk, allowed: Effect):
    assert decide(rule(effect="allow"), risk=risk).effect is allowed
    assert decide(rule(effect="confirm"), risk=risk).effect is Effect.CONFIRM
    assert decide(rule(effect="deny"), risk=risk).effect is Effect.DENY


@pytest.mark.parametrize(
    ("parts", "fits"),
    [
        ({}, True),
        ({"users": {"U0ANA": "ana"}}, True),
        ({"users": {"U0BEN": "ben"}}, False),
        ({"users": {"U0BEN": "ben"}, "groups": {"S0SRE": "sre"}}, True),
        ({"groups": {"S0SRE": "sre"}}, True),
        ({"groups": {"S0DEV": "dev"}}, False),
        ({"groups": {"S0DEV": "dev"}, "users": {"U0ANA": "ana"}}, True),
        ({"groups": {"S0DEV": "dev", "S0SRE": "sre"}}, True),
        ({"channels": {"C0SHOP": "shop"}}, True),
        ({"channels": {"C0OPS": "ops"}}, False),
        ({"channels": {"C0OPS": "ops", "C0SHOP": "shop"}}, True),
        ({"verbs": "scale"}, True),
        ({"verbs": ["get", "scale"]}, True),
        ({"verbs": "sc*"}, True),
        ({"verbs": "get"}, False),
        ({"verbs": "Scale"}, False),
        ({"clusters": "prod"}, True),
        ({"clusters": "pr?d"}, True),
        ({"clusters": ["staging", "prod-*"]}, False),
        ({"namespaces": "shop"}, True),
        ({"namespaces": ["s*"]}, True),
        ({"namespaces": "s[a-h]op"}, True),
        ({"namespaces": "shop-*"}, False),
        ({"kinds": "deployments"}, True),
        ({"kinds": ["pods", "deploy*"]}, True),
        ({"kinds": "pods"}, False),
        ({"clusters": "prod", "namespaces": "shop", "kinds": "pods"}, False),
    ],
)
@pytest.mark.parametrize("effect", ["allow", "deny"])
def test_each_field_narrows_a_rule(parts: dict[str, Any], effect: str, *, fits: bool):
    asked = ask(actor=actor(groups=frozenset({"S0SRE"})))
    other = "deny" if effect == "allow" else "allow"
    rules = (
        (rule(effect=effect, **parts),) if effect == "allow" else (rule("base"), rule(effect=effect, **parts))
    )
    assert decide(*rules, asked=asked).effect == (effect if fits else other)


@pytest.mark.parametrize("kind", ["deployments", "widgets"])
@pytest.mark.parametrize(
    ("namespaces", "allowed"),
    [("*", True), (["shop"], False), ("?*", False), ("**", False), (["shop", "*"], True)],
)
def test_all_namespaces_are_covered_by_a_star_alone(namespaces: Any, kind: str, *, allowed: bool):
    assert decide(rule(namespaces=namespaces), namespace=ANY, kind=kind).allowed is allowed


@pytest.mark.parametrize(("namespaces", "allowed"), [("*", True), (["shop"], False)])
def test_what_lives_in_no_namespace_is_covered_by_a_star_alone(namespaces: Any, *, allowed: bool):
    assert decide(rule(namespaces=namespaces), namespace=ANY, kind="nodes").allowed is allowed


@pytest.mark.parametrize(("kinds", "allowed"), [("*", True), ("pods", False), ("?*", False)])
def test_all_kinds_are_covered_by_a_star_alone(kinds: Any, *, allowed: bool):
    assert decide(rule(kinds=kinds), kind=ANY).allowed is allowed


@pytest.mark.parametrize("narrow", [{"namespaces": "vault"}, {"namespaces": ["v*", "x"]}])
def test_what_is_refused_in_one_namespace_is_refused_in_all_of_them_at_once(narrow: dict[str, Any]):
    rules = rule("everything"), rule("not-there", "deny", **narrow)
    assert decide(*rules, namespace="shop").effect is Effect.ALLOW
    assert decide(*rules, namespace="vault").effect is Effect.DENY
    refused = decide(*rules, namespace=ANY)
    assert (refused.effect, refused.rule) == (Effect.DENY, "not-there")


def test_what_is_refused_for_one_kind_is_refused_for_all_of_them_at_once():
    rules = rule("everything"), rule("no-secrets", "deny", kinds="secrets")
    assert decide(*rules, kind=ANY).rule == "no-secrets"
    assert decide(*rules, kind="pods").effect is Effect.ALLOW


def test_what_is_confirmed_in_one_namespace_is_confirmed_in_all_of_them_at_once():
    rules = rule("everything"), rule("carefully", "confirm", namespaces="prod")
    decision = decide(*rules, namespace=ANY)
    assert (decision.effect, decision.rule) == (Effect.CONFIRM, "carefully")
    assert decide(*rules, namespace="shop").effect is Effect.ALLOW


def test_a_confirm_for_one_namespace_alone_allows_nothing_in_all_of_them():
    assert decide(rule("carefully", "confirm", namespaces="prod"), namespace=ANY).effect is Effect.DENY


@pytest.mark.parametrize("kind", ["nodes", "namespaces"])
def test_a_refusal_for_one_namespace_does_not_reach_what_lives_in_none(kind: str):
    rules = rule("everything"), rule("not-there", "deny", namespaces="vault")
    assert decide(*rules, namespace=ANY, kind=kind).effect is Effect.ALLOW


@pytest.mark.parametrize(
    ("standing", "reason"),
    [
        (Standing.GUEST, "Guests of this workspace cannot use it."),
        (Standing.STRANGER, "People of other workspaces cannot use it."),
        (Standing.BOT, "Other bots cannot use it."),
        (Standing.DEACTIVATED, "This account is deactivated."),
        (Standing.UNKNOWN, "Slack does not say who this is."),
    ],
)
def test_only_full_members_are_let_in(standing: Standing, reason: str):
    decision = decide(rule(), actor=actor(standing=standing))
    assert (decision.effect, decision.reason, decision.rule, decision.near_miss) == (
        Effect.DENY,
        reason,
        "",
        "",
    )


def test_a_member_of_another_workspace_is_a_stranger_here():
    decision = decide(rule(), actor=actor(team="T0OTHER"))
    assert (decision.effect, decision.reason) == (Effect.DENY, "People of other workspaces cannot use it.")


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ({"users": {"U0BEN": "ben"}}, "@ben can do it (rule r)."),
        ({"groups": {"S0SRE": "sre"}, "users": {"U0BEN": "ben"}}, "@sre, @ben can do it (rule r)."),
        ({"users": {f"U0{n}X": f"p{n}" for n in range(6)}}, "@p0, @p1, @p2, @p3 can do it (rule r)."),
        ({"channels": {"C0OPS": "ops", "C0SRE": "sre"}}, "Rule r would allow you in #ops, #sre."),
        ({"verbs": ["get", "logs"]}, "Rule r lets you use get, logs, not scale."),
        ({"verbs": list("abcdefgh")}, "Rule r lets you use a, b, c, d, e, f, not scale."),
        ({"clusters": ["dev", "staging"]}, "Rule r would allow it on dev, staging."),
        ({"namespaces": ["web", "db"]}, "Rule r covers web, db, not shop."),
        ({"kinds": ["pods", "services"]}, "Rule r covers pods, services, not deployments."),
    ],
)
@pytest.mark.parametrize("effect", ["allow", "confirm"])
def test_a_refusal_tells_the_rule_that_fails_by_one_field(parts: dict[str, Any], sentence: str, effect: str):
    decision = decide(rule(effect=effect, **parts))
    assert (decision.effect, decision.near_miss) == (Effect.DENY, sentence)


def test_a_near_miss_says_all_namespaces_in_words():
    assert (
        decide(rule(namespaces="shop"), namespace=ANY).near_miss == "Rule r covers shop, not all namespaces."
    )


@pytest.mark.parametrize(
    "rules",
    [
        (rule(verbs="get", clusters="dev"),),
        (rule(effect="deny", clusters="dev"),),
    ],
)
def test_what_fails_by_two_fields_or_refuses_is_not_near(rules: tuple[Rule, ...]):
    assert decide(*rules).near_miss == ""


def test_two_near_misses_are_told_and_no_more():
    rules = (
        rule("a", clusters="x"),
        rule("b", verbs="y", clusters="y"),
        rule("c", kinds="z"),
        rule("d", verbs="get"),
    )
    assert decide(*rules).near_miss == "Rule a would allow it on x. Rule c covers z, not deployments."


def test_a_decision_of_any_kind_bears_the_policys_hash():
    policy = Policy(rules=(rule(namespaces="shop"), rule("no", "deny", namespaces="db")))
    asks = [ask(), ask(namespace="db"), ask(namespace="web"), ask(actor=actor(standing=Standing.GUEST)),
            ask(actor=actor(team="T0OTHER"))]  # fmt: skip
    assert {policy.decide(each).policy for each in asks} == {policy.hash[:12]}


def test_the_hash_tells_policies_apart():
    assert Policy(rules=(rule(),)).hash == Policy(rules=(rule(),)).hash
    assert Policy(rules=(rule(),)).hash != Policy(rules=(rule(effect="confirm"),)).hash
    assert len(Policy().hash) == 64


def test_a_policy_knows_the_groups_it_names():
    rules = (rule("a", groups={"S0SRE": "sre"}), rule("b", groups={"S0DEV": "dev"}), rule("c"))
    assert Policy(rules=rules).groups == {"S0SRE", "S0DEV"}


def test_a_rule_speaks_of_anybody_unless_it_names_somebody():
    assert rule().people == "anybody"


def test_two_rules_of_one_name_are_a_mistake():
    with pytest.raises(ValidationError, match="two rules are called a"):
        Policy(rules=(rule("b"), rule("a"), rule("a")))


@pytest.mark.parametrize(
    "parts",
    [
        {"name": "Upper"}, {"name": "-a"}, {"name": "a" * 62}, {"name": ""}, {"verbs": []}, {"clusters": []},
        {"namespaces": []}, {"kinds": []}, {"users": {"ana": "ana"}}, {"users": {"S0SRE": "x"}},
        {"groups": {"U0ANA": "x"}}, {"channels": {"shop": "x"}}, {"channels": {"U0ANA": "x"}},
        {"effect": "maybe"}, {"verb": "get"},
    ],
)  # fmt: skip
def test_what_can_be_no_rule_is_refused(parts: dict[str, Any]):
    with pytest.raises(ValidationError):
        rule(**parts)


@pytest.mark.parametrize(
    "parts",
    [
        {"name": "a" * 61},
        {"name": "0-a"},
        {"users": {"W0ANA": "ana"}},
        {"channels": {"G0OPS": "ops", "D0ANA": "ana"}},
    ],
)
def test_every_kind_of_id_may_stand_in_a_rule(parts: dict[str, Any]):
    assert rule(**parts)


def test_what_is_in_force_is_replaced_as_a_whole():
    in_force = InForce.nothing()
    assert not in_force.policy.decide(ask()).allowed
    assert in_force.channels == {}
    channels = {"C0SHOP": ChannelDefault(name="shop", namespace="shop")}
    in_force.replace(InForce(Policy(rules=(rule(),)), channels))
    assert in_force.policy.decide(ask()).allowed
    assert in_force.channels is channels
