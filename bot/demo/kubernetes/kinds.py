"""The kinds this server knows: one line each, from which discovery, routing and storage follow."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Union

if TYPE_CHECKING:
    from bot.demo.kubernetes.custom.definition import Custom

READ = ("get", "list", "watch")
CRUD = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")
STATUS = ("get", "patch", "update")
PROXY = ("create", "delete", "get", "patch", "update")


@dataclass(frozen=True)
class Subresource:
    """What hangs below an object: its status, its log, its scale."""

    name: str
    kind: str
    verbs: tuple[str, ...]
    group: str = ""
    version: str = ""


@dataclass(frozen=True)
class Resource:
    """One kind as the API serves it, known by its group, its version and its plural name."""

    group: str
    version: str
    kind: str = field(compare=False)
    plural: str
    namespaced: bool = field(default=True, compare=False)
    short: tuple[str, ...] = field(default=(), compare=False)
    categories: tuple[str, ...] = field(default=(), compare=False)
    verbs: tuple[str, ...] = field(default=CRUD, compare=False)
    subresources: tuple[Subresource, ...] = field(default=(), compare=False)
    singular: str = field(default="", compare=False)
    custom: Union["Custom", None] = field(default=None, compare=False)

    @property
    def address(self) -> tuple[str, str, str]:
        return self.group, self.version, self.plural

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def qualified(self) -> str:
        """The name errors use: `deployments.apps`, but plain `pods`."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def has_status(self) -> bool:
        return any(sub.name == "status" for sub in self.subresources)

    @property
    def is_virtual(self) -> bool:
        """Nothing is stored: a review is answered and forgotten."""
        return self.verbs == ("create",)

    def subresource(self, name: str) -> Subresource | None:
        return next((sub for sub in self.subresources if sub.name == name), None)


def _resource(
    api: str, kind: str, plural: str, short: str = "", *, cluster: bool = False, **more: object
) -> Resource:
    group, _, version = api.rpartition("/")
    subs = more.pop("subs", ())
    status = (Subresource("status", kind, STATUS),) if more.pop("status", False) else ()
    words = {key: tuple(str(value).split()) for key, value in more.items()}
    return Resource(
        group=group,
        version=version,
        kind=kind,
        plural=plural,
        namespaced=not cluster,
        short=tuple(short.split()),
        categories=words.get("categories", ()),
        verbs=words.get("verbs", CRUD),
        subresources=(*status, *subs),  # type: ignore[misc]  # the keyword is always a tuple of Subresource
        singular=kind.lower(),
    )


SCALE = (Subresource("scale", "Scale", STATUS, "autoscaling", "v1"),)
_POD_SUBS = (
    Subresource("attach", "PodAttachOptions", ("create", "get")),
    Subresource("binding", "Binding", ("create",)),
    Subresource("ephemeralcontainers", "Pod", STATUS),
    Subresource("eviction", "Eviction", ("create",), "policy", "v1"),
    Subresource("exec", "PodExecOptions", ("create", "get")),
    Subresource("log", "Pod", ("get",)),
    Subresource("proxy", "PodProxyOptions", PROXY),
    Subresource("resize", "Pod", STATUS),
)
_NO_COLLECTION_DELETE = "create delete get list patch update watch"
_ONCE = "create"

