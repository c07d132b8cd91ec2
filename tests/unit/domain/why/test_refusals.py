"""Pods that are not even made, and who refuses them."""

from __future__ import annotations

import pytest

from bot.domain.resources import DAEMONSETS, STATEFULSETS
from tests.factories import condition, deployment, pod, replicaset, stamp
from tests.unit.domain.why.objects import event, headline, lines, named, seen

QUOTA = (
    'pods "web-1a-x" is forbidden: exceeded quota: team, requested: pods=1,limits.cpu=500m, used: pods=4,'
    "limits.cpu=1900m, limited: pods=4,limits.cpu=2"
)
USED_UP = (
    "quota team is used up: pods=1,limits.cpu=500m more asked for, pods=4,limits.cpu=1900m of"
    " pods=4,limits.cpu=2 used"
)
TWO_MINIMA = (
    'pods "web-1a-x" is forbidden: [minimum cpu usage per Container is 100m, but request is 50m,'
    " minimum memory usage per Container is 256Mi, but request is 64Mi]"
)
NO_ANSWER = (
    'Internal error occurred: failed calling webhook "inject.example.com": failed to call webhook:'
    ' Post "https://injector.mesh.svc:443/inject": context deadline exceeded'
)
RANGES = "get limitranges"
CASES = [
    (QUOTA, USED_UP, "get quota team"),
    ("failed quota: team: must specify limits.memory,requests.cpu",
     "quota team wants every pod to say its limits.memory, requests.cpu", "get quota team"),
    ("maximum memory usage per Container is 1Gi, but limit is 2Gi",
     "a LimitRange allows at most 1Gi of memory for each container, and its limit is 2Gi", RANGES),
    (TWO_MINIMA,
     "a LimitRange asks for at least 100m of cpu for each container, and its request is 50m", RANGES),
    ("minimum memory usage per Pod is 256Mi.  No request is specified",
     "a LimitRange asks for at least 256Mi of memory for each pod, and it has no request", RANGES),
    ('admission webhook "validate.example.com" denied the request: no latest tags',
     "validate.example.com denies them", ""),
    (NO_ANSWER, "the webhook inject.example.com does not answer", ""),
    ("ValidatingAdmissionPolicy 'no-root' with binding 'all' denied request: root",
     "no-root denies them", ""),
    ('violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false',
     "the namespace's Pod Security level restricted:latest forbids them", ""),
    ('error looking up service account shop/web: serviceaccount "web" not found',
     "there is no service account web", "get serviceaccounts"),
    ("the server is in a bad mood", "the API server does not have them", ""),
]  # fmt: skip


def refused(message: str, **parts):
    """A deployment whose ReplicaSet cannot make its second pod."""
    failure = condition("ReplicaFailure", "True", "FailedCreate", message=message, ago=90)
    owned = replicaset()
    owned["status"]["conditions"] = [failure]
    return seen(deployment(total=1, updated=1, available=1), pods=(pod(),), sets=(owned,), **parts)


@pytest.mark.parametrize(("message", "said", "line"), CASES)
def test_who_refuses_and_why(message, said, line):
    told = lines(refused(message))
    assert told[0] == f"⚠️ shop/web on prod: new pods are refused: {said} (FailedCreate)."
    shown = [one.rpartition("] ")[2] for one in told if one.startswith("[What refuses]")]
    assert shown == ([f"{line} -n shop --context prod"] if line else [])


def test_a_quota_with_how_full_it_is():
    hard = {"pods": "4", "limits.cpu": "2"}
    quota = named(
        "ResourceQuota", "team", status={"hard": hard, "used": {"pods": "4", "limits.cpu": "1900m"}}
    )
    told = lines(refused(QUOTA, quotas=(quota, named("ResourceQuota", "other", status={}))))
    assert told[1].startswith('• pods "web-1a-x" is forbidden: exceeded quota: team')
    assert told[1].endswith(" · ReplicaSet web-1a, 1 min 30 s ago")
    assert told[2:5] == [
        "• 1 of 2 pods are there · deployment",
        "• pods 4 of 4, limits.cpu 1900m of 2 · quota team",
        "Next: Scale something down, ask for less, or raise the quota.",
    ]
    assert "1 of 2 available." in told


def stateful(**status):
    selector = {"matchLabels": {"app": "db"}}
    template = {
        "metadata": {"labels": {"app": "db"}},
        "spec": {"containers": [{"name": "db", "image": "db:1"}]},
    }
    spec = {"replicas": 2, "selector": selector, "template": template}
    return named("StatefulSet", "db", spec=spec, status=status)


def test_a_statefulset_says_it_in_events_alone():
    said = event("StatefulSet/db", "FailedCreate",
                 'create Pod db-1 in StatefulSet db failed error: pods "db-1" is forbidden: exceeded quota: '
                 "team, requested: pods=1, used: pods=4, limited: pods=4")  # fmt: skip
    found = seen(stateful(), STATEFULSETS, events=(said,))
    assert headline(found) == (
        "❌ statefulset shop/db on prod: new pods are refused: quota team is used up: pods=1 more asked for, "
        "pods=4 of pods=4 used (FailedCreate)."
    )


@pytest.mark.parametrize("event_age", [3601, 7200])
def test_an_old_event_says_nothing_of_now(event_age):
    old = event("StatefulSet/db", "FailedCreate", QUOTA, ago=event_age)
    assert "refused" not in headline(seen(stateful(), STATEFULSETS, events=(old,)))


def test_an_event_says_nothing_once_all_pods_are_there_or_nobody_knows():
    late = event("DaemonSet/db", "FailedCreate", QUOTA)
    status = {"desiredNumberScheduled": 1, "numberReady": 1}
    own = pod("db-x", of="uid-db")
    found = seen(stateful(**status), DAEMONSETS, events=(late,), pods=(own,))
    assert headline(found) == "✅ daemonset shop/db on prod is healthy: nothing found."
    blind = seen(stateful(**status), DAEMONSETS, events=(late,), unread=frozenset({"pods"}))
    assert "refused" not in headline(blind)


def test_a_deployment_that_is_stuck_in_deleting():
    leaving = deployment()
    leaving["metadata"] |= {"deletionTimestamp": stamp(120), "finalizers": ["foregroundDeletion"]}
    assert "the finalizer foregroundDeletion holds it (Terminating)" in headline(seen(leaving))
    leaving["metadata"]["finalizers"] = []
    assert "it was deleted and does not go (Terminating)" in headline(seen(leaving))
