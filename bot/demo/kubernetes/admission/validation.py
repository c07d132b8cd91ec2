"""Whether an object is possible: every fault is found, named by its field, and told at once."""

import re
from collections.abc import Callable
from json import dumps
from zoneinfo import available_timezones

from bot.demo.kubernetes.admission import fields
from bot.demo.kubernetes.admission.pods import check_pod_change, check_pod_spec
from bot.demo.kubernetes.admission.quotas import check_quota
from bot.demo.kubernetes.admission.ranges import check_range
from bot.demo.kubernetes.admission.shapes import misshapen
from bot.demo.kubernetes.admission.storage import check_claim, check_claim_change, check_class, check_volume
from bot.demo.kubernetes.cron import parse_schedule
from bot.demo.kubernetes.custom.validation import check_definition
from bot.demo.kubernetes.errors import ApiError, Fault, bad_request, invalid
from bot.demo.kubernetes.kinds import DEFINITIONS, Resource
from bot.demo.kubernetes.objects import Obj, name_of
from bot.demo.kubernetes.selectors import selects

_SERVICE_TYPES = ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")


def check_shape(resource: Resource, obj: Obj, *, patched: bool = False) -> None:
    """Refuse a document in which a value has the wrong type."""
    # what is custom has a schema of its own, and a definition speaks of fields by their names
    is_plain = resource.custom is None and resource is not DEFINITIONS
    said = misshapen(obj if is_plain else {"metadata": obj["metadata"]})
    if said is None:
        return
    if patched:
        raise unpatchable(obj, said)
    what = f'{resource.kind} in version "{resource.version}"'
    raise bad_request(f"{what} cannot be handled as a {resource.kind}: {said}")


def check_create(resource: Resource, obj: Obj) -> None:
    """Refuse a new object that cannot be."""
    if faults := _faults(resource, obj):
        raise invalid(resource.kind, resource.group, name_of(obj), faults)


def check_update(resource: Resource, obj: Obj, old: Obj) -> None:
    """Refuse a new state that cannot be, or that this object cannot come to."""
    faults = _faults(resource, obj) + _changes(resource, obj, old)
    if faults:
        raise invalid(resource.kind, resource.group, name_of(obj), faults)


def unpatchable(obj: Obj, said: str) -> ApiError:
    """Answer a patch whose result does not even have the right types."""
    fault = Fault("patch", f"Invalid value: {dumps(dumps(obj, separators=(',', ':')))}: {said}")
    answer = invalid("", "", "", [fault])
    answer.details = {"causes": [{"reason": fault.reason, "message": fault.message, "field": fault.field}]}
    return answer


def _faults(resource: Resource, obj: Obj) -> list[Fault]:
    found = _metadata(resource, obj)
    if resource.custom is not None:
        return found + resource.custom.faults(obj)
    check = _CHECKS.get((resource.group, resource.kind))
    return found + check(obj) if check is not None else found


def _metadata(resource: Resource, obj: Obj) -> list[Fault]:
    metadata = obj["metadata"]
    name = metadata.get("name") or ""
    if not name:
        return [fields.required("metadata.name", "name or generateName is required")]
    if resource.group == "rbac.authorization.k8s.io":
        found = (
            []
            if not any(c in name for c in "/%")
            else [fields.wrong("metadata.name", name, "may not contain '/' or '%'")]
        )
    else:
        shape = _NAMES.get(resource.plural, fields.subdomain)
        found = shape("metadata.name", name)
    return found + fields.label_map("metadata.labels", metadata.get("labels"))


_NAMES: dict[str, Callable[[str, str], list[Fault]]] = {
    "namespaces": fields.label,
    "services": fields.alpha_label,
}


def _workload(obj: Obj, *, counted: bool = True) -> list[Fault]:
    spec, found = obj["spec"], []
    if counted:
        found += fields.at_least("spec.replicas", spec.get("replicas"))
    found += fields.at_least("spec.minReadySeconds", spec.get("minReadySeconds"))
    template = spec.get("template") or {}
    labels = (template.get("metadata") or {}).get("labels") or {}
    found += fields.label_map("spec.template.metadata.labels", labels)
    selector = spec.get("selector")
    if not selector:
        found.append(fields.required("spec.selector"))
    elif faults := fields.selector("spec.selector", selector):
        found += faults
    elif not selects(selector, labels):
        found.append(
            fields.wrong(
                "spec.template.metadata.labels", labels, "`selector` does not match template `labels`"
            )
        )
    if "spec" not in template:
        return [*found, fields.required("spec.template.spec.containers")]
    found += check_pod_spec("spec.template.spec", template["spec"])
    if template["spec"].get("restartPolicy") != "Always":
        found += fields.one_of(
            "spec.template.spec.restartPolicy", template["spec"].get("restartPolicy"), ("Always",)
        )
    return found


