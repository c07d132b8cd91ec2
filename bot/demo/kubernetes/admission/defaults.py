"""Defaults by kind: what the server writes into an object where its author wrote nothing."""

import base64
from collections.abc import Callable

from bot.demo.kubernetes.admission.podspec import admit_pod, default_pod_spec, quality_of_service
from bot.demo.kubernetes.admission.ranges import default_range
from bot.demo.kubernetes.admission.storage import begin_claim, default_claim, default_class, default_volume
from bot.demo.kubernetes.custom.validation import default_definition
from bot.demo.kubernetes.kinds import Resource
from bot.demo.kubernetes.objects import Obj, labels_of, name_of, uid_of


def defaulted(resource: Resource, obj: Obj, *, creating: bool) -> Obj:
    """Fill in a document of the caller's own; malformed parts are left for validation to name."""
    obj.setdefault("metadata", {})
    if resource.custom is not None:
        if creating and resource.has_status:
            obj.pop("status", None)
        resource.custom.default(obj)
        return obj
    if creating and resource.has_status:
        obj["status"] = {}
    if resource.has_status:
        obj.setdefault("spec", {})
    step = _DEFAULTS.get((resource.group, resource.kind))
    if step is not None:
        step(obj)
    if creating and (initial := _INITIAL.get(resource.kind)) is not None:
        initial(obj)
    return obj


def _template(obj: Obj) -> None:
    template = obj["spec"].get("template")
    if not isinstance(template, dict):
        return
    template.setdefault("metadata", {})
    if isinstance(spec := template.get("spec"), dict):
        default_pod_spec(spec)


def _fill(target: Obj, **values: object) -> None:
    for key, value in values.items():
        if target.get(key) is None:
            target[key] = value


def _deployment(obj: Obj) -> None:
    spec = obj["spec"]
    _fill(spec, replicas=1, revisionHistoryLimit=10, progressDeadlineSeconds=600, strategy={})
    for key in ("paused", "minReadySeconds"):
        if not spec.get(key):
            spec.pop(key, None)
    strategy = spec["strategy"]
    _fill(strategy, type="RollingUpdate")
    if strategy["type"] == "RollingUpdate":
        _fill(strategy, rollingUpdate={})
        _fill(strategy["rollingUpdate"], maxUnavailable="25%", maxSurge="25%")
    _template(obj)


def _replica_set(obj: Obj) -> None:
    _fill(obj["spec"], replicas=1)
    _template(obj)
    labels = ((obj["spec"].get("template") or {}).get("metadata") or {}).get("labels")
    if labels and not obj["spec"].get("selector") and obj.get("kind") == "ReplicationController":
        obj["spec"]["selector"] = dict(labels)


def _stateful_set(obj: Obj) -> None:
    spec = obj["spec"]
    _fill(spec, replicas=1, revisionHistoryLimit=10, podManagementPolicy="OrderedReady", updateStrategy={})
    _fill(spec, persistentVolumeClaimRetentionPolicy={"whenDeleted": "Retain", "whenScaled": "Retain"})
    _fill(spec["updateStrategy"], type="RollingUpdate")
    if spec["updateStrategy"]["type"] == "RollingUpdate":
        _fill(spec["updateStrategy"], rollingUpdate={})
        _fill(spec["updateStrategy"]["rollingUpdate"], partition=0)
    _template(obj)


def _daemon_set(obj: Obj) -> None:
    spec = obj["spec"]
    _fill(spec, revisionHistoryLimit=10, updateStrategy={})
    _fill(spec["updateStrategy"], type="RollingUpdate")
    if spec["updateStrategy"]["type"] == "RollingUpdate":
        _fill(spec["updateStrategy"], rollingUpdate={})
        _fill(spec["updateStrategy"]["rollingUpdate"], maxSurge=0, maxUnavailable=1)
    _template(obj)


def _job_spec(spec: Obj) -> None:
    _fill(
        spec,
        backoffLimit=6,
        suspend=False,
        completionMode="NonIndexed",
        podReplacementPolicy="TerminatingOrFailed",
    )
    if spec.get("completions") is None and spec.get("parallelism") is None:
        _fill(spec, completions=1)
    _fill(spec, parallelism=1)
    if isinstance(template := spec.get("template"), dict):
        template.setdefault("metadata", {})
        if isinstance(template.get("spec"), dict):
            default_pod_spec(template["spec"])


def _cron_job(obj: Obj) -> None:
    spec = obj["spec"]
    _fill(
        spec, concurrencyPolicy="Allow", suspend=False, successfulJobsHistoryLimit=3, failedJobsHistoryLimit=1
    )
    if isinstance(inner := (spec.get("jobTemplate") or {}).get("spec"), dict) and isinstance(
        (inner.get("template") or {}).get("spec"), dict
    ):
        default_pod_spec(inner["template"]["spec"])
        spec["jobTemplate"].setdefault("metadata", {})
        inner["template"].setdefault("metadata", {})


def _pod(obj: Obj) -> None:
    if isinstance(obj["spec"], dict):
        default_pod_spec(obj["spec"])


