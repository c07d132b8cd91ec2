"""What a Service needs to know of the workload behind it. Pure."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from bot.domain.errors import UsageError
from bot.domain.model import Json
from bot.domain.resources import PODS, SERVICES, ObjectRef


def selector_of(found: Json, of: ObjectRef) -> dict[str, str]:
    """What the workload's pods bear. Raises `UsageError` where a Service could not find them."""
    spec = found.get("spec", {})
    if of.type == PODS:
        labels = found["metadata"].get("labels") or {}
    elif of.type == SERVICES:
        labels = spec.get("selector") or {}
    else:
        labels = spec.get("selector", {}).get("matchLabels") or {}
    if not labels:
        hint = f"`/k8s label pod {of.name} app={of.name}` gives it one." if of.type == PODS else ""
        raise UsageError(f"`{of}` has no labels by which a Service could find its pods.", hint=hint)
    return dict(labels)


def declared_ports(found: Json) -> list[Json]:
    """The ports that its containers, or a Service's own list, name."""
    spec = found.get("spec", {})
    pod = spec.get("template", {}).get("spec", spec)
    ports = [port for container in pod.get("containers", []) for port in container.get("ports") or []]
    return ports or [{"containerPort": port["port"]} for port in spec.get("ports") or []]


def check_ranges(value: str) -> str:
    """Give `192.0.2.0/24,198.51.100.7` back, or say what in it is no range of addresses."""
    for one in value.split(",") if value else ():
        try:
            ip_network(one.strip())
        except ValueError:
            raise ValueError(f"`{one[:40]}` is no range of addresses, such as 192.0.2.0/24.") from None
    return value


def check_address(value: str) -> str:
    """An address as it is written, `None` for none of its own, or nothing at all."""
    if not value or value.lower() == "none":
        return "None" if value else ""
    try:
        return str(ip_address(value))
    except ValueError:
        raise ValueError(f"`{value[:40]}` is no address; `None` gives the pods' own.") from None
