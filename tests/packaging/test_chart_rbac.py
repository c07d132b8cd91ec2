"""The grant, exactly: a verb more or a resource more is a decision that shows here."""

import helm_python
import pytest

from commands import COMMANDS

READ = {"get", "list", "watch"}
IN_NAMESPACES = {
    ("", "configmaps"): READ | {"create", "patch"},
    ("", "endpoints"): READ,
    ("", "events"): READ,
    ("", "limitranges"): READ,
    ("", "persistentvolumeclaims"): READ,
    ("", "pods"): READ | {"patch"},
    ("", "pods/log"): {"get"},
    ("", "replicationcontrollers"): READ,
    ("", "resourcequotas"): READ,
    ("", "serviceaccounts"): READ,
    ("", "services"): READ | {"create", "patch"},
    ("apps", "controllerrevisions"): READ,
    ("apps", "daemonsets"): READ | {"patch"},
    ("apps", "deployments"): READ | {"create", "patch"},
    ("apps", "replicasets"): READ | {"patch"},
    ("apps", "statefulsets"): READ | {"patch"},
    ("autoscaling", "horizontalpodautoscalers"): READ | {"create", "patch"},
    ("batch", "cronjobs"): READ,
    ("batch", "jobs"): READ,
    ("discovery.k8s.io", "endpointslices"): READ,
    ("events.k8s.io", "events"): READ,
    ("keda.sh", "scaledobjects"): READ,
    ("metrics.k8s.io", "pods"): {"get", "list"},
    ("networking.k8s.io", "ingresses"): READ,
    ("networking.k8s.io", "networkpolicies"): READ,
    ("policy", "poddisruptionbudgets"): READ,
}
OUTSIDE_NAMESPACES = {
    ("", "namespaces"): READ,
    ("", "nodes"): READ,
    ("", "persistentvolumes"): READ,
    ("metrics.k8s.io", "nodes"): {"get", "list"},
    ("storage.k8s.io", "storageclasses"): READ,
}
ON_BEHALF = {
    ("", "users"): {"impersonate"},
    ("", "groups"): {"impersonate"},
    ("authentication.k8s.io", "userextras/record"): {"impersonate"},
    ("authorization.k8s.io", "subjectaccessreviews"): {"create"},
}
ROLE, OUTSIDE, BEHALF = "ops-k8s-bot", "ops-k8s-bot-cluster-scoped", "ops-k8s-bot-impersonate"


def granted(role):
    """Verbs by (group, resource), however the rules are cut."""
    grants = {}
    for rule in role["rules"]:
        assert rule.keys() == {"apiGroups", "resources", "verbs"}
        for group in rule["apiGroups"]:
            for resource in rule["resources"]:
                grants.setdefault((group, resource), set()).update(rule["verbs"])
    return grants


def roles(manifests, kind):
    return {
        (role["metadata"].get("namespace"), role["metadata"]["name"]): granted(role)
        for role in manifests.get(kind, [])
    }


def test_the_whole_cluster_by_default(render):
    manifests = render()
    assert roles(manifests, "ClusterRole") == {
        (None, ROLE): IN_NAMESPACES,
        (None, OUTSIDE): OUTSIDE_NAMESPACES,
        (None, BEHALF): ON_BEHALF,
    }
    assert "Role" not in manifests


def test_whatever_a_verb_reads_in_passing_is_granted():
    read = {(kind.group, kind.plural) for verb in COMMANDS for kind in getattr(verb, "also_reads", ())}
    granted_reads = {what for what, verbs in (IN_NAMESPACES | OUTSIDE_NAMESPACES).items() if verbs >= READ}
    assert ("apps", "controllerrevisions") in read
    assert read - granted_reads == set()


def test_named_namespaces_only(render):
    manifests = render("rbac.namespaces={shop,web}")
    assert roles(manifests, "Role") == {("shop", ROLE): IN_NAMESPACES, ("web", ROLE): IN_NAMESPACES}
    assert roles(manifests, "ClusterRole") == {
        (None, OUTSIDE): OUTSIDE_NAMESPACES,
        (None, BEHALF): ON_BEHALF,
    }


def test_nothing_outside_the_named_namespaces(render):
    manifests = render("rbac.namespaces={shop}", "rbac.clusterScopedRead=false", "rbac.impersonate=false")
    assert roles(manifests, "Role") == {("shop", ROLE): IN_NAMESPACES}
    assert not {"ClusterRole", "ClusterRoleBinding"} & manifests.keys()


