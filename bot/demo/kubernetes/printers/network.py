"""Services and what stands behind and before them."""

from bot.demo.kubernetes.objects import Obj, name_of
from bot.demo.kubernetes.printers import texts
from bot.demo.kubernetes.printers.columns import AGE, NAME, Column, Printer, age_of, wide
from bot.demo.kubernetes.selectors import selector_text


def _service(obj: Obj) -> list[object]:
    spec = obj["spec"]
    selector = ",".join(f"{key}={value}" for key, value in sorted((spec.get("selector") or {}).items()))
    address = spec.get("clusterIP") or "<none>"
    return [
        name_of(obj),
        spec["type"],
        address,
        _external(obj),
        _ports(spec),
        age_of(obj),
        selector or "<none>",
    ]


def _external(obj: Obj) -> str:
    spec = obj["spec"]
    if spec["type"] == "ExternalName":
        return str(spec["externalName"])
    given = obj.get("status", {}).get("loadBalancer", {}).get("ingress") or ()
    addresses = (
        [one.get("ip") or one.get("hostname", "") for one in given] if spec["type"] == "LoadBalancer" else []
    )
    addresses += spec.get("externalIPs") or []
    nothing = "<pending>" if spec["type"] == "LoadBalancer" else "<none>"
    return ",".join(addresses) or nothing


def _ports(spec: Obj) -> str:
    shown = [
        f"{port['port']}:{port['nodePort']}/{port['protocol']}"
        if port.get("nodePort")
        else f"{port['port']}/{port['protocol']}"
        for port in spec.get("ports") or ()
    ]
    return ",".join(shown) or "<none>"


def _some(items: list[str], most: int = 3) -> str:
    if not items:
        return "<none>"
    more = len(items) - most
    return ",".join(items[:most]) + (f" + {more} more..." if more > 0 else "")


def _endpoints(obj: Obj) -> list[object]:
    found = [
        f"{address['ip']}:{port['port']}"
        for subset in obj.get("subsets") or ()
        for port in subset.get("ports") or ()
        for address in subset.get("addresses") or ()
    ]
    return [name_of(obj), _some(found), age_of(obj)]


def _slice(obj: Obj) -> list[object]:
    ports = [str(port["port"]) for port in obj.get("ports") or ()]
    addresses = [address for endpoint in obj.get("endpoints") or () for address in endpoint["addresses"]]
    return [
        name_of(obj),
        obj["addressType"],
        _some(ports) if ports else "<unset>",
        _some(addresses),
        age_of(obj),
    ]


def _ingress(obj: Obj) -> list[object]:
    spec = obj.get("spec", {})
    hosts = _some([rule["host"] for rule in spec.get("rules") or () if rule.get("host")])
    given = obj.get("status", {}).get("loadBalancer", {}).get("ingress") or ()
    addresses = ",".join(one.get("ip") or one.get("hostname", "") for one in given)
    ports = "80, 443" if spec.get("tls") else "80"
    return [
        name_of(obj),
        spec.get("ingressClassName") or "<none>",
        hosts.replace("<none>", "*"),
        addresses,
        ports,
        age_of(obj),
    ]


def _policy(obj: Obj) -> list[object]:
    return [name_of(obj), selector_text(obj["spec"].get("podSelector")) or "<none>", age_of(obj)]


def _parameters(ingress_class: Obj) -> str:
    found = (ingress_class.get("spec") or {}).get("parameters") or {}
    kind = f"{found.get('kind')}.{found['apiGroup']}" if found.get("apiGroup") else found.get("kind")
    return f"{kind}/{found.get('name')}" if found else "<none>"


NETWORK: dict[tuple[str, str], Printer] = {
    ("", "services"): Printer(
        (
            NAME,
            Column("Type", texts.SERVICE_TYPE),
            Column("Cluster-IP", texts.SERVICE_CLUSTER_IP),
            Column("External-IP", texts.SERVICE_EXTERNAL_IP),
            Column("Port(s)", texts.SERVICE_PORTS),
            AGE,
            wide("Selector", texts.SERVICE_SELECTOR),
        ),
        _service,
    ),
    ("", "endpoints"): Printer(
        (NAME, Column("Endpoints", "The set of all endpoints is the union of all subsets."), AGE), _endpoints
    ),
    ("discovery.k8s.io", "endpointslices"): Printer(
        (
            NAME,
            Column("AddressType", "The type of address carried by this EndpointSlice."),
            Column("Ports", "The list of network ports exposed by each endpoint in this slice."),
            Column("Endpoints", "A list of unique endpoints in this slice."),
            AGE,
        ),
        _slice,
    ),
    ("networking.k8s.io", "ingressclasses"): Printer(
        (
            NAME,
            Column("Controller", "The controller that is responsible for handling this class."),
            Column("Parameters", "A reference to a resource with further parameters."),
            AGE,
        ),
        lambda obj: [
            name_of(obj),
            (obj.get("spec") or {}).get("controller", ""),
            _parameters(obj),
            age_of(obj),
        ],
    ),
    ("networking.k8s.io", "ingresses"): Printer(
        (
            NAME,
            Column("Class", "The name of an IngressClass cluster resource."),
            Column("Hosts", "Hosts that this Ingress routes."),
            Column("Address", "Addresses of the load balancer."),
            Column("Ports", "Ports that the Ingress listens on."),
            AGE,
        ),
        _ingress,
    ),
    ("networking.k8s.io", "networkpolicies"): Printer(
        (NAME, Column("Pod-Selector", "Selects the pods to which this NetworkPolicy object applies."), AGE),
        _policy,
    ),
}
