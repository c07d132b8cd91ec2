"""Questions and refusals, as the real API server answers them."""

from urllib.parse import quote

import pytest

GROUPS = {
    "apps",
    "autoscaling",
    "batch",
    "policy",
    "discovery.k8s.io",
    "events.k8s.io",
    "networking.k8s.io",
    "authentication.k8s.io",
    "authorization.k8s.io",
    "coordination.k8s.io",
    "rbac.authorization.k8s.io",
}
RESOURCES = {
    "/api/v1": "pods pods/log pods/exec pods/eviction pods/status services services/proxy nodes namespaces"
    " events configmaps secrets endpoints serviceaccounts",
    "/apis/apps/v1": "deployments deployments/scale deployments/status replicasets statefulsets daemonsets",
}
TOLD = ("name", "singularName", "namespaced", "kind", "verbs", "shortNames", "categories")


async def test_discovery(play):
    await play.get("/api", "core versions")
    groups = (await play.get("/apis"))["groups"]
    play.note("groups the bot needs", sorted(group["name"] for group in groups if group["name"] in GROUPS))
    for path, wanted in RESOURCES.items():
        answer = await play.get(path)
        told = [
            {key: resource.get(key) for key in TOLD}
            for resource in answer["resources"]
            if resource["name"] in wanted.split()
        ]
        play.note(
            f"resources of {path}",
            {"kind": answer["kind"], "groupVersion": answer["groupVersion"], "resources": told},
        )
    version = (await play.get("/version")).body
    play.note("version answers", sorted(version.keys() & {"major", "minor", "gitVersion", "platform"}))
    for probe in ("/healthz", "/livez", "/readyz"):
        await play.get(probe, probe)
    assert play.was_as_recorded("discovery")


async def test_errors(play):
    await play.get(f"{play.deployments}/nope", "no such deployment")
    await play.get(f"{play.pods}/nope/log", "no such pod log")
    await play.get("/apis/apps/v1/namespaces/{ns}/widgets", "no such resource")
    await play.get("/apis/nope.example.com/v1/things", "no such group")
    await play.deploy("Bad_Name", "x", title="bad name")
    await play.deploy("web", "x", -1, "negative replicas")
    await play.deploy("web", "", title="no image")
    await play.deploy("web", "x", selector={"matchLabels": {"app": "other"}}, title="selector does not match")
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x"}}
    await play.post(play.deployments, pod, "wrong kind")
    await play.post(play.deployments, "{nope", "body is no JSON")
    await play.patch(play.web, "{}", "application/x-nope", "unknown patch type")
    nowhere = "/apis/apps/v1/namespaces/no-such-namespace/deployments"
    await play.get(f"{nowhere}/web", "namespace missing")
    await play.post(nowhere, play.deployment("web", "x"), "create in a missing namespace")
    await play.get(f"{play.pods}?labelSelector=a%3D%3D%3Db", "bad label selector")
    await play.get(f"{play.pods}?fieldSelector=spec.nope%3Dx", "bad field selector")
    await play.post(play.web, play.deployment("web", "x"), "method not allowed")
    assert play.was_as_recorded("errors")


RBAC = "rbac.authorization.k8s.io"
ROLE = {
    "apiVersion": f"{RBAC}/v1",
    "kind": "Role",
    "metadata": {"name": "reader"},
    "rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list"]}],
}
BINDING = {
    "apiVersion": f"{RBAC}/v1",
    "kind": "RoleBinding",
    "metadata": {"name": "reader"},
    "roleRef": {"apiGroup": RBAC, "kind": "Role", "name": "reader"},
    "subjects": [{"kind": "Group", "name": "slack:devs", "apiGroup": RBAC}],
}


