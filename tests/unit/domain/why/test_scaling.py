"""Autoscalers, disruption budgets, and rollouts that do not go on."""

from __future__ import annotations

import pytest

from bot.domain.resources import DAEMONSETS, NODES, STATEFULSETS
from bot.domain.why import judge
from bot.domain.why.belonging import selects
from tests.factories import condition, container, deployment, pod, replicaset
from tests.sets import NEW, OLD, controller_revision, pod_of, statefulset
from tests.unit.domain.why.objects import (
    budget,
    headline,
    lines,
    named,
    node,
    of_web,
    on,
    seen,
)


def scaler(*conditions, **status):
    target = {"kind": "Deployment", "name": "web"}
    metric = {"type": "Resource", "resource": {"name": "cpu", "target": {"averageUtilization": 80}}}
    return named("HorizontalPodAutoscaler", "web-hpa", spec={"maxReplicas": 2, "scaleTargetRef": target,
                 "metrics": [metric]}, status={"conditions": list(conditions)} | status)  # fmt: skip


LIMITED = condition("ScalingLimited", "True", "TooManyReplicas",
                    message="the desired replica count is more than the maximum replica count")  # fmt: skip


def test_an_autoscaler_at_its_limit_says_how_busy_the_pods_are():
    busy = [{"type": "Resource", "resource": {"name": "cpu", "current": {"averageUtilization": 170}}}]
    told = lines(of_web(pod(), pod("web-1a-y"), autoscalers=(scaler(LIMITED, currentMetrics=busy),)))
    assert told[:4] == [
        "⚠️ shop/web on prod: its autoscaler web-hpa is at its limit of 2 and wants more (TooManyReplicas).",
        "• the desired replica count is more than the maximum replica count · autoscaler web-hpa, 1 min ago",
        "• cpu at 170 %, 80 % wanted · autoscaler web-hpa",
        "Next: Raise its limit (maxReplicas), or make each pod do more.",
    ]


def test_an_autoscaler_that_cannot_see():
    blind = condition("ScalingActive", "False", "FailedGetResourceMetric", message="unable to get metrics")
    assert "its autoscaler web-hpa cannot read its metrics (FailedGetResourceMetric)" in headline(
        of_web(pod(), pod("web-1a-y"), autoscalers=(scaler(blind),))
    )
    lost = condition("AbleToScale", "False", "FailedGetScale", message="not found")
    assert "cannot scale it (FailedGetScale)" in headline(of_web(pod(), autoscalers=(scaler(lost),)))


@pytest.mark.parametrize(
    "harmless",
    [
        condition("ScalingActive", "False", "ScalingDisabled"),
        condition("ScalingLimited", "True", "TooFewReplicas"),
        condition("ScalingLimited", "False", "DesiredWithinRange"),
    ],
)
def test_an_autoscaler_that_does_as_it_is_told(harmless):
    assert headline(of_web(pod(), pod("web-1a-y"), autoscalers=(scaler(harmless),))).startswith("✅")


def test_an_autoscaler_of_something_else():
    other = scaler(LIMITED)
    other["spec"]["scaleTargetRef"]["name"] = "zoo"
    assert headline(of_web(pod(), pod("web-1a-y"), autoscalers=(other,))).startswith("✅")


def test_a_budget_that_holds_a_drain_up():
    pods = (on(pod(), "node-1"), on(pod("web-1a-y"), "node-2"))
    told = lines(of_web(*pods, budgets=(budget(),), nodes=(node(cordoned=True),)))
    assert told[:4] == [
        "⚠️ shop/web on prod: the disruption budget web keeps the pod web-1a-x on the cordoned node node-1.",
        "• it needs 2 healthy pods and has 2 · budget web",
        "• is cordoned, and web-1a-x is still on it · node node-1",
        "Next: Scale it up by one, or loosen the budget; then the drain goes on.",
    ]


def test_seen_from_the_node():
    kept = on(pod(), "node-1")
    told = lines(seen(node(cordoned=True), NODES, pods=(kept,), budgets=(budget(), budget("db", allowed=1))))
    assert "the disruption budget web keeps the pod web-1a-x on the cordoned node node-1" in told[0]
    assert "[The budget] get pdb web -n shop --context prod" in told