def _deployment(obj: Obj) -> list[Fault]:
    spec, found = obj["spec"], _workload(obj)
    found += fields.one_of("spec.strategy.type", spec["strategy"].get("type"), ("Recreate", "RollingUpdate"))
    found += fields.at_least("spec.revisionHistoryLimit", spec.get("revisionHistoryLimit"))
    rolling = spec["strategy"].get("rollingUpdate")
    if rolling is not None and spec["strategy"].get("type") == "Recreate":
        why = "may not be specified when strategy `type` is 'Recreate'"
        found.append(fields.forbidden_field("spec.strategy.rollingUpdate", why))
    elif rolling and all(str(rolling.get(key)) in ("0", "0%") for key in ("maxSurge", "maxUnavailable")):
        why = "may not be 0 when `maxSurge` is 0"
        found.append(
            fields.wrong("spec.strategy.rollingUpdate.maxUnavailable", rolling["maxUnavailable"], why)
        )
    deadline, wait = spec.get("progressDeadlineSeconds"), spec.get("minReadySeconds") or 0
    if isinstance(deadline, int) and deadline <= wait:
        found.append(
            fields.wrong("spec.progressDeadlineSeconds", deadline, "must be greater than minReadySeconds")
        )
    return found


def _job(obj: Obj) -> list[Fault]:
    spec = obj["spec"]
    found = [
        f
        for key in ("completions", "parallelism", "backoffLimit")
        for f in fields.at_least(f"spec.{key}", spec.get(key))
    ]
    if spec.get("completionMode") == "Indexed" and spec.get("completions") is None:
        found.append(fields.required("spec.completions", "when completion mode is Indexed"))
    inner = (spec.get("template") or {}).get("spec")
    if inner is None:
        return [*found, fields.required("spec.template.spec.containers")]
    found += check_pod_spec("spec.template.spec", inner)
    policies = ("OnFailure", "Never")
    if inner.get("restartPolicy") not in policies:
        field = "spec.template.spec.restartPolicy"
        if inner.get("restartPolicy") in (None, "", "Always"):
            found.append(
                Fault(field, 'Required value: valid values: "OnFailure", "Never"', "FieldValueRequired")
            )
        else:
            found += fields.one_of(field, inner.get("restartPolicy"), policies)
    return found


def _cron_job(obj: Obj) -> list[Fault]:
    spec = obj["spec"]
    schedule = str(spec.get("schedule") or "")
    found = [] if schedule else [fields.required("spec.schedule")]
    try:
        parse_schedule(schedule or "* * * * *")
    except ValueError as error:
        found.append(fields.wrong("spec.schedule", schedule, str(error)))
    found += fields.one_of(
        "spec.concurrencyPolicy", spec["concurrencyPolicy"], ("Allow", "Forbid", "Replace")
    )
    zone = spec.get("timeZone")
    if zone is not None and zone not in available_timezones():
        found.append(fields.wrong("spec.timeZone", zone, f"unknown time zone {zone}"))
    inner = _job({"spec": (spec.get("jobTemplate") or {}).get("spec") or {}})
    return found + [Fault(f"spec.jobTemplate.{one.field}", one.message, one.reason) for one in inner]


def _service(obj: Obj) -> list[Fault]:
    spec = obj["spec"]
    kind, ports, found = spec.get("type"), spec.get("ports") or [], []
    if not ports and kind != "ExternalName" and spec.get("clusterIP") != "None":
        found.append(fields.required("spec.ports"))
    for index, port in enumerate(ports):
        place = f"spec.ports[{index}]"
        if len(ports) > 1 and not port.get("name"):
            found.append(fields.required(f"{place}.name"))
        found += fields.port(f"{place}.port", port.get("port")) or (
            [] if port.get("port") else [fields.required(f"{place}.port")]
        )
        found += fields.one_of(f"{place}.protocol", port.get("protocol"), ("SCTP", "TCP", "UDP"))
        found += fields.port(f"{place}.targetPort", port.get("targetPort"))
    found += fields.label_map("spec.selector", spec.get("selector"))
    found += fields.one_of("spec.type", kind, _SERVICE_TYPES)
    if kind == "ExternalName":
        name = (spec.get("externalName") or "").rstrip(".")
        found += (
            fields.subdomain("spec.externalName", name) if name else [fields.required("spec.externalName")]
        )
    return found


