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


def describe_ports(spec: Json) -> str:
    """`80 → 8080/TCP, node port 31234`."""
    shown = []
    for port in spec.get("ports") or []:
        node = f", node port {port['nodePort']}" if port.get("nodePort") else ""
        shown.append(
            f"{port['port']} → {port.get('targetPort', port['port'])}/{port.get('protocol', 'TCP')}{node}"
        )
    return "; ".join(shown) or "no ports"
