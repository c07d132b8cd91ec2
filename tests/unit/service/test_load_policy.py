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
