"""Claims and nodes by themselves."""

from __future__ import annotations

from bot.domain.resources import CLAIMS, NODES
from tests.factories import container, pod, stamp
from tests.unit.domain.why.objects import (
    broken,
    event,
    headline,
    lines,
    named,
    node,
    on,
    seen,
)


def claim(phase="Pending", **metadata):
    request = {"resources": {"requests": {"storage": "1Gi"}}}
    return named("PersistentVolumeClaim", "data", spec=request, status={"phase": phase}, metadata=metadata)


def test_a_claim_that_names_no_class():
    said = "no persistent volumes available for this claim and no storage class is set"
    why = event("PersistentVolumeClaim/data", "FailedBinding", said, warning=False)
    told = lines(seen(claim(), CLAIMS, events=(why,)))
    assert told[0] == "⚠️ persistentvolumeclaim shop/data on prod: no volume is bound to it (Pending)."
    assert told[2:4] == [
        "• it asks for 1Gi, and names no storage class · pvc data",
        "Next: Name a storage class in it.",
    ]


def test_a_claim_that_waits_for_a_pod():
    waits = event(
        "PersistentVolumeClaim/data", "WaitForFirstConsumer", "waiting for first consumer", warning=False
    )
    assert headline(seen(claim(), CLAIMS, events=(waits,))) == (
        "⏸ persistentvolumeclaim shop/data on prod: it waits for the first pod that mounts it (Pending)."
    )


def test_a_claim_whose_volume_is_gone_and_one_that_is_well():
    assert "the volume of it is gone (Lost)" in headline(seen(claim("Lost"), CLAIMS))
    assert headline(seen(claim("Bound"), CLAIMS)).endswith("is healthy: nothing found.")


def test_a_claim_that_is_still_mounted_does_not_go():
    mounted = pod("web-1a-x")
    mounted["spec"]["volumes"] = [{"name": "d", "persistentVolumeClaim": {"claimName": "data"}}]
    leaving = claim("Bound", deletionTimestamp=stamp(300), finalizers=["kubernetes.io/pvc-protection"])
    told = lines(seen(leaving, CLAIMS, pods=(mounted, pod("web-1a-y"))))
    assert "the finalizer kubernetes.io/pvc-protection holds it" in told[0]
    assert "Next: It goes when no pod mounts it any more: web-1a-x." in told


def test_a_node_that_is_down_and_what_is_on_it():
    leaving = on(pod("web-1a-x", deleted=True), "node-1")
    told = lines(seen(node(ready="Unknown"), NODES, pods=(leaving, on(pod("web-1a-y"), "node-1"))))
    assert told[:3] == [
        "⚠️ node node-1 on prod: it is down: Kubelet stopped posting node status (NotReady).",
        "• Ready is Unknown: Kubelet stopped posting node status. · node node-1, 2 min ago",
        "• 2 pods on it, 1 of them leaving · pods",
    ]
    assert "[Pods on it] get pods -A --field-selector spec.nodeName=node-1 --context prod" in told


def test_a_node_under_pressure_and_one_that_is_cordoned():
    told = lines(seen(node(DiskPressure="True", MemoryPressure="True"), NODES))
    assert told[0] == "⚠️ node node-1 on prod: it is under pressure (MemoryPressure, DiskPressure)."
    assert headline(seen(node(cordoned=True), NODES)) == (
        "⏸ node node-1 on prod: it takes no new pods: somebody has cordoned it (SchedulingDisabled)."
    )


def test_a_crash_on_a_node_is_not_the_nodes():
    crashed = on(broken("web-1a-x", container(ended=1, ready=False)), "node-1")
    assert headline(seen(node(), NODES, pods=(crashed,))).endswith("is healthy: nothing found.")
