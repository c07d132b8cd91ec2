"""A pod that keeps even the way back standing: in order, and of another revision than the wanted one."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.resources import DAEMONSETS, STATEFULSETS
from bot.domain.revisions.blocker import blocker, told
from tests.factories import NOW, container, ref
from tests.sets import NEW, OLD, daemonset, pod_of, statefulset

BROKEN = container("db", image="docker.io/library/db:2", waiting="ImagePullBackOff", ready=False)
ROLLING: Any = {"type": "RollingUpdate", "rollingUpdate": {"partition": 0}}
DB = ref("db", kind=STATEFULSETS)


def pods(number: int = 2, sign: str = NEW) -> Any:
    """Three, of which this one cannot pull its image."""
    up = [pod_of("StatefulSet", "db", f"db-{n}", sign=OLD) for n in range(3) if n != number]
    return (*up, pod_of("StatefulSet", "db", f"db-{number}", BROKEN, sign=sign, ready=False))


def test_one_that_does_not_become_ready_is_named_with_its_cause():
    bad = blocker(DB, statefulset(), pods(), OLD, NOW)
    assert bad is not None
    assert told(bad).plain() == (
        "db-2 does not become ready: db:2 cannot be pulled (ImagePullBackOff). "
        "Pods are replaced in order: none is until db-2 is deleted."
    )


@pytest.mark.parametrize(
    "found",
    [
        statefulset(policy="Parallel"),
        statefulset(strategy={"type": "OnDelete"}),
        statefulset(strategy={"type": "RollingUpdate", "rollingUpdate": {"partition": 3}}),
    ],
    ids=["not in order", "only on deletion", "below the partition"],
)
def test_where_its_deletion_brings_nothing_or_is_not_needed_none_is_named(found: Any):
    assert blocker(DB, found, pods(), OLD, NOW) is None


def test_one_that_is_of_the_wanted_revision_already_would_come_back_the_same():
    assert blocker(DB, statefulset(), pods(sign=OLD), OLD, NOW) is None
    assert blocker(DB, statefulset(), pods(), NEW, NOW) is None


def test_a_namesake_s_pod_and_a_daemon_s_keep_nothing_standing():
    namesake = pod_of("StatefulSet", "other", "db-2", BROKEN, sign=NEW, ready=False)
    assert blocker(DB, statefulset(), (namesake,), OLD, NOW) is None
    daemon = pod_of("DaemonSet", "agent", "agent-2", BROKEN, sign="2b", ready=False)
    assert blocker(ref("agent", kind=DAEMONSETS), daemonset(), (daemon,), OLD, NOW) is None
