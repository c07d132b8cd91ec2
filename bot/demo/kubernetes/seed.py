"""What stands in every cluster from the start: its namespaces, its own Service, and the usual roles."""

from bot.demo.kubernetes.admission import defaulted
from bot.demo.kubernetes.admission.storage import DEFAULT_CLASS
from bot.demo.kubernetes.kinds import (
    CLUSTER_ROLE_BINDINGS,
    CLUSTER_ROLES,
    ENDPOINT_SLICES,
    ENDPOINTS,
    NAMESPACES,
    PRIORITY_CLASSES,
    SERVICES,
    STORAGE_CLASSES,
    Resource,
)
from bot.demo.kubernetes.objects import Obj
from bot.demo.kubernetes.store import Store
from bot.demo.kubernetes.volumes import LATE, PROVISIONER

_MANAGER = "kube-apiserver"
_ADDRESS, _PORT = "192.0.2.10", 6443  # where the API server says it stands
_LOOK = ["get", "list", "watch"]
_CHANGE = ["create", "delete", "deletecollection", "patch", "update"]
_BOOT = {"kubernetes.io/bootstrapping": "rbac-defaults"}
_EVERYBODY = "system:authenticated"

# What may be seen or changed in a namespace by those with the usual roles: group → resources.
_SEEN = {
    "": (
        "configmaps endpoints events limitranges namespaces persistentvolumeclaims pods pods/log pods/status "
        "replicationcontrollers replicationcontrollers/scale resourcequotas serviceaccounts services "
        "services/status"
    ),
    "apps": (
        "controllerrevisions daemonsets daemonsets/status deployments deployments/scale "
        "deployments/status replicasets "
        "replicasets/scale replicasets/status statefulsets statefulsets/scale statefulsets/status"
    ),
    "autoscaling": "horizontalpodautoscalers horizontalpodautoscalers/status",
    "batch": "cronjobs cronjobs/status jobs jobs/status",
    "discovery.k8s.io": "endpointslices",
    "metrics.k8s.io": "nodes pods",
    "networking.k8s.io": "ingresses ingresses/status networkpolicies",
    "policy": "poddisruptionbudgets poddisruptionbudgets/status",
}
_EDITED = {
    "": (
        "configmaps events persistentvolumeclaims pods pods/attach pods/eviction pods/exec "
        "pods/portforward pods/proxy "
        "replicationcontrollers replicationcontrollers/scale secrets serviceaccounts services services/proxy"
    ),
    "apps": (
        "daemonsets deployments deployments/rollback deployments/scale replicasets replicasets/scale "
        "statefulsets statefulsets/scale"
    ),
    "autoscaling": "horizontalpodautoscalers",
    "batch": "cronjobs jobs",
    "networking.k8s.io": "ingresses networkpolicies",
    "policy": "poddisruptionbudgets",
}
_INTERACTIVE = "pods/attach pods/exec pods/portforward pods/proxy secrets services/proxy"
_RBAC = "rbac.authorization.k8s.io"


def seed(store: Store) -> None:
    """Put in place what the API server makes at its first start."""
    for name in ("default", "kube-system", "kube-public", "kube-node-lease"):
        _make(store, NAMESPACES, {"metadata": {"name": name}, "spec": {}})
    labels = {"component": "apiserver", "provider": "kubernetes"}
    port = {"name": "https", "port": 443, "targetPort": _PORT, "protocol": "TCP"}
    own = {"type": "ClusterIP", "clusterIP": "10.96.0.1", "clusterIPs": ["10.96.0.1"], "ports": [port]}
    _make(
        store,
        SERVICES,
        {"metadata": {"name": "kubernetes", "namespace": "default", "labels": labels}, "spec": own},
    )
    _make_endpoints(store)
    _make_storage(store)
    for name, value in (("system-cluster-critical", 2_000_000_000), ("system-node-critical", 2_000_001_000)):
        _make(store, PRIORITY_CLASSES, {"metadata": {"name": name}, "value": value})
    for name, rules in _roles().items():
        _make(store, CLUSTER_ROLES, {"metadata": {"name": name, "labels": dict(_BOOT)}, "rules": rules})
    for role, group in (
        ("cluster-admin", "system:masters"),
        ("system:basic-user", _EVERYBODY),
        ("system:discovery", _EVERYBODY),
        ("system:public-info-viewer", _EVERYBODY),
    ):
        reference = {"apiGroup": _RBAC, "kind": "ClusterRole", "name": role}
        subjects = [{"apiGroup": _RBAC, "kind": "Group", "name": group}]
        metadata = {"name": role, "labels": dict(_BOOT)}
        _make(
            store, CLUSTER_ROLE_BINDINGS, {"metadata": metadata, "roleRef": reference, "subjects": subjects}
        )


