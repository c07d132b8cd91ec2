"""Who stands behind a Service: its EndpointSlice and its Endpoints follow the pods it selects."""

from bot.demo.kubernetes.clock import Clock, stamp
from bot.demo.kubernetes.controllers.worker import Key, Worker
from bot.demo.kubernetes.kinds import ENDPOINT_SLICES, ENDPOINTS, PODS, SERVICES
from bot.demo.kubernetes.objects import (
    Obj,
    controlled_by,
    is_ready,
    is_terminating,
    labels_of,
    name_of,
    namespace_of,
    suffix,
    uid_of,
)
from bot.demo.kubernetes.store import Event, Store

_MANAGER = "kube-controller-manager"
_SERVICE_LABEL = "kubernetes.io/service-name"
_TRIGGER = "endpoints.kubernetes.io/last-change-trigger-time"


class ServiceEndpoints:
    """The controllers of EndpointSlices and Endpoints, in one."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self.worker = Worker("endpoints-controller", clock, self.reconcile)

    def hear(self, event: Event) -> None:
        if event.resource is SERVICES:
            self.worker.add((namespace_of(event.obj), name_of(event.obj)))
        elif event.resource is PODS:
            for service in self._store.each(SERVICES, namespace_of(event.obj)):
                if any(selected(service, pod) for pod in (event.obj, event.old) if pod is not None):
                    self.worker.add((namespace_of(service), name_of(service)))

    def reconcile(self, key: Key) -> None:
        service = self._store.get(SERVICES, *key)
        if (
            service is None
            or not service["spec"].get("selector")
            or service["spec"]["type"] == "ExternalName"
        ):
            return
        pods = [
            pod for pod in self._store.sorted(PODS, key[0]) if selected(service, pod) and _has_address(pod)
        ]
        self._slice(service, pods)
        self._endpoints(service, [pod for pod in pods if not is_terminating(pod)])

    def _slice(self, service: Obj, pods: list[Obj]) -> None:
        ports = [
            {"name": one.get("name", ""), "port": number, "protocol": one["protocol"]}
            for one, number in _ports(service, pods)
        ]
        wanted = {"addressType": "IPv4", "endpoints": [_endpoint(pod) for pod in pods], "ports": ports}
        found = (
            obj for resource, obj in self._store.dependents(uid_of(service)) if resource is ENDPOINT_SLICES
        )
        old = next(found, None)
        if old is not None and all(old[key] == wanted[key] for key in wanted):
            return
        notes = {_TRIGGER: stamp()}
        if old is not None:
            metadata = {**old["metadata"], "annotations": notes}
            self._store.update(ENDPOINT_SLICES, {**old, **wanted, "metadata": metadata}, _MANAGER)
            return
        labels = {
            "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
            _SERVICE_LABEL: name_of(service),
        }
        metadata = {
            "name": f"{name_of(service)}-{suffix()}",
            "generateName": f"{name_of(service)}-",
            "namespace": namespace_of(service),
            "labels": {**labels_of(service), **labels},
            "annotations": notes,
            "ownerReferences": [controlled_by(service)],
        }
        self._store.create(ENDPOINT_SLICES, {"metadata": metadata, **wanted}, _MANAGER)

    def _endpoints(self, service: Obj, pods: list[Obj]) -> None:
        ports = [
            ({"name": one["name"]} if one.get("name") else {}) | {"port": number, "protocol": one["protocol"]}
            for one, number in _ports(service, pods)
        ]
        subset: Obj = {}
        for key, some in (
            ("addresses", [p for p in pods if is_ready(p)]),
            ("notReadyAddresses", [p for p in pods if not is_ready(p)]),
        ):
            if some:
                subset[key] = [_address(pod) for pod in some]
        wanted = [{**subset, "ports": ports}] if subset else []
        old = self._store.get(ENDPOINTS, namespace_of(service), name_of(service))
        if old is not None:
            changed = {key: value for key, value in old.items() if key != "subsets"} | (
                {"subsets": wanted} if wanted else {}
            )
            self._store.update(ENDPOINTS, changed, _MANAGER)
            return
        labels = {**labels_of(service), "endpoints.kubernetes.io/managed-by": "endpoint-controller"}
        metadata: Obj = {"name": name_of(service), "namespace": namespace_of(service), "labels": labels}
        metadata["ownerReferences"] = [controlled_by(service)]
        self._store.create(
            ENDPOINTS, {"metadata": metadata} | ({"subsets": wanted} if wanted else {}), _MANAGER
        )


def selected(service: Obj, pod: Obj) -> bool:
    selector = service["spec"].get("selector")
    return bool(selector) and selector.items() <= labels_of(pod).items()


def target_port(service_port: Obj, pod: Obj) -> int | None:
    """Resolve a service's target port, which may be the name of a container's port."""
    target = service_port.get("targetPort", service_port["port"])
    if str(target).isdigit():
        return int(str(target))
    named = (p for c in pod["spec"]["containers"] for p in c.get("ports") or () if p.get("name") == target)
    return next((int(port["containerPort"]) for port in named), None)


def _ports(service: Obj, pods: list[Obj]) -> list[tuple[Obj, int]]:
    resolved = []
    for port in service["spec"].get("ports") or ():
        number = target_port(port, pods[0] if pods else {"spec": {"containers": []}})
        if number is not None:
            resolved.append((port, number))
    return resolved


def _has_address(pod: Obj) -> bool:
    return bool(pod["status"].get("podIP")) and pod["status"].get("phase") not in ("Succeeded", "Failed")


def _target(pod: Obj) -> Obj:
    return {"kind": "Pod", "namespace": namespace_of(pod), "name": name_of(pod), "uid": uid_of(pod)}


def _endpoint(pod: Obj) -> Obj:
    ready, ending = is_ready(pod), is_terminating(pod)
    return {
        "addresses": [pod["status"]["podIP"]],
        "conditions": {"ready": ready and not ending, "serving": ready, "terminating": ending},
        "nodeName": pod["spec"]["nodeName"],
        "targetRef": _target(pod),
    }


def _address(pod: Obj) -> Obj:
    return {"ip": pod["status"]["podIP"], "nodeName": pod["spec"]["nodeName"], "targetRef": _target(pod)}