def test_labels_on_nodes(render):
    with_read = roles(render("rbac.labelNodes=true"), "ClusterRole")[None, OUTSIDE]
    assert with_read == OUTSIDE_NAMESPACES | {("", "nodes"): READ | {"patch"}}
    alone = roles(render("rbac.labelNodes=true", "rbac.clusterScopedRead=false"), "ClusterRole")[
        None, OUTSIDE
    ]
    assert alone == {("", "nodes"): {"get", "patch"}}


def test_programs_and_requests_where_asked_for(render):
    grants = roles(render("rbac.exec=true"), "ClusterRole")[None, ROLE]
    assert grants == IN_NAMESPACES | {("", "pods/exec"): {"get", "create"}}
    grants = roles(render("rbac.proxy=true"), "ClusterRole")[None, ROLE]
    assert grants == IN_NAMESPACES | {("", "pods/proxy"): {"get"}, ("", "services/proxy"): {"get"}}


def test_configmaps_come_back_unless_that_is_not_wanted(render):
    grants = roles(render("rbac.restoreConfigMaps=false"), "ClusterRole")[None, ROLE]
    assert grants == IN_NAMESPACES | {("", "configmaps"): READ}


def test_secrets_are_read_by_name_where_asked_for(render):
    grants = roles(render("rbac.compareSecrets=true"), "ClusterRole")[None, ROLE]
    assert grants == IN_NAMESPACES | {("", "secrets"): {"get"}}


DELETED = {
    ("", "configmaps"), ("", "persistentvolumeclaims"), ("", "pods"), ("", "services"),
    ("apps", "daemonsets"), ("apps", "deployments"), ("apps", "replicasets"), ("apps", "statefulsets"),
    ("autoscaling", "horizontalpodautoscalers"), ("batch", "cronjobs"), ("batch", "jobs"),
}  # fmt: skip


def test_deletion_where_asked_for(render):
    grants = roles(render("rbac.delete=true"), "ClusterRole")[None, ROLE]
    assert grants == IN_NAMESPACES | {what: IN_NAMESPACES[what] | {"delete"} for what in DELETED}


def test_drains_where_asked_for(render):
    both = roles(render("rbac.drain=true"), "ClusterRole")
    assert both[None, ROLE] == IN_NAMESPACES | {("", "pods/eviction"): {"create"}}
    assert both[None, OUTSIDE] == OUTSIDE_NAMESPACES | {("", "nodes"): READ | {"patch"}}


def test_further_reads(render):
    extra = [{"apiGroups": ["example.com"], "resources": ["widgets", "gadgets"]}]
    grants = roles(render(rbac={"extraRead": extra}), "ClusterRole")[None, ROLE]
    assert grants == IN_NAMESPACES | {("example.com", "widgets"): READ, ("example.com", "gadgets"): READ}


def test_on_behalf_of_named_people_only(render):
    names = ("rbac.impersonateUsers={slack:U0ANA,slack:U0BEN}", "rbac.impersonateGroups={slack:sre}")
    [role] = [r for r in render(*names)["ClusterRole"] if r["metadata"]["name"] == BEHALF]
    named = {rule["resources"][0]: rule.get("resourceNames") for rule in role["rules"]}
    assert named == {
        "users": ["slack:U0ANA", "slack:U0BEN"],
        "groups": ["slack:sre"],
        "userextras/record": None,
        "subjectaccessreviews": None,
    }


@pytest.mark.parametrize("name", ["system:masters", "sre", "slack:system:masters", "slack:", "slack:a b"])
def test_nobody_else_can_be_named(render, name):
    with pytest.raises(helm_python.HelmValuesError, match="impersonateGroups"):
        render(rbac={"impersonateGroups": [name]})


@pytest.mark.parametrize("settings", [(), ("rbac.namespaces={shop,web}",), ("serviceAccount.create=false",)])
def test_bound_to_the_pods_own_account(render, pod, settings):
    manifests = render(*settings)
    bindings = manifests.get("RoleBinding", []) + manifests.get("ClusterRoleBinding", [])
    there = {(kind, *key) for kind in ("Role", "ClusterRole") for key in roles(manifests, kind)}
    bound = {(b["roleRef"]["kind"], b["metadata"].get("namespace"), b["roleRef"]["name"]) for b in bindings}
    assert bound == there
    account = {"kind": "ServiceAccount", "name": pod(*settings)["serviceAccountName"], "namespace": "ops"}
    assert all(binding["subjects"] == [account] for binding in bindings)