def _service(obj: Obj) -> None:
    spec = obj["spec"]
    _fill(spec, type="ClusterIP", sessionAffinity="None")
    if spec["sessionAffinity"] == "ClientIP":
        _fill(spec, sessionAffinityConfig={"clientIP": {"timeoutSeconds": 10800}})
    if spec["type"] != "ExternalName":
        _fill(spec, internalTrafficPolicy="Cluster", ipFamilies=["IPv4"], ipFamilyPolicy="SingleStack")
    if spec["type"] in ("NodePort", "LoadBalancer"):
        _fill(spec, externalTrafficPolicy="Cluster")
    if spec["type"] == "LoadBalancer":
        _fill(spec, allocateLoadBalancerNodePorts=True)
    for port in spec.get("ports") or ():
        _fill(port, protocol="TCP")
        if port.get("targetPort") in (None, "", 0):
            port["targetPort"] = port.get("port")


def _autoscaler(obj: Obj) -> None:
    spec = obj["spec"]
    cpu = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}}
    _fill(spec, minReplicas=1)
    if not spec.get("metrics"):
        spec["metrics"] = [{"type": "Resource", "resource": cpu}]


def _namespace(obj: Obj) -> None:
    _fill(obj["spec"], finalizers=["kubernetes"])
    obj["metadata"]["labels"] = {**labels_of(obj), "kubernetes.io/metadata.name": name_of(obj)}


def _secret(obj: Obj) -> None:
    _fill(obj, type="Opaque")
    for key, value in (obj.pop("stringData", None) or {}).items():
        obj.setdefault("data", {})[key] = base64.b64encode(str(value).encode()).decode()


def _binding(obj: Obj) -> None:
    if isinstance(role := obj.get("roleRef"), dict):
        _fill(role, apiGroup="rbac.authorization.k8s.io")
    for subject in obj.get("subjects") or ():
        if subject.get("kind") in ("User", "Group"):
            _fill(subject, apiGroup="rbac.authorization.k8s.io")


def _priority(obj: Obj) -> None:
    _fill(obj, preemptionPolicy="PreemptLowerPriority")


def _begin_pod(obj: Obj) -> None:
    if isinstance(obj.get("spec"), dict):
        admit_pod(obj)
        obj["status"] = {"phase": "Pending", "qosClass": quality_of_service(obj["spec"])}


def _begin_job(obj: Obj) -> None:
    """Give a job the selector that finds its own pods and no others."""
    _job_spec(obj["spec"])
    if obj["spec"].get("manualSelector") or not isinstance(obj["spec"].get("template"), dict):
        return
    mine = {"batch.kubernetes.io/controller-uid": uid_of(obj)}
    both = {**mine, "batch.kubernetes.io/job-name": name_of(obj), "controller-uid": uid_of(obj)}
    labels = obj["spec"]["template"]["metadata"].setdefault("labels", {})
    labels.update({**both, "job-name": name_of(obj)})
    obj["spec"]["selector"] = {"matchLabels": mine}


def _status(**values: object) -> Callable[[Obj], None]:
    return lambda obj: obj.__setitem__("status", dict(values))


_DEFAULTS: dict[tuple[str, str], Callable[[Obj], None]] = {
    ("", "LimitRange"): default_range,
    ("", "Namespace"): _namespace,
    ("", "PersistentVolume"): default_volume,
    ("", "PersistentVolumeClaim"): default_claim,
    ("", "Pod"): _pod,
    ("", "ReplicationController"): _replica_set,
    ("", "Secret"): _secret,
    ("", "Service"): _service,
    ("apiextensions.k8s.io", "CustomResourceDefinition"): default_definition,
    ("apps", "DaemonSet"): _daemon_set,
    ("apps", "Deployment"): _deployment,
    ("apps", "ReplicaSet"): _replica_set,
    ("apps", "StatefulSet"): _stateful_set,
    ("autoscaling", "HorizontalPodAutoscaler"): _autoscaler,
    ("batch", "CronJob"): _cron_job,
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): _binding,
    ("rbac.authorization.k8s.io", "RoleBinding"): _binding,
    ("scheduling.k8s.io", "PriorityClass"): _priority,
    ("storage.k8s.io", "StorageClass"): default_class,
}
_INITIAL: dict[str, Callable[[Obj], None]] = {
    "DaemonSet": _status(
        currentNumberScheduled=0, numberMisscheduled=0, desiredNumberScheduled=0, numberReady=0
    ),
    "HorizontalPodAutoscaler": _status(currentMetrics=None, desiredReplicas=0),
    "Job": _begin_job,
    "Namespace": _status(phase="Active"),
    "PersistentVolume": _status(phase="Pending"),
    "PersistentVolumeClaim": begin_claim,
    "Pod": _begin_pod,
    "PodDisruptionBudget": _status(disruptionsAllowed=0, currentHealthy=0, desiredHealthy=0, expectedPods=0),
    "ReplicaSet": _status(replicas=0),
    "ReplicationController": _status(replicas=0),
    "Service": _status(loadBalancer={}),
    "StatefulSet": _status(replicas=0, availableReplicas=0),
}
