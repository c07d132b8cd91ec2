"""The policy at its edges: the order of what is near, and what a list of verbs keeps."""

from bot.domain.access import Effect
from bot.service.loading import Verb, load_policy
from bot.service.policy import Policy
from bot.service.rules import Rule
from tests.factories import ask


def test_of_what_is_near_who_and_where_come_before_what_else_one_may_do():
    other_verb = Rule(name="a", verbs=("get",), effect=Effect.ALLOW)
    elsewhere = Rule(name="z", verbs=("scale",), clusters=("test",), effect=Effect.ALLOW)
    decision = Policy(rules=(other_verb, elsewhere)).decide(ask())
    assert decision.near_miss == "Rule z would allow it on test. Rule a lets you use get, not scale."


def test_a_list_of_verbs_keeps_its_patterns_beside_its_names():
    raw = {"rules": [{"name": "r", "verbs": ["create deployment", "s*"], "effect": "allow"}]}
    policy = load_policy(
        raw,
        {
            "deploy": Verb(name="deploy"),
            "create deployment": Verb(name="deploy"),
            "scale": Verb(name="scale"),
        },
    )
    assert policy.rules[0].verbs == ("deploy", "s*")
