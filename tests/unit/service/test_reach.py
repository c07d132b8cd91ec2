"""On which clusters somebody may do anything at all."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.access import Standing
from bot.service.policy import Policy
from bot.service.reach import gives_anything
from tests.factories import actor, place

ALLOW = {"name": "allow", "verbs": "*", "effect": "allow"}
DENY = {"name": "deny", "verbs": "*", "effect": "deny"}
GETS = ALLOW | {"verbs": ["get"], "namespaces": ["shop-*"], "kinds": ["pods"]}


def gives(*rules: Any, cluster: str = "prod", **person: Any) -> bool:
    return gives_anything(Policy.model_validate({"rules": rules}), actor(**person), place(), cluster)


def test_nothing_is_given_by_no_rule():
    assert not gives()


@pytest.mark.parametrize("effect", ["allow", "confirm"])
def test_the_smallest_allowance_is_something(effect: str):
    assert gives(GETS | {"effect": effect})


@pytest.mark.parametrize(
    "narrow",
    [
        {"users": {"U0BEN": "ben"}},
        {"groups": {"S0SRE": "sre"}},
        {"channels": {"C0OPS": "ops"}},
        {"clusters": ["staging", "test-*"]},
    ],
    ids=lambda narrow: next(iter(narrow)),
)
def test_what_is_for_others_or_for_elsewhere_is_nothing(narrow: Any):
    assert not gives(ALLOW | narrow)


def test_a_group_and_a_glob_fit():
    rule = ALLOW | {"groups": {"S0SRE": "sre"}, "clusters": "pr*"}
    assert gives(rule, groups=frozenset({"S0SRE"}))
    assert not gives(rule)


@pytest.mark.parametrize(
    "deny",
    [DENY, DENY | {"clusters": "prod"}, DENY | {"verbs": ["get", "logs"]}, DENY | {"namespaces": "shop-*"},
     DENY | {"kinds": "p*"}],
)  # fmt: skip
def test_what_is_taken_away_whole_is_nothing(deny: Any):
    assert not gives(GETS, deny)


@pytest.mark.parametrize(
    "deny",
    [
        DENY | {"verbs": ["logs"]},
        DENY | {"namespaces": ["kube-*"]},
        DENY | {"kinds": ["secrets"]},
        DENY | {"clusters": ["staging"]},
        DENY | {"users": {"U0BEN": "ben"}},
        DENY | {"channels": {"C0OPS": "ops"}},
    ],
)
def test_what_is_taken_away_in_part_leaves_the_rest(deny: Any):
    assert gives(GETS, deny)
    assert gives(ALLOW, deny)


@pytest.mark.parametrize("standing", [found for found in Standing if found is not Standing.MEMBER])
def test_whoever_is_no_full_member_is_told_of_none(standing: Standing):
    assert not gives(ALLOW, standing=standing)


def test_people_of_another_workspace_are_told_of_none():
    assert not gives(ALLOW, team="T0OTHER")
