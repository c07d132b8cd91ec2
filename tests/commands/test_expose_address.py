"""expose: the address to use, or why there is none yet."""

from __future__ import annotations

import re

import pytest

from bot.domain.services import address, describe_ports
from commands import expose
from tests.commands.change_steps import carry_out


async def test_a_name_for_a_host_elsewhere(plan, cluster, shown):
    planned = await plan(expose.COMMAND, "db --type ExternalName --external-name db.example.com")
    assert planned.title.plain() == "Create Service shop/db on demo as a name for db.example.com?"
    assert planned.button == "Create db"
    (made,) = await carry_out(cluster, planned)
    assert shown((await expose.see(cluster, planned, (_kept(made),))).message).splitlines() == [
        "✅ Service shop/db on demo stands for db.example.com",
        "Use db.shop.svc inside the cluster; it stands for db.example.com.",
        "[Describe] describe service db -n shop --context demo",
    ]


async def test_no_address_yet_is_said_with_the_one_inside(kube, plan, cluster, shown):
    await kube.fault(fault="load-balancer", on=False)
    await kube.deploy("web", replicas=1)
    planned = await plan(expose.COMMAND, "web --port 80 --type LoadBalancer")
    (made,) = await carry_out(cluster, planned)
    seen = await expose.see(cluster, planned, (_kept(made),))
    assert not seen.settled
    assert shown(seen.message).splitlines()[1] == (
        "No external address yet: no load balancer gave one. Inside the cluster use web.shop.svc:80."
    )


async def test_a_load_balancers_address_is_waited_for(kube, plan, cluster, shown):
    await kube.fault(fault="load-balancer", on=True)
    await kube.deploy("web", replicas=1)
    line = "web --port 80 --type LoadBalancer --load-balancer-source-ranges 192.0.2.0/24,198.51.100.0/24"
    planned = await plan(expose.COMMAND, line)
    (warning,) = planned.warnings
    assert warning.plain() == (
        "LoadBalancer opens it to callers outside the cluster, but only from 192.0.2.0/24,198.51.100.0/24."
    )
    (made,) = await carry_out(cluster, planned)
    assert made["spec"]["loadBalancerSourceRanges"] == ["192.0.2.0/24", "198.51.100.0/24"]

    async def has_one():
        seen = await expose.see(cluster, planned, (_kept(made),))
        return shown(seen.message) if seen.settled else None

    assert re.search(r"Use [\d.]+:80 from outside the cluster\.", await kube.until(has_one))


async def test_the_answer_says_how_to_reach_a_node_port(kube, plan, cluster, shown):
    await kube.deploy("web", replicas=1)
    planned = await plan(expose.COMMAND, "web --port 80 --target-port 8080 --type NodePort")
    (made,) = await carry_out(cluster, planned)
    port = made["spec"]["ports"][0]["nodePort"]
    assert shown((await expose.see(cluster, planned, (_kept(made),))).message).splitlines() == [
        "✅ shop/web on demo is exposed as Service web (NodePort)",
        f"Use NODE:{port} with the address of any node, from outside the cluster.",
        f"Port 80 → 8080/TCP, node port {port}",
        "[Describe] describe service web -n shop --context demo",
        "[Addresses of the nodes] get nodes -o wide --context demo",
    ]


def _kept(made):
    """Of an object, what the engine keeps for the report."""
    return {"name": made["metadata"]["name"], "spec": made["spec"], "status": made.get("status", {})}


@pytest.mark.parametrize(
    ("spec", "ingress", "where", "reach"),
    [
        ({"ports": [{"port": 80}]}, [], "web.shop.svc:80", "inside the cluster"),
        ({"clusterIP": "None", "ports": [{"port": 80}]}, [], "web.shop.svc",
         "inside the cluster; it is headless, and gives the pods' own addresses"),
        ({"type": "LoadBalancer", "ports": [{"port": 80}]}, [{"ip": "192.0.2.7"}], "192.0.2.7:80",
         "from outside the cluster"),
        ({"type": "LoadBalancer", "ports": [{"port": 80}]}, [{"hostname": "lb.example.com"}],
         "lb.example.com:80", "from outside the cluster"),
        ({"type": "LoadBalancer", "ports": [{"port": 80}]}, [], "",
         "No external address yet: no load balancer gave one. Inside the cluster use web.shop.svc:80."),
    ],
)  # fmt: skip
def test_the_address_or_why_there_is_none(spec, ingress, where, reach):
    found = address("web", "shop", {"spec": spec, "status": {"loadBalancer": {"ingress": ingress}}})
    assert (found.where, found.reach) == (where, reach)


def test_ports_in_words():
    ports = [{"port": 80, "targetPort": "http"}, {"port": 53, "protocol": "UDP", "nodePort": 31000}]
    assert describe_ports({"ports": ports}) == "80 → http/TCP; 53 → 53/UDP, node port 31000"
    assert describe_ports({}) == "no ports"
