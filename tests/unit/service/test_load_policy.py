"""A policy file is taken whole or refused with every problem it has."""

from typing import Any

import pytest

from bot.domain.access import Effect
from bot.domain.errors import SettingsError
from bot.service.loading import Verb, load_policy

DEPLOY, SCALE = Verb(name="deploy", kind="change"), Verb(name="scale", kind="change")
VERBS = {
    "get": Verb(name="get"),
    "scale": SCALE,
    "set image": Verb(name="set image", kind="change"),
    "deploy": DEPLOY,
    "create deployment": DEPLOY,
}


def load(*rules: dict[str, Any]) -> Any:
    return load_policy({"rules": list(rules)}, VERBS)


def rule(name: str = "r", **parts: Any) -> dict[str, Any]:
    return {"name": name, "verbs": "*", "effect": "allow"} | parts


def problems(raw: Any) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        load_policy(raw, VERBS)
    return caught.value.problems


def test_rules_keep_their_order_and_fields():
    policy = load(rule("a", namespaces="shop"), rule("b", effect="deny", users={"U0ANA": "ana"}))
    assert [(r.name, r.effect) for r in policy.rules] == [("a", Effect.ALLOW), ("b", Effect.DENY)]
    assert (policy.rules[0].namespaces, policy.rules[1].users) == (("shop",), {"U0ANA": "ana"})


def test_an_empty_policy_is_one():
    assert load_policy({}, VERBS).rules == ()
    assert load_policy({"rules": []}, VERBS).rules == ()


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("scale", ("scale",)),
        (["create deployment", "get"], ("deploy", "get")),
        ("*", ("*",)),
        ("set *", ("set *",)),
        (["s?ale", "[dg]e*"], ("s?ale", "[dg]e*")),
    ],
)
def test_verbs_are_named_by_any_name_or_pattern(written: Any, known: tuple[str, ...]):
    assert load(rule(verbs=written)).rules[0].verbs == known


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("scael", "rule r: there is no verb 'scael', did you mean 'scale'?"),
        ("zzz", "rule r: there is no verb 'zzz'"),
        ("scael*", "rule r: there is no verb 'scael*', did you mean 'scale'?"),
        ("create *", "rule r: there is no verb 'create *'"),
    ],
)
def test_a_verb_that_is_none_is_told_with_the_nearest(written: str, said: str):
    [problem] = problems({"rules": [rule(verbs=["get", written])]})
    assert problem.startswith(said)


def test_all_unknown_verbs_are_told_at_once():
    assert problems({"rules": [rule("a", verbs=["gte", "get"]), rule("b", verbs=["xxxx", "scael"])]}) == (
        "rule a: there is no verb 'gte', did you mean 'get'?",
        "rule b: there is no verb 'xxxx'",
        "rule b: there is no verb 'scael', did you mean 'scale'?",
    )


def test_all_wrong_fields_are_told_at_once_and_by_place():
    found = problems(
        {"rules": [rule(effect="maybe"), {"name": "b", "effect": "deny"}, rule("C"), rule(colour="red")]}
    )
    assert [problem.partition(": ")[0] for problem in found] == [
        "policy.rules.0.effect", "policy.rules.1.verbs", "policy.rules.2.name", "policy.rules.3.colour",
    ]  # fmt: skip
    effects = "'allow', 'confirm', 'review', 'approve' or 'deny'"
    assert found[0] == f"policy.rules.0.effect: Input should be {effects}"


@pytest.mark.parametrize("raw", [None, [], "rules", {"rules": "x"}, {"rule": []}, {"rules": [None]}])
def test_what_is_no_policy_is_told(raw: Any):
    assert all(problem.startswith("policy.") for problem in problems(raw))


def test_two_rules_of_one_name_are_told():
    assert problems({"rules": [rule(), rule()]}) == ("policy.: Value error, two rules are called r",)


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("@changes", ("scale", "set image", "deploy")),
        ("@reads", ("get",)),
        (["@reads", "scale"], ("get", "scale")),
        (["scale", "@changes"], ("scale", "set image", "deploy")),
    ],
)
def test_a_class_stands_for_all_verbs_of_its_kind(written: Any, known: tuple[str, ...]):
    assert load(rule(verbs=written)).rules[0].verbs == known


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("@change", "there is no verb '@change', did you mean '@changes'?"),
        ("@Changes", "there is no verb '@Changes', did you mean '@changes'?"),
    ],
)
def test_a_class_that_is_none_is_told_with_the_nearest(written: str, said: str):
    assert problems({"rules": [rule(verbs=written)]}) == (f"rule r: {said}",)


def test_raised_risks_name_verbs_as_rules_do():
    raw = {"risks": [{"verbs": ["@changes"], "clusters": "prod", "risk": "destructive"}]}
    assert load_policy(raw, VERBS).risks[0].verbs == ("scale", "set image", "deploy")
    assert problems({"risks": [{"verbs": "get", "risk": "read"}, {"verbs": "scael", "risk": "read"}]}) == (
        "risks.1: there is no verb 'scael', did you mean 'scale'?",
    )
    assert problems({"risks": [{"verbs": "get", "risk": "great"}]})[0].startswith("policy.risks.0.risk: ")


