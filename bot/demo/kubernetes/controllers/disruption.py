"""Disruption budgets: how many pods may be missing, and the eviction that is refused for their sake."""

from bot.demo.kubernetes.clock import Clock
from bot.demo.kubernetes.controllers.rollout import scaled
from bot.demo.kubernetes.controllers.worker import Key, Worker
from bot.demo.kubernetes.errors import ApiError
from bot.demo.kubernetes.kinds import BUDGETS, PODS
from bot.demo.kubernetes.objects import Obj, is_ready, is_terminating, labels_of, name_of, namespace_of
from bot.demo.kubernetes.selectors import selects
from bot.demo.kubernetes.store import Event, Store


class Disruption:
    """The disruption controller."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self.worker = Worker("disruption-controller", clock, self.reconcile)

    def hear(self, event: Event) -> None:
        if event.resource is BUDGETS:
            self.worker.add((namespace_of(event.obj), name_of(event.obj)))
        elif event.resource is PODS:
            for budget in self._store.each(BUDGETS, namespace_of(event.obj)):
                if selects(budget["spec"].get("selector"), labels_of(event.obj)):
                    self.worker.add((namespace_of(budget), name_of(budget)))

    def reconcile(self, key: Key) -> None:
        budget = self._store.get(BUDGETS, *key)
        if budget is None:
            return
        counts = _counts(self._store, budget)
        status = {
            **budget.get("status", {}),
            **counts,
            "observedGeneration": budget["metadata"]["generation"],
        }
        self._store.update(BUDGETS, {**budget, "status": status}, "kube-controller-manager", "status")


def _counts(store: Store, budget: Obj) -> Obj:
    spec = budget["spec"]
    pods = [
        pod
        for pod in store.each(PODS, namespace_of(budget))
        if selects(spec.get("selector"), labels_of(pod))
        and pod["status"].get("phase") not in ("Succeeded", "Failed")
    ]
    healthy = sum(1 for pod in pods if is_ready(pod) and not is_terminating(pod))
    if spec.get("maxUnavailable") is not None:
        wanted = max(0, len(pods) - scaled(spec["maxUnavailable"], len(pods), up=True))
    else:
        wanted = scaled(spec.get("minAvailable", 1), len(pods), up=True)
    allowed = max(0, healthy - wanted) if pods else 0
    return {
        "currentHealthy": healthy,
        "desiredHealthy": wanted,
        "disruptionsAllowed": allowed,
        "expectedPods": len(pods),
    }


def check_eviction(store: Store, pod: Obj) -> None:
    """Refuse an eviction that a budget does not allow."""
    if pod["status"].get("phase") in ("Succeeded", "Failed", "Pending") or is_terminating(pod):
        return
    for budget in store.sorted(BUDGETS, namespace_of(pod)):
        if not selects(budget["spec"].get("selector"), labels_of(pod)):
            continue
        counts = _counts(store, budget)
        if counts["disruptionsAllowed"] > 0 or not is_ready(pod):
            continue
        needs = f"The disruption budget {name_of(budget)} needs {counts['desiredHealthy']} healthy pods"
        cause = {
            "reason": "DisruptionBudget",
            "message": f"{needs} and has {counts['currentHealthy']} currently",
        }
        message = "Cannot evict pod as it would violate the pod's disruption budget."
        raise ApiError(429, "TooManyRequests", message, {"causes": [cause]})
