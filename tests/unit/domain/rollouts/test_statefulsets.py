"""A StatefulSet is judged as kubectl judges it, and whatever stops it is named."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.model import Json
from bot.domain.resources import STATEFULSETS
from bot.domain.rollouts import assess
from bot.domain.rollouts.snapshot import Phase, Progress, Snapshot
from tests.factories import NOW, container, stamp
from tests.sets import NEW, OLD, controller_revision, pod_of, statefulset

ON_DELETE = {"type": "OnDelete"}
OBSERVED = "Waiting for statefulset spec update to be observed..."
PARTITIONED = "Waiting for partitioned roll out to finish: "
ONLY = "rollout status is only available for RollingUpdate strategy type"


def partition(number: int) -> Json:
    return {"type": "RollingUpdate", "rollingUpdate": {"partition": number}}


BARE: Json = {"type": "RollingUpdate"}
PHASES = [
    ({}, Phase.DONE, "partitioned roll out complete: 3 new pods have been updated..."),
    ({"generation": 3}, Phase.MOVING, OBSERVED),
    ({"observed": 0, "generation": 0}, Phase.MOVING, OBSERVED),
    ({"observed": 3}, Phase.DONE, "partitioned roll out complete: 3 new pods have been updated..."),
    ({"ready": 2, "updated": 1, "now": OLD}, Phase.MOVING, "Waiting for 1 pods to be ready..."),
    ({"ready": 0}, Phase.MOVING, "Waiting for 3 pods to be ready..."),
    ({"updated": 1, "now": OLD}, Phase.MOVING, f"{PARTITIONED}1 out of 3 new pods have been updated..."),
    ({"updated": 0, "now": OLD}, Phase.MOVING, f"{PARTITIONED}0 out of 3 new pods have been updated..."),
    ({"total": 5, "ready": 5, "updated": 5}, Phase.MOVING, "Waiting for 2 pods to be terminated..."),
    ({"available": 2}, Phase.MOVING, "Waiting for 1 pods to be available..."),
    ({"replicas": 0}, Phase.DONE, "partitioned roll out complete: 0 new pods have been updated..."),
    ({"replicas": 0, "total": 2, "ready": 2}, Phase.MOVING, "Waiting for 2 pods to be terminated..."),
    ({"replicas": None, "ready": 0}, Phase.MOVING, "Waiting for 1 pods to be ready..."),
    # a partition: only those from it on follow
    (
        {"strategy": partition(2), "updated": 0, "now": OLD},
        Phase.MOVING,
        f"{PARTITIONED}0 out of 1 new pods have been updated...",
    ),
    (
        {"strategy": partition(2), "updated": 1, "now": OLD},
        Phase.DONE,
        "partitioned roll out complete: 1 new pods have been updated...",
    ),
    (
        {"strategy": partition(7), "updated": 0, "now": OLD},
        Phase.DONE,
        "partitioned roll out complete: 0 new pods have been updated...",
    ),
    # without one, as kubectl has it for servers that fill nothing in
    (
        {"strategy": BARE, "updated": 1, "now": OLD},
        Phase.MOVING,
        f"waiting for statefulset rolling update to complete 1 pods at revision {NEW}...",
    ),
    (
        {"strategy": BARE, "current": 3},
        Phase.DONE,
        f"statefulset rolling update complete 3 pods at revision {NEW}...",
    ),
    # nothing follows by itself
    ({"strategy": ON_DELETE, "updated": 1, "now": OLD}, Phase.HELD, ONLY),
    ({"strategy": ON_DELETE, "updated": 1, "now": OLD, "generation": 3}, Phase.MOVING, OBSERVED),
    ({"strategy": ON_DELETE, "updated": 3, "now": OLD}, Phase.DONE, "3 of 3 pods have the newest template."),
    ({"strategy": ON_DELETE, "total": 4, "ready": 4}, Phase.MOVING, "Waiting for 1 pods to be terminated..."),
    ({"strategy": ON_DELETE, "ready": 2}, Phase.MOVING, "Waiting for 1 pods to be ready..."),
    # one of the older template that is broken is not waited for, either; one that comes up anew is
    ({"strategy": ON_DELETE, "ready": 2, "updated": 0, "now": OLD}, Phase.HELD, ONLY),
    (
        {"strategy": ON_DELETE, "ready": 2, "updated": 1, "now": OLD},
        Phase.MOVING,
        "Waiting for 1 pods to be ready...",
    ),
    (
        {"strategy": ON_DELETE, "ready": 2, "total": 2, "updated": 0, "now": OLD},
        Phase.MOVING,
        "Waiting for 1 pods to be ready...",
    ),
]


@pytest.mark.parametrize(("state", "phase", "sentence"), PHASES)
def test_phase_and_sentence_follow_kubectl(state: dict[str, Any], phase: Phase, sentence: str):
    progress = judged(statefulset(**state))
    assert (progress.phase, progress.sentence) == (phase, sentence)


def judged(found: Json | None, *pods: Json, **parts: Any) -> Progress:
    return assess(Snapshot(workload=found, kind=STATEFULSETS, pods=pods, **parts), NOW, uid="uid-db")


def test_one_without_any_status_is_waited_for():
    progress = judged(statefulset() | {"status": {}})
    assert (progress.phase, progress.updated, progress.available) == (Phase.MOVING, 0, 0)


def test_a_deleted_one_is_gone_and_so_is_one_made_anew():
    gone = Progress(phase=Phase.GONE, sentence="the statefulset is gone")
    assert judged(None) == gone
    other = statefulset()
    other["metadata"]["uid"] = "uid-another"
    assert judged(other) == gone


@pytest.mark.parametrize(
    ("state", "held"),
    [
        ({"strategy": partition(2), "updated": 1, "now": OLD}, 2),
        ({"strategy": partition(7), "updated": 0, "now": OLD}, 3),
        ({"strategy": partition(2)}, 0),
        ({"updated": 1, "now": OLD}, 0),
        ({"strategy": BARE, "updated": 1, "now": OLD}, 0),
        ({"strategy": ON_DELETE, "updated": 1, "now": OLD}, 2),
        ({"strategy": ON_DELETE, "updated": 0, "now": OLD, "generation": 3}, 0),
    ],
)
def test_pods_that_keep_the_older_template_are_counted(state: dict[str, Any], held: int):
    assert judged(statefulset(**state)).held == held


def numbered(number: int, *containers: Json, sign: str = NEW, **parts: Any) -> Json:
    return pod_of("StatefulSet", "db", f"db-{number}", *containers, sign=sign, **parts)


MISSING = container("db", image="db:missing", waiting="ErrImagePull", ready=False)


def test_the_broken_pod_of_an_update_is_its_trouble_and_blocks_nothing():
    old = numbered(0, sign=OLD, image="db:1")
    progress = judged(statefulset(ready=1, updated=1, now=OLD), numbered(1, MISSING, ready=False), old)
    assert [(bad.pod, bad.new) for bad in progress.troubles] == [("db-1", True)]
    assert (progress.ordered, progress.blocked) == (True, "")
    assert (progress.old, progress.old_images, progress.images) == (1, ("db:1",), ("db:2",))


@pytest.mark.parametrize(
    ("state", "number", "blocked"),
    [
        ({}, 2, "db-2"),
        ({"policy": "Parallel"}, 2, ""),
        ({"strategy": partition(2)}, 2, "db-2"),
        ({"strategy": partition(2)}, 1, ""),
        ({"strategy": partition(2), "start": 1}, 2, ""),
        ({"strategy": partition(2), "start": 1}, 3, "db-3"),
        ({"strategy": ON_DELETE}, 0, ""),
        ({"generation": 3}, 2, ""),
    ],
)
def test_an_ordered_set_waits_for_a_broken_pod_that_only_its_deletion_renews(
    state: dict[str, Any], number: int, blocked: str
):
    broken = numbered(number, MISSING, sign=OLD, ready=False)
    progress = judged(statefulset(ready=2, updated=2, **state), numbered(0), broken)
    assert progress.blocked == blocked
    assert progress.ordered is ("Parallel" not in state.values() and ON_DELETE not in state.values())


@pytest.mark.parametrize(("numbers", "blocked"), [((10, 9), "db-9"), ((9, 1), ""), ((1,), "")])
def test_of_several_broken_pods_it_waits_for_the_first_of_their_row(numbers: tuple[int, ...], blocked: str):
    broken = [numbered(number, MISSING, sign=OLD, ready=False) for number in numbers]
    found = statefulset(replicas=11, ready=9, updated=0, strategy=partition(2))
    assert judged(found, *broken).blocked == blocked


def test_the_broken_pod_of_the_newest_template_comes_first():
    pods = (numbered(1, MISSING, ready=False), numbered(2, MISSING, sign=OLD, ready=False))
    progress = judged(statefulset(ready=1, updated=2, now=OLD), *pods)
    assert (progress.blocked, len(progress.troubles)) == ("", 2)


@pytest.mark.parametrize(("ago", "lingering"), [(30, ""), (31, "db-1")])
def test_a_pod_that_was_deleted_and_does_not_go_is_named(ago: float, lingering: str):
    late = numbered(1, deleted=True)
    late["metadata"]["deletionTimestamp"] = stamp(ago)
    assert judged(statefulset(ready=2), numbered(0), late).lingering == lingering


def test_pods_of_others_do_not_count():
    strange = pod_of("StatefulSet", "cache", "cache-0", MISSING, sign="cache-1a", ready=False)
    assert judged(statefulset(), strange).troubles == ()


def test_the_revision_has_the_number_of_its_controller_revision():
    kept = (controller_revision(OLD, 3), controller_revision(NEW, 2))
    assert judged(statefulset(), revisions=kept).revision == "2"
    assert judged(statefulset(), revisions=kept[:1]).revision == ""


def test_a_pod_whose_name_ends_in_no_number_is_none_of_its_row():
    stray = pod_of("StatefulSet", "db", "db-x", MISSING, sign=OLD, ready=False)
    assert judged(statefulset(ready=2), stray).blocked == ""


@pytest.mark.parametrize(("total", "surplus"), [(2, 0), (3, 0), (5, 2)])
def test_pods_that_are_too_many_are_counted(total: int, surplus: int):
    assert judged(statefulset(total=total)).surplus == surplus


def test_more_updated_than_wanted_holds_none_back():
    assert judged(statefulset(strategy=ON_DELETE, total=4, ready=4, updated=4)).held == 0


def test_what_the_spec_leaves_out_is_kubernetes_own_default():
    plain = statefulset(strategy=BARE)
    del plain["spec"]["podManagementPolicy"]
    del plain["spec"]["updateStrategy"]
    progress = judged(plain, numbered(0, MISSING, sign=OLD, ready=False))
    assert (progress.ordered, progress.blocked, progress.held) == (True, "db-0", 0)


def test_counts_are_those_of_the_status():
    moving = judged(statefulset(replicas=5, updated=2, ready=4, available=3, total=5, now=OLD))
    assert (moving.desired, moving.updated, moving.available) == (5, 2, 3)


def test_what_a_status_leaves_out_is_zero():
    none = statefulset(replicas=0) | {"status": {"observedGeneration": 2}}
    progress = judged(none)
    assert (progress.phase, progress.updated, progress.surplus) == (Phase.DONE, 0, 0)
    assert progress.sentence == "partitioned roll out complete: 0 new pods have been updated..."
    bare = statefulset(replicas=0, strategy=BARE) | {"status": {"observedGeneration": 2}}
    assert judged(bare).sentence.startswith("statefulset rolling update complete 0 pods")
    one = {"status": {"observedGeneration": 2, "readyReplicas": 1, "updatedReplicas": 1}}
    assert judged(statefulset(replicas=1) | one).sentence == "Waiting for 1 pods to be available..."
    held = {"status": {"observedGeneration": 2, "readyReplicas": 1, "availableReplicas": 1}}
    assert judged(statefulset(replicas=1, strategy=ON_DELETE) | held).phase is Phase.HELD