async def test_permissions(play):
    who = {"Impersonate-User": "slack:U123", "Impersonate-Group": "slack:devs"}
    scale = f"{play.web}/scale"
    await play.get(play.pods, "forbidden read", **who)
    await play.patch(scale, {"spec": {"replicas": 2}}, "merge", "forbidden change", **who)
    myself = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
    await play.post("/apis/authentication.k8s.io/v1/selfsubjectreviews", myself, "who am I", **who)
    reviews = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
    may_i = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": {"namespace": play.namespace, "verb": "get", "resource": "pods"}},
    }
    await play.post(reviews, may_i, "may I", **who)
    await play.post(f"/apis/{RBAC}/v1/namespaces/{{ns}}/roles", ROLE, "role")
    await play.post(f"/apis/{RBAC}/v1/namespaces/{{ns}}/rolebindings", BINDING, "binding")
    await play.get(play.pods, "now I may read", **who)
    await play.post(reviews, may_i, "the review says so", **who)
    await play.ask("DELETE", f"{play.pods}/x", title="still no change", **who)
    assert play.was_as_recorded("permissions")


async def test_concurrency_and_patches(play):
    await play.deploy("web", "docker.io/library/web:1.0")
    stale = await play.rolled_out(1)
    stale["metadata"]["resourceVersion"] = "1"
    await play.ask("PUT", play.web, stale, title="stale put")
    old_label = {"metadata": {"resourceVersion": "1", "labels": {"x": "y"}}}
    await play.patch(play.web, old_label, "merge", "merge patch with a stale version")
    untrue = [{"op": "test", "path": "/spec/replicas", "value": 5}]
    await play.patch(play.web, untrue, "json", "json patch test fails")
    await play.patch(
        play.web, containers({"name": "side", "image": "docker.io/library/web:1.1"}), "strategic"
    )
    found = (await play.get(play.web))["spec"]["template"]["spec"]["containers"]
    play.note("containers now", sorted((each["name"], each["image"]) for each in found))
    await play.rolled_out(1)
    await play.pause(1.5)
    env = containers({"name": "web", "env": [{"name": "A", "value": "1"}]})
    await play.patch(f"{play.web}?dryRun=All", env, "strategic", "env by strategic merge")
    await play.patch(play.web, {"metadata": {"labels": {"app": None}}}, "merge")
    play.note("labels now", (await play.get(play.web))["metadata"].get("labels"))
    selector = {"spec": {"selector": {"matchLabels": {"app": "else"}}}}
    await play.patch(play.web, selector, "merge", "selector cannot change")
    background = {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Background"}
    await play.ask("DELETE", play.web, background)
    await play.until(play.pods, lambda found: not found["items"])
    left = (await play.get(play.replica_sets))["items"]
    play.note("its pods go too", {"pods": 0, "replica sets": len(left)})
    assert play.was_as_recorded("concurrency-and-patches")


def containers(*several):
    return {"spec": {"template": {"spec": {"containers": list(several)}}}}


async def test_watches(play):
    born = await play.watched(
        play.pods,
        lambda: play.deploy("web", "docker.io/library/web:1.0"),
        lambda seen: seen and is_ready(seen[-1]),
    )
    phases = [event["object"]["status"]["phase"] for event in born]
    play.note(
        "the life of a pod",
        {
            "first": born[0]["type"],
            "then": sorted({event["type"] for event in born[1:]}),
            "phases in order": list(dict.fromkeys(phases)),
        },
    )
    listed = (await play.get(play.pods)).body
    name, version = listed["items"][0]["metadata"]["name"], listed["metadata"]["resourceVersion"]
    seen = await play.watched(
        f"{play.pods}?resourceVersion={version}",
        lambda: play.ask("DELETE", f"{play.pods}/{name}"),
        lambda seen: {"DELETED", "ADDED"} <= {event["type"] for event in seen},
    )
    mine = [event for event in seen if event["object"]["metadata"]["name"] == name]
    others = [event for event in seen if event not in mine]
    play.note(
        "a deleted pod",
        {
            "last": mine[-1]["type"],
            "terminating first": any(
                event["type"] == "MODIFIED" and "deletionTimestamp" in event["object"]["metadata"]
                for event in mine
            ),
            "replaced": any(event["type"] == "ADDED" for event in others),
        },
    )
    await watch_from_a_version_long_gone(play)
    await watch_with_initial_events(play)
    await turn_pages_of_two(play)
    assert play.was_as_recorded("watches")


def is_ready(event):
    conditions = event["object"]["status"].get("conditions", [])
    return any((each["type"], each["status"]) == ("Ready", "True") for each in conditions)


async def watch_from_a_version_long_gone(play):
    [event] = await play.watched(f"{play.pods}?resourceVersion=1", nothing, bool)
    gone = event["object"]
    play.note(
        "a version long gone",
        {"status": 200, "event": event["type"], "code": gone["code"], "reason": gone["reason"]},
    )


async def watch_with_initial_events(play):
    query = "allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan"
    seen = await play.watched(f"{play.pods}?{query}", nothing, lambda seen: seen and is_last(seen[-1]))
    play.note(
        "initial events end with a bookmark",
        {
            "types": sorted({event["type"] for event in seen}),
            "annotated": is_last(seen[-1]),
        },
    )


def is_last(event):
    return "k8s.io/initial-events-end" in event["object"]["metadata"].get("annotations", {})


async def nothing():
    """Watch what is there already."""


async def turn_pages_of_two(play):
    for number in range(5):
        await play.post(play.config_maps, {"metadata": {"name": f"c{number}"}, "data": {"k": str(number)}})
    names, onward = [], ""
    while True:
        page = await play.get(f"{play.config_maps}?limit=2&continue={quote(onward)}")
        names += [item["metadata"]["name"] for item in page["items"]]
        onward = page["metadata"].get("continue", "")
        if not onward:
            break
    numbered = [name for name in names if name.startswith("c")]
    play.note(
        "pages of two",
        {
            "in order, once": numbered == [f"c{number}" for number in range(5)],
            "sorted": names == sorted(names),
        },
    )


async def test_nodes(play):
    play.note("columns", columns(await play.table("/api/v1/nodes")))
    node = (await play.get("/api/v1/nodes"))["items"][0]
    status, path = node["status"], f"/api/v1/nodes/{node['metadata']['name']}"
    play.note(
        "a node has",
        {
            "conditions": sorted((each["type"], each["status"]) for each in status["conditions"]),
            "addresses": sorted({address["type"] for address in status["addresses"]}),
            "capacity": sorted(status["capacity"].keys() & {"cpu", "memory", "pods", "ephemeral-storage"}),
            "info": sorted(status["nodeInfo"]),
        },
    )
    play.note("event columns", columns(await play.table("/api/v1/namespaces/kube-system/events")))
    await play.patch(path, {"spec": {"unschedulable": True}}, "strategic")
    cordoned = await play.until(path, lambda node: node["spec"]["unschedulable"])
    rows = (await play.table(path))["rows"]
    play.note(
        "cordoned",
        {
            "unschedulable": cordoned["spec"]["unschedulable"],
            "status column": [row["cells"][1] for row in rows],
        },
    )
    leases = (await play.get("/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases"))["items"]
    held = {key for lease in leases for key in lease["spec"]}
    play.note("nodes hold leases", sorted(held & {"holderIdentity", "leaseDurationSeconds", "renewTime"}))
    assert play.was_as_recorded("nodes")


def columns(table):
    return [column["name"] for column in table["columnDefinitions"]]


async def test_evictions_and_autoscalers(play, budget, autoscaler):
    await play.deploy("web", "docker.io/library/web:1.0", 2)
    await play.rolled_out(2)
    budgets = "/apis/policy/v1/namespaces/{ns}/poddisruptionbudgets"
    await play.post(budgets, budget)
    await play.until(f"{budgets}/web", lambda found: found["status"]["currentHealthy"] == 2)
    pod, *_ = await play.pod_names()
    eviction = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": pod}}
    await play.post(f"{play.pods}/{pod}/eviction", eviction, "the budget refuses an eviction")
    autoscalers = "/apis/autoscaling/v2/namespaces/{ns}/horizontalpodautoscalers"
    await play.post(autoscalers, autoscaler, "autoscaler")
    assert play.was_as_recorded("evictions-and-autoscalers")


@pytest.fixture
def budget():
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": "web"},
        "spec": {"minAvailable": 2, "selector": {"matchLabels": {"app": "web"}}},
    }


@pytest.fixture
def autoscaler():
    target = {"type": "Utilization", "averageUtilization": 80}
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "web"},
        "spec": {
            "minReplicas": 2,
            "maxReplicas": 5,
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
            "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": target}}],
        },
    }