def test_a_budget_that_would_hold_a_drain_up_is_a_remark():
    told = lines(of_web(pod(), pod("web-1a-y"), budgets=(budget(),)))
    assert told[0].startswith("✅")
    assert "• the disruption budget web lets no pod be evicted now: a drain would wait." in told
    assert "Also:" not in lines(of_web(pod(), pod("web-1a-y"), budgets=(budget(allowed=1),)))


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ({"key": "app", "operator": "In", "values": ["web", "db"]}, True),
        ({"key": "app", "operator": "NotIn", "values": ["web"]}, False),
        ({"key": "app", "operator": "Exists"}, True),
        ({"key": "app", "operator": "DoesNotExist"}, False),
        ({"key": "tier", "operator": "DoesNotExist"}, True),
    ],
)
def test_a_selector_by_expressions(expression, found):
    assert selects({"matchExpressions": [expression]}, {"app": "web"}) is found


def test_a_selector_by_labels():
    assert selects({"matchLabels": {"app": "web"}}, {"app": "web", "tier": "front"})
    assert not selects({"matchLabels": {"app": "web", "tier": "back"}}, {"app": "web"})


def test_a_paused_rollout_with_a_change_that_waits():
    told = lines(
        seen(deployment(paused=True, updated=0), pods=(pod(), pod("web-1a-y")), sets=(replicaset(),))
    )
    assert told[0] == (
        "⏸ shop/web on prod: its rollout is paused: a change is stored, and no pod follows it"
        " (DeploymentPaused)."
    )
    assert told[1:3] == [
        "• 0 of 2 pods have the newest template · deployment web",
        "Next: It goes on once it is resumed.",
    ]  # fmt: skip


def test_a_pause_with_nothing_waiting_is_a_remark():
    told = lines(seen(deployment(paused=True), pods=(pod(), pod("web-1a-y")), sets=(replicaset(),)))
    assert told[0].startswith("✅")
    assert "• its rollout is paused (DeploymentPaused)." in told


def test_a_rollout_on_its_way():
    told = lines(seen(deployment(updated=1, total=3), pods=(pod(), pod("web-1a-y")), sets=(replicaset(),)))
    assert told[:2] == [
        "⏳ shop/web on prod is on its way, and nothing is found wrong with it.",
        'Waiting for deployment "web" rollout to finish: 1 out of 2 new replicas have been updated...',
    ]


def test_a_daemonset_that_no_node_wants():
    target = named("DaemonSet", "log", spec={"selector": {}, "template": {"metadata": {}, "spec": {}}},
                   status={"desiredNumberScheduled": 0})  # fmt: skip
    assert "no node matches it, so it has no pods" in headline(seen(target, DAEMONSETS))


BROKEN = container("db", image="db:missing", waiting="ErrImagePull", message="not found", ready=False)


def commands(snapshot):
    return [button.command for finding in judge(snapshot).findings for button in finding.buttons]


def of_db(*, sign: str, **parts):
    broken = pod_of("StatefulSet", "db", "db-2", BROKEN, sign=sign, ready=False, since=10)
    kept = (controller_revision(OLD, 1), controller_revision(NEW, 2))
    return seen(statefulset(ready=2, **parts), STATEFULSETS, pods=(broken,), revisions=kept)


def test_a_stateful_set_that_is_put_right_waits_for_its_broken_pod():
    blocked = of_db(sign=OLD, updated=2)
    cause = "it keeps its order and waits for db-2, which is broken and has an older template"
    assert lines(blocked)[:3] == [
        f"❌ statefulset shop/db on prod: {cause}.",
        "• Waiting for 1 pods to be ready... · statefulset db",
        "Next: Delete that pod: it comes back with the newest template.",
    ]
    assert commands(blocked)[0] == "delete pod/db-2 -n shop --context prod"
    assert "cannot be pulled" in headline(of_db(sign=OLD, updated=2, policy="Parallel"))


def test_a_stateful_set_whose_new_pod_is_broken_can_be_rolled_back():
    broken = of_db(sign=NEW, updated=1, now=OLD)
    assert "db:missing cannot be pulled" in headline(broken)
    assert commands(broken)[0] == "rollback statefulset/db -n shop --context prod"
