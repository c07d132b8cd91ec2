"""A Service's address: where to reach it, and from where; or why there is none yet."""

from __future__ import annotations

from bot.domain.model import Frozen, Json


class Address(Frozen):
    """`where` is empty while there is no address; `reach` then says why."""

    where: str
    reach: str


def address(name: str, namespace: str, service: Json) -> Address:
    """From the `spec` and `status` of a Service."""
    spec = service.get("spec", {})
    kind = spec.get("type", "ClusterIP")
    if kind == "ExternalName":
        return Address(
            where=f"{name}.{namespace}.svc",
            reach=f"inside the cluster; it stands for {spec.get('externalName', '')}",
        )
    ports = spec.get("ports") or [{}]
    port = ports[0].get("port", "")
    if kind == "LoadBalancer":
        given = service.get("status", {}).get("loadBalancer", {}).get("ingress") or []
        if given:
            return Address(
                where=f"{given[0].get('hostname') or given[0].get('ip')}:{port}",
                reach="from outside the cluster",
            )
        inside = f"{name}.{namespace}.svc:{port}"
        return Address(
            where="",
            reach=f"No external address yet: no load balancer gave one. Inside the cluster use {inside}.",
        )
    if kind == "NodePort":
        node_port = ports[0].get("nodePort", "")
        return Address(
            where=f"NODE:{node_port}", reach="with the address of any node, from outside the cluster"
        )
    if spec.get("clusterIP") == "None":
        return Address(
            where=f"{name}.{namespace}.svc",
            reach="inside the cluster; it is headless, and gives the pods' own addresses",
        )
    return Address(where=f"{name}.{namespace}.svc:{port}", reach="inside the cluster")


def service_ports(ports: tuple[int, ...], targets: tuple[str, ...], protocol: str) -> list[Json]:
    """The ports of a Service: each aims at the target in its place, at the only one, or at its own number.

    Several have names, as Kubernetes asks for: `port-1`, `port-2`, as kubectl calls them.
    """
    aims = targets if len(targets) == len(ports) else targets * len(ports) or tuple(map(str, ports))
    named = [{"name": f"port-{n}"} if len(ports) > 1 else {} for n in range(1, len(ports) + 1)]
    return [
        {**name, "port": port, "targetPort": int(aim) if aim.isdecimal() else aim, "protocol": protocol}
        for name, port, aim in zip(named, ports, aims, strict=True)
    ]


def describe_ports(spec: Json) -> str:
    """`80 → 8080/TCP, node port 31234`."""
    shown = []
    for port in spec.get("ports") or []:
        node = f", node port {port['nodePort']}" if port.get("nodePort") else ""
        shown.append(
            f"{port['port']} → {port.get('targetPort', port['port'])}/{port.get('protocol', 'TCP')}{node}"
        )
    return "; ".join(shown) or "no ports"
