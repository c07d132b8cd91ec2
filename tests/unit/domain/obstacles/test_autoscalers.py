"""What keeps the number of pods, against what somebody asks for."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.message import Button
from bot.domain.model import Json
from bot.domain.obstacles.autoscalers import aiming_at, autoscaled, scaled_by_keda
from bot.domain.obstacles.change import change_of
from bot.domain.resources import STATEFULSETS
from tests.factories import deployment, ref, template


def hpa(
    low: int | None = 3, high: int = 8, *, kind: str = "Deployment", name: str = "web", **meta: Any
) -> Json:
    spec: Json = {"scaleTargetRef": {"kind": kind, "name": name}, "maxReplicas": high}
    if low is not None:
        spec["minReplicas"] = low
    return {"metadata": {"name": f"{name}-hpa"} | meta, "spec": spec}


def scaled_object(notes: dict[str, str] | None = None, **spec: Any) -> Json:
    return {
        "metadata": {"name": "web-so", "annotations": notes},
        "spec": {"scaleTargetRef": {"name": "web"}} | spec,
    }


def scaling(to: int, now: int = 4) -> Any:
    return change_of(ref(), deployment(replicas=now), replicas=to)


@pytest.mark.parametrize(
    ("to", "said"),
    [
        (9, "web-hpa keeps 3 to 8: it will bring this back to 8 within a minute."),
        (8, "web-hpa keeps 3 to 8 by load: 8 holds only until it decides anew."),
        (3, "web-hpa keeps 3 to 8 by load: 3 holds only until it decides anew."),
        (2, "web-hpa keeps 3 to 8: it will bring this back to 3 within a minute."),
        (0, "web-hpa rests while there is no pod: it will not bring any back."),
    ],
)
def test_an_autoscaler_says_what_it_will_make_of_it(to: int, said: str):
    (obstacle,) = autoscaled(scaling(to), [hpa()])
    assert obstacle.said.plain() == said


def test_an_autoscaler_that_names_no_least_keeps_one():
    (obstacle,) = autoscaled(scaling(9, 1), [hpa(None, 2)])
    assert obstacle.said.plain() == "web-hpa keeps 1 to 2: it will bring this back to 2 within a minute."


def test_the_nearest_number_that_lasts_is_a_press_away_unless_it_is_there():
    (over,) = autoscaled(scaling(9), [hpa()])
    assert over.remedy == Button(
        label="Scale to 8 instead", command="scale deployments/web --replicas=8 -n shop --context prod"
    )
    (there,) = autoscaled(scaling(9, now=8), [hpa()])
    assert there.remedy is None


@pytest.mark.parametrize("scaler", [hpa(kind="StatefulSet"), hpa(name="api")])
def test_one_that_aims_elsewhere_says_nothing(scaler: Json):
    assert autoscaled(scaling(9), [scaler]) == ()


def test_a_stateful_set_has_its_own():
    change = change_of(ref(kind=STATEFULSETS), {"spec": {"replicas": 1, "template": {}}}, replicas=9)
    assert len(autoscaled(change, [hpa(kind="StatefulSet"), hpa()])) == 1


def test_as_many_pods_as_before_and_new_workloads_are_no_matter_of_theirs():
    assert autoscaled(change_of(ref(), deployment(), template=template()), [hpa()]) == ()
    assert autoscaled(change_of(ref(), None, replicas=9, template=template()), [hpa()]) == ()
    assert scaled_by_keda(change_of(ref(), deployment(), template=template()), [scaled_object()]) == ()


def test_kedas_own_autoscaler_is_left_to_keda():
    mine = hpa(ownerReferences=[{"kind": "ScaledObject", "name": "web-so"}])
    assert autoscaled(scaling(9), [mine]) == ()


@pytest.mark.parametrize(
    ("scaled", "to", "said"),
    [
        (scaled_object(minReplicaCount=1, maxReplicaCount=5), 9,
         "KEDA's web-so keeps 1 to 5: it will bring this back to 5 within a minute."),
        (scaled_object(minReplicaCount=1), 0,
         "KEDA's web-so keeps 1 to 100: it will bring this back to 1 within a minute."),
        (scaled_object(minReplicaCount=2, idleReplicaCount=0), 0,
         "KEDA's web-so keeps 0 to 100 by load: 0 holds only until it decides anew."),
        (scaled_object(minReplicaCount="two", maxReplicaCount=None), 101,
         "KEDA's web-so keeps 0 to 100: it will bring this back to 100 within a minute."),
        (scaled_object({"autoscaling.keda.sh/paused-replicas": "2"}), 9,
         "KEDA's web-so is paused at 2: it will bring this back to 2."),
    ],
)  # fmt: skip
def test_keda_says_what_it_will_make_of_it(scaled: Json, to: int, said: str):
    (obstacle,) = scaled_by_keda(scaling(to), [scaled])
    assert obstacle.said.plain() == said


@pytest.mark.parametrize(
    ("notes", "to"),
    [({"autoscaling.keda.sh/paused": "true"}, 200), ({"autoscaling.keda.sh/paused-replicas": "2"}, 2)],
)
def test_keda_that_is_paused_lets_it_be(notes: dict[str, str], to: int):
    assert scaled_by_keda(scaling(to), [scaled_object(notes)]) == ()


def test_a_scaled_object_that_names_no_kind_means_a_deployment():
    assert aiming_at(ref(), [scaled_object()]) == (scaled_object(),)
    assert aiming_at(ref(kind=STATEFULSETS), [scaled_object()]) == ()
