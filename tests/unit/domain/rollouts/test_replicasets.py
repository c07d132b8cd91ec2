"""Of a ReplicaSet its number is followed: it has no rollout."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.resources import REPLICASETS
from bot.domain.rollouts import assess
from bot.domain.rollouts.snapshot import Phase, Progress, Snapshot
from tests.factories import NOW, stamp
from tests.sets import pod_of, replicaset

WAITING = 'Waiting for replica set "lone": '
PHASES = [
    ({}, Phase.DONE, 'replica set "lone" has 3 of 3 pods available'),
    ({"generation": 3}, Phase.MOVING, "Waiting for replica set spec update to be observed..."),
    ({"total": 5, "available": 5}, Phase.MOVING, f"{WAITING}2 pods are pending termination..."),
    ({"available": 1}, Phase.MOVING, f"{WAITING}1 of 3 pods are available..."),
    ({"total": 0, "available": 0}, Phase.MOVING, f"{WAITING}0 of 3 pods are available..."),
    ({"replicas": 0}, Phase.DONE, 'replica set "lone" has 0 of 0 pods available'),
    ({"replicas": None, "available": 0}, Phase.MOVING, f"{WAITING}0 of 1 pods are available..."),
]


@pytest.mark.parametrize(("state", "phase", "sentence"), PHASES)
def test_its_pods_are_counted(state: dict[str, Any], phase: Phase, sentence: str):
    progress = assess(Snapshot(workload=replicaset(**state), kind=REPLICASETS), NOW)
    assert (progress.phase, progress.sentence) == (phase, sentence)


def test_a_deleted_one_is_gone():
    gone = assess(Snapshot(workload=None, kind=REPLICASETS), NOW)
    assert gone == Progress(phase=Phase.GONE, sentence="the replicaset is gone")


def test_what_the_cluster_refuses_is_told():
    said = 'pods "lone-x" is forbidden: exceeded quota: team'
    short = replicaset(total=1, available=1, refused=said)
    progress = assess(Snapshot(workload=short, kind=REPLICASETS), NOW)
    assert (progress.refused, progress.updated, progress.surplus) == (said, 1, 0)
    short["status"]["conditions"][0]["status"] = "False"
    assert assess(Snapshot(workload=short, kind=REPLICASETS), NOW).refused == ""


def test_no_pod_of_it_is_of_an_older_template():
    pods = (pod_of("ReplicaSet", "lone", "lone-x", sign="1a"), pod_of("ReplicaSet", "lone", "lone-y"))
    assert assess(Snapshot(workload=replicaset(), kind=REPLICASETS, pods=pods), NOW).old == 0


def test_a_pod_that_does_not_go_keeps_no_other_from_coming():
    late = pod_of("ReplicaSet", "lone", "lone-x", deleted=True)
    late["metadata"]["deletionTimestamp"] = stamp(100)
    assert assess(Snapshot(workload=replicaset(), kind=REPLICASETS, pods=(late,)), NOW).lingering == ""


@pytest.mark.parametrize(("total", "updated", "surplus"), [(2, 2, 0), (3, 3, 0), (5, 3, 2)])
def test_no_more_count_than_are_wanted(total: int, updated: int, surplus: int):
    found = replicaset(total=total, available=1)
    progress = assess(Snapshot(workload=found, kind=REPLICASETS), NOW)
    assert (progress.desired, progress.updated, progress.surplus) == (3, updated, surplus)
    assert progress.available == 1


def test_what_a_status_leaves_out_is_zero():
    bare = replicaset(replicas=0) | {"status": {"observedGeneration": 2}}
    progress = assess(Snapshot(workload=bare, kind=REPLICASETS), NOW)
    assert (progress.phase, progress.surplus, progress.available) == (Phase.DONE, 0, 0)
