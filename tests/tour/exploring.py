"""The tutorial's first half: which cluster it is, deploy an app, explore it."""

from __future__ import annotations

from tests.tour.page import until
from tests.tour.stage import Stage, Step, expect, shows

APP = "kubernetes-bootcamp"
IMAGE = "gcr.io/google-samples/kubernetes-bootcamp"
SECRET = "hunter2"


def clusters(stage: Stage) -> str:
    answer = stage.types("clusters")
    nodes = {name: cluster.named("nodes") for name, cluster in stage.clusters.items()}
    shows(answer, *nodes, *(f"{len(found)} of {len(found)} ready" for found in nodes.values()))
    return ", ".join(f"{name} has {len(found)}" for name, found in nodes.items()) + " nodes"


def cluster_use(stage: Stage) -> str:
    first, other = stage.clusters
    shows(stage.types(f"cluster use {other}"), other)
    answer = stage.types("get nodes")
    there = stage.clusters[other].named("nodes")
    shows(answer, f"on `{other}`", *there)
    missing = sorted(set(stage.clusters[first].named("nodes")) - set(there))
    expect(missing and not any(name in answer.text for name in missing), "it shows the other cluster's")
    shows(stage.types(f"cluster use {first}"), first)
    shows(stage.types("get nodes"), f"on `{first}`", *missing)
    return f"the lines meant {other}, with its {len(there)} node, and then {first} again"


def cluster_info(stage: Stage) -> str:
    version = stage.cluster.version()
    shows(stage.types("cluster-info"), version)
    return f"the cluster says it is {version}"


def get_nodes(stage: Stage) -> str:
    nodes = stage.cluster.named("nodes")
    shows(stage.types("get nodes"), *nodes)
    return f"the cluster has these {len(nodes)} nodes"


def create_deployment(stage: Stage) -> str:
    card = stage.changes(f"create deployment {APP} --image={IMAGE}:v1 --port=8080")
    shows(card, "✅", f"{APP}:v1")
    expect(stage.cluster.images(APP) == [f"{IMAGE}:v1"], "its pod does not run")
    return f"one pod of {APP} is ready, and runs v1"


def deploy(stage: Stage) -> str:
    stage.changes("deploy tea --image tea:1.0 --replicas 2 --env KIND=green")
    expect(stage.cluster.images("tea") == ["tea:1.0"] * 2, "its two pods do not run")
    container = stage.cluster.deployment("tea")["spec"]["template"]["spec"]["containers"][0]
    expect({"name": "KIND", "value": "green"} in container["env"], "the variable was not set")
    return "two pods of tea are ready, and have KIND=green"


def get_deployments(stage: Stage) -> str:
    deployments = stage.cluster.apps("deployments")
    shows(stage.types("get deployments"), *deployments)
    return f"the cluster has these {len(deployments)} deployments"


def get_pods(stage: Stage) -> str:
    pods = stage.cluster.named("pods")
    shows(stage.types("get pods"), *pods)
    return f"the cluster has these {len(pods)} pods"


def describe_pod(stage: Stage) -> str:
    name, pod = next(iter(stage.cluster.pods(APP).items()))
    shows(
        stage.types(f"describe pods {name}"),
        name,
        pod["spec"]["nodeName"],
        f"{APP}:v1",
        pod["status"]["podIP"],
    )
    return f"it stands on {pod['spec']['nodeName']}, with the address {pod['status']['podIP']}"


def logs_of_a_container(stage: Stage) -> str:
    name = next(iter(stage.cluster.pods(APP)))
    printed = until(lambda: stage.cluster.log(name), "line in its log")
    answer = stage.types(f"logs {name} {APP}")
    shows(answer, printed[0].split("INFO")[1].partition("password")[0].strip())
    expect(SECRET not in answer.text, "a password is shown")
    return f"the pod printed that, {len(printed)} lines; its password did not come along"


def logs_of_a_deployment(stage: Stage) -> str:
    pods = stage.cluster.pods("web")
    answer = stage.types("logs deploy/web --tail 6")
    seen = [name for name in pods if name in answer.text or name.rpartition("-")[2] in answer.text]
    expect(len(seen) == len(pods), f"the pods {sorted(pods)} are not all in it")
    expect(SECRET not in answer.text, "a password is shown")
    return f"the lines are those of the {len(pods)} pods of web"


def variable_left_over(stage: Stage) -> str:
    """The notes export it in a shell, which is not here."""
    answer = stage.types("describe pods $POD_NAME")
    name = next(iter(stage.cluster.pods(APP)))
    known = stage.cluster.named("pods")
    expect(len(answer.buttons) == len(known), f"{len(answer.buttons)} are offered")
    described = stage.presses(answer, name.rpartition("-")[2])
    shows(described, name, known[name]["status"]["podIP"])
    return f"{len(known)} pods were there to pick from; {name} was"


CREATE, DEPLOY, EXPLORE = "Create a cluster", "Deploy an app", "Explore"
STEPS = (
    Step(CREATE, "Which clusters there are", clusters),
    Step(CREATE, "Another one, and back", cluster_use),
    Step(CREATE, "Which cluster is it, and does it answer?", cluster_info),
    Step(CREATE, "Its nodes", get_nodes),
    Step(DEPLOY, "The tutorial's app, in kubectl's spelling", create_deployment),
    Step(DEPLOY, "Another, in the short form", deploy),
    Step(DEPLOY, "What is deployed", get_deployments),
    Step(EXPLORE, "The pods", get_pods),
    Step(EXPLORE, "One of them, closer", describe_pod),
    Step(EXPLORE, "The same with `$POD_NAME`, as the notes write it", variable_left_over),
    Step(EXPLORE, "What its container printed", logs_of_a_container),
    Step(EXPLORE, "What all pods of a deployment printed", logs_of_a_deployment),
)