BUILT_IN: tuple[Resource, ...] = (
    _resource("v1", "ConfigMap", "configmaps", "cm"),
    _resource("v1", "Endpoints", "endpoints", "ep"),
    _resource("v1", "Event", "events", "ev"),
    _resource("v1", "LimitRange", "limitranges", "limits"),
    _resource(
        "v1",
        "Namespace",
        "namespaces",
        "ns",
        cluster=True,
        status=True,
        verbs=_NO_COLLECTION_DELETE,
        subs=(Subresource("finalize", "Namespace", ("update",)),),
    ),
    _resource(
        "v1",
        "Node",
        "nodes",
        "no",
        cluster=True,
        status=True,
        subs=(Subresource("proxy", "NodeProxyOptions", PROXY),),
    ),
    _resource("v1", "PersistentVolumeClaim", "persistentvolumeclaims", "pvc", status=True),
    _resource("v1", "PersistentVolume", "persistentvolumes", "pv", cluster=True, status=True),
    _resource("v1", "Pod", "pods", "po", categories="all", status=True, subs=_POD_SUBS),
    _resource("v1", "PodTemplate", "podtemplates"),
    _resource(
        "v1",
        "ReplicationController",
        "replicationcontrollers",
        "rc",
        categories="all",
        status=True,
        subs=SCALE,
    ),
    _resource("v1", "ResourceQuota", "resourcequotas", "quota", status=True),
    _resource("v1", "Secret", "secrets"),
    _resource(
        "v1",
        "ServiceAccount",
        "serviceaccounts",
        "sa",
        subs=(Subresource("token", "TokenRequest", ("create",), "authentication.k8s.io", "v1"),),
    ),
    _resource(
        "v1",
        "Service",
        "services",
        "svc",
        categories="all",
        status=True,
        subs=(Subresource("proxy", "ServiceProxyOptions", PROXY),),
    ),
    _resource(
        "apiextensions.k8s.io/v1",
        "CustomResourceDefinition",
        "customresourcedefinitions",
        "crd crds",
        cluster=True,
        categories="api-extensions",
        status=True,
    ),
    _resource("apps/v1", "ControllerRevision", "controllerrevisions"),
    _resource("apps/v1", "DaemonSet", "daemonsets", "ds", categories="all", status=True),
    _resource("apps/v1", "Deployment", "deployments", "deploy", categories="all", status=True, subs=SCALE),
    _resource("apps/v1", "ReplicaSet", "replicasets", "rs", categories="all", status=True, subs=SCALE),
    _resource("apps/v1", "StatefulSet", "statefulsets", "sts", categories="all", status=True, subs=SCALE),
    _resource(
        "authentication.k8s.io/v1", "SelfSubjectReview", "selfsubjectreviews", cluster=True, verbs=_ONCE
    ),
    _resource("authentication.k8s.io/v1", "TokenReview", "tokenreviews", cluster=True, verbs=_ONCE),
    _resource(
        "authorization.k8s.io/v1", "LocalSubjectAccessReview", "localsubjectaccessreviews", verbs=_ONCE
    ),
    _resource(
        "authorization.k8s.io/v1",
        "SelfSubjectAccessReview",
        "selfsubjectaccessreviews",
        cluster=True,
        verbs=_ONCE,
    ),
    _resource(
        "authorization.k8s.io/v1",
        "SelfSubjectRulesReview",
        "selfsubjectrulesreviews",
        cluster=True,
        verbs=_ONCE,
    ),
    _resource(
        "authorization.k8s.io/v1", "SubjectAccessReview", "subjectaccessreviews", cluster=True, verbs=_ONCE
    ),
    *(
        _resource(
            f"autoscaling/{version}",
            "HorizontalPodAutoscaler",
            "horizontalpodautoscalers",
            "hpa",
            categories="all",
            status=True,
        )
        for version in ("v2", "v1")
    ),
    _resource("batch/v1", "CronJob", "cronjobs", "cj", categories="all", status=True),
    _resource("batch/v1", "Job", "jobs", categories="all", status=True),
    _resource(
        "certificates.k8s.io/v1",
        "CertificateSigningRequest",
        "certificatesigningrequests",
        "csr",
        cluster=True,
    ),
    _resource("coordination.k8s.io/v1", "Lease", "leases"),
    _resource("discovery.k8s.io/v1", "EndpointSlice", "endpointslices"),
    _resource("events.k8s.io/v1", "Event", "events", "ev"),
    _resource("metrics.k8s.io/v1beta1", "NodeMetrics", "nodes", cluster=True, verbs="get list"),
    _resource("metrics.k8s.io/v1beta1", "PodMetrics", "pods", verbs="get list"),
    _resource("networking.k8s.io/v1", "IngressClass", "ingressclasses", cluster=True),
    _resource("networking.k8s.io/v1", "Ingress", "ingresses", "ing", status=True),
    _resource("networking.k8s.io/v1", "NetworkPolicy", "networkpolicies", "netpol"),
    _resource("policy/v1", "PodDisruptionBudget", "poddisruptionbudgets", "pdb", status=True),
    _resource("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "clusterrolebindings", cluster=True),
    _resource("rbac.authorization.k8s.io/v1", "ClusterRole", "clusterroles", cluster=True),
    _resource("rbac.authorization.k8s.io/v1", "RoleBinding", "rolebindings"),
    _resource("rbac.authorization.k8s.io/v1", "Role", "roles"),
    _resource("scheduling.k8s.io/v1", "PriorityClass", "priorityclasses", "pc", cluster=True),
    _resource("storage.k8s.io/v1", "StorageClass", "storageclasses", "sc", cluster=True),
)


class Kinds:
    """Which resources are served now; looked up by where they stand in a path, or by kind."""

    def __init__(self) -> None:
        self._by_path: dict[tuple[str, str, str], Resource] = {}
        for resource in BUILT_IN:
            self.add(resource)

    def add(self, resource: Resource) -> None:
        self._by_path[resource.address] = resource

    def drop(self, resource: Resource) -> None:
        self._by_path.pop(resource.address, None)

    def all(self) -> list[Resource]:
        return list(self._by_path.values())

    def at(self, group: str, version: str, plural: str) -> Resource | None:
        return self._by_path.get((group, version, plural))

    def of(self, api_version: str, kind: str) -> Resource | None:
        group, _, version = api_version.rpartition("/")
        return next((r for r in self.all() if (r.group, r.version, r.kind) == (group, version, kind)), None)

    def serves(self, group: str, version: str) -> bool:
        return any((r.group, r.version) == (group, version) for r in self.all())


def _named(group: str, plural: str) -> Resource:
    return next(resource for resource in BUILT_IN if (resource.group, resource.plural) == (group, plural))


CONFIG_MAPS = _named("", "configmaps")
ENDPOINTS = _named("", "endpoints")
EVENTS = _named("", "events")
NAMESPACES = _named("", "namespaces")
NODES = _named("", "nodes")
PODS = _named("", "pods")
QUOTAS = _named("", "resourcequotas")
RANGES = _named("", "limitranges")
SECRETS = _named("", "secrets")
SERVICE_ACCOUNTS = _named("", "serviceaccounts")
SERVICES = _named("", "services")
CLAIMS = _named("", "persistentvolumeclaims")
VOLUMES = _named("", "persistentvolumes")
PRIORITY_CLASSES = _named("scheduling.k8s.io", "priorityclasses")
STORAGE_CLASSES = _named("storage.k8s.io", "storageclasses")
DEFINITIONS = _named("apiextensions.k8s.io", "customresourcedefinitions")
CONTROLLER_REVISIONS = _named("apps", "controllerrevisions")
DAEMON_SETS = _named("apps", "daemonsets")
DEPLOYMENTS = _named("apps", "deployments")
REPLICA_SETS = _named("apps", "replicasets")
STATEFUL_SETS = _named("apps", "statefulsets")
AUTOSCALERS = _named("autoscaling", "horizontalpodautoscalers")
CRON_JOBS = _named("batch", "cronjobs")
JOBS = _named("batch", "jobs")
LEASES = _named("coordination.k8s.io", "leases")
ENDPOINT_SLICES = _named("discovery.k8s.io", "endpointslices")
BUDGETS = _named("policy", "poddisruptionbudgets")
CLUSTER_ROLES = _named("rbac.authorization.k8s.io", "clusterroles")
CLUSTER_ROLE_BINDINGS = _named("rbac.authorization.k8s.io", "clusterrolebindings")
ROLES = _named("rbac.authorization.k8s.io", "roles")
ROLE_BINDINGS = _named("rbac.authorization.k8s.io", "rolebindings")
