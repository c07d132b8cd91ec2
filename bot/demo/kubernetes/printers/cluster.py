"""Nodes, namespaces, events, and the rest that a cluster is made of."""

from bot.demo.kubernetes import clock
from bot.demo.kubernetes.objects import Obj, condition_of, labels_of, name_of
from bot.demo.kubernetes.printers import texts
from bot.demo.kubernetes.printers.columns import AGE, NAME, Cells, Column, Printer, age_of, wide
from bot.demo.kubernetes.quantity import parse_quantity

_ROLE = "node-role.kubernetes.io/"


def _node(obj: Obj) -> list[object]:
    info, status = obj["status"]["nodeInfo"], obj["status"]
    addresses = {one["type"]: one["address"] for one in status["addresses"]}
    roles = sorted(key.removeprefix(_ROLE) for key in labels_of(obj) if key.startswith(_ROLE))
    kernel = f"{info['kernelVersion']} ({info['architecture']})"
    where = [addresses.get("InternalIP", "<none>"), addresses.get("ExternalIP", "<none>")]
    head = [name_of(obj), _node_status(obj), ",".join(roles) or "<none>", age_of(obj), info["kubeletVersion"]]
    return [*head, *where, info["osImage"], kernel, info["containerRuntimeVersion"]]


def _node_status(node: Obj) -> str:
    ready = condition_of(node, "Ready")
    word = "Unknown" if ready is None else "Ready" if ready["status"] == "True" else "NotReady"
    return f"{word},SchedulingDisabled" if node["spec"].get("unschedulable") else word


def _event(obj: Obj) -> list[object]:
    about, source = obj["involvedObject"], obj.get("source") or {}
    first = obj.get("firstTimestamp") or obj.get("eventTime")
    last = obj.get("lastTimestamp") or first
    seen, began = (clock.age(moment) if moment else "<unknown>" for moment in (last, first))
    target = f"{about['kind'].lower()}/{about['name']}"
    component = source.get("component") or obj.get("reportingComponent") or ""
    spoken = f"{component}, {source['host']}" if source.get("host") else component
    message = str(obj.get("message", "")).strip()
    head = [seen, obj.get("type", ""), obj.get("reason", ""), target, about.get("fieldPath", "")]
    return [*head, spoken, message, began, obj.get("count") or 1, name_of(obj)]


def _budget(obj: Obj) -> list[object]:
    spec = obj["spec"]
    least, most = (spec.get(key) for key in ("minAvailable", "maxUnavailable"))
    bounds = [str(least) if least is not None else "N/A", str(most) if most is not None else "N/A"]
    return [name_of(obj), *bounds, obj.get("status", {}).get("disruptionsAllowed", 0), age_of(obj)]


def _quota(obj: Obj) -> list[object]:
    hard, used = obj["spec"].get("hard") or {}, obj.get("status", {}).get("used") or {}
    pairs = {key: f"{key}: {used.get(key, '0')}/{hard[key]}" for key in sorted(hard)}
    limits = ", ".join(text for key, text in pairs.items() if key.startswith("limits."))
    return [
        name_of(obj),
        ", ".join(t for k, t in pairs.items() if not k.startswith("limits.")),
        limits,
        age_of(obj),
    ]


def _binding(obj: Obj) -> list[object]:
    named: dict[str, list[str]] = {"User": [], "Group": [], "ServiceAccount": []}
    for subject in obj.get("subjects") or ():
        name = f"{subject['namespace']}/{subject['name']}" if subject.get("namespace") else subject["name"]
        named.setdefault(subject["kind"], []).append(name)
    role = f"{obj['roleRef']['kind']}/{obj['roleRef']['name']}"
    return [name_of(obj), role, age_of(obj), *(", ".join(names) for names in named.values())]


def _simple(*cells: Cells) -> Cells:
    return lambda obj: [name_of(obj), *(cell for make in cells for cell in make(obj)), age_of(obj)]


def _data(obj: Obj) -> list[object]:
    return [len(obj.get("data") or ()) + len(obj.get("binaryData") or ())]


_BINDING = (
    NAME,
    Column("Role", "The role that is granted."),
    AGE,
    wide("Users", "Users in the binding"),
    wide("Groups", "Groups in the binding"),
    wide("ServiceAccounts", "ServiceAccounts in the binding"),
)
_CREATED = Column("Created At", texts.ANY_AGE, "date")


def _usage(obj: Obj) -> list[object]:
    """Sum what a node uses, or the containers of a pod."""
    parts = [one["usage"] for one in obj.get("containers") or [obj]]
    cpu, memory = (sum(parse_quantity(part[name]) for part in parts) for name in ("cpu", "memory"))
    return [name_of(obj), f"{int(cpu * 1000)}m", f"{int(memory) // 1024}Ki", obj["window"]]


