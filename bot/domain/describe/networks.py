"""An ingress: which addresses lead to which service, and whether those services are there."""

from __future__ import annotations

from bot.domain.describe.answer import Described, Fact, age_of, some
from bot.domain.describe.around import Around
from bot.domain.message import Button, Text, code, text
from bot.domain.model import Json
from bot.domain.resources import ObjectRef
from bot.domain.workloads import place, where


def ingress(ref: ObjectRef, found: Json, around: Around, now: float) -> Described:
    spec = found["spec"]
    routes = _routes(spec)
    given = (found.get("status", {}).get("loadBalancer") or {}).get("ingress") or ()
    addresses = [one.get("hostname") or one.get("ip", "") for one in given]
    hosts = [rule.get("host") or "any host" for rule in spec.get("rules") or ()]
    services = list(dict.fromkeys(name for _, _, name in routes if name))
    return Described(
        headline=text("Ingress {} · {} · {}", place(ref), some(hosts, 3) or "no rules",
                      code(addresses[0]) if addresses else "no address yet"),
        wrong=_wrong(addresses, services, around),
        facts=(
            *((route, to) for route, to, _ in routes),
            ("class", spec.get("ingressClassName", "")),
            ("TLS", some(_tls(one) for one in spec.get("tls") or ())),
            ("addresses", some(addresses)),
            ("age", age_of(found, now)),
        ),
        buttons=tuple(
            Button(label=f"Describe {name}"[:75], command=f"describe svc/{name} {where(ref)}")
            for name in services[:3]
        ),
        happenings=around.happenings,
    )  # fmt: skip


def _routes(spec: Json) -> list[tuple[str, str, str]]:
    """Host and path, where it leads, and the name of the service there."""
    found = [
        (f"{rule.get('host') or '*'}{path.get('path', '/')}", *_backend(path.get("backend")))
        for rule in spec.get("rules") or ()
        for path in (rule.get("http") or {}).get("paths") or ()
    ]
    if spec.get("defaultBackend"):
        found.append(("everything else", *_backend(spec["defaultBackend"])))
    return found


def _backend(backend: Json | None) -> Fact:
    service = (backend or {}).get("service") or {}
    if not service:
        other = (backend or {}).get("resource") or {}
        return f"{other.get('kind', '?')}/{other.get('name', '?')}", ""
    port = service.get("port") or {}
    return f"{service.get('name')}:{port.get('name') or port.get('number', '?')}", str(
        service.get("name", "")
    )


def _wrong(addresses: list[str], services: list[str], around: Around) -> tuple[Text, ...]:
    there = {one["metadata"]["name"] for one in around.of("services")}
    lines = [] if addresses else [text("No address yet: no ingress controller gave one.")]
    lines += [
        text("It leads to {}, and there is no such service.", code(s)) for s in services if s not in there
    ]
    return tuple(lines)


def _tls(one: Json) -> str:
    hosts = ", ".join(one.get("hosts") or ("any host",))
    return f"{hosts} (Secret {one['secretName']})" if one.get("secretName") else hosts
