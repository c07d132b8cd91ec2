"""Whatever is sent, the server has an answer: no document makes it fail."""

import copy

import pytest

CONTAINER = {
    "name": "c",
    "image": "i",
    "command": ["sh"],
    "args": ["-c"],
    "env": [
        {"name": "A", "value": "1"},
        {"name": "B", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
    ],
    "ports": [{"containerPort": 80, "name": "http"}],
    "resources": {"limits": {"cpu": "1"}, "requests": {"cpu": "1"}},
    "readinessProbe": {"httpGet": {"path": "/", "port": 80}},
    "volumeMounts": [{"name": "v", "mountPath": "/v"}],
}
SPEC = {
    "containers": [CONTAINER],
    "volumes": [{"name": "v", "emptyDir": {}}],
    "tolerations": [{"key": "k", "operator": "Exists"}],
    "nodeSelector": {"a": "b"},
    "restartPolicy": "Always",
}
DEPLOYMENT = {
    "metadata": {"name": "d", "labels": {"a": "b"}, "annotations": {"a": "b"}, "finalizers": ["x/y"]},
    "spec": {
        "replicas": 1,
        "selector": {
            "matchLabels": {"a": "b"},
            "matchExpressions": [{"key": "a", "operator": "In", "values": ["b"]}],
        },
        "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": "25%"}},
        "template": {"metadata": {"labels": {"a": "b"}}, "spec": SPEC},
    },
}
SERVICE = {
    "metadata": {"name": "s"},
    "spec": {
        "type": "NodePort",
        "selector": {"a": "b"},
        "ports": [{"port": 80, "targetPort": "http", "nodePort": 30080}],
    },
}
BUDGET = {"metadata": {"name": "b"}, "spec": {"minAvailable": "50%", "selector": {"matchLabels": {"a": "b"}}}}
TARGET = {"kind": "Deployment", "name": "d", "apiVersion": "apps/v1"}
CPU = {
    "type": "Resource",
    "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}},
}
SCALER = {"metadata": {"name": "h"}, "spec": {"maxReplicas": 3, "scaleTargetRef": TARGET, "metrics": [CPU]}}
ROLE = {"metadata": {"name": "r"}, "rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]}
BINDING = {
    "metadata": {"name": "r"},
    "roleRef": {"kind": "Role", "name": "r"},
    "subjects": [{"kind": "User", "name": "ana"}],
}
JOB = {"metadata": {"name": "j"}, "spec": {"template": {"spec": SPEC | {"restartPolicy": "Never"}}}}


def places(node, path=()):
    """Find every place in a document."""
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        yield (*path, key)
        yield from places(value, (*path, key))


def with_wrong(document, path, value):
    broken = copy.deepcopy(document)
    node = broken
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = value
    return broken


@pytest.mark.parametrize(
    ("path", "document"),
    [
        ("/apis/apps/v1/namespaces/default/deployments", DEPLOYMENT),
        ("/api/v1/namespaces/default/services", SERVICE),
        ("/apis/policy/v1/namespaces/default/poddisruptionbudgets", BUDGET),
        ("/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers", SCALER),
        ("/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles", ROLE),
        ("/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings", BINDING),
        ("/apis/batch/v1/namespaces/default/jobs", JOB),
    ],
)
async def test_no_value_in_any_place_makes_the_server_fail(api, path, document):
    assert (await api.post(f"{path}?dryRun=All", document)).status == 201
    for place in places(document):
        for value in ("x", 5, [], {}, ["x"], {"x": 1}, True, None, -1):
            answer = await api.post(f"{path}?dryRun=All", with_wrong(document, place, value))
            assert answer.status in (201, 400, 422), (place, value, answer.body)


@pytest.mark.parametrize("body", [[], "5", 5, {"metadata": []}, {"metadata": {"labels": {"a": 1}}}])
async def test_what_is_no_object_is_refused(api, body):
    assert (await api.post(api.config_maps, body, Content_Type="application/json")).status in (400, 422)


async def test_a_patch_may_not_bend_types_either(api):
    await api.deploy(replicas=0)
    bent = await api.patch(f"{api.deployments}/web", {"spec": {"template": "none"}})
    assert (bent.status, bent["reason"]) == (422, "Invalid")
    assert "cannot unmarshal string into Go struct field DeploymentSpec.spec.template" in bent["message"]
    assert (await api.patch(f"{api.deployments}/web", {"metadata": {"name": "other"}})).status == 400
    assert (await api.patch(f"{api.deployments}/web", "[1, 2", "merge")).status == 400
