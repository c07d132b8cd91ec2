"""What describe tells of every other kind, field for field."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.describe import Around, Described, teller, wants
from bot.domain.describe.answer import some
from bot.domain.describe.storage import with_claims
from bot.domain.message import Text
from bot.domain.resources import ObjectRef, ResourceType
from tests.factories import NOW, condition, container, owner, pod, stamp, template

GROUPS = {
    "StatefulSet": "apps", "DaemonSet": "apps", "ReplicaSet": "apps", "Job": "batch", "CronJob": "batch",
    "Ingress": "networking.k8s.io", "HorizontalPodAutoscaler": "autoscaling", "PodDisruptionBudget": "policy",
    "Widget": "example.com",
}  # fmt: skip
CLUSTER_WIDE = {"Namespace", "PersistentVolume"}


def refer(kind: str, name: str = "x") -> ObjectRef:
    plural = "ingresses" if kind == "Ingress" else f"{kind.lower()}s"
    namespaced = kind not in CLUSTER_WIDE
    type_ = ResourceType(
        group=GROUPS.get(kind, ""), version="v1", plural=plural, kind=kind, singular=kind.lower(),
        namespaced=namespaced,
    )  # fmt: skip
    return ObjectRef(cluster="prod", namespace="shop" if namespaced else None, type=type_, name=name)


def tell(kind: str, spec: Any, status: Any = None, /, *, metadata: Any = None, **lists: Any) -> Described:
    meta = {"name": "x", "uid": "uid-x", "creationTimestamp": stamp(7200)} | (metadata or {})
    found = {"metadata": meta, "spec": spec, "status": status or {}}
    ref = refer(kind)
    return teller(ref.type).words(
        ref, found, Around({key: tuple(value) for key, value in lists.items()}), NOW
    )


def facts(one: Described) -> dict[str, str]:
    return {name: value for name, value in one.facts if value}


def plain(lines: tuple[Text, ...]) -> list[str]:
    return [line.plain() for line in lines]


def running(**spec: Any) -> Any:
    return {"selector": {"matchLabels": {"app": "web"}}, "template": template()} | spec


def mine(name: str, *containers: Any, **parts: Any) -> Any:
    found = pod(name, *containers, **parts)
    found["metadata"]["ownerReferences"] = [owner("X", "uid-x")]
    return found


# ---------------------------------------------------------------- workloads


def test_a_statefulset_under_way():
    spec = running(
        replicas=3, serviceName="db",
        updateStrategy={"type": "RollingUpdate", "rollingUpdate": {"partition": 1}},
        volumeClaimTemplates=[{"metadata": {"name": "disk"}, "spec": {
            "storageClassName": "fast", "resources": {"requests": {"storage": "1Gi"}}}}],
    )  # fmt: skip
    status = {
        "replicas": 3,
        "readyReplicas": 2,
        "updatedReplicas": 1,
        "currentRevision": "x-1",
        "updateRevision": "x-2",
    }
    bad = mine("x-2", container(waiting="CrashLoopBackOff", last=1), ready=False)
    other = pod("web-1a-x", container(waiting="CrashLoopBackOff", last=1), ready=False)
    one = tell("StatefulSet", spec, status, pods=[bad, other])
    assert one.headline.plain() == "StatefulSet shop/x on prod · 2 of 3 ready · web:1.0"
    assert plain(one.wrong) == [
        "x-2: web:1.0 crashes with exit code 1 (CrashLoopBackOff)", "2 of 3 ready.",
    ]  # fmt: skip
    assert facts(one) == {
        "replicas": "3 wanted, 3 there",
        "rollout": "1 of 3 have x-2",
        "strategy": "RollingUpdate, from pod 1 on",
        "service": "db",
        "volumes": "disk 1Gi fast",
        "web: image": "docker.io/library/web:1.0",
        "selector": "app=web",
        "age": "120m",
    }
    assert [button.command for button in one.buttons] == [
        "get pods -l app=web -n shop --context prod",
        "logs statefulset/x -n shop --context prod",
    ]


def test_a_workload_that_is_well_has_nothing_wrong():
    assert tell("StatefulSet", running(replicas=1), {"readyReplicas": 1, "replicas": 1}).wrong == ()
    assert tell("ReplicaSet", running(replicas=0), {}).wrong == ()
    assert plain(tell("ReplicaSet", running(replicas=2), {}).wrong) == ["0 of 2 ready: nothing serves now."]


def test_a_daemonset_by_its_nodes():
    spec = running(updateStrategy={"type": "OnDelete"})
    spec["template"]["spec"]["nodeSelector"] = {"disk": "ssd"}
    status = {"desiredNumberScheduled": 3, "numberReady": 3, "currentNumberScheduled": 3,
              "updatedNumberScheduled": 2, "numberMisscheduled": 1}  # fmt: skip
    one = tell("DaemonSet", spec, status)
    assert one.headline.plain() == "DaemonSet shop/x on prod · 3 of 3 ready · web:1.0"
    found = facts(one)
    assert found["nodes"] == "3 wanted, 3 have it, 2 updated"
    assert (found["elsewhere"], found["only on"], found["strategy"]) == ("1", "disk=ssd", "OnDelete")


def test_a_replicaset_that_may_not_make_pods_says_why():
    failing = condition("ReplicaFailure", "True", "FailedCreate", message="exceeded quota: q")
    one = tell("ReplicaSet", running(replicas=1), {"conditions": [failing]},
               metadata={"ownerReferences": [owner("Deployment", "uid-web")],
                         "annotations": {"deployment.kubernetes.io/revision": "4"}})  # fmt: skip
    assert plain(one.wrong)[0] == "ReplicaFailure is True (FailedCreate: exceeded quota: q)"
    assert (facts(one)["owner"], facts(one)["revision"]) == ("Deployment/web", "4")


# ---------------------------------------------------------------- jobs


def test_a_job_that_came_to_its_end():
    spec = {"completions": 3, "parallelism": 2, "activeDeadlineSeconds": 90, "template": template()}
    status = {"succeeded": 3, "failed": 1, "startTime": stamp(600), "completionTime": stamp(530),
              "conditions": [condition("Complete", "True")]}  # fmt: skip
    one = tell("Job", spec, status, metadata={"ownerReferences": [owner("CronJob", "uid-nightly")]})
    assert one.headline.plain() == "Job shop/x on prod · complete · 3 of 3 done · web:1.0"
    assert one.wrong == ()
    assert facts(one) == {
        "pods": "0 active, 3 succeeded, 1 failed",
        "at once": "2",
        "tries": "1 failed of 6 allowed",
        "deadline": "1 min 30 s",
        "started": "10m ago",
        "took": "1 min 10 s",
        "owner": "CronJob/nightly",
        "web: image": "docker.io/library/web:1.0",
        "age": "120m",
    }


def test_a_job_says_why_it_failed_and_why_it_does_not_get_on():
    failed = condition("Failed", "True", "BackoffLimitExceeded", message="it has reached the limit")
    one = tell("Job", {"template": template()}, {"failed": 7, "conditions": [failed]})
    assert plain(one.wrong) == ["Failed is True (BackoffLimitExceeded: it has reached the limit)"]
    assert " · failed · 0 of 1 done" in one.headline.plain()
    stuck = tell("Job", {"template": template()}, {"active": 1},
                 pods=[mine("x-a", container(waiting="ErrImagePull"), ready=False)])  # fmt: skip
    assert plain(stuck.wrong) == ["x-a: web:1.0 cannot be pulled (ErrImagePull)"]
    paused = tell("Job", {"template": template()}, {"conditions": [condition("Suspended", "True")]})
    assert " · suspended · " in paused.headline.plain()


def job(name: str, born: float, *conditions: Any) -> Any:
    metadata = {
        "name": name,
        "creationTimestamp": stamp(born),
        "ownerReferences": [owner("CronJob", "uid-x")],
    }
    return {"metadata": metadata, "spec": {}, "status": {"conditions": list(conditions)}}


def test_a_cronjob_by_its_last_runs():
    spec = {"schedule": "0 3 * * *", "timeZone": "Europe/Vienna", "suspend": True,
            "concurrencyPolicy": "Forbid",
            "jobTemplate": {"spec": {"template": template()}}}  # fmt: skip
    failed = job("x-2", 60, condition("Failed", "True", "DeadlineExceeded"))
    status = {"lastScheduleTime": stamp(60), "lastSuccessfulTime": stamp(3600), "active": [{"name": "x-2"}]}
    one = tell("CronJob", spec, status, jobs=[job("x-1", 3600, condition("Complete", "True")), failed])
    assert one.headline.plain() == ("CronJob shop/x on prod · 0 3 * * * Europe/Vienna, suspended · web:1.0")
    assert plain(one.wrong) == ["Its last job x-2 failed (60s old).", "Failed is True (DeadlineExceeded)"]
    found = facts(one)
    assert (found["last run"], found["last success"], found["active"]) == ("60s ago", "60m ago", "x-2")
    assert found["jobs"] == "x-2 failed, x-1 complete"
    assert found["when one still runs"] == "the new one is left out (Forbid)"
    well = tell("CronJob", spec, {}, jobs=[failed, job("x-3", 10, condition("Complete", "True"))])
    assert well.wrong == ()
    assert facts(well)["last run"] == "never"


# ---------------------------------------------------------------- volumes


def test_a_claim_that_is_bound_and_used():
    spec = {"accessModes": ["ReadWriteOnce"], "volumeName": "pv-1", "storageClassName": "fast",
            "resources": {"requests": {"storage": "1Gi"}}}  # fmt: skip
    status = {"phase": "Bound", "capacity": {"storage": "2Gi"}}
    pods = [{"name": "db-0", "claims": ["x"]}, {"name": "db-1", "claims": ["y"]}]
    one = tell("PersistentVolumeClaim", spec, status, pods=pods)
    assert one.headline.plain() == "PersistentVolumeClaim shop/x on prod · Bound · 2Gi"
    assert one.wrong == ()
    assert facts(one) == {"asked for": "1Gi", "class": "fast", "volume": "pv-1", "access": "ReadWriteOnce",
                          "used by": "db-0", "age": "120m"}  # fmt: skip


@pytest.mark.parametrize(
    ("phase", "said"),
    [("Pending", "It is Pending: no volume is bound to it yet."), ("Lost", "Its volume pv-1 is gone.")],
)
def test_a_claim_without_its_volume_says_so(phase: str, said: str):
    assert plain(tell("PersistentVolumeClaim", {"volumeName": "pv-1"}, {"phase": phase}).wrong) == [said]


def test_of_a_pod_only_its_claims_are_kept():
    volumes = [{"name": "a", "persistentVolumeClaim": {"claimName": "x"}}, {"name": "b", "emptyDir": {}}]
    found = {"metadata": {"name": "db-0"}, "spec": {"volumes": volumes}}
    assert with_claims(found) == {"name": "db-0", "claims": ["x"]}
    assert with_claims({"metadata": {"name": "a"}, "spec": {}}) is None


def test_a_volume_and_whose_it_is():
    spec = {"capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"], "claimRef": {
        "namespace": "shop", "name": "disk"}, "persistentVolumeReclaimPolicy": "Retain",
        "csi": {"driver": "x"}}  # fmt: skip
    one = tell("PersistentVolume", spec, {"phase": "Bound"})
    assert one.headline.plain() == "PersistentVolume x on prod · Bound · 1Gi"
    assert one.wrong == ()
    assert facts(one)["claim"] == "shop/disk"
    assert facts(one)["source"] == "csi"
    failed = tell("PersistentVolume", spec, {"phase": "Failed", "message": "no  driver"})
    assert plain(failed.wrong) == ["It is Failed: no driver"]
    assert plain(tell("PersistentVolume", spec, {"phase": "Released"}).wrong) == ["It is Released"]


# ---------------------------------------------------------------- bounds


def test_an_autoscaler_at_its_limit():
    target = {"kind": "Deployment", "name": "web"}
    spec = {"minReplicas": 2, "maxReplicas": 5, "scaleTargetRef": target, "metrics": [
        {"type": "Resource", "resource": {"name": "cpu", "target": {"averageUtilization": 50}}},
        {"type": "Pods", "pods": {"metric": {"name": "requests"}, "target": {"averageValue": "100"}}},
        {"type": "Object", "object": {"metric": {"name": "queue"}, "target": {"value": "9"}}},
    ]}  # fmt: skip
    limited = condition("ScalingLimited", "True", "TooManyReplicas", message="the desired count is too large")
    measured = [
        {"type": "Resource", "resource": {"name": "cpu", "current": {"averageUtilization": 90}}},
        {"type": "Pods", "pods": {"metric": {"name": "requests"}, "current": {"averageValue": "180"}}},
    ]
    status = {"currentReplicas": 5, "desiredReplicas": 5, "lastScaleTime": stamp(120),
              "conditions": [limited], "currentMetrics": measured}  # fmt: skip
    one = tell("HorizontalPodAutoscaler", spec, status)
    assert one.headline.plain() == (
        "HorizontalPodAutoscaler shop/x on prod · Deployment/web · 5 pods, 5 wanted, 2 to 5"
    )
    assert plain(one.wrong) == ["It is at its limit: 5 of at most 5 pods."]
    assert facts(one) == {
        "metric cpu": "90% of 50%", "metric requests": "180 of 100", "metric queue": "unknown of 9",
        "last scaled": "2m ago", "limited": "the desired count is too large", "age": "120m",
    }  # fmt: skip
    assert one.buttons[0].command == "describe deployment/web -n shop --context prod"
    idle = tell("HorizontalPodAutoscaler", spec, {"currentReplicas": 2, "desiredReplicas": 2})
    assert idle.wrong == ()
    blind = condition("ScalingActive", "False", "FailedGetResourceMetric")
    broken = tell("HorizontalPodAutoscaler", {}, {"conditions": [blind]})
    assert plain(broken.wrong) == ["ScalingActive is False (FailedGetResourceMetric)"]
    assert broken.buttons == ()


def test_a_budget_that_lets_nobody_go():
    spec = {"minAvailable": 2, "selector": {"matchLabels": {"app": "web"}}}
    status = {"currentHealthy": 2, "desiredHealthy": 2, "expectedPods": 3, "disruptionsAllowed": 0}
    one = tell("PodDisruptionBudget", spec, status)
    assert plain(one.wrong) == ["No pod may be evicted now: 2 of 3 healthy, 2 needed. A drain waits."]
    assert facts(one) == {"at least": "2", "selector": "app=web", "age": "120m"}
    assert tell("PodDisruptionBudget", spec, status | {"disruptionsAllowed": 1}).wrong == ()
    assert tell("PodDisruptionBudget", {"maxUnavailable": "50%"}, {}).wrong == ()


def test_a_quota_that_is_used_up():
    status = {"hard": {"pods": "3", "requests.cpu": "2"}, "used": {"pods": "3", "requests.cpu": "1500m"}}
    one = tell("ResourceQuota", {"scopes": ["BestEffort"]}, status)
    assert one.headline.plain() == "ResourceQuota shop/x on prod · 1 of 2 used up"
    assert plain(one.wrong) == ["pods is used up: nothing more of it is let in."]
    assert facts(one) == {
        "pods": "3 of 3",
        "requests.cpu": "1500m of 2",
        "scopes": "BestEffort",
        "age": "120m",
    }
    assert facts(tell("ResourceQuota", {"hard": {"pods": "3"}}))["pods"] == "0 of 3"


def test_a_limit_range_by_type_and_resource():
    limits = [
        {"type": "Container", "default": {"cpu": "1"}, "max": {"cpu": "2", "memory": "1Gi"}},
        {"type": "Pod"},
    ]
    one = tell("LimitRange", {"limits": limits})
    assert one.headline.plain() == "LimitRange shop/x on prod · Container, Pod"
    assert facts(one) == {"Container cpu": "default 1, max 2", "Container memory": "max 1Gi", "age": "120m"}
    assert one.happenings is None


def test_a_namespace_with_its_quotas_and_on_its_way_out():
    hard = {"metadata": {"name": "q"}, "status": {"hard": {"pods": "3"}, "used": {"pods": "3"}}}
    marks = {"labels": {"team": "shop", "kubernetes.io/metadata.name": "x"}}
    ranges = [{"metadata": {"name": "lr"}}]
    one = tell(
        "Namespace", {}, {"phase": "Active"}, metadata=marks, resourcequotas=[hard], limitranges=ranges
    )
    assert plain(one.wrong) == ["Quota: pods is used up."]
    assert facts(one) == {"labels": "team=shop", "quota pods": "3 of 3", "limit ranges": "lr", "age": "120m"}
    left = condition("NamespaceContentRemaining", "True", "SomeResourcesRemain", message="pods. has 1")
    going = tell("Namespace", {}, {"phase": "Terminating", "conditions": [left]})
    assert plain(going.wrong) == [
        "It is Terminating: what is in it goes first.",
        "NamespaceContentRemaining is True (SomeResourcesRemain: pods. has 1)",
    ]
    assert [button.command for button in going.buttons] == [
        "get all -n x --context prod", "events -n x --context prod",
    ]  # fmt: skip


# ---------------------------------------------------------------- addresses, config, anything


def test_an_ingress_by_its_routes():
    backend = {"service": {"name": "web", "port": {"name": "http"}}}
    spec = {
        "ingressClassName": "nginx",
        "tls": [{"hosts": ["a.example.com"], "secretName": "cert"}, {}],
        "rules": [{"host": "a.example.com", "http": {"paths": [
            {"path": "/", "backend": backend},
            {"path": "/api", "backend": {"service": {"name": "api", "port": {"number": 80}}}}]}}, {}],
        "defaultBackend": {"resource": {"kind": "Bucket", "name": "files"}},
    }  # fmt: skip
    status = {"loadBalancer": {"ingress": [{"ip": "192.0.2.7"}]}}
    one = tell("Ingress", spec, status, services=[{"metadata": {"name": "web"}}])
    assert one.headline.plain() == "Ingress shop/x on prod · a.example.com, any host · 192.0.2.7"
    assert plain(one.wrong) == ["It leads to api, and there is no such service."]
    assert facts(one) == {
        "a.example.com/": "web:http", "a.example.com/api": "api:80", "everything else": "Bucket/files",
        "class": "nginx", "TLS": "a.example.com (Secret cert), any host", "addresses": "192.0.2.7",
        "age": "120m",
    }  # fmt: skip
    assert [button.label for button in one.buttons] == ["Describe web", "Describe api"]
    bare = tell("Ingress", {})
    assert plain(bare.wrong) == ["No address yet: no ingress controller gave one."]


def test_config_by_its_keys_and_sizes():
    found = {
        "metadata": {"name": "x"},
        "data": {"a": "häm", "b": ""},
        "binaryData": {"c": "AAAA"},
        "immutable": True,
    }
    ref = refer("ConfigMap")
    one = teller(ref.type).words(ref, found, Around({}), NOW)
    assert one.headline.plain() == "ConfigMap shop/x on prod · 3 keys · 7 bytes"
    assert facts(one) == {
        "a": "4 bytes",
        "b": "0 bytes",
        "c": "3 bytes",
        "changes": "not allowed (immutable)",
    }
    many = {"metadata": {}, "data": {f"k{n:03}": "x" for n in range(45)}}
    assert facts(teller(ref.type).words(ref, many, Around({}), NOW))["and"] == "5 more keys"


def test_a_service_account():
    ref = refer("ServiceAccount")
    found = {"metadata": {}, "imagePullSecrets": [{"name": "reg"}], "automountServiceAccountToken": False,
             "secrets": [{"name": "old"}]}  # fmt: skip
    assert facts(teller(ref.type).words(ref, found, Around({}), NOW)) == {
        "pull secrets": "reg", "secrets": "old", "token in its pods": "no",
    }  # fmt: skip


def test_any_other_kind_is_told_flat_and_not_without_end():
    spec = {
        "list": list(range(3)),
        "many": {f"k{n:02}": n for n in range(50)},
        "empty": {},
        "long": "x" * 300,
    }
    status = {"conditions": [condition("Ready", "True"), condition("Synced", "False", "Lost")]}
    one = tell(
        "Widget", spec, status, metadata={"deletionTimestamp": stamp(), "finalizers": ["example.com/wait"]}
    )
    assert one.headline.plain() == "Widget shop/x on prod · Ready"
    assert plain(one.wrong) == ["It is Terminating: it waits for example.com/wait", "Synced is False (Lost)"]
    found = facts(one)
    assert (found["spec.list"], found["spec.many.k07"]) == ("0, 1, 2", "7")
    assert found["and"] == "15 more fields: -o yaml shows them"
    bare = tell("Widget", {"long": "x" * 300}, None)
    assert facts(bare)["spec.long"] == "x" * 199 + "…"
    assert bare.headline.plain() == "Widget shop/x on prod"


@pytest.mark.parametrize(
    "hostile", [None, "x", [], 7, {"conditions": "x"}, {"conditions": ["x", {"a": 1}, None]}]
)
def test_a_custom_resource_may_hold_anything(hostile: Any):
    ref = refer("Widget")
    found = {"metadata": {"name": "x"}, "spec": hostile, "status": hostile}
    assert teller(ref.type).words(ref, found, Around({}), NOW).headline.plain() == "Widget shop/x on prod"


def test_what_is_read_around_an_object():
    selected = {"spec": {"selector": {"matchLabels": {"app": "web"}}}}
    found = {kind: wants(refer(kind), selected) for kind in (*GROUPS, "Secret", "Namespace", "Pod")}
    plurals = {kind: [one.type.plural for one in some_wants] for kind, some_wants in found.items()}
    assert plurals["StatefulSet"] == ["pods", "events"]
    assert plurals["CronJob"] == ["jobs", "events"]
    assert plurals["Ingress"] == ["services", "events"]
    assert plurals["Secret"] == []
    assert plurals["Widget"] == plurals["Pod"] == ["events"]
    assert [(one.type.plural, one.namespace) for one in found["Namespace"][:2]] == [
        ("resourcequotas", "x"), ("limitranges", "x"),
    ]  # fmt: skip


def test_the_first_few_of_many():
    assert some("abc", 2) == "a, b, and 1 more"
    assert some("ab", 2) == "a, b"
    assert some([]) == ""