BY = {"groups": {"S0SRE": "sre"}}
FACTS = 'labels, limits and beyond are known of changes alone: name these, or write verbs: "@changes"'
BOTH = 'name these, or write verbs: ["@changes", "@runs"]'
OTHERS = f"approve and review are for what changes or runs something: {BOTH}"
WHO = "who approves, or signs it off? Say so with by:"
REVIEWED = "acting first and being reviewed after is for who is on call, or of a break_glass group"


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"labels": {"tier": "pay"}}, [FACTS]),
        ({"limits": {"replicas": 4}, "verbs": "get"}, [FACTS]),
        ({"beyond": {"replicas": 4}, "effect": "deny", "verbs": ["scale", "g*"]}, [FACTS]),
        ({"effect": "approve", "by": BY}, [OTHERS]),
        ({"effect": "approve", "verbs": "scale"}, [WHO]),
        ({"effect": "review", "verbs": "scale", "oncall": "shop"}, [WHO]),
        ({"effect": "confirm", "by": BY}, ["by: is for approve and review alone"]),
        ({"effect": "approve", "verbs": "scale", "by": {}}, ["by: names nobody"]),
        ({"effect": "approve", "verbs": "scale", "by": {"users": {"U0BEN": "ben"}, "count": 2}},
         ["by: asks for more people than it names"]),
        ({"effect": "review", "verbs": "scale", "oncall": "shop", "by": {**BY, "count": 2}},
         ["one person signs a change off: leave count out"]),
        ({"effect": "review", "verbs": "scale", "by": BY}, [REVIEWED]),
        ({"effect": "review", "verbs": "scale", "by": BY, "oncall": "shop", "groups": {"S0DEV": "dev"}},
         ["a review rule names people by oncall and break_glass alone"]),
        ({"effect": "review", "verbs": "scale", "by": BY, "break_glass": {"S0BG": "bg"}, "domains": "a.org"},
         ["a review rule names people by oncall and break_glass alone"]),
        ({"effect": "deny", "verbs": "scale", "limits": {"replicas": 4}},
         ["a rule that denies what keeps within limits? Write beyond: for what goes past them"]),
        ({"effect": "allow", "verbs": "scale", "beyond": {"replicas": 4}},
         ["a rule that allows only what goes beyond limits? Write limits:"]),
        ({"effect": "allow", "verbs": "scale", "code": True},
         ["a code goes with a yes: it is for confirm, approve and review"]),
        ({"effect": "confirm", "code": True},
         [f"a code is for what changes or runs something: {BOTH}"]),
        ({"effect": "deny", "verbs": "scale", "exec": "look"},
         ["a rule that denies refuses every program, and takes no exec profile"]),
        ({"exec": "loook"}, ["there is no exec profile 'loook', did you mean 'look'?"]),
        ({"exec": "zzz"}, ["there is no exec profile 'zzz'"]),
    ],
)  # fmt: skip
def test_what_contradicts_itself_is_told(parts: dict[str, Any], said: list[str]):
    raw = {"exec": {"look": {"programs": ["ls"]}}, "rules": [rule(**parts)]}
    assert problems(raw) == tuple(f"rule r: {one}" for one in said)


@pytest.mark.parametrize(
    "parts",
    [
        {"effect": "approve", "verbs": "@changes", "by": BY, "code": True, "labels": {"tier": "pay"}},
        {"effect": "approve", "verbs": "s*", "by": {**BY, "count": 5, "channel": {"C0OPS": "ops"}}},
        {"effect": "approve", "verbs": "scale", "by": {"users": {"U0B": "ben", "U0C": "cam"}, "count": 2}},
        {"effect": "approve", "verbs": "scale", "by": {"oncall": "shop", "count": 2}},
        {"effect": "review", "verbs": "scale", "by": BY, "oncall": "shop", "code": True},
        {"effect": "review", "verbs": "@changes", "by": BY, "break_glass": {"S0BG": "bg"}},
        {"effect": "deny", "verbs": "scale", "beyond": {"replicas": 4, "step": 2}},
        {"effect": "confirm", "verbs": "scale", "limits": {"replicas": 9}, "beyond": {"replicas": 4}},
        {"domains": "example.com", "effect": "confirm"},
    ],
)  # fmt: skip
def test_what_makes_sense_is_taken(parts: dict[str, Any]):
    assert load(rule(**parts)).rules[0].name == "r"


def test_every_problem_of_every_rule_is_told_at_once():
    raw = {
        "rules": [rule("a", verbs="fly"), rule("b", effect="approve"), rule("c", verbs="scale", code=True)]
    }
    assert [one.partition(":")[0] for one in problems(raw)] == ["rule a", "rule b", "rule b", "rule c"]
