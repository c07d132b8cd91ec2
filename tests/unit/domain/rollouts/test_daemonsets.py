"""A DaemonSet is judged as kubectl judges it."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.model import Json
from bot.domain.resources import DAEMONSETS
from bot.domain.rollouts import assess
from bot.domain.rollouts.snapshot import Phase, Progress, Snapshot
from tests.factories import NOW, container, stamp
from tests.sets import controller_revision, daemonset, pod_of

WAITING = 'Waiting for daemon set "agent" rollout to finish: '
OBSERVED = "Waiting for daemon set spec update to be observed..."
DONE = 'daemon set "agent" successfully rolled out'
ONLY = "rollout status is only available for RollingUpdate strategy type"
PHASES = [
    ({}, Phase.DONE, DONE),
    ({"generation": 3}, Phase.MOVING, OBSERVED),
    ({"observed": 3}, Phase.DONE, DONE),
    ({"updated": 1}, Phase.MOVING, f"{WAITING}1 out of 3 new pods have been updated..."),
    ({"updated": 0, "available": 0}, Phase.MOVING, f"{WAITING}0 out of 3 new pods have been updated..."),
    ({"available": 2}, Phase.MOVING, f"{WAITING}2 of 3 updated pods are available..."),
    ({"nodes": 0}, Phase.DONE, DONE),
    ({"strategy": "OnDelete", "updated": 1}, Phase.HELD, ONLY),
    ({"strategy": "OnDelete", "updated": 1, "generation": 3}, Phase.MOVING, OBSERVED),
    (
        {"strategy": "OnDelete", "available": 2},
        Phase.MOVING,
        f"{WAITING}2 of 3 updated pods are available...",
    ),
    ({"strategy": "OnDelete"}, Phase.DONE, DONE),
]


def judged(found: Json | None, *pods: Json, **parts: Any) -> Progress:
    return assess(Snapshot(workload=found, kind=DAEMONSETS, pods=pods, **parts), NOW, uid="uid-agent")


@pytest.mark.parametrize(("state", "phase", "sentence"), PHASES)
def test_phase_and_sentence_follow_kubectl(state: dict[str, Any], phase: Phase, sentence: str):
    progress = judged(daemonset(**state))
    assert (progress.phase, progress.sentence) == (phase, sentence)


def test_a_deleted_one_is_gone():
    assert judged(None) == Progress(phase=Phase.GONE, sentence="the daemonset is gone")


def test_counts_are_those_of_the_nodes_that_it_chose():
    progress = judged(daemonset(nodes=5, updated=2, available=4))
    assert (progress.desired, progress.updated, progress.available, progress.held) == (5, 2, 4, 0)
    assert judged(daemonset(nodes=5, updated=2, strategy="OnDelete")).held == 3


def kept(name: str, number: int) -> Json:
    return controller_revision(name, number, of="agent", kind="DaemonSet")


@pytest.mark.parametrize(
    ("revisions", "new", "number"),
    [
        ((kept("agent-1a", 1), kept("agent-2b", 2)), True, "2"),
        ((kept("agent-1a", 3), kept("agent-2b", 2)), False, "3"),
        ((controller_revision("agent-1a", 3), kept("agent-2b", 2)), True, "2"),
        ((), True, ""),
    ],
)
def test_the_newest_template_is_that_of_its_own_highest_revision(
    revisions: tuple[Json, ...], number: str, *, new: bool
):
    broken = container("agent", image="agent:missing", waiting="ErrImagePull", ready=False)
    pods = (pod_of("DaemonSet", "agent", "agent-x", broken, sign="2b", ready=False),)
    progress = judged(daemonset(updated=1), *pods, revisions=revisions)
    assert [bad.new for bad in progress.troubles] == [new]
    assert (progress.revision, progress.blocked, progress.ordered) == (number, "", False)


def test_ready_pods_of_older_templates_still_run():
    pods = [pod_of("DaemonSet", "agent", f"agent-{n}", sign="1a", image="agent:1") for n in "xy"]
    progress = judged(daemonset(updated=1), *pods, revisions=(kept("agent-2b", 2),))
    assert (progress.old, progress.old_images) == (2, ("agent:1",))


def test_more_updated_than_wanted_holds_none_back():
    assert judged(daemonset(nodes=1, updated=2, strategy="OnDelete")).held == 0


def test_one_without_any_status_is_waited_for():
    progress = judged(daemonset() | {"status": {}})
    assert (progress.phase, progress.desired, progress.available) == (Phase.MOVING, 0, 0)


def test_a_revision_without_a_number_is_the_oldest():
    unnumbered = kept("agent-2b", 0)
    del unnumbered["revision"]
    progress = judged(daemonset(), revisions=(unnumbered, kept("agent-1a", 1)))
    assert progress.revision == "1"
    assert judged(daemonset(), revisions=(unnumbered,)).revision == ""


def test_what_a_status_leaves_out_is_zero():
    bare = daemonset() | {"status": {"observedGeneration": 2}}
    assert (judged(bare).sentence, judged(bare).updated) == (DONE, 0)
    bare["status"]["desiredNumberScheduled"] = 1
    bare["status"]["updatedNumberScheduled"] = 1
    assert judged(bare).sentence == f"{WAITING}0 of 1 updated pods are available..."


def test_counts_of_the_change_before_are_not_shown_as_those_of_this_one():
    assert judged(daemonset(generation=3)).updated == 0


def test_a_pod_that_was_deleted_and_does_not_go_is_named():
    late = pod_of("DaemonSet", "agent", "agent-x", deleted=True)
    late["metadata"]["deletionTimestamp"] = stamp(100)
    assert judged(daemonset(), late).lingering == "agent-x"
