"""A rollout of which little is known yet."""

from bot.domain.rollout import CAUSE, Phase, PodTrouble, Progress, Snapshot, Trouble, assess
from tests.factories import NOW, deployment


def test_what_is_not_known_counts_as_none():
    progress = Progress(phase=Phase.MOVING, sentence="…")
    assert (progress.desired, progress.updated, progress.available, progress.old) == (0, 0, 0, 0)
    assert PodTrouble(pod="p", container="c", kind=Trouble.CRASH, reason="Error").restarts == 0


def test_the_cause_stands_under_kubectls_own_annotation():
    assert CAUSE == "kubernetes.io/change-cause"


def test_one_replica_is_wanted_where_none_are_named():
    assert assess(Snapshot(deployment=deployment(replicas=None)), NOW).desired == 1


def test_what_a_status_leaves_out_is_zero():
    progress = assess(Snapshot(deployment=deployment(updated=0, available=0)), NOW)
    assert (progress.updated, progress.available) == (0, 0)


def test_a_status_that_names_no_generation_is_of_none():
    waiting = "Waiting for deployment spec update to be observed..."
    new = deployment()
    del new["status"]["observedGeneration"]
    assert assess(Snapshot(deployment=new), NOW).sentence == waiting
    del new["metadata"]["generation"]
    assert assess(Snapshot(deployment=new), NOW).phase is Phase.DONE
