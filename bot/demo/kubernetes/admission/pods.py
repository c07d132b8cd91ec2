"""Whether a pod is possible, and whether a running one may become it."""

from bot.demo.kubernetes.admission import fields
from bot.demo.kubernetes.errors import Fault
from bot.demo.kubernetes.objects import Obj, clone
from bot.demo.kubernetes.quantity import parse_quantity

_POLICIES = ("Always", "IfNotPresent", "Never")
_RESTARTS = ("Always", "Never", "OnFailure")
_MAY_CHANGE = (
    "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,"
    "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),"
    "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"
)


def check_pod_spec(place: str, spec: Obj) -> list[Fault]:
    found: list[Fault] = []
    containers = spec.get("containers") or []
    if not containers:
        found.append(fields.required(f"{place}.containers"))
    names: set[str] = set()
    volumes = {volume.get("name") for volume in spec.get("volumes") or ()}
    for kind in ("containers", "initContainers"):
        for index, container in enumerate(spec.get(kind) or ()):
            here = f"{place}.{kind}[{index}]"
            if container.get("name") in names:
                found.append(fields.duplicate(f"{here}.name", container["name"]))
            names.add(container.get("name"))
            found += _check_container(here, container, volumes)
    found += fields.one_of(f"{place}.restartPolicy", spec.get("restartPolicy"), _RESTARTS)
    found += fields.at_least(
        f"{place}.terminationGracePeriodSeconds", spec.get("terminationGracePeriodSeconds")
    )
    return found + fields.label_map(f"{place}.nodeSelector", spec.get("nodeSelector"))


def _check_container(place: str, container: Obj, volumes: set[str | None]) -> list[Fault]:
    name = container.get("name") or ""
    found = fields.label(f"{place}.name", name) if name else [fields.required(f"{place}.name")]
    image = container.get("image") or ""
    if not image:
        found.append(fields.required(f"{place}.image"))
    elif image != image.strip():
        found.append(fields.wrong(f"{place}.image", image, "must not have leading or trailing whitespace"))
    for index, port in enumerate(container.get("ports") or ()):
        here = f"{place}.ports[{index}]"
        number = port.get("containerPort")
        found += (
            fields.port(f"{here}.containerPort", number)
            if number
            else [fields.required(f"{here}.containerPort")]
        )
        found += fields.one_of(f"{here}.protocol", port.get("protocol"), ("SCTP", "TCP", "UDP"))
    for index, variable in enumerate(container.get("env") or ()):
        found += fields.environment_name(f"{place}.env[{index}].name", variable.get("name") or "")
    for index, mount in enumerate(container.get("volumeMounts") or ()):
        if volumes and mount.get("name") not in volumes:
            why = f'Not found: "{mount.get("name")}"'
            found.append(Fault(f"{place}.volumeMounts[{index}].name", why, "FieldValueNotFound"))
    found += fields.one_of(f"{place}.imagePullPolicy", container.get("imagePullPolicy"), _POLICIES)
    return found + _check_resources(f"{place}.resources", container.get("resources") or {})


def _check_resources(place: str, resources: Obj) -> list[Fault]:
    found: list[Fault] = []
    for kind in ("limits", "requests"):
        for name, amount in (resources.get(kind) or {}).items():
            found += fields.quantity(f"{place}.{kind}[{name}]", amount)
    if found:
        return found
    limits = resources.get("limits") or {}
    for name, amount in (resources.get("requests") or {}).items():
        if name in limits and parse_quantity(amount) > parse_quantity(limits[name]):
            why = f"must be less than or equal to {name} limit of {limits[name]}"
            found.append(fields.wrong(f"{place}.requests", str(amount), why))
    return found


def check_pod_change(pod: Obj, old: Obj) -> list[Fault]:
    """Allow a pod's images, deadline and new tolerations to change, and nothing else of its spec."""
    allowed = clone(old["spec"])
    for kind in ("containers", "initContainers"):
        for mine, theirs in zip(allowed.get(kind) or (), pod["spec"].get(kind) or (), strict=False):
            mine["image"] = theirs.get("image")
    for key in ("activeDeadlineSeconds", "tolerations", "ephemeralContainers"):
        if key in pod["spec"]:
            allowed[key] = pod["spec"][key]
    return [] if allowed == pod["spec"] else [fields.forbidden_field("spec", _MAY_CHANGE)]
