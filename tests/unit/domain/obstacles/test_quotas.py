"""How many of the pods a namespace has room for, and what of them it lets in at all."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from bot.domain.model import Json
from bot.domain.obstacles.change import change_of
from bot.domain.obstacles.costs import pod_cost, shown
from bot.domain.obstacles.quotas import rationed
from tests.factories import deployment, ref, template

ROOM = "Quota q has room for {} of these {} pods ({}): the rest will not be made."
MUST = "A container web must ask for at least {}, and this asks for {}: its pods will be refused."
SMALL = {"requests": {"cpu": "200m", "memory": "64Mi"}, "limits": {"cpu": "500m", "memory": "64Mi"}}


def pods(resources: Json | None = None, **spec: Any) -> Json:
    made = template(**spec)
    made["spec"]["containers"][0]["resources"] = resources or {}
    return made


def live(replicas: int, resources: Json | None = None, **strategy: Any) -> Json:
    found = deployment(replicas=replicas)
    found["spec"]["template"] = pods(resources)
    if strategy:
        found["spec"]["strategy"] = {"type": "RollingUpdate", "rollingUpdate": strategy}
    return found


def quota(hard: Json, used: Json | None = None, **spec: Any) -> Json:
    return {
        "metadata": {"name": "q"},
        "spec": {"hard": hard} | spec,
        "status": {"hard": hard, "used": used or {}},
    }


def ranges(**item: Any) -> Json:
    return {"metadata": {"name": "r"}, "spec": {"limits": [{"type": "Container"} | item]}}


def scaled(
    to: int, *quotas: Json, now: int = 2, resources: Json | None = None, within: Any = ()
) -> list[str]:
    change = change_of(ref(), live(now, resources), replicas=to)
    return [obstacle.said.plain() for obstacle in rationed(change, quotas, within)]


def rolled(found: Json, new: Json, *quotas: Json, within: Any = ()) -> list[str]:
    return [o.said.plain() for o in rationed(change_of(ref(), found, template=new), quotas, within)]


@pytest.mark.parametrize(
    ("to", "limits", "lines"),
    [
        (5, quota({"pods": "5"}, {"pods": "2"}), []),
        (6, quota({"pods": "5"}, {"pods": "2"}),
         [ROOM.format(5, 6, "3 more pods in all")]),
        (6, quota({"count/pods": "3"}, {"count/pods": "3"}),
         [ROOM.format(2, 6, "0 more pods in all")]),
        (6, quota({"requests.cpu": "1"}, {"requests.cpu": "400m"}),
         [ROOM.format(5, 6, "requests.cpu: 600m left, each takes 200m")]),
        (6, quota({"cpu": "1", "memory": "192Mi"}, {"cpu": "400m", "memory": "128Mi"}),
         [ROOM.format(3, 6, "memory: 64Mi left, each takes 64Mi")]),
        (6, quota({"limits.cpu": "1500m"}, {"limits.cpu": "2"}),
         [ROOM.format(1, 6, "limits.cpu: 0 left, each takes 500m")]),
        (6, quota({"services": "1", "requests.storage": "1Gi"}), []),
        (1, quota({"pods": "2"}, {"pods": "9"}), []),
    ],
)  # fmt: skip
def test_more_pods_than_there_is_room_for(to: int, limits: Json, lines: list[str]):
    assert scaled(to, limits, resources=SMALL) == lines


def test_a_quota_just_made_has_no_status_and_counts_by_its_spec():
    fresh = {"metadata": {"name": "q"}, "spec": {"hard": {"pods": "3"}}}
    assert scaled(6, fresh) == [ROOM.format(5, 6, "3 more pods in all")]


def test_a_rollout_gives_back_what_the_old_pods_took():
    small, big = SMALL, {"requests": {"cpu": "400m"}}
    full = quota({"requests.cpu": "800m"}, {"requests.cpu": "800m"})
    assert rolled(live(4, small), pods(small), full) == []
    assert rolled(live(4, small), pods(big), full) == [
        ROOM.format(2, 4, "requests.cpu: 0 left, each takes 400m")
    ]


def test_a_rollout_that_may_take_none_away_needs_room_beside_the_old():
    full = quota({"pods": "2"}, {"pods": "2"})
    strict = live(2, maxUnavailable=0, maxSurge=1)
    (said,) = rolled(strict, pods(), full)
    assert said.startswith("Quota q has no room for one more pod (0 more pods in all), and its strategy ")
    assert said.endswith(" lets none go first: the rollout will not begin.")
    assert rolled(live(2, maxUnavailable=1, maxSurge=0), pods(), full) == []


def test_a_container_that_does_not_say_what_a_quota_counts_is_refused_unless_a_range_says_it():
    counted = quota({"requests.cpu": "9"})
    assert scaled(3, counted) == [
        "Quota q counts requests.cpu, and not every container says how much: its pods will be refused."
    ]
    assert scaled(3, counted, within=[ranges(defaultRequest={"cpu": "100m"})]) == []
    assert scaled(3, counted, resources={"limits": {"cpu": "100m"}}) == [], (
        "a request is the limit where none is said"
    )
    assert scaled(3, quota({"limits.cpu": "9"}), resources={"requests": {"cpu": "1"}}) != []


@pytest.mark.parametrize(
    ("spec", "applies"),
    [
        ({"scopes": ["NotTerminating"]}, True),
        ({"scopes": ["Terminating"]}, False),
        ({"scopes": ["BestEffort"]}, True),
        ({"scopes": ["NotBestEffort"]}, False),
        ({"scopeSelector": {"matchExpressions": [{"scopeName": "BestEffort", "operator": "Exists"}]}}, True),
        ({"scopeSelector": {"matchExpressions": [
            {"scopeName": "PriorityClass", "operator": "In", "values": ["high"]}]}}, False),
        ({"scopeSelector": {"matchExpressions": [
            {"scopeName": "PriorityClass", "operator": "NotIn", "values": ["high"]}]}}, True),
        ({"scopeSelector": {"matchExpressions": [
            {"scopeName": "PriorityClass", "operator": "Exists"}]}}, False),
        ({"scopeSelector": {"matchExpressions": [
            {"scopeName": "PriorityClass", "operator": "DoesNotExist"}]}}, True),
    ],
)  # fmt: skip
def test_a_quota_counts_only_what_is_in_its_scope(spec: Json, *, applies: bool):
    assert bool(scaled(9, quota({"pods": "1"}, {"pods": "1"}, **spec))) is applies


@pytest.mark.parametrize(
    ("item", "resources", "lines"),
    [
        ({"max": {"cpu": "400m"}}, SMALL,
         ["A container web may take at most 400m of cpu, and this takes 500m: its pods will be refused."]),
        ({"min": {"cpu": "1"}}, SMALL,
         [MUST.format("1 of cpu", "200m")]),
        ({"max": {"cpu": "500m"}, "min": {"memory": "64Mi"}}, SMALL, []),
        ({"type": "Pod", "max": {"memory": "32Mi"}}, SMALL,
         ["A pod may take at most 32Mi of memory, and this takes 64Mi: its pods will be refused."]),
        ({"type": "PersistentVolumeClaim", "max": {"storage": "1"}}, SMALL, []),
        ({"max": {"cpu": "1"}}, {}, []),
    ],
)  # fmt: skip
def test_a_range_refuses_what_is_outside_it(item: Json, resources: Json, lines: list[str]):
    assert scaled(3, resources=resources, within=[ranges(**item)]) == lines


def test_what_makes_no_pod_meets_no_quota():
    full = quota({"pods": "0"}, {"pods": "5"})
    assert scaled(1, full) == []
    assert rolled(live(0), pods(), full) == []
    new = change_of(ref(), None, replicas=2, template=pods())
    assert len(rationed(new, [full], ())) == 1


def test_what_a_pod_takes():
    spec = {
        "containers": [
            {"resources": {"requests": {"cpu": "1"}}},
            {"resources": {"requests": {"cpu": "500m"}}},
        ],
        "initContainers": [
            {"resources": {"requests": {"cpu": "2", "memory": "1Mi"}}},
            {"restartPolicy": "Always", "resources": {"requests": {"cpu": "1"}}},
            {"resources": {"requests": {"cpu": "plenty"}}},
        ],
    }
    cost = pod_cost(spec)
    assert (cost["requests.cpu"], cost["cpu"], cost["memory"], cost["pods"]) == (
        Decimal("2.5"), Decimal("2.5"), Decimal(1024**2), 1,
    )  # fmt: skip
    whole = pod_cost(spec | {"resources": {"requests": {"cpu": "3"}}})
    assert whole["requests.cpu"] == 3


@pytest.mark.parametrize(
    ("name", "much", "said"),
    [
        ("cpu", "2", "2"), ("requests.cpu", "0.25", "250m"), ("memory", "536870912", "512Mi"),
        ("memory", "2147483648", "2Gi"), ("limits.memory", "1000", "1000"), ("memory", "0", "0"),
    ],
)  # fmt: skip
def test_amounts_are_said_short(name: str, much: str, said: str):
    assert shown(name, Decimal(much)) == said
