"""describe: objects in states that are seldom met, in words."""

from __future__ import annotations

import pytest

from bot.domain import describe as words
from bot.domain.resources import DEPLOYMENTS, NODES, PODS, SERVICES, ObjectRef

NOW = 1_767_226_200.0  # 2026-01-01T00:10:00Z
BORN = {"creationTimestamp": "2026-01-01T00:00:00Z"}


def test_message_of_a_load_balancer_without_an_address(shown):
    ref = ObjectRef(cluster="prod", namespace="shop", type=SERVICES, name="web")
    ports = [{"port": 80, "targetPort": 8080, "nodePort": 31000, "protocol": "TCP"}]
    spec = {"type": "LoadBalancer", "ports": ports, "clusterIP": "10.0.0.7", "selector": {"app": "web"}}
    found = {"metadata": BORN, "spec": spec}
    behind = {"addresses": ["10.1.0.2"], "conditions": {"ready": False}, "targetRef": {"name": "web-0"}}
    slices = ({"endpoints": [behind], "ports": [{"port": 8080}]},)
    said = shown(words.whole(words.service(ref, found, slices, (), NOW), NOW)).split("\n")
    assert said[0] == "⚠️ Service shop/web on prod · LoadBalancer · 0 of 1 endpoints ready"
    assert said[1].startswith("• No external address yet")
    assert said[2:] == [
        "• Nobody answers: of 1 endpoints none is ready.",
        "ports: 80 → 8080/TCP, node port 31000",
        "cluster IP: 10.0.0.7",
        "selector: app=web",
        "age: 10m",
        "No events lately.",
        "[Pods] get pods -l app=web -n shop --context prod",
    ]


def test_a_service_that_selects_nothing():
    ref = ObjectRef(cluster="prod", namespace="shop", type=SERVICES, name="web")
    found = {"metadata": BORN, "spec": {"clusterIP": "None", "ports": [{"port": 80}]}}
    told = words.service(ref, found, (), (), NOW)
    (why,) = told.wrong
    assert why.plain() == "Nobody answers: it selects no pods and has no endpoints of its own."
    assert told.buttons == ()


def test_a_paused_deployment_that_recreates():
    ref = ObjectRef(cluster="prod", namespace="shop", type=DEPLOYMENTS, name="web")
    template = {"metadata": {}, "spec": {"containers": [{"name": "web", "image": "web:1"}]}}
    spec = {"paused": True, "strategy": {"type": "Recreate"}, "selector": {}, "template": template}
    found = {"metadata": BORN | {"name": "web", "uid": "u"}, "spec": spec}
    facts = dict(words.deployment(ref, found, (), NOW, sets=(), pods=()).facts)
    assert (facts["paused"], facts["strategy"]) == ("yes", "Recreate")


def test_message_of_an_external_name(shown):
    ref = ObjectRef(cluster="prod", namespace="shop", type=SERVICES, name="db")
    found = {"metadata": BORN, "spec": {"type": "ExternalName", "externalName": "db.example.com"}}
    assert shown(words.whole(words.service(ref, found, (), (), NOW), NOW)) == (
        "Service shop/db on prod · ExternalName: use db.shop.svc\n"
        "reach: inside the cluster; it stands for db.example.com\n"
        "age: 10m\n"
        "No events lately."
    )


def test_message_of_a_node_under_pressure(shown):
    ref = ObjectRef(cluster="prod", namespace=None, type=NODES, name="n1")
    conditions = [
        {
            "type": "MemoryPressure",
            "status": "True",
            "reason": "KubeletHasInsufficientMemory",
            "message": "low",
        },
        {"type": "Ready", "status": "True"},
    ]
    found = {
        "metadata": BORN | {"labels": {"node-role.kubernetes.io/worker": ""}},
        "spec": {"unschedulable": True},
        "status": {"conditions": conditions, "capacity": {"cpu": "4", "memory": "8388608Ki", "pods": "110"}},
    }
    pods = ({"status": {"phase": "Running"}}, {"status": {"phase": "Succeeded"}})
    assert shown(words.whole(words.node(ref, found, pods, (), NOW), NOW)) == (
        "⚠️ Node n1 on prod · Ready, no new pods (SchedulingDisabled) · 1 of 110 pods\n"
        "• MemoryPressure is True (KubeletHasInsufficientMemory: low)\n"
        "roles: worker\n"
        "capacity: cpu 4, memory 8.0Gi, pods 110\n"
        "age: 10m\n"
        "No events lately.\n"
        "[Pods on it] get pods -A --field-selector spec.nodeName=n1 --context prod"
    )


ENDED_WELL = {"name": "i", "state": {"terminated": {"exitCode": 0}}}


def waits(reason: str):
    return {"name": "a", "state": {"waiting": {"reason": reason}}}


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ({"phase": "Pending"}, "Pending, not ready"),
        ({"phase": "Succeeded"}, "Succeeded"),
        ({"phase": "Failed", "reason": "Evicted"}, "Evicted"),
        ({"initContainerStatuses": [waits("ErrImagePull")]}, "Init:ErrImagePull, not ready"),
        ({"initContainerStatuses": [ENDED_WELL], "containerStatuses": [waits("ContainerCreating")]},
         "ContainerCreating, not ready"),
    ],
)  # fmt: skip
def test_the_state_in_one_word(status, state):
    ref = ObjectRef(cluster="prod", namespace="shop", type=PODS, name="a")
    found = {"metadata": BORN | {"name": "a"}, "spec": {"containers": [{"name": "a"}]}, "status": status}
    assert words.pod(ref, found, (), NOW).headline.plain() == f"Pod shop/a on prod · {state}"


def test_what_a_pod_may_use_and_its_owner(shown):
    ref = ObjectRef(cluster="prod", namespace="shop", type=PODS, name="a")
    resources = {"requests": {"cpu": "100m"}, "limits": {"memory": "1Gi"}}
    owner = {"kind": "ReplicaSet", "name": "web-7c9d8", "controller": True}
    found = {
        "metadata": BORN
        | {"name": "a", "ownerReferences": [owner], "deletionTimestamp": "2026-01-01T00:09:00Z"},
        "spec": {"containers": [{"name": "a", "image": "web:1", "resources": resources}]},
    }
    said = shown(words.whole(words.pod(ref, found, (), NOW), NOW))
    assert said.startswith("Pod shop/a on prod · Terminating, not ready\n")
    assert "a: requests: cpu 100m\na: limits: memory 1Gi\nowner: ReplicaSet/web-7c9d8\n" in said