def _make_endpoints(store: Store) -> None:
    """Stand behind the cluster's own Service: no pod does, the API server says so itself."""
    place = {"name": "kubernetes", "namespace": "default"}
    port = {"name": "https", "port": _PORT, "protocol": "TCP"}
    labels = {"endpointslice.kubernetes.io/skip-mirror": "true"}
    subset = {"addresses": [{"ip": _ADDRESS}], "ports": [port]}
    _make(store, ENDPOINTS, {"metadata": {**place, "labels": labels}, "subsets": [subset]})
    labels = {"kubernetes.io/service-name": "kubernetes"}
    ready = {"addresses": [_ADDRESS], "conditions": {"ready": True}}
    slices = {"addressType": "IPv4", "endpoints": [ready], "ports": [port]}
    _make(store, ENDPOINT_SLICES, {"metadata": {**place, "labels": labels}} | slices)


def _make_storage(store: Store) -> None:
    """Have volumes made for those who claim them."""
    metadata = {"name": "standard", "annotations": {DEFAULT_CLASS: "true"}}
    late = {"provisioner": PROVISIONER, "reclaimPolicy": "Delete", "volumeBindingMode": LATE}
    _make(store, STORAGE_CLASSES, {"metadata": metadata, **late})


def _make(store: Store, resource: Resource, obj: Obj) -> None:
    store.create(resource, defaulted(resource, obj, creating=True), _MANAGER)


def _rules(table: dict[str, str], verbs: list[str]) -> list[Obj]:
    return [
        {"apiGroups": [group], "resources": names.split(), "verbs": verbs} for group, names in table.items()
    ]


def _roles() -> dict[str, list[Obj]]:
    everything = [
        {"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]},
        {"nonResourceURLs": ["*"], "verbs": ["*"]},
    ]
    view = _rules(_SEEN, _LOOK)
    edit = [
        *view,
        {"apiGroups": [""], "resources": _INTERACTIVE.split(), "verbs": _LOOK},
        *_rules(_EDITED, _CHANGE),
    ]
    admin = [
        *edit,
        {"apiGroups": [_RBAC], "resources": ["roles", "rolebindings"], "verbs": [*_LOOK, *_CHANGE]},
    ]
    reviews = ["selfsubjectaccessreviews", "selfsubjectrulesreviews"]
    basic = [
        {"apiGroups": ["authorization.k8s.io"], "resources": reviews, "verbs": ["create"]},
        {"apiGroups": ["authentication.k8s.io"], "resources": ["selfsubjectreviews"], "verbs": ["create"]},
    ]
    health = ["/healthz", "/livez", "/readyz", "/version", "/version/"]
    paths = ["/api", "/api/*", "/apis", "/apis/*", "/openapi", "/openapi/*", *health]
    return {
        "admin": admin,
        "cluster-admin": everything,
        "edit": edit,
        "system:basic-user": basic,
        "system:discovery": [{"nonResourceURLs": paths, "verbs": ["get"]}],
        "system:public-info-viewer": [{"nonResourceURLs": health, "verbs": ["get"]}],
        "view": view,
    }
