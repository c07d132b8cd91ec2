"""Pods that no node takes, claims without volumes, nodes that are down."""

from __future__ import annotations

import pytest

from bot.domain.why.placing import obstacles
from tests.factories import pod
from tests.unit.domain.why.objects import (
    broken,
    event,
    headline,
    lines,
    named,
    node,
    of_pod,
    of_web,
    on,
)

TAINTED = (
    "0/3 nodes are available: 1 node(s) had untolerated taint {dedicated: db}, 2 node(s) didn't match Pod's"
    " node affinity/selector. no new claims to deallocate, preemption: 0/3 nodes are available:"
    " 3 Preemption is not helpful for scheduling."
)


@pytest.mark.parametrize(
    ("message", "found"),
    [
        ("0/3 nodes are available: 1 Insufficient cpu, 2 Insufficient memory. preemption: 0/3 nodes",
         ["2 without enough free memory", "1 without enough free cpu"]),
        (TAINTED,
         ["2 without the labels that its selector or affinity asks for",
          "1 with a taint that it does not tolerate (dedicated: db)"]),
        ("0/2 nodes are available: 1 Too many pods, 1 node(s) were unschedulable.",
         ["1 with as many pods as they take", "1 cordoned"]),
        ("0/2 nodes are available: 2 node(s) didn't match pod anti-affinity rules.",
         ["2 ruled out by anti-affinity"]),
        ("0/1 nodes are available: 1 node(s) had volume node affinity conflict.",
         ["1 that its volume cannot reach"]),
        ("no nodes available to schedule pods", []),
    ],
)  # fmt: skip
def test_the_schedulers_sentence(message, found):
    assert [f"{count} {said}" for count, said, _ in obstacles(message)] == found


def test_a_pod_that_no_node_takes_shows_what_it_asks_for():
    told = lines(of_web(pod("web-1a-x", scheduled=False), replicas=1))
    assert told[0] == (
        "❌ shop/web on prod: no node takes its pod: 3 nodes without enough free cpu (Unschedulable)."
    )
    assert "Next: Ask for less, scale something down, or add a node." in told
    assert "[Nodes] get nodes --context prod" in told


def test_a_selector_that_no_node_has():
    lost = pod("web-1a-x", scheduled=False)
    lost["status"]["conditions"][0]["message"] = (
        "0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector."
    )
    lost["spec"]["nodeSelector"] = {"disk": "ssd"}
    told = lines(of_web(lost, replicas=1))
    assert "• it asks for a node with disk=ssd · its spec" in told
    assert "Next: Correct the selector, or label a node." in told


def test_a_scheduling_gate():
    gated = pod("web-1a-x", scheduled=False)
    gated["status"]["conditions"][0] |= {"reason": "SchedulingGated", "message": "Scheduling is blocked"}
    gated["spec"]["schedulingGates"] = [{"name": "example.com/wait"}]
    assert "held back by a scheduling gate: example.com/wait (SchedulingGated)" in headline(of_web(gated))


def with_claim(one, name="data"):
    return {
        **one,
        "spec": one["spec"] | {"volumes": [{"name": "d", "persistentVolumeClaim": {"claimName": name}}]},
    }


def unbound(name="data"):
    lost = pod("web-1a-x", scheduled=False)
    lost["status"]["conditions"][0]["message"] = (
        "0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims. not eligible"
    )
    return with_claim(lost, name)


def claim(phase="Pending", kind="fast"):
    request = {"storageClassName": kind, "resources": {"requests": {"storage": "1Gi"}}}
    return named("PersistentVolumeClaim", "data", spec=request, status={"phase": phase})


def test_a_claim_without_a_volume_is_the_cause_not_the_scheduler():
    why = event("PersistentVolumeClaim/data", "ProvisioningFailed",
                'storageclass.storage.k8s.io "fast" not found')  # fmt: skip
    told = lines(of_web(unbound(), claims=(claim(),), events=(why,)))
    assert told[:3] == [
        "❌ shop/web on prod: no volume is bound to its claim data (Pending).",
        '• storageclass.storage.k8s.io "fast" not found · event ProvisioningFailed, 30 s ago',
        "• it asks for 1Gi of class fast · pvc data",
    ]
    assert "Also:" not in told


def test_a_claim_that_is_not_there():
    assert "it mounts the claim data, and there is none in shop" in headline(of_web(unbound(), claims=()))


def test_claims_that_were_not_read_are_not_missing():
    assert "no node takes its pod (Unschedulable)" in headline(of_web(unbound()))


def test_a_claim_that_waits_for_its_pod_is_not_why_the_pod_waits():
    waits = event("PersistentVolumeClaim/data", "WaitForFirstConsumer", "waiting for first consumer",
                  warning=False)  # fmt: skip
    lost = with_claim(pod("web-1a-x", scheduled=False))
    assert "without enough free cpu" in headline(of_web(lost, claims=(claim(),), events=(waits,)))


def test_a_node_that_is_down_explains_its_pods():
    gone = on(broken("web-1a-x", since=120), "node-1")
    told = lines(of_web(gone, pod("web-1a-y"), nodes=(node(ready="Unknown"),)))
    assert told[:3] == [
        "⚠️ shop/web on prod: node node-1 is down: Kubelet stopped posting node status (NotReady).",
        "• Ready is Unknown: Kubelet stopped posting node status. · node node-1, 2 min ago",
        "• 1 pod on it, 0 of them leaving · pods",
    ]
    assert "Also:" not in told
    assert "[Describe the node] describe node node-1 --context prod" in told


def test_an_eviction():
    gone = broken("web-1a-x", phase="Failed")
    gone["status"] |= {
        "reason": "Evicted",
        "message": "The node was low on resource: memory.",
        "containerStatuses": [],
    }
    told = lines(of_pod(gone))
    assert told[0] == "❌ pod shop/web-1a-x on prod: its pod was evicted (Evicted)."
    assert told[1].startswith("• The node was low on resource: memory. · pod web-1a-x")
