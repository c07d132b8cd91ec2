"""What describe tells of nodes, deployments, pods and services, field for field."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.describe.answer import Described, compose, ports, sentence, whole
from bot.domain.describe.deployments import deployment as describe_deployment
from bot.domain.describe.nodes import node as describe_node
from bot.domain.describe.pods import pod as describe_pod, word
from bot.domain.describe.services import endpoints, service as describe_service
from bot.domain.happenings import Happening
from bot.domain.message import Bullets, Facts, Paragraph, Table, Text, text
from bot.domain.resources import NODES, PODS, SERVICES
from bot.domain.rollouts.snapshot import CAUSE
from tests.factories import NOW, condition, container, deployment, pod, ref, replicaset, stamp


def plain(lines: tuple[Text, ...]) -> list[str]:
    return [line.plain() for line in lines]


def told(one: Described) -> dict[str, str]:
    return {name: value for name, value in one.facts if value}


def commands(one: Described) -> dict[str, str]:
    return {button.label: button.command for button in one.buttons}


# ---------------------------------------------------------------- nodes


def machine(*conditions: Any, **parts: Any) -> Any:
    status = {
        "capacity": {"cpu": "4", "memory": "8388608Ki", "pods": "110", "hugepages-2Mi": "0"},
        "allocatable": {"cpu": "3", "memory": "7.5Gi"},
        "conditions": list(conditions) or [condition("Ready", "True")],
        "addresses": [{"type": "InternalIP", "address": "10.0.0.1"}, {"type": "Hostname", "address": "n1"}],
        "nodeInfo": {"kubeletVersion": "v1.36.0", "osImage": "Debian 13", "architecture": "amd64",
                     "containerRuntimeVersion": "containerd://2.1"},
    }  # fmt: skip
    labels = {"node-role.kubernetes.io/control-plane": "", "zone": "a"}
    metadata = {"name": "n1", "labels": labels, "creationTimestamp": stamp(3600)}
    return {"metadata": metadata, "spec": {}, "status": status | parts}


def node(found: Any, *pods: Any) -> Described:
    return describe_node(ref("n1", kind=NODES, namespace=None), found, pods, (), NOW)


def test_a_node_is_told_whole():
    found = machine()
    found["spec"] = {"unschedulable": True, "taints": [{"key": "gpu", "effect": "NoSchedule"}]}
    pods = [pod(), pod(phase="Succeeded"), pod(phase="Failed"), pod(phase="Pending"), pod()]
    one = node(found, *pods)
    assert one.headline.plain() == (
        "Node n1 on prod · Ready, no new pods (SchedulingDisabled) · 3 of 110 pods"
    )
    assert one.wrong == ()
    assert one.facts == (
        ("roles", "control-plane"),
        ("version", "v1.36.0"),
        ("system", "Debian 13, amd64"),
        ("runtime", "containerd://2.1"),
        ("address", "10.0.0.1"),
        ("capacity", "cpu 4, memory 8.0Gi, pods 110"),
        ("allocatable", "cpu 3, memory 7.5Gi"),
        ("taints", "gpu:NoSchedule"),
        ("age", "60m"),
    )
    assert commands(one) == {"Pods on it": "get pods -A --field-selector spec.nodeName=n1 --context prod"}


def test_a_node_that_has_said_nothing_is_not_ready():
    one = node({"metadata": {"name": "n1"}, "spec": {}})
    assert one.headline.plain() == "Node n1 on prod · NotReady · 0 of ? pods"
    assert told(one) == {}


@pytest.mark.parametrize(
    ("kind", "status"),
    [("Ready", "False"), ("Ready", "Unknown"), ("MemoryPressure", "True"), ("DiskPressure", "True"),
     ("PIDPressure", "True"), ("NetworkUnavailable", "True")],
)  # fmt: skip
def test_what_presses_on_a_node_is_told_first(kind: str, status: str):
    good = [condition(k, "False") for k in ("MemoryPressure", "DiskPressure", "PIDPressure")]
    one = node(machine(condition(kind, status, "Because", message="it is so"), *good))
    assert plain(one.wrong) == [f"{kind} is {status} (Because: it is so)"]
    assert "NotReady" in one.headline.plain()


# ---------------------------------------------------------------- deployments


def described(found: Any, *sets: Any, pods: tuple[Any, ...] = ()) -> Described:
    return describe_deployment(ref(), found, (), NOW, sets=sets, pods=pods)


def test_a_deployment_is_told_whole():
    found = deployment(paused=True, available=1, revision="10")
    found["metadata"]["annotations"][CAUSE] = "k8s set image web web=web:1.0"
    found["metadata"]["creationTimestamp"] = stamp(7200)
    found["status"]["unavailableReplicas"] = 1
    found["spec"]["strategy"]["rollingUpdate"] = {"maxSurge": 2, "maxUnavailable": 0}
    found["spec"]["template"]["spec"]["containers"][0] |= {
        "env": [{"name": "A"}, {"name": "B"}],
        "ports": [{"containerPort": 80}, {"containerPort": 53, "protocol": "UDP"}],
    }
    sets = [
        replicaset("web-8a", revision="8", status={}),
        replicaset("web-9a", revision="9", status={"replicas": 1}),
        replicaset("web-10a", revision="10"),
    ]
    one = described(found, *sets)
    assert one.headline.plain() == "Deployment shop/web on prod · 1 of 2 available · web:1.0"
    assert told(one) == {
        "replicas": "2 wanted, 2 updated, 1 available, 1 unavailable",
        "web: image": "docker.io/library/web:1.0",
        "web: ports": "80/TCP, 53/UDP",
        "web: env": "A, B",
        "rollout": 'Waiting for deployment "web" rollout to finish: 1 of 2 updated replicas are available...',
        "revision": "10",
        "change-cause": "k8s set image web web=web:1.0",
        "paused": "yes",
        "strategy": "RollingUpdate: 2 more, 0 fewer at a time",
        "selector": "app=web",
        "ReplicaSets": "web-10a 2/2, web-9a (old) 0/1",
        "age": "120m",
    }
    assert commands(one) == {
        "Pods": "get pods -l app=web -n shop --context prod",
        "Logs": "logs deployment/web -n shop --context prod",
        "History": "rollout history web -n shop --context prod",
    }


@pytest.mark.parametrize(
    ("strategy", "said"),
    [
        ({"type": "Recreate", "rollingUpdate": {"maxSurge": 1}}, "Recreate"),
        ({"type": "RollingUpdate"}, "RollingUpdate"),
        ({"rollingUpdate": {"maxSurge": 1}}, "RollingUpdate: 1 more, 25% fewer at a time"),
        ({"rollingUpdate": {"maxUnavailable": 1}}, "RollingUpdate: 25% more, 1 fewer at a time"),
        ({}, "RollingUpdate"),
    ],
)
def test_a_strategy_is_told_with_the_defaults_of_the_api(strategy: Any, said: str):
    found = deployment()
    found["spec"]["strategy"] = strategy
    assert told(described(found))["strategy"] == said


def test_a_replicaset_without_a_number_is_the_oldest_and_one_without_pods_counts_none():
    newest = replicaset("web-2a", revision="1", status={})
    unnumbered = replicaset("web-1a", revision="")
    assert told(described(deployment(), unnumbered, newest))["ReplicaSets"] == "web-2a 0/0, web-1a (old) 2/2"


@pytest.mark.parametrize(
    ("kind", "status"), [("Available", "False"), ("Progressing", "False"), ("ReplicaFailure", "True")]
)
def test_what_is_wrong_with_a_deployment_ends_with_what_still_works(kind: str, status: str):
    found = deployment()
    found["status"]["conditions"] = [condition(kind, status, "Because"), condition("Other", "True")]
    assert plain(described(found).wrong) == [f"{kind} is {status} (Because)", "2 of 2 available."]
    found["status"]["conditions"][0]["status"] = "True" if status == "False" else "False"
    assert described(found).wrong == ()


# ---------------------------------------------------------------- pods


def one_pod(found: Any) -> Described:
    return describe_pod(ref("web-1a-x", kind=PODS), found, (), NOW)


def test_a_pod_is_told_whole():
    status = container(restarts=3, last=1) | {"lastState": {"terminated": {
        "exitCode": 137, "reason": "OOMKilled", "finishedAt": stamp(300)}}}  # fmt: skip
    found = pod("web-1a-x", status)
    found["metadata"]["creationTimestamp"] = stamp(7200)
    found["metadata"]["ownerReferences"].insert(0, {"kind": "Thing", "name": "no", "uid": "u"})
    found["spec"] |= {"nodeName": "n1"}
    found["status"]["podIP"] = "10.1.2.3"
    found["spec"]["containers"][0] |= {
        "ports": [{"containerPort": 8080}],
        "resources": {"requests": {"cpu": "1", "memory": "1Gi"}, "limits": {"cpu": "2"}},
    }
    found["spec"]["containers"].append({"name": "late", "image": "late:1"})
    one = one_pod(found)
    assert one.headline.plain() == "Pod shop/web-1a-x on prod · Running, ready"
    assert told(one) == {
        "node": "n1",
        "IP": "10.1.2.3",
        "age": "120m",
        "web: image": "docker.io/library/web:1.0",
        "web: state": "running for 60s",
        "web: last run": "exit 137 (OOMKilled), 5m ago",
        "web: restarts": "3",
        "web: ports": "8080/TCP",
        "web: requests": "cpu 1, memory 1Gi",
        "web: limits": "cpu 2",
        "late: image": "late:1",
        "owner": "ReplicaSet/web-1a",
    }
    assert commands(one) == {"Logs": "logs web-1a-x -n shop --context prod"}


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ({"running": {}}, "running"),
        ({"running": {"startedAt": stamp(30)}}, "running for 30s"),
        ({"waiting": {"reason": "ContainerCreating"}}, "waiting: ContainerCreating"),
        ({"waiting": {}}, "waiting: "),
        ({"terminated": {"exitCode": 2, "reason": "Error"}}, "exit 2 (Error)"),
        ({"terminated": {"finishedAt": stamp(10)}}, "exit 0 (Error), 10s ago"),
        ({}, None),
    ],
)
def test_the_state_of_a_container_in_words(state: Any, said: str | None):
    found = pod("web-1a-x", {"name": "web", "state": state})
    assert told(one_pod(found)).get("web: state") == said


def test_a_crash_leads_to_the_lines_before_it():
    one = one_pod(pod("web-1a-x", container(waiting="CrashLoopBackOff", last=1), ready=False))
    assert commands(one)["Logs before the crash"] == "logs web-1a-x --previous -n shop --context prod"
    assert one.headline.plain() == "Pod shop/web-1a-x on prod · CrashLoopBackOff, not ready"
    assert plain(one.wrong) == ["web:1.0 crashes with exit code 1 (CrashLoopBackOff)"]


def test_an_image_that_cannot_be_pulled_brings_the_servers_own_words():
    waiting = container(waiting="ErrImagePull", message="manifest  unknown")
    assert plain(one_pod(pod("web-1a-x", waiting, ready=False)).wrong) == [
        "web:1.0 cannot be pulled (ErrImagePull)",
        "manifest unknown",
    ]
    silent = container(waiting="ErrImagePull")
    assert plain(one_pod(pod("web-1a-x", silent, ready=False)).wrong) == [
        "web:1.0 cannot be pulled (ErrImagePull)"
    ]


@pytest.mark.parametrize(
    ("kind", "status"),
    [("PodScheduled", "False"), ("Initialized", "False"), ("Ready", "False"), ("DisruptionTarget", "True")],
)
def test_without_a_cause_the_conditions_of_a_pod_are_told(kind: str, status: str):
    found = pod("web-1a-x")
    found["status"]["conditions"] = [condition(kind, status, "Because", ago=1.0)]
    assert plain(one_pod(found).wrong) == [f"{kind} is {status} (Because)"]
    found["status"]["phase"] = "Succeeded"
    assert one_pod(found).wrong == ()


def test_beside_a_cause_only_a_disruption_is_worth_a_line():
    found = pod("web-1a-x", container(waiting="CrashLoopBackOff", last=1), ready=False)
    found["status"]["conditions"].append(condition("DisruptionTarget", "True", "EvictionByEvictionAPI"))
    assert plain(one_pod(found).wrong)[1:] == ["DisruptionTarget is True (EvictionByEvictionAPI)"]


@pytest.mark.parametrize("phase", ["Succeeded", "Failed"])
def test_a_pod_that_is_over_is_neither_ready_nor_not(phase: str):
    found = pod("web-1a-x", container(ended=0), phase=phase, ready=False)
    assert one_pod(found).headline.plain() == "Pod shop/web-1a-x on prod · Completed"


def waits(reason: str) -> Any:
    return container(waiting=reason)


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"deleted": True}, "Terminating"),
        ({"init": (waits("CrashLoopBackOff"),)}, "Init:CrashLoopBackOff"),
        ({"init": (container(ended=1),)}, "Init:Error"),
        ({"init": (container(ended=0),)}, "Running"),
        ({"init": (waits("PodInitializing"),)}, "Running"),
    ],
)
def test_the_word_for_a_pod(parts: Any, said: str):
    assert word(pod("web-1a-x", **parts)) == said


def test_the_word_for_a_pod_by_its_containers_and_its_own_reason():
    assert word(pod("web-1a-x", container(), waits("PodInitializing"))) == "PodInitializing"
    assert word(pod("web-1a-x", container(ended=0))) == "Completed"
    evicted = pod("web-1a-x", waits("X"))
    evicted["status"]["reason"] = "Evicted"
    assert word(evicted) == "Evicted"
    assert word({"metadata": {}}) == "Unknown"


# ---------------------------------------------------------------- services


def slices(*hosts: str, port: int | None = 8080, **parts: Any) -> Any:
    ends = [{"addresses": [host], "targetRef": {"name": f"p-{host}"}} | parts for host in hosts]
    return {"ports": [] if port is None else [{"port": port}], "endpoints": ends}


def service(spec: Any, *behind: Any, **status: Any) -> Described:
    found = {"metadata": {"name": "web", "creationTimestamp": stamp(60)}, "spec": spec, "status": status}
    return describe_service(ref("web", kind=SERVICES), found, behind, (), NOW)


def test_endpoints_are_the_ready_first_then_by_address():
    asleep = slices("10.0.0.1", conditions={"ready": False})
    found = endpoints((asleep, slices("10.0.0.3", "10.0.0.2"), slices("10.0.0.4", port=None, targetRef=None)))
    assert [(one.where, one.pod, one.is_ready) for one in found] == [
        ("10.0.0.2:8080", "p-10.0.0.2", True),
        ("10.0.0.3:8080", "p-10.0.0.3", True),
        ("10.0.0.4", "", True),
        ("10.0.0.1:8080", "p-10.0.0.1", False),
    ]
    unsaid = slices("10.0.0.1", conditions={"ready": None})
    assert endpoints((unsaid,))[0].is_ready
    assert endpoints(({}, {"ports": [{}], "endpoints": [{}]})) == ()


def test_a_service_is_told_whole():
    spec = {"clusterIP": "10.9.0.1", "selector": {"app": "web", "tier": "a"},
            "ports": [{"port": 80, "targetPort": 8080}]}  # fmt: skip
    hosts = [f"10.0.0.{n}" for n in range(1, 9)]
    one = service(spec, slices(*hosts), slices("10.0.1.1", conditions={"ready": False}))
    assert one.headline.plain() == (
        "Service shop/web on prod · ClusterIP: use web.shop.svc:80 · 8 of 9 endpoints ready"
    )
    first = ", ".join(f"{host}:8080 (p-{host})" for host in hosts[:6])
    assert told(one) == {
        "reach": "inside the cluster",
        "ports": "80 → 8080/TCP",
        "cluster IP": "10.9.0.1",
        "selector": "app=web, tier=a",
        "endpoints": f"{first}, and 2 more",
        "age": "60s",
    }
    assert one.wrong == ()
    assert commands(one) == {"Pods": "get pods -l app=web,tier=a -n shop --context prod"}


def test_a_service_shows_six_endpoints_without_a_remark():
    hosts = [f"10.0.0.{n}" for n in range(1, 8)]
    seven = told(service({"ports": [{"port": 80}]}, slices(*hosts)))["endpoints"]
    assert seven.endswith("(p-10.0.0.6), and 1 more")
    hosts.pop()
    assert told(service({"ports": [{"port": 80}]}, slices(*hosts)))["endpoints"].endswith("(p-10.0.0.6)")


def test_a_service_that_nobody_answers_says_why():
    spec = {"ports": [{"port": 80}], "selector": {"app": "web"}}
    asleep = service(spec, slices("10.0.0.1", conditions={"ready": False}))
    assert plain(asleep.wrong) == ["Nobody answers: of 1 endpoints none is ready."]
    assert plain(service(spec).wrong) == ["Nobody answers: no running pod has the labels app=web."]
    alone = service({"ports": [{"port": 80}]})
    assert plain(alone.wrong) == ["Nobody answers: it selects no pods and has no endpoints of its own."]
    assert alone.buttons == ()


def test_a_load_balancer_without_an_address_says_so_first():
    one = service({"type": "LoadBalancer", "ports": [{"port": 80}]}, slices("10.0.0.1"))
    assert one.headline.plain() == "Service shop/web on prod · LoadBalancer · 1 of 1 endpoints ready"
    assert plain(one.wrong) == [
        "No external address yet: no load balancer gave one. Inside the cluster use web.shop.svc:80."
    ]
    assert "reach" not in told(one)


def test_an_alias_has_no_endpoints_and_misses_none():
    one = service({"type": "ExternalName", "externalName": "db.example.com", "ports": [{"port": 1}]})
    assert one.headline.plain() == "Service shop/web on prod · ExternalName: use web.shop.svc"
    assert one.wrong == ()
    assert told(one) == {
        "reach": "inside the cluster; it stands for db.example.com", "age": "60s",
    }  # fmt: skip


# ---------------------------------------------------------------- the message


def happening(n: int) -> Happening:
    return Happening(is_warning=False, reason=f"R{n}", message="m", object="pod/a", namespace="shop",
                     last=NOW - n, first=NOW - n, count=1)  # fmt: skip


def test_ten_events_stand_in_the_message_and_the_others_are_counted():
    one = Described(headline=text("h"), happenings=tuple(happening(n) for n in range(12)))
    said = whole(one, NOW)
    table = said.parts[-1]
    assert isinstance(table, Table)
    assert [row[1] for row in table.rows] == [f"R{n}" for n in range(10)]
    assert table.columns == ("LAST SEEN", "REASON", "MESSAGE")
    assert said.footer.plain() == "2 older events not shown."
    few = whole(one.model_copy(update={"happenings": one.happenings[:10]}), NOW)
    assert few.footer == Text()
    none = whole(one.model_copy(update={"happenings": ()}), NOW)
    assert none.parts == (Paragraph(text=text("No events lately.")),)


def test_several_objects_each_come_with_what_is_wrong_and_their_facts():
    well = Described(headline=text("a"), facts=(("x", "1"), ("y", "")))
    ill = Described(headline=text("b"), wrong=(text("bad"),))
    said = compose(text("two"), (well, ill), (), Text())
    assert said.parts == (
        Paragraph(text=text("a")),
        Facts(rows=(("x", "1"),)),
        Paragraph(text=text("b")),
        Bullets(items=(text("bad"),)),
    )
    assert said.icon is not None
    assert compose(text("one"), (well,), (), Text()).icon is None


def test_the_servers_words_keep_three_hundred_signs():
    assert sentence("a" * 300) == "a" * 300
    assert sentence("a" * 301) == "a" * 299 + "…"


def test_ports_name_their_protocol():
    assert ports({"ports": [{"containerPort": 1}, {"containerPort": 2, "protocol": "UDP"}]}) == "1/TCP, 2/UDP"
