"""The tutorial's middle: reach the app from outside, label and select, scale."""

from __future__ import annotations

from functools import partial
from typing import Any

from tests.tour.exploring import APP
from tests.tour.page import until
from tests.tour.stage import Stage, Step, expect, shows

HOST = "tea.example.com"


def _service(stage: Stage, name: str) -> dict[str, Any]:
    return dict(stage.cluster.named("services").get(name, {}))


def cluster_ip(stage: Stage) -> str:
    card = stage.changes(f"expose deployment/{APP} --type=ClusterIP --port 8080")
    spec = _service(stage, APP)["spec"]
    expect(spec["type"] == "ClusterIP", f"it is a {spec['type']}")
    shows(card, f"{APP}.shop.svc:8080")
    addresses = until(lambda: stage.cluster.endpoints(APP), "endpoint")
    return f"the Service {APP} has {spec['clusterIP']}, and behind it {', '.join(addresses)}"


def node_port(stage: Stage) -> str:
    card = stage.changes(f"expose deployment/{APP} --type=NodePort --port 8080 --name {APP}-node")
    port = _service(stage, f"{APP}-node")["spec"]["ports"][0]["nodePort"]
    shows(card, str(port))
    return f"every node listens on {port}"


def load_balancer(stage: Stage) -> str:
    stage.changes(f"expose deployment/{APP} --type=LoadBalancer --port 80 --target-port 8080 --name {APP}-lb")

    def given() -> str:
        found = _service(stage, f"{APP}-lb")["status"]["loadBalancer"].get("ingress") or [{}]
        return str(found[0].get("ip", ""))

    address = until(given, "address from the load balancer")
    shows(stage.types(f"get service {APP}-lb"), address)
    return f"the load balancer gave it {address}"


def external_name(stage: Stage) -> str:
    stage.changes(f"expose deployment/tea --type=ExternalName --external-name {HOST} --name tea-outside")
    spec = _service(stage, "tea-outside")["spec"]
    expect(spec["type"] == "ExternalName" and spec["externalName"] == HOST, f"it is {spec}")
    return f"the Service tea-outside stands for {HOST}"


def describe_service(stage: Stage) -> str:
    addresses = stage.cluster.endpoints(APP)
    shows(stage.types(f"describe svc {APP}"), "ClusterIP", *addresses)
    return f"the cluster has these endpoints: {', '.join(addresses)}"


def label(stage: Stage) -> str:
    name = next(iter(stage.cluster.pods(APP)))
    stage.changes(f"label pods {name} version=v1")
    labels = stage.cluster.pods(APP)[name]["metadata"]["labels"]
    expect(labels.get("version") == "v1", f"its labels are {labels}")
    return f"{name} bears version=v1"


def select(stage: Stage) -> str:
    pods = stage.cluster.named("pods", labelSelector="version=v1")
    answer = stage.types("get pods -l version=v1")
    shows(answer, *pods)
    others = [name for name in stage.cluster.named("pods") if name not in pods and name in answer.text]
    expect(pods and not others, f"others are in it: {others}")
    return "of all pods the cluster has one with this label"


def replica_sets(stage: Stage) -> str:
    sets = stage.cluster.apps("replicasets")
    shows(stage.types("get rs"), *sets)
    return f"the cluster has these {len(sets)} ReplicaSets"


def scale(stage: Stage, line: str, replicas: int) -> str:
    shows(stage.changes(line), "✅", str(replicas))
    return _scaled(stage, replicas)


def scale_by_form(stage: Stage, replicas: int) -> str:
    """What `/k8s` alone opens has a form for it; its answers go the way of every line."""
    form = stage.opens(stage.types(""), "Scale…")
    plan = stage.fills(form, {"target": f"deployment/{APP}"}, {"replicas": str(replicas)})
    shows(stage.agrees(plan), "✅", str(replicas))
    return _scaled(stage, replicas)


def _scaled(stage: Stage, replicas: int) -> str:
    wanted = stage.cluster.deployment(APP)["spec"]["replicas"]
    expect(wanted == replicas, f"{wanted} are wanted")
    expect(len(stage.cluster.images(APP)) == replicas, "not all are ready")

    def balanced() -> list[str]:
        addresses = stage.cluster.endpoints(APP)
        return addresses if len(addresses) == replicas else []

    addresses = until(balanced, f"Service with {replicas} endpoints")
    shows(stage.types(f"describe svc {APP}"), *addresses)
    return f"{replicas} pods are ready, and the Service has {replicas} endpoints"


EXPOSE, SCALE = "Expose", "Scale"
STEPS = (
    Step(EXPOSE, "Inside the cluster: ClusterIP", cluster_ip),
    Step(EXPOSE, "On every node: NodePort", node_port),
    Step(EXPOSE, "From outside: LoadBalancer", load_balancer),
    Step(EXPOSE, "A name for what is elsewhere: ExternalName", external_name),
    Step(EXPOSE, "The Service, closer", describe_service),
    Step(EXPOSE, "A label on a pod", label),
    Step(EXPOSE, "Select by it", select),
    Step(SCALE, "The ReplicaSets", replica_sets),
    Step(
        SCALE,
        "To four, in kubectl's spelling",
        partial(scale, line=f"scale deployment/{APP} --replicas=4", replicas=4),
    ),
    Step(SCALE, "To two, by the form that `/k8s` alone leads to", partial(scale_by_form, replicas=2)),
    Step(SCALE, "To three, in the short form", partial(scale, line=f"scale {APP} 3", replicas=3)),
)
