"""Disruption budgets over pods that are replaced, or become fewer."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.model import Json
from bot.domain.obstacles.budgets import budgeted, wanted
from bot.domain.obstacles.change import change_of, pace
from bot.domain.resources import DAEMONSETS, STATEFULSETS
from tests.factories import deployment, ref, template

NO_DRAIN = "Budget web wants {} available: with {} none can be evicted, so their nodes cannot be drained."


def budget(selector: Json | None = None, **spec: Any) -> Json:
    return {
        "metadata": {"name": "web"},
        "spec": {"selector": selector or {"matchLabels": {"app": "web"}}} | spec,
    }


def rolling(replicas: int = 4, **strategy: Any) -> Any:
    found = deployment(replicas=replicas)
    found["spec"]["strategy"] = {"type": "RollingUpdate", "rollingUpdate": strategy}
    return change_of(ref(), found, template=template())


@pytest.mark.parametrize(
    ("spec", "least"),
    [
        ({"minAvailable": 2}, 2),
        ({"minAvailable": "50%"}, 3),
        ({"maxUnavailable": 1}, 4),
        ({"maxUnavailable": "50%"}, 2),
        ({"maxUnavailable": 9}, 0),
        ({"minAvailable": "many"}, 0),
        ({}, 4),
    ],
)
def test_how_many_of_five_a_budget_wants(spec: Json, least: int):
    assert wanted(budget(**spec), 5) == least


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [
        ({}, (1, 2)),
        ({"maxUnavailable": "50%", "maxSurge": 0}, (2, 0)),
        ({"maxUnavailable": 0, "maxSurge": "10%"}, (0, 1)),
        ({"maxUnavailable": "1%", "maxSurge": 0}, (1, 0)),
    ],
)
def test_the_pace_of_a_rollout_of_five(strategy: Json, expected: tuple[int, int]):
    assert pace(rolling(5, **strategy)) == expected


@pytest.mark.parametrize(
    ("kind", "strategy", "expected"),
    [
        (STATEFULSETS, {}, (1, 0)),
        (STATEFULSETS, {"rollingUpdate": {"maxUnavailable": 2}}, (2, 0)),
        (DAEMONSETS, {"rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}}, (0, 1)),
    ],
)
def test_the_pace_of_others(kind: Any, strategy: Json, expected: tuple[int, int]):
    found = {"spec": {"replicas": 5, "updateStrategy": strategy}, "status": {"desiredNumberScheduled": 5}}
    assert pace(change_of(ref(kind=kind), found, template=template())) == expected


def test_a_rollout_that_goes_below_is_said_and_one_that_keeps_above_is_not():
    (obstacle,) = budgeted(rolling(4, maxUnavailable=2, maxSurge=0), [budget(minAvailable=3)])
    assert obstacle.said.plain() == (
        "Budget web wants 3 available, and this may go down to 2: a rollout does not ask it."
    )
    assert budgeted(rolling(4, maxUnavailable=1), [budget(minAvailable=3)]) == ()


def test_recreate_goes_down_to_none():
    found = deployment(replicas=2)
    found["spec"]["strategy"] = {"type": "Recreate"}
    (obstacle,) = budgeted(change_of(ref(), found, template=template()), [budget(minAvailable=1)])
    assert "may go down to 0" in obstacle.said.plain()


@pytest.mark.parametrize(
    ("to", "spec", "said"),
    [
        (2, {"minAvailable": 2}, NO_DRAIN.format(2, "2 pods")),
        (1, {"minAvailable": 2}, NO_DRAIN.format(2, "1 pod")),
        (1, {"minAvailable": "50%"}, NO_DRAIN.format(1, "1 pod")),
        (3, {"maxUnavailable": 0}, NO_DRAIN.format(3, "3 pods")),
    ],
)
def test_so_few_that_no_node_can_be_drained(to: int, spec: Json, said: str):
    (obstacle,) = budgeted(change_of(ref(), deployment(replicas=4), replicas=to), [budget(**spec)])
    assert obstacle.said.plain() == said


@pytest.mark.parametrize(
    "over",
    [
        budget({"matchLabels": {"app": "api"}}, minAvailable=9),
        budget(
            {"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["web"]}]}, minAvailable=9
        ),
        {"metadata": {"name": "web"}, "spec": {"selector": None, "minAvailable": 9}},
    ],
)
def test_a_budget_over_other_pods_says_nothing(over: Json):
    assert budgeted(change_of(ref(), deployment(replicas=4), replicas=2), [over]) == ()


def test_an_empty_selector_is_over_all():
    every = {"metadata": {"name": "all"}, "spec": {"selector": {}, "minAvailable": 9}}
    assert len(budgeted(change_of(ref(), deployment(replicas=4), replicas=2), [every])) == 1


def test_no_pods_and_new_workloads_are_no_matter_of_budgets():
    assert budgeted(change_of(ref(), deployment(replicas=4), replicas=0), [budget(minAvailable=1)]) == ()
    assert budgeted(change_of(ref(), None, replicas=2, template=template()), [budget(minAvailable=2)]) == ()
    assert (
        budgeted(change_of(ref(), deployment(replicas=0), template=template()), [budget(minAvailable=2)])
        == ()
    )
