"""What the cluster allots to Services: an address each, and ports on the nodes."""

import secrets
from ipaddress import IPv4Address

from bot.demo.kubernetes.admission.fields import wrong
from bot.demo.kubernetes.errors import Fault, invalid
from bot.demo.kubernetes.kinds import SERVICES
from bot.demo.kubernetes.objects import Obj, key_of, name_of
from bot.demo.kubernetes.store import Store

_ADDRESSES = IPv4Address("10.96.0.0")
_ADDRESS_COUNT = 1 << 20  # the service range is a /12
_NODE_PORTS = range(30000, 32768)


def allot(store: Store, service: Obj, old: Obj | None) -> None:
    """Give a Service its cluster address and node ports; keep those it had."""
    spec, before = service["spec"], (old or {}).get("spec", {})
    others = [other for other in store.each(SERVICES) if key_of(other) != key_of(service)]
    if spec["type"] == "ExternalName":
        for key in ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "internalTrafficPolicy"):
            spec.pop(key, None)
    else:
        _allot_address(spec, before, others, service)
    faults = _allot_node_ports(spec, before, others)
    if faults:
        raise invalid("Service", "", name_of(service), faults)


def _allot_address(spec: Obj, before: Obj, others: list[Obj], service: Obj) -> None:
    taken = {other["spec"].get("clusterIP") for other in others}
    wanted = spec.get("clusterIP") or before.get("clusterIP")
    if before.get("clusterIP") and wanted != before["clusterIP"] and before.get("type") != "ExternalName":
        fault = wrong("spec.clusterIPs[0]", [wanted], "may not change once set")
        raise invalid("Service", "", name_of(service), [fault])
    if wanted and wanted != "None" and wanted in taken:
        fault = wrong(
            "spec.clusterIPs",
            [wanted],
            "failed to allocate IP " + wanted + ": provided IP is already allocated",
        )
        raise invalid("Service", "", name_of(service), [fault])
    while not wanted or (wanted != "None" and wanted in taken):
        wanted = str(_ADDRESSES + 2 + secrets.randbelow(_ADDRESS_COUNT - 4))
    spec["clusterIP"], spec["clusterIPs"] = wanted, [wanted]


def _allot_node_ports(spec: Obj, before: Obj, others: list[Obj]) -> list[Fault]:
    ports = spec.get("ports") or []
    balanced = spec["type"] == "LoadBalancer" and spec.get("allocateLoadBalancerNodePorts", True)
    if spec["type"] != "NodePort" and not balanced:
        for port in ports:
            port.pop("nodePort", None)
        return []
    taken = {port.get("nodePort") for other in others for port in other["spec"].get("ports") or ()}
    had = {(port["port"], port["protocol"]): port.get("nodePort") for port in before.get("ports") or ()}
    faults = []
    for index, port in enumerate(ports):
        wanted = port.get("nodePort") or had.get((port["port"], port["protocol"]))
        field = f"spec.ports[{index}].nodePort"
        if wanted and wanted not in _NODE_PORTS:
            span = f"{_NODE_PORTS.start}-{_NODE_PORTS.stop - 1}"
            why = f"provided port is not in the valid range. The range of valid ports is {span}"
            faults.append(wrong(field, wanted, why))
        elif wanted and wanted in taken:
            faults.append(wrong(field, wanted, "provided port is already allocated"))
        else:
            while not wanted or (wanted in taken and wanted != port.get("nodePort")):
                wanted = secrets.choice(_NODE_PORTS)
            port["nodePort"] = wanted
            taken.add(wanted)
    return faults
