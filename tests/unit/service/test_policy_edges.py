"""The policy at its edges: the order of what is near, and what a list of verbs keeps."""

from bot.domain.access import Effect
from bot.service.policy import Policy, Rule, load_policy
from tests.factories import ask


def test_of_what_is_near_who_and_where_come_before_what_else_one_may_do():
    other_verb = Rule(name="reads", verbs=("get",), effect=Effect.ALLOW)
    other_people = Rule(name="crew", verbs=("scale",), users={"U0BEN": "ben"}, effect=Effect.ALLOW)
    decision = Policy(rules=(other_verb, other_people)).decide(ask())
    assert decision.near_miss == "@ben can do it (rule crew). Rule reads lets you use get, not scale."


def test_a_list_of_verbs_keeps_its_patterns_beside_its_names():
    raw = {"rules": [{"name": "r", "verbs": ["create deployment", "s*"], "effect": "allow"}]}
    policy = load_policy(raw, {"deploy": "deploy", "create deployment": "deploy", "scale": "scale"})
    assert policy.rules[0].verbs == ("deploy", "s*")
