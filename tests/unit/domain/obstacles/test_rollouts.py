"""How a workload stands to a rollout of its own."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.model import Json
from bot.domain.obstacles.change import change_of
from bot.domain.obstacles.rollouts import rolling
from bot.domain.resources import DAEMONSETS, STATEFULSETS
from bot.domain.rollouts.snapshot import CAUSE
from tests.factories import NOW, deployment, ref, stamp, template
from tests.sets import OLD, daemonset, statefulset

WROTE = {"fieldsV1": {"f:spec": {"f:template": {}}}, "operation": "Update"}


def said(found: Json, kind: Any = None, *, rolls: bool = True) -> list[str]:
    aim = ref(kind=kind) if kind else ref()
    change = change_of(aim, found, template=template()) if rolls else change_of(aim, found, replicas=9)
    return [obstacle.said.plain() for obstacle in rolling(change, NOW)]


def busy(*writers: Json, cause: str = "", **parts: Any) -> Json:
    found = deployment(**{"replicas": 3, "updated": 1, "progressing": "ReplicaSetUpdated"} | parts)
    found["metadata"]["managedFields"] = list(writers)
    found["metadata"]["annotations"] |= {CAUSE: cause} if cause else {}
    return found


@pytest.mark.parametrize(
    ("found", "line"),
    [
        (deployment(paused=True),
         "It is paused: the change is stored, and no pod follows it until it is resumed."),
        (deployment(replicas=0), "It has no pod (0 replicas): nothing runs this until it is scaled up."),
        (busy(), "A rollout is still under way (1 of 3 updated): this takes its place."),
        (busy(updated=3, available=1),
         "A rollout is still under way (1 of 3 available): this takes its place."),
        (busy(updated=3, total=4), "A rollout is still under way (old pods still go): this takes its place."),
        (busy(progressing="ProgressDeadlineExceeded"), "Its last rollout is stuck: this takes its place."),
    ],
)  # fmt: skip
def test_each_is_one_line(found: Json, line: str):
    assert said(found) == [line]
    assert said(found, rolls=False) == []


@pytest.mark.parametrize(
    "found",
    [deployment(), deployment(available=1), deployment(replicas=5, updated=3, available=3)],
    ids=["at rest", "one unready", "only scaled"],
)
def test_what_is_no_rollout_says_nothing(found: Json):
    assert said(found) == []


def test_without_a_deadline_the_counts_tell():
    found = busy()
    found["status"]["conditions"] = []
    assert said(found) == ["A rollout is still under way (1 of 3 updated): this takes its place."]
    still = deployment()
    still["status"]["conditions"] = []
    assert said(still) == []


def test_whose_rollout_it_is_and_since_when():
    older = WROTE | {"manager": "kubectl-set", "time": stamp(900)}
    newer = WROTE | {"manager": "argocd-controller", "time": stamp(40)}
    status = {"manager": "kubelet", "subresource": "status", "time": stamp(1), **WROTE}
    begun = "A rollout begun 40 s ago by {} is still under way (1 of 3 updated): this takes its place."
    assert said(busy(older, newer, status, cause="/k8s old")) == [begun.format("argocd-controller")]
    ours = newer | {"manager": "k8s-bot/0.1"}
    assert said(busy(older, ours, cause="/k8s deploy web --image web:2")) == [
        begun.format("/k8s deploy web --image web:2")
    ]
    assert said(busy(older, ours)) == [begun.format("k8s-bot/0.1")]
    (cut,) = said(busy(newer | {"manager": "x" * 100}))
    assert "x" * 79 + "…" in cut


def test_what_is_new_has_no_rollout_before_it():
    assert rolling(change_of(ref(), None, template=template()), NOW) == ()


UNDER_WAY = "A rollout is still under way (1 of 3 updated): this takes its place."


def stateful(**parts: Any) -> Json:
    return statefulset(**{"updated": 1, "now": OLD} | parts)


NOT_READY = (
    "1 pod is not ready, and it keeps its order: no pod is replaced until all are. A broken one must go."
)


@pytest.mark.parametrize(
    ("found", "kind", "lines"),
    [
        (statefulset(), STATEFULSETS, []),
        (statefulset(replicas=5, total=3, updated=3, ready=5), STATEFULSETS, []),
        (stateful(), STATEFULSETS, [UNDER_WAY]),
        (stateful(ready=2), STATEFULSETS, [NOT_READY, UNDER_WAY]),
        (stateful(ready=2, policy="Parallel"), STATEFULSETS, [UNDER_WAY]),
        (stateful(ready=2, updated=3), STATEFULSETS, [NOT_READY]),
        (stateful(ready=1, updated=3), STATEFULSETS, [NOT_READY.replace("1 pod is", "2 pods are")]),
        (stateful(strategy={"rollingUpdate": {"partition": 2}}), STATEFULSETS,
         ["Its partition is 2: pods numbered below that stay as they are."]),
        (stateful(strategy={"type": "OnDelete"}, ready=2), STATEFULSETS,
         ["Its update strategy is OnDelete: each pod follows only once it is deleted."]),
        (daemonset(), DAEMONSETS, []),
        (daemonset(updated=1), DAEMONSETS, [UNDER_WAY]),
        (daemonset(available=1), DAEMONSETS, []),
    ],
)  # fmt: skip
def test_sets_say_how_far_their_last_rollout_is_and_what_holds_the_next(
    found: Json, kind: Any, lines: list[str]
):
    assert said(found, kind) == lines
    assert said(found, kind, rolls=False) == []
