"""expose: a Service before a workload."""

from __future__ import annotations

import re

import pytest

from bot.domain.changes import MARK
from bot.domain.errors import ClusterRejectedError, TargetNotFoundError, UsageError
from bot.engine.grammar import parse
from commands import expose
from commands.expose import ExposeArgs
from tests.commands.change_steps import carry_out, writes

SERVICES = "/api/v1/namespaces/shop/services"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("web --port 80", {"target": ("web",), "port": ("80",)}),
        (
            "deployment/web --port=80 --target-port=http",
            {"target": ("deployment/web",), "port": ("80",), "target_port": "http"},
        ),
        ("deploy web --type=nodeport", {"target": ("deploy", "web"), "type": "NodePort"}),
        ("pod/a --name a-svc", {"target": ("pod/a",), "name": "a-svc"}),
        ("svc/a --name b --protocol UDP", {"target": ("svc/a",), "name": "b", "protocol": "UDP"}),
        ("web --type LoadBalancer -n x", {"target": ("web",), "type": "LoadBalancer", "namespace": "x"}),
        (
            "db --type ExternalName --external-name db.example.com",
            {"target": ("db",), "type": "ExternalName", "external_name": "db.example.com"},
        ),
    ],
)
def test_grammar(line, expected):
    assert parse(ExposeArgs, tuple(line.split())) == ExposeArgs(**expected)


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ("", "`NAME` is needed."),
        ("web --port 0", "`--port` is a number from 1 to 65535, not `0`."),
        ("web --port 70000", "`--port` is a number from 1 to 65535, not `70000`."),
        ("web --port 80,", "not ``."),
        ("web --port 80,443 --port 80", "Each `--port` once."),
        ("web --port 80,443,8443 --target-port 1,2", "As many of `--target-port` as of `--port`, or one."),
        ("web --load-balancer-source-ranges 10.0.0.0/8", "goes with `--type LoadBalancer`."),
        ("web --type LoadBalancer --load-balancer-source-ranges home", "`home` is no range of addresses"),
        ("web --cluster-ip here", "`here` is no address; `None` gives the pods' own."),
        ("web --type NodePort --cluster-ip None", "`--cluster-ip None` goes with `--type ClusterIP`."),
        ("web --session-affinity Cookie", "`--session-affinity`"),
        ("web --target-port Not/A", "`--target-port` is a number or a port's name."),
        ("web --type Ingress", "`--type` is one of ClusterIP, NodePort, LoadBalancer, ExternalName."),
        ("web --protocol HTTP", "`--protocol`"),
        ("web --name A_B", "`A_B` cannot be a Service's name"),
        ("node/one", "Not for nodes"),
        ("db --type ExternalName", "ExternalName needs `--external-name HOST`"),
        ("db --external-name x.example.com", "`--external-name` goes with `--type ExternalName`."),
    ],
)
def test_refused_text(line, refusal):
    with pytest.raises(UsageError, match=re.escape(refusal)):
        parse(ExposeArgs, tuple(line.split()), name="expose")


async def test_the_plan_only_reads(kube, plan, only_reads):
    await kube.deploy("web", replicas=1)
    await kube.forget()
    await plan(expose.COMMAND, "web --port 80")
    await only_reads()


async def test_what_was_approved_is_what_is_done(kube, plan, cluster):
    await kube.deploy("web", replicas=1)
    planned = await plan(expose.COMMAND, "deployment/web --port 80 --target-port 8080 --name front")
    assert planned.title.plain() == "Expose shop/web on demo as Service front (ClusterIP)?"
    assert planned.button == "Expose web"
    assert planned.doing.plain() == "shop/web on demo · new Service front (ClusterIP)"
    assert planned.done.plain() == "shop/web on demo is exposed as Service front (ClusterIP)"
    assert (planned.warnings, planned.follow) == ((), None)
    await kube.forget()
    (made,) = await carry_out(cluster, planned)
    assert made["spec"]["selector"] == {"app": "web"}
    assert made["spec"]["ports"] == [{"port": 80, "targetPort": 8080, "protocol": "TCP"}]
    assert made["metadata"]["annotations"][MARK] == "change-1"
    assert await writes(kube) == {("POST", SERVICES)}


async def test_it_then_serves(kube, plan, cluster):
    await kube.deploy("web", replicas=2)
    await carry_out(cluster, await plan(expose.COMMAND, "web --port 80 --target-port 8080"))

    async def has_endpoints() -> bool:
        path = "/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices"
        slices = (await kube.call("GET", path))["items"]
        return sum(len(found.get("endpoints") or []) for found in slices) == 2

    await kube.until(has_endpoints)


async def test_the_only_port_need_not_be_said(kube, plan):
    await kube.deploy("web", replicas=1, ports=[{"containerPort": 8080}])
    (step,) = (await plan(expose.COMMAND, "web")).steps
    assert step.write.body["spec"]["ports"] == [{"port": 8080, "targetPort": 8080, "protocol": "TCP"}]


async def test_of_several_ports_none_is_guessed(kube, plan):
    ports = [{"name": "http", "containerPort": 8080}, {"name": "metrics", "containerPort": 9090}]
    await kube.deploy("web", replicas=1, ports=ports)
    with pytest.raises(UsageError, match="Which port") as refused:
        await plan(expose.COMMAND, "web --type nodeport --name out")
    assert refused.value.message == "Which port? `shop/web` serves on `8080`, `9090`."
    assert refused.value.suggestions == (
        "expose deployment/web -n shop --context demo --type NodePort --name out --port 8080",
        "expose deployment/web -n shop --context demo --type NodePort --name out --port 9090",
        "expose deployment/web -n shop --context demo --type NodePort --name out --port 8080,9090",
    )


