"""Load balancers: a Service of that type gets an address when somebody in the cluster gives them out."""

from bot.demo.kubernetes.clock import Clock
from bot.demo.kubernetes.controllers.worker import Key, Worker
from bot.demo.kubernetes.kinds import SERVICES
from bot.demo.kubernetes.objects import Obj, name_of, namespace_of
from bot.demo.kubernetes.recorder import Recorder
from bot.demo.kubernetes.store import Event, Store

_COMPONENT = "service-controller"
_PREFIX = "203.0.113."  # addresses set aside for documentation
_LIFELIKE = 1.5  # seconds until a cloud would have one


class Balancers:
    """Gives addresses while it is on; takes none back when it is switched off."""

    def __init__(self, store: Store, clock: Clock, recorder: Recorder, *, on: bool) -> None:
        self._store, self._recorder, self._on = store, recorder, on
        self.worker = Worker(_COMPONENT, clock, self.reconcile, _LIFELIKE)

    def switch(self, *, on: bool) -> None:
        self._on = on
        for service in self._store.each(SERVICES):
            self.worker.add((namespace_of(service), name_of(service)))

    def hear(self, event: Event) -> None:
        if event.resource is SERVICES and event.type != "DELETED" and self._on:
            self.worker.add((namespace_of(event.obj), name_of(event.obj)))

    def reconcile(self, key: Key) -> None:
        service = self._store.get(SERVICES, *key)
        if service is None:
            return
        given = service.get("status", {}).get("loadBalancer", {}).get("ingress")
        wanted = service["spec"]["type"] == "LoadBalancer"
        if wanted and not given and self._on:
            self._recorder.note(
                service, "EnsuringLoadBalancer", "Ensuring load balancer", component=_COMPONENT
            )
            self._write(service, {"ingress": [{"ip": self._free(), "ipMode": "VIP"}]})
            self._recorder.note(service, "EnsuredLoadBalancer", "Ensured load balancer", component=_COMPONENT)
        elif given and not wanted:
            self._write(service, {})

    def _free(self) -> str:
        taken = {
            one["ip"]
            for service in self._store.each(SERVICES)
            for one in service.get("status", {}).get("loadBalancer", {}).get("ingress") or ()
        }
        return next(address for number in range(10, 255) if (address := f"{_PREFIX}{number}") not in taken)

    def _write(self, service: Obj, balancer: Obj) -> None:
        status = {**service.get("status", {}), "loadBalancer": balancer}
        self._store.update(SERVICES, {**service, "status": status}, "cloud-controller-manager", "status")
