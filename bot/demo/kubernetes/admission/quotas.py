"""ResourceQuotas: what a namespace holds, against what it may hold."""

from collections.abc import Iterator
from decimal import Decimal

from bot.demo.kubernetes.admission import fields
from bot.demo.kubernetes.errors import Fault, forbidden
from bot.demo.kubernetes.kinds import BUILT_IN, PODS, QUOTAS, SERVICES, Resource
from bot.demo.kubernetes.objects import Obj, key_of, name_of, namespace_of
from bot.demo.kubernetes.quantity import parse_quantity, quantity_text
from bot.demo.kubernetes.store import Store

Usage = dict[str, Decimal]

_SCOPES = ("BestEffort", "NotBestEffort", "NotTerminating", "Terminating")
_COMPUTE = ("cpu", "memory", "ephemeral-storage")
_MUST_BE_SAID = frozenset(
    ("cpu", "memory", *(f"{kind}.{name}" for kind in ("requests", "limits") for name in ("cpu", "memory")))
)
_PLAIN = frozenset(
    (
        "configmaps",
        "persistentvolumeclaims",
        "pods",
        "replicationcontrollers",
        "resourcequotas",
        "secrets",
        "services",
    )
)


def check_quota(quota: Obj) -> list[Fault]:
    """Look at a quota itself: its amounts, and its scopes."""
    found: list[Fault] = []
    for name, amount in (quota["spec"].get("hard") or {}).items():
        found += fields.quantity(f"spec.hard[{name}]", amount)
    for index, scope in enumerate(quota["spec"].get("scopes") or ()):
        found += fields.one_of(f"spec.scopes[{index}]", scope, _SCOPES)
    return found


def check_quotas(store: Store, resource: Resource, obj: Obj, old: Obj | None = None) -> None:
    """Refuse what would take a namespace over one of its quotas."""
    if not resource.namespaced or resource is QUOTAS:
        return
    for quota in store.sorted(QUOTAS, namespace_of(obj)):
        if not counts(quota, resource, obj):
            continue
        hard = hard_of(quota)
        if resource is PODS and (missing := _unsaid(obj, hard)):
            raise forbidden(resource, name_of(obj), f"failed quota: {name_of(quota)}: must specify {missing}")
        before = usage_of(resource, old) if old is not None else {}
        wanted = {
            name: amount - before.get(name, Decimal(0))
            for name, amount in usage_of(resource, obj).items()
            if name in hard and amount > before.get(name, Decimal(0))
        }
        used = usage_under(store, quota) if wanted else {}
        over = sorted(name for name, amount in wanted.items() if used[name] + amount > hard[name])
        if over:
            sides = (("requested", wanted), ("used", used), ("limited", hard))
            told = ", ".join(f"{side}: {_listed(amounts, over)}" for side, amounts in sides)
            raise forbidden(resource, name_of(obj), f"exceeded quota: {name_of(quota)}, {told}")


def hard_of(quota: Obj) -> Usage:
    return {name: parse_quantity(amount) for name, amount in (quota["spec"].get("hard") or {}).items()}


def usage_under(store: Store, quota: Obj) -> Usage:
    """Sum what the namespace of a quota holds of everything it limits."""
    total = dict.fromkeys(quota["spec"].get("hard") or {}, Decimal(0))
    for resource in _resources(total):
        for obj in store.each(resource, namespace_of(quota)):
            if counts(quota, resource, obj):
                for name, amount in usage_of(resource, obj).items():
                    if name in total:
                        total[name] += amount
    return total


def spoken(name: str, amount: Decimal) -> str:
    return quantity_text(amount, binary="memory" in name or "storage" in name)


def _resources(names: Usage) -> Iterator[Resource]:
    kinds = {name.removeprefix("count/") for name in names}
    for resource in BUILT_IN:
        if resource.group == "events.k8s.io":  # the same events again
            continue
        computes = resource is PODS and any(name.split(".")[-1] in _COMPUTE for name in names)
        below = any(name.startswith((f"{resource.plural}.", "requests.storage")) for name in names)
        if resource.namespaced and (resource.qualified in kinds or computes or below):
            yield resource


def usage_of(resource: Resource, obj: Obj) -> Usage:
    """Tell what one object takes of everything that can be limited."""
    used = {f"count/{resource.qualified}": Decimal(1)}
    if resource is PODS:
        return used | _of_pod(obj)
    if not resource.group and resource.plural in _PLAIN:
        used[resource.plural] = Decimal(1)
    if resource is SERVICES:
        spec = obj["spec"]
        balanced = spec["type"] == "LoadBalancer"
        ports = sum(1 for port in spec.get("ports") or () if port.get("nodePort"))
        used |= {"services.loadbalancers": Decimal(balanced), "services.nodeports": Decimal(ports)}
    if resource.plural == "persistentvolumeclaims":
        asked = ((obj["spec"].get("resources") or {}).get("requests") or {}).get("storage", 0)
        used["requests.storage"] = parse_quantity(asked)
    return used


def _of_pod(pod: Obj) -> Usage:
    if pod.get("status", {}).get("phase") in ("Succeeded", "Failed"):
        return {}  # what has ended takes nothing
    used = {"pods": Decimal(1)}
    for kind in ("requests", "limits"):
        for name, amount in _asked(pod["spec"], kind).items():
            used[f"{kind}.{name}"] = amount
            if kind == "requests":
                used[name] = amount
    return used


def _asked(spec: Obj, kind: str) -> Usage:
    """Sum over the containers; one that only runs first counts where it wants more than all of them."""
    total: Usage = {}
    for container in spec.get("containers") or ():
        for name, amount in ((container.get("resources") or {}).get(kind) or {}).items():
            total[name] = total.get(name, Decimal(0)) + parse_quantity(amount)
    for container in spec.get("initContainers") or ():
        for name, amount in ((container.get("resources") or {}).get(kind) or {}).items():
            total[name] = max(total.get(name, Decimal(0)), parse_quantity(amount))
    return total


def _unsaid(pod: Obj, hard: Usage) -> str:
    """List what a quota limits and some containers do not state."""
    found = []
    for name in sorted(_MUST_BE_SAID & hard.keys()):
        kind, _, what = name.rpartition(".")
        containers = [
            container["name"]
            for container in (*pod["spec"]["containers"], *(pod["spec"].get("initContainers") or ()))
            if what not in ((container.get("resources") or {}).get(kind or "requests") or {})
        ]
        if containers:
            found.append(f"{name} for: {','.join(sorted(containers))}")
    return "; ".join(found)


def counts(quota: Obj, resource: Resource, obj: Obj) -> bool:
    """Tell whether an object is in the scopes of a quota; with scopes, only pods are."""
    scopes = quota["spec"].get("scopes") or ()
    if not scopes:
        return key_of(obj)[0] == namespace_of(quota)
    if resource is not PODS:
        return False
    has_end = obj["spec"].get("activeDeadlineSeconds") is not None
    is_best_effort = obj.get("status", {}).get("qosClass") == "BestEffort"
    held = {
        "Terminating": has_end,
        "NotTerminating": not has_end,
        "BestEffort": is_best_effort,
        "NotBestEffort": not is_best_effort,
    }
    return all(held.get(scope, False) for scope in scopes)


def _listed(amounts: Usage, names: list[str]) -> str:
    return ",".join(f"{name}={spoken(name, amounts[name])}" for name in names)
