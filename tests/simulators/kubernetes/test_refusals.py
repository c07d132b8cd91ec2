"""What the API refuses, with the status, the reason and the sentence of the real one."""

import pytest

PODS, DEPLOYMENTS = "/api/v1/namespaces/default/pods", "/apis/apps/v1/namespaces/default/deployments"


def pod(**container):
    return {"metadata": {"name": "p"}, "spec": {"containers": [{"name": "c", "image": "i", **container}]}}


@pytest.mark.parametrize(
    ("path", "body", "field", "said"),
    [
        (PODS, pod(image=""), "spec.containers[0].image", "Required value"),
        (PODS, pod(name="Bad_Name"), "spec.containers[0].name", "a lowercase RFC 1123 label must consist"),
        (
            PODS,
            pod(ports=[{"containerPort": 70000}]),
            "spec.containers[0].ports[0].containerPort",
            "must be between 1 and 65535",
        ),
        (
            PODS,
            pod(resources={"requests": {"cpu": "much"}}),
            "spec.containers[0].resources.requests[cpu]",
            "quantities must match",
        ),
        (
            PODS,
            pod(resources={"requests": {"cpu": "2"}, "limits": {"cpu": "1"}}),
            "spec.containers[0].resources.requests",
            "must be less than or equal to cpu limit of 1",
        ),
        (PODS, {"metadata": {"name": "p"}, "spec": {}}, "spec.containers", "Required value"),
        (PODS, {"spec": pod()["spec"]}, "metadata.name", "name or generateName is required"),
        (
            DEPLOYMENTS,
            {"metadata": {"name": "d"}, "spec": {"template": pod()}},
            "spec.selector",
            "Required value",
        ),
        ("/api/v1/namespaces", {"metadata": {"name": "a.b"}}, "metadata.name", "RFC 1123 label"),
        (
            "/api/v1/namespaces/default/configmaps",
            {"metadata": {"name": "c"}, "data": {"a b": ""}},
            "data[a b]",
            "a valid config key",
        ),
        (
            "/api/v1/namespaces/default/configmaps",
            {"metadata": {"name": "c", "labels": {"a": "b c"}}},
            "metadata.labels",
            "a valid label must be",
        ),
        (
            "/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers",
            {"metadata": {"name": "h"}, "spec": {"scaleTargetRef": {"kind": "D", "name": "d"}}},
            "spec.maxReplicas",
            "must be greater than 0",
        ),
    ],
)
async def test_an_impossible_object(api, path, body, field, said):
    refused = await api.post(path, body)
    assert (refused.status, refused["reason"]) == (422, "Invalid")
    causes = {cause["field"]: cause["message"] for cause in refused["details"]["causes"]}
    assert said in causes[field]
    assert said in refused["message"]


async def test_every_fault_is_told_at_once(api):
    refused = await api.post(PODS, pod(name="", image=""))
    assert len(refused["details"]["causes"]) == 2
    assert refused["message"].startswith('Pod "p" is invalid: [')


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("{nope", "invalid character 'n' looking for beginning of object key string"),
        ("", "unexpected end of JSON input"),
        ("[1", "json parse error"),
        ({"kind": "Service", "apiVersion": "v1"}, "cannot be handled as a Pod"),
        (pod() | {"spec": "none"}, "json: cannot unmarshal string into Go struct field Pod.spec"),
    ],
)
async def test_an_unreadable_object(api, body, said):
    refused = await api.post(PODS, body, Content_Type="application/json")
    assert (refused.status, refused["reason"]) == (400, "BadRequest")
    assert said in refused["message"]


async def test_paths_that_lead_nowhere(api):
    unknown = await api.get("/apis/apps/v1/namespaces/default/widgets")
    assert (unknown.status, unknown["message"]) == (404, "the server could not find the requested resource")
    stray = await api.get("/apis/nope.example.com/v1/things")
    assert (stray.status, stray.body) == (404, "404 page not found\n")
    assert (await api.get("/favicon.ico")).body == "404 page not found\n"
    assert (await api.post(f"{PODS}/x", pod())).status == 405
    missing = await api.get(f"{DEPLOYMENTS}/nope")
    assert missing["message"] == 'deployments.apps "nope" not found'
    assert missing["details"] == {"name": "nope", "group": "apps", "kind": "deployments"}


async def test_a_namespace_must_exist_and_agree(api):
    nowhere = await api.post("/api/v1/namespaces/nowhere/pods", pod())
    assert (nowhere.status, nowhere["message"]) == (404, 'namespaces "nowhere" not found')
    other = await api.post(PODS, pod() | {"metadata": {"name": "p", "namespace": "kube-system"}})
    assert (other.status, "does not match the namespace sent" in other["message"]) == (400, True)


async def test_what_exists_cannot_be_created_again(api):
    await api.post(PODS, pod())
    again = await api.post(PODS, pod())
    assert (again.status, again["reason"], again["message"]) == (
        409,
        "AlreadyExists",
        'pods "p" already exists',
    )


async def test_a_scale_is_a_number_and_not_negative(api):
    await api.deploy(replicas=0)
    shown = await api.get(f"{DEPLOYMENTS}/web/scale")
    assert (shown["kind"], shown["spec"], shown["status"]["selector"]) == ("Scale", {}, "app=web")
    negative = await api.patch(f"{DEPLOYMENTS}/web/scale", {"spec": {"replicas": -2}})
    assert negative["message"].startswith(
        'Scale.autoscaling "web" is invalid: spec.replicas: Invalid value: -2'
    )
    words = await api.patch(f"{DEPLOYMENTS}/web/scale", {"spec": {"replicas": "many"}})
    assert (words.status, words["reason"]) == (422, "Invalid")
    stale = await api.put(
        f"{DEPLOYMENTS}/web/scale",
        {"metadata": {"name": "web", "resourceVersion": "1"}, "spec": {"replicas": 1}},
    )
    assert stale.status == 409


async def test_a_running_pod_keeps_its_spec(api):
    await api.post(PODS, pod())
    refused = await api.patch(f"{PODS}/p", {"spec": {"restartPolicy": "Never"}})
    assert "pod updates may not change fields other than" in refused["message"]
    assert (
        await api.patch(
            f"{PODS}/p", [{"op": "replace", "path": "/spec/containers/0/image", "value": "web:2"}], "json"
        )
    ).status == 200
