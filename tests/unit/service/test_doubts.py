"""What a policy can never do is told, and what it can do is not."""

from __future__ import annotations

from typing import Any

import pytest

from bot.service.doubts import doubts
from bot.service.loading import Verb, load_policy

VERBS = {
    "get": Verb(name="get"), "logs": Verb(name="logs"), "exec": Verb(name="exec", kind="run"),
    "scale": Verb(name="scale", kind="change"), "delete": Verb(name="delete", kind="change"),
}  # fmt: skip
SRE, DEV = {"S0SRE": "sre"}, {"S0DEV": "dev"}
FORBIDS = "it can never decide: rule b forbids all of it"
MORE = "it makes no difference: rule b lets the same through, and asks for more"


def said(*rules: dict[str, Any], contexts: tuple[str, ...] = (), **more: Any) -> list[str]:
    """Rules are called a, b, c in their order."""
    named = [
        {"name": name, "verbs": "get", "effect": "allow"} | rule
        for name, rule in zip("abc", rules, strict=False)
    ]
    policy = load_policy({"rules": named, "exec": {"look": {"programs": ["ls"]}}, **more}, VERBS)
    return [one.removeprefix("rule a: ") for one in doubts(policy, VERBS, contexts)]


@pytest.mark.parametrize(
    ("rule", "other", "expected"),
    [
        ({}, {"effect": "deny"}, [FORBIDS]),
        ({}, {"effect": "deny", "verbs": "*"}, [FORBIDS]),
        ({"verbs": ["get", "logs"]}, {"effect": "deny", "verbs": "get"}, []),
        (
            {"namespaces": ["kube-system", "kube-public"]},
            {"effect": "deny", "namespaces": "kube-*"},
            [FORBIDS],
        ),
        ({}, {"effect": "deny", "namespaces": "kube-*"}, []),
        ({"groups": SRE}, {"effect": "deny", "groups": {**SRE, **DEV}}, [FORBIDS]),
        ({"groups": {**SRE, **DEV}}, {"effect": "deny", "groups": SRE}, []),
        ({}, {"effect": "deny", "groups": SRE}, []),
        ({"break_glass": SRE}, {"effect": "deny", "groups": SRE}, [FORBIDS]),
        ({"oncall": "x"}, {"effect": "deny", "oncall": ["x", "y"]}, [FORBIDS]),
        ({"domains": "a.org"}, {"effect": "deny", "domains": "b.org"}, []),
        ({"users": {"U0ANA": "ana"}}, {"effect": "deny", "users": {"U0ANA": "ana"}}, [FORBIDS]),
        ({}, {"effect": "deny", "channels": {"C0OPS": "ops"}}, []),
        ({"channels": {"C0OPS": "ops"}}, {"effect": "deny", "channels": {"C0OPS": "ops"}}, [FORBIDS]),
        ({"clusters": "prod"}, {"effect": "deny", "clusters": "p*"}, [FORBIDS]),
        ({"kinds": "pods"}, {"effect": "deny", "kinds": ["pods", "services"]}, [FORBIDS]),
        ({"verbs": "scale"}, {"effect": "deny", "verbs": "scale", "labels": {"a": "b"}}, []),
        ({"effect": "deny"}, {"effect": "deny", "verbs": "*"}, ["rule b forbids all of it already"]),
        ({}, {"effect": "confirm"}, [MORE]),
        (
            {"effect": "confirm"},
            {},
            ["rule b: it makes no difference: rule a lets the same through, and asks for more"],
        ),
        ({}, {"effect": "confirm", "groups": SRE}, []),
        ({}, {}, []),
    ],
)
def test_what_another_rule_leaves_it(rule: dict[str, Any], other: dict[str, Any], expected: list[str]):
    assert said(rule, other) == expected


def test_of_two_that_forbid_the_same_one_is_told():
    assert said({"effect": "deny"}, {"effect": "deny"}) == ["rule b: rule a forbids all of it already"]


BY_BEN = {"effect": "approve", "verbs": "scale", "by": {"users": {"U0BEN": "ben"}}}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (
            {"groups": {}},
            ["groups names nobody, so it is for anybody: leave the rule out if it is for nobody"],
        ),
        ({"groups": {}, "oncall": "x"}, ["groups names nobody, leave it out"]),
        ({"channels": {}}, ["channels names none, so it holds in every one: leave it out"]),
        (
            {"kinds": ["deploy", "pods"]},
            ["it never meets the kind deploy: kinds are called by their plurals, deployments"],
        ),
        (
            {"kinds": "nodes", "namespaces": "shop"},
            ['nodes live in no namespace: only namespaces: "*" covers them'],
        ),
        ({"kinds": ["nodes", "pods"], "namespaces": "shop"}, []),
        ({"kinds": "nodes"}, []),
        ({"verbs": "exec"}, ["without an exec profile it lets no program run"]),
        ({"verbs": "exec", "effect": "approve", "by": {"groups": {"S0SRE": "sre"}}}, []),
        ({"verbs": "exec", "effect": "deny"}, []),
        ({"verbs": "*"}, []),
        ({"verbs": "get", "exec": "look"}, ["it names exec profiles, and no verb that runs a program"]),
        (BY_BEN, []),
        (
            BY_BEN | {"users": {"U0BEN": "ben"}},
            ["@ben could never have it approved: nobody says yes to what they asked for"],
        ),
        (BY_BEN | {"users": {"U0ANA": "ana"}}, []),
        (
            {"verbs": "scale", "limits": {"images": "web"}},
            ["images are called by registry and repository, and web has no registry"],
        ),
        (
            {
                "verbs": "scale",
                "limits": {"images": ["r.example.com*", "r.example.com/*", "*", "docker.io/library/web"]},
            },
            ["the images r.example.com* are of other registries too: end the registry's name with a /"],
        ),
    ],
)
def test_what_a_rule_says_against_itself(rule: dict[str, Any], expected: list[str]):
    assert said(rule) == expected


def test_clusters_that_no_context_is_called():
    raised = {"risks": [{"verbs": "scale", "clusters": "prd", "risk": "disruptive"}]}
    rules = {"clusters": ["prod", "test-*", "*"]}, {"clusters": "stagin"}
    assert said(*rules, contexts=("prod", "staging"), **raised) == [
        "no context of the kubeconfig is called test-*",
        "rule b: no context of the kubeconfig is called stagin",
        "risks.0: no context of the kubeconfig is called prd",
    ]
    assert said(*rules, **raised) == []
