"""Who else could do what somebody is refused."""

from __future__ import annotations

import pytest

from bot.domain.access import Actor, Ask, Facts, Permission, Place, Risk, Scope, Standing
from bot.service.others import could, others
from bot.service.policy import Policy

CHO = Actor(id="U0CHO", team="T0", name="cho", standing=Standing.MEMBER, groups=frozenset({"S0DEV"}))


def asks(namespace="shop", facts=None, cluster="prod"):
    scope = Scope(cluster=cluster, namespace=namespace, kind="deployments")
    ask = Ask(
        actor=CHO, place=Place(team="T0", channel="C0DEV"), verb="scale", facts=facts,
        permission=Permission.WORKLOAD_SCALE, risk=Risk.REVERSIBLE, scope=scope,
    )  # fmt: skip
    return ((ask,),)


def found(*rules, questions=None):
    return [
        (need.people, need.channel_name)
        for need in others(Policy.model_validate({"rules": rules}), questions or asks())
    ]


def rule(name="sre", effect="confirm", **more):
    return {"name": name, "verbs": "scale", "effect": effect, **more}


SRE, OPS = {"S0SRE": "sre"}, {"C0OPS": "ops"}


def test_a_group_is_asked_here_or_in_the_channel_that_its_rule_names():
    assert found(rule(groups=SRE)) == [("@sre", "")]
    assert found(rule(groups=SRE, channels=OPS)) == [("@sre", "ops")]
    assert found(rule(groups=SRE, channels={**OPS, "C0DEV": "dev"})) == [("@sre", "")]


def test_those_on_call_are_asked_too_and_the_mildest_rule_first():
    by = {"groups": {"S0BOSS": "boss"}}
    rules = [rule("slow", "approve", groups=SRE, by=by), rule("fast", "confirm", oncall="night")]
    assert found(*rules) == [("whoever is on call (night)", ""), ("@sre", "")]


@pytest.mark.parametrize(
    "rules",
    [
        [],
        [rule(groups={"S0DEV": "dev"})],  # one's own group is no other
        [rule(users={"U0ANA": "ana"})],  # one person is not rung by a button
        [rule(groups=SRE, namespaces="pay")],
        [rule(groups=SRE), rule("never", "deny", namespaces="shop")],
        [rule("not-they", "deny", groups=SRE)],
    ],
)
def test_nobody_is_asked_who_could_not(rules):
    assert found(*rules) == []


def test_a_rule_for_a_domain_says_nothing_of_a_group():
    assert found(rule(groups=SRE), rule("guests", "deny", domains="away.example")) == [("@sre", "")]


def test_what_the_change_does_counts():
    seven = asks(facts=Facts(replicas=(2, 7)))
    less, more = rule("less", groups=SRE, limits={"replicas": 5}), rule("more", oncall="night")
    assert found(less, more, questions=seven) == [("whoever is on call (night)", "")]


def test_every_cluster_at_once_is_nobodys_errand():
    assert found(rule(groups=SRE), questions=asks(cluster="*")) == []


def test_who_could_a_moment_ago_may_not_now():
    policy = Policy.model_validate({"rules": [rule(groups=SRE)]})
    (need,) = others(policy, asks())
    assert could(policy, asks(), need)
    assert not could(Policy(), asks(), need)
    assert not could(policy, (), need)