_USAGE = Printer(
    (
        NAME,
        Column("cpu", "Cores used.", format="quantity"),
        Column("memory", "Bytes used.", format="quantity"),
        Column("Window", "The interval over which the usage was measured."),
    ),
    _usage,
)


def _created(obj: Obj) -> list[object]:
    return [name_of(obj), obj["metadata"].get("creationTimestamp")]


CLUSTER: dict[tuple[str, str], Printer] = {
    ("", "nodes"): Printer(
        (
            NAME,
            Column("Status", texts.NODE_STATUS),
            Column("Roles", texts.NODE_ROLES),
            AGE,
            Column("Version", texts.NODE_VERSION),
            wide("Internal-IP", texts.NODE_ADDRESS),
            wide("External-IP", texts.NODE_ADDRESS),
            wide("OS-Image", texts.NODE_OS_IMAGE),
            wide("Kernel-Version", texts.NODE_KERNEL_VERSION),
            wide("Container-Runtime", texts.NODE_CONTAINER_RUNTIME),
        ),
        _node,
    ),
    ("", "events"): Printer(
        (
            Column("Last Seen", "The time at which the most recent occurrence of this event was recorded."),
            Column("Type", "Type of this event (Normal, Warning), new types could be added in the future"),
            Column("Reason", "A short, machine understandable string that gives the reason for the event."),
            Column("Object", "The object that this event is about."),
            wide(
                "Subobject", "If referring to a piece of an object instead of an entire object, which piece."
            ),
            wide("Source", "The component reporting this event."),
            Column("Message", "A human-readable description of the status of this operation."),
            wide("First Seen", "The time at which the event was first recorded."),
            wide("Count", "The number of times this event has occurred."),
            Column("Name", texts.ANY_NAME, priority=1, format="name"),
        ),
        _event,
    ),
    ("", "namespaces"): Printer(
        (NAME, Column("Status", "The status of the namespace"), AGE),
        _simple(lambda obj: [obj.get("status", {}).get("phase", "")]),
    ),
    ("", "configmaps"): Printer(
        (NAME, Column("Data", "Data contains the configuration data.", "integer"), AGE), _simple(_data)
    ),
    ("", "secrets"): Printer(
        (
            NAME,
            Column("Type", "Used to facilitate programmatic handling of secret data."),
            Column("Data", "Data contains the secret data.", "integer"),
            AGE,
        ),
        _simple(lambda obj: [obj.get("type", ""), len(obj.get("data") or ())]),
    ),
    ("", "serviceaccounts"): Printer(
        (NAME, Column("Secrets", "Secrets that pods running with this account may use.", "integer"), AGE),
        _simple(lambda obj: [len(obj.get("secrets") or ())]),
    ),
    ("", "resourcequotas"): Printer(
        (
            NAME,
            Column("Request", "What is used of what may be requested."),
            Column("Limit", "The same, of limits."),
            AGE,
        ),
        _quota,
    ),
    ("coordination.k8s.io", "leases"): Printer(
        (NAME, Column("Holder", "The identity of the holder of a current lease."), AGE),
        _simple(lambda obj: [obj.get("spec", {}).get("holderIdentity", "")]),
    ),
    ("metrics.k8s.io", "nodes"): _USAGE,
    ("metrics.k8s.io", "pods"): _USAGE,
    ("policy", "poddisruptionbudgets"): Printer(
        (
            NAME,
            Column("Min Available", "The minimum number of pods that must be available."),
            Column("Max Unavailable", "The maximum number of pods that may be unavailable."),
            Column(
                "Allowed Disruptions",
                "Calculated number of pods that may be disrupted at this time.",
                "integer",
            ),
            AGE,
        ),
        _budget,
    ),
    ("scheduling.k8s.io", "priorityclasses"): Printer(
        (
            NAME,
            Column("Value", "The integer value of this priority class.", "integer"),
            Column("Global-Default", "Whether pods without a class belong to it.", "boolean"),
            AGE,
            wide("PreemptionPolicy", "Whether its pods take the place of others."),
        ),
        lambda obj: [
            name_of(obj),
            obj.get("value", 0),
            bool(obj.get("globalDefault")),
            age_of(obj),
            obj.get("preemptionPolicy", ""),
        ],
    ),
    ("rbac.authorization.k8s.io", "roles"): Printer((NAME, _CREATED), _created),
    ("rbac.authorization.k8s.io", "clusterroles"): Printer((NAME, _CREATED), _created),
    ("rbac.authorization.k8s.io", "rolebindings"): Printer(_BINDING, _binding),
    ("rbac.authorization.k8s.io", "clusterrolebindings"): Printer(_BINDING, _binding),
}
