"""Defaults of a pod's specification, wherever one stands: in a pod or in a template."""

from typing import Any

from bot.demo.kubernetes.objects import Obj, suffix

_TOKEN_MOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"  # noqa: S105  # a path, not a secret
_FILE_MODE = 0o644


def default_pod_spec(spec: Obj) -> None:
    spec.setdefault("restartPolicy", "Always")
    spec.setdefault("dnsPolicy", "ClusterFirst")
    spec.setdefault("schedulerName", "default-scheduler")
    spec.setdefault("securityContext", {})
    spec.setdefault("terminationGracePeriodSeconds", 30)
    if spec.get("serviceAccountName"):
        spec.setdefault("serviceAccount", spec["serviceAccountName"])
    for kind in ("containers", "initContainers", "ephemeralContainers"):
        for container in _dicts(spec.get(kind)):
            _default_container(container)
    for volume in _dicts(spec.get("volumes")):
        _default_volume(volume)


def _default_container(container: Obj) -> None:
    container.setdefault(
        "imagePullPolicy", "Always" if _floats(container.get("image") or "") else "IfNotPresent"
    )
    resources = container.setdefault("resources", {})
    if isinstance(resources, dict) and resources.get("limits"):
        resources["requests"] = {**resources["limits"], **(resources.get("requests") or {})}
    container.setdefault("terminationMessagePath", "/dev/termination-log")
    container.setdefault("terminationMessagePolicy", "File")
    for port in _dicts(container.get("ports")):
        port.setdefault("protocol", "TCP")
    for variable in _dicts(container.get("env")):
        if isinstance(reference := (variable.get("valueFrom") or {}).get("fieldRef"), dict):
            reference.setdefault("apiVersion", "v1")
    for name in ("livenessProbe", "readinessProbe", "startupProbe"):
        if isinstance(probe := container.get(name), dict):
            _default_probe(probe)


def _default_probe(probe: Obj) -> None:
    usual = {"timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3}
    for key, value in usual.items():
        if not probe.get(key):
            probe[key] = value
    if isinstance(http := probe.get("httpGet"), dict):
        http.setdefault("path", "/")
        http.setdefault("scheme", "HTTP")


def _default_volume(volume: Obj) -> None:
    for kind in ("configMap", "secret", "projected", "downwardAPI"):
        if isinstance(source := volume.get(kind), dict):
            source.setdefault("defaultMode", _FILE_MODE)
    if set(volume) == {"name"}:
        volume["emptyDir"] = {}
    if isinstance(source := volume.get("hostPath"), dict):
        source.setdefault("type", "")


def _floats(image: str) -> bool:
    """Tell whether the name may mean another image tomorrow."""
    if "@" in image:
        return False
    last = image.rsplit("/", 1)[-1]
    return ":" not in last or last.endswith(":latest")


def admit_pod(pod: Obj) -> None:
    """Add what a pod gets beyond a template: its account, its token, what it puts up with."""
    spec = pod["spec"]
    spec.setdefault("enableServiceLinks", True)
    spec.setdefault("preemptionPolicy", "PreemptLowerPriority")
    spec.setdefault("priority", 0)
    account = spec.setdefault("serviceAccountName", "default")
    spec.setdefault("serviceAccount", account)
    tolerations = spec.setdefault("tolerations", [])
    for key in ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"):
        if not any(
            t.get("key") == key or (not t.get("key") and t.get("operator") == "Exists") for t in tolerations
        ):
            tolerations.append(
                {"key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300}
            )
    if spec.get("automountServiceAccountToken") is not False:
        _mount_token(spec)


def _mount_token(spec: Obj) -> None:
    if any(
        str(volume.get("name", "")).startswith("kube-api-access-") for volume in spec.get("volumes") or ()
    ):
        return
    name = f"kube-api-access-{suffix()}"
    ca = {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}
    here = {"path": "namespace", "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"}}
    sources = [
        {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
        {"configMap": ca},
        {"downwardAPI": {"items": [here]}},
    ]
    spec.setdefault("volumes", []).append(
        {"name": name, "projected": {"sources": sources, "defaultMode": _FILE_MODE}}
    )
    for kind in ("initContainers", "containers"):
        for container in spec.get(kind) or ():
            mount = {"name": name, "readOnly": True, "mountPath": _TOKEN_MOUNT}
            container.setdefault("volumeMounts", []).append(mount)


def quality_of_service(spec: Obj) -> str:
    """Rank a pod by what it asks for: Guaranteed, Burstable or BestEffort."""
    asked = [
        c.get("resources") or {} for c in (spec.get("containers") or []) + (spec.get("initContainers") or [])
    ]
    if not any(resources.get("requests") or resources.get("limits") for resources in asked):
        return "BestEffort"
    bound = all(
        set(r.get("limits") or {}) >= {"cpu", "memory"} and r.get("requests", r["limits"]) == r["limits"]
        for r in asked
    )
    return "Guaranteed" if bound else "Burstable"


def _dicts(items: Any) -> list[Obj]:
    return [item for item in items or () if isinstance(item, dict)] if isinstance(items, list) else []
