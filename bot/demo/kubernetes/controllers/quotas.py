"""ResourceQuotas tell what of them is used; counted anew when anything in their namespace comes or goes."""

from bot.demo.kubernetes.admission.quotas import spoken, usage_under
from bot.demo.kubernetes.clock import Clock
from bot.demo.kubernetes.controllers.worker import Key, Worker
from bot.demo.kubernetes.kinds import PODS, QUOTAS, SERVICES
from bot.demo.kubernetes.objects import name_of, namespace_of
from bot.demo.kubernetes.store import Event, Store


class Quotas:
    """The resource quota controller."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self.worker = Worker("resourcequota-controller", clock, self.reconcile)

    def hear(self, event: Event) -> None:
        if event.resource is QUOTAS:
            if event.type != "DELETED":
                self.worker.add((namespace_of(event.obj), name_of(event.obj)))
        elif event.type != "MODIFIED" or event.resource in (PODS, SERVICES):
            for quota in self._store.each(QUOTAS, namespace_of(event.obj)):
                self.worker.add((namespace_of(quota), name_of(quota)))

    def reconcile(self, key: Key) -> None:
        quota = self._store.get(QUOTAS, *key)
        if quota is None:
            return
        used = usage_under(self._store, quota)
        status = {
            "hard": quota["spec"].get("hard") or {},
            "used": {name: spoken(name, amount) for name, amount in used.items()},
        }
        self._store.update(QUOTAS, {**quota, "status": status}, "kube-controller-manager", "status")
