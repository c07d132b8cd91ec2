"""The words of access are stable: they stand in policies and on the record."""

import pytest

from bot.domain.access import ANY, Decision, Effect, Need, Permission, Risk, Standing, merged
from tests.factories import actor


def test_permissions_name_resource_and_action_in_order():
    values = [permission.value for permission in Permission]
    assert values == sorted(values)
    assert all(p.value == p.name.lower().replace("_", ":") for p in Permission)


@pytest.mark.parametrize(
    ("effect", "allowed"), [(Effect.ALLOW, True), (Effect.CONFIRM, True), (Effect.DENY, False)]
)
def test_only_a_denial_refuses(effect: Effect, *, allowed: bool):
    assert Decision(effect=effect).allowed is allowed


def test_the_words_of_policies_and_records_stay():
    assert [effect.value for effect in Effect] == ["allow", "confirm", "review", "approve", "deny"]
    assert [risk.value for risk in Risk] == ["read", "reversible", "disruptive", "destructive"]
    assert [s.value for s in Standing] == ["member", "guest", "stranger", "bot", "deactivated", "unknown"]
    assert ANY == "*"


def test_nobody_is_in_a_group_unless_it_is_said():
    assert actor().groups == frozenset()


def test_rules_that_ask_the_same_people_ask_them_once_as_the_strictest_wants():
    sre, risk = {"S0SRE": "sre"}, {"S0RISK": "risk"}
    needs = (
        Need(rule="a", groups=sre, seconds=600), Need(rule="b", groups=sre, count=2, seconds=900),
        Need(rule="c", groups=risk), Need(rule="d", groups=sre | risk),
        Need(rule="e", groups=sre, oncall=("x",)),
    )  # fmt: skip
    assert [(need.rule, need.count, need.seconds) for need in merged(needs)] == [
        ("b", 2, 600), ("c", 1, 3600), ("d", 1, 3600), ("e", 1, 3600),
    ]  # fmt: skip
    assert merged(()) == ()
