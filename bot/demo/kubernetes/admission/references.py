"""What a new pod refers to by name: its account must be there, and its class tells its priority."""

from bot.demo.kubernetes.errors import forbidden
from bot.demo.kubernetes.kinds import PODS, PRIORITY_CLASSES, SERVICE_ACCOUNTS
from bot.demo.kubernetes.objects import Obj, name_of, namespace_of
from bot.demo.kubernetes.store import Store


def resolve_references(store: Store, pod: Obj) -> None:
    """Look up the account and the priority class of a pod; refuse a pod whose are not there."""
    spec = pod.get("spec")
    if isinstance(spec, dict):
        _account(store, pod, str(spec.get("serviceAccountName") or "default"))
        _priority(store, pod, spec)


def _account(store: Store, pod: Obj, name: str) -> None:
    # each namespace is given a default account a moment after it is made
    if name != "default" and store.get(SERVICE_ACCOUNTS, namespace_of(pod), name) is None:
        why = (
            f'error looking up service account {namespace_of(pod)}/{name}: serviceaccount "{name}" not found'
        )
        raise forbidden(PODS, name_of(pod), why)


def _priority(store: Store, pod: Obj, spec: Obj) -> None:
    wanted = spec.get("priorityClassName")
    if not wanted:
        usual = [one for one in store.sorted(PRIORITY_CLASSES) if one.get("globalDefault")]
        if not usual:
            return
        wanted = spec["priorityClassName"] = name_of(usual[0])
    found = store.get(PRIORITY_CLASSES, "", str(wanted))
    if found is None:
        raise forbidden(PODS, name_of(pod), f"no PriorityClass with name {wanted} was found")
    spec |= {"priority": found["value"], "preemptionPolicy": found["preemptionPolicy"]}
