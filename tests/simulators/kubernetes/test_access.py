"""Who somebody is, and what RBAC lets them do."""

import aiohttp
import pytest

from bot.demo.kubernetes import KubernetesSimulator

RBAC = "/apis/rbac.authorization.k8s.io/v1"
ANA = {"Authorization": "Bearer ana"}


async def grant(api, group="devs", verbs=("get", "list"), resources=("pods",), **rule):
    role = {
        "metadata": {"name": "r"},
        "rules": [{"apiGroups": [""], "resources": [*resources], "verbs": [*verbs], **rule}],
    }
    await api.post(f"{RBAC}/namespaces/default/roles", role)
    subject = {"kind": "Group", "name": group}
    binding = {"metadata": {"name": "b"}, "roleRef": {"kind": "Role", "name": "r"}, "subjects": [subject]}
    await api.post(f"{RBAC}/namespaces/default/rolebindings", binding)


async def test_without_credentials_one_is_the_administrator(api):
    review = await api.post("/apis/authentication.k8s.io/v1/selfsubjectreviews", {})
    assert review["status"]["userInfo"]["username"] == "kubernetes-admin"
    assert "system:masters" in review["status"]["userInfo"]["groups"]


async def test_a_token_is_a_name_and_may_do_nothing_at_first(api):
    refused = await api.get(api.pods, **ANA)
    assert (refused.status, refused["reason"]) == (403, "Forbidden")
    said = 'User "ana" cannot list resource "pods" in API group "" in the namespace "default"'
    assert refused["message"] == f"pods is forbidden: {said}"
    cluster = await api.get("/api/v1/nodes/node-1", **ANA)
    said = 'User "ana" cannot get resource "nodes" in API group "" at the cluster scope'
    assert cluster["message"] == f'nodes "node-1" is forbidden: {said}'
    assert (await api.get("/apis", **ANA)).status == 200  # what there is, everybody may know
    assert (await api.get("/metrics", **ANA)).status == 403


async def test_impersonation_brings_groups_and_extras(api):
    await grant(api)
    who = {"Impersonate-User": "slack:U1", "Impersonate-Group": "devs", "Impersonate-Extra-Record": "17"}
    assert (await api.get(api.pods, **who)).status == 200
    assert (await api.get(api.pods, **{"Impersonate-User": "slack:U1"})).status == 403
    review = await api.post("/apis/authentication.k8s.io/v1/selfsubjectreviews", {}, **who)
    assert review["status"]["userInfo"] == {
        "username": "slack:U1",
        "groups": ["devs", "system:authenticated"],
        "extra": {"record": ["17"]},
    }
    noted = (await api.get("/simulator/requests"))["requests"][-1]
    assert (noted["user"], noted["headers"]["Impersonate-Group"]) == ("slack:U1", ["devs"])


async def test_impersonation_is_a_permission(api):
    refused = await api.get(
        api.pods, **ANA, **{"Impersonate-User": "kubernetes-admin", "Impersonate-Group": "system:masters"}
    )
    assert (refused.status, 'User "ana" cannot impersonate resource "users"' in refused["message"]) == (
        403,
        True,
    )


async def test_rules_name_verbs_subresources_and_objects(api):
    await grant(
        api,
        group="system:authenticated",
        verbs=["get"],
        resources=["pods/log", "configmaps"],
        resourceNames=["kube-root-ca.crt", "p"],
    )
    assert (await api.get(f"{api.config_maps}/kube-root-ca.crt", **ANA)).status == 200
    assert (await api.get(f"{api.config_maps}/other", **ANA)).status == 403
    assert (await api.get(f"{api.pods}/p", **ANA)).status == 403
    assert (await api.get(f"{api.pods}/p/log", **ANA)).status == 404  # allowed to look, and there is none


async def test_the_usual_cluster_roles(api):
    subject = {"kind": "User", "name": "ana"}
    for role in ("view", "edit"):
        binding = {
            "metadata": {"name": role},
            "roleRef": {"kind": "ClusterRole", "name": role},
            "subjects": [subject],
        }
        refused = await api.post(api.config_maps, {"metadata": {"name": "c"}}, **ANA)
        assert refused.status == 403
        await api.post(f"{RBAC}/namespaces/default/rolebindings", binding)
        assert (await api.get(api.deployments, **ANA)).status == 200
    assert (await api.post(api.config_maps, {"metadata": {"name": "c"}}, **ANA)).status == 201
    assert (await api.get("/api/v1/namespaces/kube-system/pods", **ANA)).status == 403


async def test_reviews_answer_beforehand(api):
    asked = {"spec": {"resourceAttributes": {"namespace": "default", "verb": "list", "resource": "pods"}}}
    place = "/apis/authorization.k8s.io/v1"
    assert (await api.post(f"{place}/selfsubjectaccessreviews", asked, **ANA))["status"] == {"allowed": False}
    await grant(api, group="system:authenticated")
    mine = await api.post(f"{place}/selfsubjectaccessreviews", asked, **ANA)
    assert (
        mine["status"]["reason"]
        == 'RBAC: allowed by RoleBinding "b/default" of Role "r" to Group "system:authenticated"'
    )
    theirs = await api.post(
        f"{place}/subjectaccessreviews", {"spec": asked["spec"] | {"user": "ben", "groups": []}}
    )
    assert theirs["status"]["allowed"]
    rules = await api.post(f"{place}/selfsubjectrulesreviews", {"spec": {"namespace": "default"}}, **ANA)
    assert {"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list"]} in rules["status"][
        "resourceRules"
    ]


async def test_service_accounts_come_by_their_tokens(api):
    issued = await api.post("/api/v1/namespaces/default/serviceaccounts/default/token", {"spec": {}})
    token = {"Authorization": f"Bearer {issued['status']['token']}"}
    review = await api.post("/apis/authentication.k8s.io/v1/selfsubjectreviews", {}, **token)
    assert review["status"]["userInfo"]["groups"][1] == "system:serviceaccounts:default"


@pytest.mark.parametrize(
    ("headers", "status"),
    [({}, 401), ({"Authorization": "Bearer s3"}, 200), ({"Authorization": "Basic x"}, 401), (ANA, 403)],
)
async def test_with_a_token_set_nobody_is_administrator_for_free(headers, status):
    async with KubernetesSimulator(pace=0.02, token="s3") as sim, aiohttp.ClientSession(sim.url) as session:
        assert "s3" in sim.kubeconfig()
        async with session.get("/api/v1/pods", headers=headers) as response:
            assert response.status == status
