"""A Service has an address for somebody, or a reason why there is none yet."""

from typing import Any

import pytest

from bot.domain.model import Json
from bot.domain.selectors import selector
from bot.domain.services import Address, address, describe_ports

INSIDE = "inside the cluster"


def service(kind: str = "", ingress: list[Json] | None = None, **spec: Any) -> Json:
    known: Json = {"ports": [{"port": 80}, {"port": 443}]} | ({"type": kind} if kind else {})
    status = {"loadBalancer": {"ingress": ingress}} if ingress else {}
    return {"spec": known | spec, "status": status}


@pytest.mark.parametrize(
    ("found", "where", "reach"),
    [
        (service("ClusterIP", clusterIP="10.0.0.1"), "web.shop.svc:80", INSIDE),
        (service(), "web.shop.svc:80", INSIDE),
        (
            service("ClusterIP", clusterIP="None"),
            "web.shop.svc",
            f"{INSIDE}; it is headless, and gives the pods' own addresses",
        ),
        (
            service("NodePort", ports=[{"port": 80, "nodePort": 31234}]),
            "NODE:31234",
            "with the address of any node, from outside the cluster",
        ),
        (service("LoadBalancer", [{"ip": "192.0.2.9"}]), "192.0.2.9:80", "from outside the cluster"),
        (
            service("LoadBalancer", [{"hostname": "lb.example.com", "ip": "192.0.2.9"}]),
            "lb.example.com:80",
            "from outside the cluster",
        ),
        (
            service("ExternalName", externalName="db.example.com", ports=None),
            "web.shop.svc",
            f"{INSIDE}; it stands for db.example.com",
        ),
    ],
)
def test_an_address_says_from_where_it_is_reached(found: Json, where: str, reach: str):
    assert address("web", "shop", found) == Address(where=where, reach=reach)


@pytest.mark.parametrize(
    "found", [service("LoadBalancer"), {"spec": {"type": "LoadBalancer", "ports": [{"port": 80}]}}]
)
def test_without_a_load_balancer_the_way_inside_is_told(found: Json):
    waiting = address("web", "shop", found)
    assert waiting.where == ""
    assert waiting.reach.startswith("No external address yet")
    assert waiting.reach.endswith("Inside the cluster use web.shop.svc:80.")


@pytest.mark.parametrize(
    ("ports", "shown"),
    [
        ([], "no ports"),
        (None, "no ports"),
        ([{"port": 80}], "80 → 80/TCP"),
        ([{"port": 80, "targetPort": "http", "protocol": "UDP"}], "80 → http/UDP"),
        (
            [{"port": 80, "targetPort": 8080, "nodePort": 31234}, {"port": 443}],
            "80 → 8080/TCP, node port 31234; 443 → 443/TCP",
        ),
    ],
)
def test_ports_are_shown_with_where_they_lead(ports: Any, shown: str):
    assert describe_ports({"ports": ports}) == shown


@pytest.mark.parametrize(
    ("spec", "line"),
    [
        ({}, ""),
        ({"matchLabels": {"app": "web", "tier": "front"}}, "app=web,tier=front"),
        ({"matchLabels": None, "matchExpressions": None}, ""),
        (
            {
                "matchLabels": {"a": "b"},
                "matchExpressions": [{"key": "x", "operator": "In", "values": ["1", "2"]}],
            },
            "a=b,x in (1,2)",
        ),
        ({"matchExpressions": [{"key": "x", "operator": "NotIn", "values": ["1"]}]}, "x notin (1)"),
        (
            {
                "matchExpressions": [
                    {"key": "x", "operator": "Exists"},
                    {"key": "y", "operator": "DoesNotExist", "values": None},
                ]
            },
            "x,!y",
        ),
    ],
)
def test_a_selector_is_written_as_queries_take_it(spec: Json, line: str):
    assert selector(spec) == line