def _autoscaler(obj: Obj) -> list[Fault]:
    spec, found = obj["spec"], []
    most, least = spec.get("maxReplicas") or 0, spec.get("minReplicas") or 0
    if least < 1:
        found.append(fields.wrong("spec.minReplicas", least, "must be greater than or equal to 1"))
    if most < 1:
        found.append(fields.wrong("spec.maxReplicas", most, "must be greater than 0"))
    elif most < least:
        found.append(fields.wrong("spec.maxReplicas", most, "must be greater than or equal to `minReplicas`"))
    target = spec.get("scaleTargetRef") or {}
    found += [
        fields.required(f"spec.scaleTargetRef.{key}") for key in ("kind", "name") if not target.get(key)
    ]
    return found


def _budget(obj: Obj) -> list[Fault]:
    spec = obj["spec"]
    if spec.get("minAvailable") is not None and spec.get("maxUnavailable") is not None:
        return [fields.wrong("spec", spec, "minAvailable and maxUnavailable cannot be both set")]
    return fields.selector("spec.selector", spec.get("selector") or {})


def _config(obj: Obj) -> list[Fault]:
    form = r"[-._a-zA-Z0-9]+"
    why = (
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or "
        f"'KEY_NAME',  or 'key-name', regex used for validation is '{form}')"
    )
    keys = (obj.get("data") or {}).keys()
    return [fields.wrong(f"data[{key}]", key, why) for key in keys if not re.fullmatch(form, key)]


_CHECKS: dict[tuple[str, str], Callable[[Obj], list[Fault]]] = {
    ("", "ConfigMap"): _config,
    ("", "LimitRange"): check_range,
    ("", "PersistentVolume"): check_volume,
    ("", "PersistentVolumeClaim"): check_claim,
    ("", "Pod"): lambda obj: check_pod_spec("spec", obj["spec"]),
    ("", "ResourceQuota"): check_quota,
    ("", "Secret"): _config,
    ("", "Service"): _service,
    ("apiextensions.k8s.io", "CustomResourceDefinition"): check_definition,
    ("apps", "DaemonSet"): lambda obj: _workload(obj, counted=False),
    ("apps", "Deployment"): _deployment,
    ("apps", "ReplicaSet"): _workload,
    ("apps", "StatefulSet"): _workload,
    ("autoscaling", "HorizontalPodAutoscaler"): _autoscaler,
    ("batch", "CronJob"): _cron_job,
    ("batch", "Job"): _job,
    ("policy", "PodDisruptionBudget"): _budget,
    ("storage.k8s.io", "StorageClass"): check_class,
}


def _changes(resource: Resource, obj: Obj, old: Obj) -> list[Fault]:
    if resource.kind in ("Deployment", "ReplicaSet", "DaemonSet"):
        return fields.immutable("spec.selector", old["spec"].get("selector"), obj["spec"].get("selector"))
    if resource.kind == "StatefulSet":
        return _stateful_set_change(obj["spec"], old["spec"])
    if resource.kind == "PersistentVolumeClaim":
        return check_claim_change(obj["spec"], old["spec"])
    if resource.kind == "Job":
        return fields.immutable("spec.template", old["spec"].get("template"), obj["spec"].get("template"))
    if resource.kind == "Pod":
        return check_pod_change(obj, old)
    if resource.kind in ("RoleBinding", "ClusterRoleBinding") and obj.get("roleRef") != old.get("roleRef"):
        return [fields.wrong("roleRef", obj.get("roleRef"), "cannot change roleRef")]
    if (
        resource.kind in ("ConfigMap", "Secret")
        and old.get("immutable")
        and obj.get("data") != old.get("data")
    ):
        return [fields.forbidden_field("data", "field is immutable when `immutable` is set")]
    return []


_MAY_CHANGE = (
    "replicas",
    "ordinals",
    "template",
    "updateStrategy",
    "revisionHistoryLimit",
    "persistentVolumeClaimRetentionPolicy",
    "minReadySeconds",
)


def _stateful_set_change(spec: Obj, old: Obj) -> list[Fault]:
    if all(old.get(key) == spec.get(key) for key in {*old, *spec} - set(_MAY_CHANGE)):
        return []
    *most, last = (f"'{key}'" for key in _MAY_CHANGE)
    why = f"updates to statefulset spec for fields other than {', '.join(most)} and {last} are forbidden"
    return [fields.forbidden_field("spec", why)]
