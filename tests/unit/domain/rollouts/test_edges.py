"""A rollout of which little is known yet."""

import pytest

from bot.domain.rollouts import assess
from bot.domain.rollouts.snapshot import (
    CAUSE,
    Phase,
    PodTrouble,
    Progress,
    Snapshot,
    Trouble,
    newest_set,
    pod_troubles,
)
from tests.factories import NOW, container, deployment, pod, replicaset


def test_what_is_not_known_counts_as_none():
    progress = Progress(phase=Phase.MOVING, sentence="…")
    assert (progress.desired, progress.updated, progress.available, progress.old) == (0, 0, 0, 0)
    assert PodTrouble(pod="p", container="c", kind=Trouble.CRASH, reason="Error").restarts == 0


def test_the_cause_stands_under_kubectls_own_annotation():
    assert CAUSE == "kubernetes.io/change-cause"


def test_one_replica_is_wanted_where_none_are_named():
    assert assess(Snapshot(workload=deployment(replicas=None)), NOW).desired == 1


def test_what_a_status_leaves_out_is_zero():
    progress = assess(Snapshot(workload=deployment(updated=0, available=0)), NOW)
    assert (progress.updated, progress.available) == (0, 0)


def test_a_single_pod_that_is_not_up_yet_is_waited_for():
    lone = deployment(replicas=1, available=0)
    assert assess(Snapshot(workload=lone), NOW).sentence.endswith("0 of 1 updated replicas are available...")


@pytest.mark.parametrize("number", ["", "abc", "-7", "²"])
def test_a_replicaset_without_a_number_is_older_than_any_that_has_one(number: str):
    unnumbered, first = replicaset("web-0a", revision=number), replicaset("web-1a", revision="1")
    seen = Snapshot(workload=deployment(revision="9"), replicasets=(unnumbered, first))
    assert newest_set(seen) == first


def test_a_container_that_never_restarted_counts_none():
    status = container(ended=1)
    del status["restartCount"]
    assert [trouble.restarts for trouble in pod_troubles(pod("web-1a-x", status), None, NOW)] == [0]


def test_a_status_that_names_no_generation_is_of_none():
    waiting = "Waiting for deployment spec update to be observed..."
    new = deployment()
    del new["status"]["observedGeneration"]
    assert assess(Snapshot(workload=new), NOW).sentence == waiting
    del new["metadata"]["generation"]
    assert assess(Snapshot(workload=new), NOW).phase is Phase.DONE
