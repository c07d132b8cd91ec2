"""What a client learns about the server, and that the official client gets along with it."""

import json
import re

import yaml
from kubernetes.aio import client, config

AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"


async def test_group_by_group(api):
    groups = {group["name"] for group in (await api.get("/apis"))["groups"]}
    assert groups >= {
        "apps",
        "batch",
        "autoscaling",
        "policy",
        "networking.k8s.io",
        "rbac.authorization.k8s.io",
    }
    for group in groups:
        versions = (await api.get(f"/apis/{group}"))["versions"]
        for version in versions:
            listed = await api.get(f"/apis/{version['groupVersion']}")
            assert listed["resources"]
    core = {entry["name"]: entry for entry in (await api.get("/api/v1"))["resources"]}
    assert core["pods"]["shortNames"] == ["po"]
    assert core["pods/exec"]["verbs"] == ["create", "get"]
    assert not core["nodes"]["namespaced"]


async def test_all_in_one_document(api):
    for path, some in (("/api", "pods"), ("/apis", "deployments")):
        found = await api.get(path, Accept=f"{AGGREGATED},application/json")
        assert found.headers["Content-Type"] == AGGREGATED.replace("v=v2;as", "v=v2;as")
        assert found["kind"] == "APIGroupDiscoveryList"
        resources = [
            one for item in found["items"] for version in item["versions"] for one in version["resources"]
        ]
        entry = next(one for one in resources if one["resource"] == some)
        assert entry["responseKind"]["kind"]
        assert {sub["subresource"] for sub in entry["subresources"]} >= {"status"}


async def test_version_and_health(api):
    version = await api.get("/version")
    assert (version["major"], version["minor"]) == ("1", "36")
    for probe in ("/healthz", "/livez", "/readyz"):
        assert (await api.get(probe)).body == "ok"


async def test_openapi_tells_what_may_be_asked_of_a_write(api):
    places = (await api.get("/openapi/v3"))["paths"]
    document = await api.get(places["apis/apps/v1"]["serverRelativeURL"])
    patch = document["paths"]["/apis/apps/v1/namespaces/{namespace}/deployments/{name}"]["patch"]
    assert patch["x-kubernetes-group-version-kind"] == {
        "group": "apps",
        "version": "v1",
        "kind": "Deployment",
    }
    assert {one["name"] for one in patch["parameters"]} == {"dryRun", "fieldManager", "fieldValidation"}
    schemas = document["components"]["schemas"]
    kind = schemas["io.k8s.api.apps.v1.Deployment"]["properties"]
    assert kind["spec"] == {"$ref": "#/components/schemas/io.k8s.api.apps.v1.DeploymentSpec"}
    spec = schemas["io.k8s.api.apps.v1.DeploymentSpec"]["properties"]
    assert spec["replicas"] == {"type": "integer"}
    assert spec["strategy"]["x-kubernetes-patch-strategy"] == "retainKeys"
    assert schemas["io.k8s.api.core.v1.PodSpec"]["properties"]["containers"] == {
        "type": "array",
        "items": {"$ref": "#/components/schemas/io.k8s.api.core.v1.Container"},
        "x-kubernetes-patch-strategy": "merge",
        "x-kubernetes-patch-merge-key": "name",
    }
    assert (await api.get("/openapi/v3/apis/nope/v1")).status == 404


async def test_openapi_leads_nowhere_that_is_not_there(api):
    for place in (await api.get("/openapi/v3"))["paths"].values():
        document = await api.get(place["serverRelativeURL"])
        named = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(document.body)))
        assert named <= document["components"]["schemas"].keys()


async def test_the_official_client_gets_along(sim):
    loader = config.kube_config.KubeConfigLoader(yaml.safe_load(sim.kubeconfig()), active_context="demo")
    configuration = client.Configuration()
    await loader.load_and_set(configuration)
    async with client.ApiClient(configuration) as connection:
        core, apps = client.CoreV1Api(connection), client.AppsV1Api(connection)
        nodes = await core.list_node()
        assert [node.metadata.name for node in nodes.items] == ["node-1", "node-2", "node-3"]
        assert nodes.items[0].status.node_info.kubelet_version == "v1.36.2"
        labels = {"app": "web"}
        pod = client.V1PodSpec(containers=[client.V1Container(name="web", image="web:1.0")])
        template = client.V1PodTemplateSpec(metadata=client.V1ObjectMeta(labels=labels), spec=pod)
        spec = client.V1DeploymentSpec(
            replicas=2, selector=client.V1LabelSelector(match_labels=labels), template=template
        )
        made = await apps.create_namespaced_deployment(
            "default", client.V1Deployment(metadata=client.V1ObjectMeta(name="web"), spec=spec)
        )
        assert made.spec.strategy.rolling_update.max_surge == "25%"
        scaled = await apps.patch_namespaced_deployment_scale("web", "default", {"spec": {"replicas": 3}})
        assert scaled.spec.replicas == 3
