"""What has no deadline is stuck once it has stood still for longer than any step of it may take."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.model import Json
from bot.domain.resources import DAEMONSETS, DEPLOYMENTS, REPLICASETS, STATEFULSETS, ResourceType
from bot.domain.rollouts.pace import PATIENCE, Mark, reached, timed
from bot.domain.rollouts.snapshot import Phase, Progress, Snapshot
from tests.factories import NOW, deployment
from tests.sets import daemonset, replicaset, statefulset


def far(phase: Phase = Phase.MOVING, **counts: int) -> Progress:
    return Progress(phase=phase, sentence="Waiting for it.", desired=3, **counts)


def mark(*, at: float = NOW, updated: int = 1, available: int = 3, surplus: int = 2) -> Mark:
    return Mark(updated=updated, available=available, surplus=surplus, at=at)


@pytest.mark.parametrize(
    ("counts", "is_further"),
    [
        ({"updated": 1, "available": 3, "surplus": 2}, False),
        ({"updated": 1, "available": 2, "surplus": 2}, False),
        ({"updated": 0, "available": 0, "surplus": 4}, False),
        ({"updated": 2, "available": 2, "surplus": 2}, True),
        ({"updated": 1, "available": 4, "surplus": 2}, True),
        ({"updated": 1, "available": 3, "surplus": 1}, True),
    ],
)
def test_only_what_was_never_reached_before_is_a_step(counts: dict[str, int], *, is_further: bool):
    after = reached(mark(at=NOW - 60), far(**counts), NOW)
    assert after.at == (NOW if is_further else NOW - 60)
    assert (after.updated, after.available, after.surplus) == (
        max(1, counts["updated"]), max(3, counts["available"]), min(2, counts["surplus"]),
    )  # fmt: skip


def test_a_pod_that_comes_and_goes_is_no_step_the_second_time():
    first = reached(mark(at=NOW - 60, available=2), far(updated=1, available=3), NOW - 30)
    fallen = reached(first, far(updated=1, available=2), NOW - 20)
    assert reached(fallen, far(updated=1, available=3), NOW) == first


def test_the_first_look_begins_the_count():
    assert reached(None, far(updated=1, available=2, surplus=3), NOW) == mark(available=2, surplus=3)


def judged(found: Json | None, idle: float, kind: ResourceType = STATEFULSETS, **parts: Any) -> Progress:
    seen = Snapshot(workload=found, kind=kind)
    return timed(seen, far(**{"phase": Phase.MOVING} | parts), mark(at=NOW - idle), NOW)


@pytest.mark.parametrize(
    ("kind", "found"), [(STATEFULSETS, statefulset()), (DAEMONSETS, daemonset()), (REPLICASETS, replicaset())]
)
def test_it_is_stuck_after_ten_minutes_and_the_time_that_a_pod_has_to_end_in(kind: ResourceType, found: Json):
    assert PATIENCE == 600
    assert judged(found, 630, kind).phase is Phase.MOVING
    stuck = judged(found, 631, kind)
    assert (stuck.phase, stuck.idle, stuck.sentence) == (Phase.STUCK, 631, "Waiting for it.")


def test_a_step_that_may_take_longer_is_given_longer():
    slow = statefulset()
    slow["spec"]["minReadySeconds"] = 100
    slow["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] = 300
    assert judged(slow, 1000).phase is Phase.MOVING
    assert judged(slow, 1001).phase is Phase.STUCK


@pytest.mark.parametrize("phase", [Phase.DONE, Phase.HELD, Phase.GONE, Phase.PAUSED])
def test_what_does_not_move_is_not_stuck(phase: Phase):
    assert judged(statefulset(), 9999, phase=phase).phase is phase


def test_a_deployment_has_its_own_deadline():
    assert judged(deployment(), 9999, DEPLOYMENTS).phase is Phase.MOVING


def test_what_is_gone_is_not_stuck():
    assert judged(None, 9999).phase is Phase.MOVING