async def test_no_port_at_all_is_asked_for(kube, plan):
    await kube.deploy("web", replicas=1)
    with pytest.raises(UsageError, match="name none") as refused:
        await plan(expose.COMMAND, "web")
    assert refused.value.hint == "Add `--port PORT`."


@pytest.mark.parametrize(("target", "warned"), [("http", False), ("htpp", True), ("8081", False)])
async def test_a_port_by_a_name_that_no_container_has(kube, plan, target, warned):
    await kube.deploy("web", replicas=1, ports=[{"name": "http", "containerPort": 8080}])
    planned = await plan(expose.COMMAND, f"web --port 80 --target-port {target}")
    said = [warning.plain() for warning in planned.warnings]
    assert said == (["None of its containers calls a port htpp: nothing will answer."] if warned else [])


@pytest.mark.parametrize("kind", ["NodePort", "LoadBalancer"])
async def test_opening_it_to_the_outside_is_said(kube, plan, kind):
    await kube.deploy("web", replicas=1)
    (warning,) = (await plan(expose.COMMAND, f"web --port 80 --type {kind}")).warnings
    assert warning.plain() == f"{kind} opens it to callers outside the cluster."


async def test_a_pod_is_found_by_its_labels(kube, plan):
    await kube.pod("one", "web:1.0", labels={"run": "one"})
    await kube.pod("bare", "web:1.0")
    (step,) = (await plan(expose.COMMAND, "pod/one --port 80")).steps
    assert step.write.body["spec"]["selector"] == step.write.body["metadata"]["labels"] == {"run": "one"}
    with pytest.raises(UsageError, match="`shop/bare` has no labels") as refused:
        await plan(expose.COMMAND, "pod/bare --port 80")
    assert refused.value.hint == "`/k8s label pod bare app=bare` gives it one."


async def test_a_service_may_stand_before_another_ones_pods(kube, plan, cluster):
    await kube.deploy("web", replicas=1)
    await carry_out(cluster, await plan(expose.COMMAND, "web --port 80"))
    (step,) = (await plan(expose.COMMAND, "service/web --name web-out --type NodePort")).steps
    assert step.write.body["spec"]["selector"] == {"app": "web"}
    assert step.write.body["spec"]["ports"][0]["port"] == 80


async def test_a_taken_name_is_said_and_shown(kube, plan, cluster):
    await kube.deploy("web", replicas=1)
    planned = await plan(expose.COMMAND, "web --port 80")
    await carry_out(cluster, planned)
    with pytest.raises(ClusterRejectedError, match="There is a Service `web` in `shop` already") as refused:
        await plan(expose.COMMAND, "web --port 81")
    assert refused.value.hint == "`--name NAME` makes another one."
    assert refused.value.suggestions == ("describe service web -n shop --context demo",)


async def test_what_the_server_refuses_is_its_own_word(kube, plan):
    await kube.deploy("web", replicas=1)
    with pytest.raises(ClusterRejectedError) as refused:
        await plan(expose.COMMAND, "web --port 80 --name 1st.one")
    assert refused.value.status == 422
    assert refused.value.suggestions == ()


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ("--port 80,443", [("port-1", 80, 80), ("port-2", 443, 443)]),
        ("--port 80 --port 443 --target-port 8080", [("port-1", 80, 8080), ("port-2", 443, 8080)]),
        ("--port 80,443 --target-port http,8443", [("port-1", 80, "http"), ("port-2", 443, 8443)]),
    ],
)
async def test_several_ports(kube, plan, cluster, flags, expected):
    await kube.deploy("web", replicas=1, ports=[{"name": "http", "containerPort": 8080}])
    (made,) = await carry_out(cluster, await plan(expose.COMMAND, f"web {flags}"))
    assert [(one["name"], one["port"], one["targetPort"]) for one in made["spec"]["ports"]] == expected


async def test_affinity_and_an_address_of_its_own(kube, plan, cluster):
    await kube.deploy("web", replicas=1)
    line = "web --port 80 --session-affinity ClientIP --cluster-ip none"
    (made,) = await carry_out(cluster, await plan(expose.COMMAND, line))
    assert (made["spec"]["sessionAffinity"], made["spec"]["clusterIP"]) == ("ClientIP", "None")


async def test_a_plan_whose_name_was_taken_meanwhile_changes_nothing(kube, plan, cluster):
    await kube.deploy("web", replicas=1)
    planned = await plan(expose.COMMAND, "web --port 80")
    await carry_out(cluster, await plan(expose.COMMAND, "web --port 81"))
    with pytest.raises(ClusterRejectedError, match="already exists"):
        await carry_out(cluster, planned)
    assert (await kube.call("GET", f"{SERVICES}/web"))["spec"]["ports"][0]["port"] == 81


async def test_a_workload_that_is_not_there(kube, plan):
    await kube.deploy("web", replicas=1)
    with pytest.raises(TargetNotFoundError) as missing:
        await plan(expose.COMMAND, "wbe --port 80")
    assert missing.value.near == ("web",)
