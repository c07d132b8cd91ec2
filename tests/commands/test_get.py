"""get: any resource, in the columns that the server prints."""

from __future__ import annotations

import re

import pytest

from bot.domain.cluster import ApiTable, Column
from bot.domain.errors import ClusterRejectedError, TargetNotFoundError, UsageError
from bot.domain.listing import plural_of, shown as as_table, unready
from bot.domain.message import Table
from bot.domain.resources import PODS
from bot.engine.grammar import parse
from commands import get
from commands.get import GetArgs


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("pods", GetArgs(target=("pods",))),
        ("deploy,svc -n shop", GetArgs(target=("deploy,svc",), namespace="shop")),
        ("pod/a svc/b", GetArgs(target=("pod/a", "svc/b"))),
        ("pod a b", GetArgs(target=("pod", "a", "b"))),
        ("pods -A", GetArgs(target=("pods",), everywhere=True)),
        ("pods --all-namespaces=true", GetArgs(target=("pods",), everywhere=True)),
        ("po -lapp=web", GetArgs(target=("po",), selector="app=web")),
        ("po --selector=app=web", GetArgs(target=("po",), selector="app=web")),
        ("po --field-selector status.phase=Running", GetArgs(target=("po",), fields="status.phase=Running")),
        ("nodes -owide", GetArgs(target=("nodes",), output="wide")),
        ("nodes -o=wide", GetArgs(target=("nodes",), output="wide")),
    ],
)
def test_grammar(line, expected):
    assert parse(GetArgs, tuple(line.split())) == expected


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "`TYPE [NAME]` is needed"),
        ("pods -o yaml", "Not as `yaml`: write `-o wide` for every column"),
        ("pods -o json", "Not as `json`"),
        ("pod a -A", "A name means one namespace"),
        ("pod a -l app=web", "Either names or a selector"),
        ("pod/a b", "is not TYPE/NAME"),
        ("pod,svc a", "names cannot follow several resource types"),
        ("pod A_B", "cannot be a name in Kubernetes"),
        ("pods --watch", "No such option"),
    ],
)
def test_refused_text(line, said):
    with pytest.raises(UsageError, match=re.escape(said)) as refused:
        parse(GetArgs, tuple(line.split()), name="get")
    assert refused.value.hint


@pytest.mark.parametrize(
    ("line", "kinds"),
    [
        ("po", ("pods",)),
        ("deploy,svc", ("deployments", "services")),
        ("cm/a", ("configmaps",)),
        ("Secrets", ("secrets",)),
        ("widgets.example.com", ("widgets",)),
    ],
)
def test_the_policy_is_asked_by_plural(line, kinds):
    assert get.COMMAND.kinds(GetArgs(target=(line,))) == kinds
    assert plural_of("deployments.apps") == "deployments"


def test_all_namespaces_reach_everywhere():
    assert GetArgs(target=("pods",), everywhere=True).reach() == "*"
    assert GetArgs(target=("pods",), namespace="shop").reach() == "shop"


async def test_a_list_costs_one_read(kube, ask, only_reads, gate):
    await kube.forget()
    await ask(get.COMMAND, "pods")
    await only_reads()
    assert [asked["path"] for asked in await kube.requests()] == ["/api/v1/namespaces/shop/pods"]
    assert gate.asked == [("shop", "pods")]


async def test_lists_with_what_is_not_ready_first_in_mind(kube, ask, shown):
    await kube.deploy("web", replicas=2)
    await kube.pod("broken", "web:missing")
    await kube.until(lambda: _has_status(kube, "broken", "ImagePullBackOff"))
    message = await ask(get.COMMAND, "pods")
    assert message.plain() == "3 pods in shop on demo · 1 not ready"
    (table,) = message.parts
    assert table.columns == ("NAME", "READY", "STATUS", "RESTARTS", "AGE")
    assert table.rows[0][:4] == ("broken", "0/1", "ImagePullBackOff", "0")
    assert table.drop == ("AGE", "RESTARTS")
    assert [button.command for button in message.buttons] == [
        "describe pod/broken -n shop --context demo",
        "logs pod/broken -n shop --context demo",
        "events --for pod/broken -n shop --context demo",
    ]


async def test_several_types_each_have_a_table(kube, ask):
    await kube.deploy("web", replicas=1)
    message = await ask(get.COMMAND, "deploy,svc,ns")
    assert message.plain() == "1 deployment, 5 namespaces in shop on demo"
    assert [part.columns[0] for part in message.parts if isinstance(part, Table)] == ["NAME", "NAME"]
    assert message.parts[-1].items[0].plain() == "No services."
    assert message.buttons[0].command == "rollout status web -n shop --context demo"


async def test_all_are_the_workloads_and_services(kube, ask):
    await kube.deploy("web", replicas=1)
    message = await ask(get.COMMAND, "all")
    assert message.plain() == "1 pod, 1 deployment, 1 replicaset in shop on demo"


async def test_names_of_one_type_share_a_table(kube, ask):
    await kube.pod("a", "web:1.0")
    await kube.pod("b", "web:1.0")
    for line in ("pod a b", "pod/a po/b"):
        (table,) = (await ask(get.COMMAND, line)).parts
        assert [row[0] for row in table.rows] == ["a", "b"]


async def test_one_type_by_several_names_is_asked_for_once(kube, ask):
    await kube.pod("a", "web:1.0")
    (table,) = (await ask(get.COMMAND, "po,pods,pod")).parts
    assert [row[0] for row in table.rows] == ["a"]


async def test_a_workloads_name_in_place_of_a_pods_brings_its_pods(kube, ask):
    await kube.pod("web-6c8d9f7b5d-x2x4k", "web:1.0")
    with pytest.raises(TargetNotFoundError) as refused:
        await ask(get.COMMAND, "pod web")
    assert refused.value.near == ("web-6c8d9f7b5d-x2x4k",)


async def test_a_missing_name_does_not_hide_the_others(kube, ask):
    await kube.pod("web-a", "web:1.0")
    table, missing = (await ask(get.COMMAND, "pod web-a web-z")).parts
    assert [row[0] for row in table.rows] == ["web-a"]
    assert missing.items[0].plain() == (
        "there is no pod `web-z` in namespace `shop` on cluster `demo`. Did you mean `web-a`?"
    )


async def test_the_only_name_missing_is_an_error_with_the_nearest(kube, ask):
    await kube.pod("web-a", "web:1.0")
    with pytest.raises(TargetNotFoundError) as missing:
        await ask(get.COMMAND, "pod web-b")
    assert missing.value.near == ("web-a",)


async def test_everywhere_says_where_each_is(kube, ask, gate):
    await kube.pod("a", "web:missing")
    await kube.until(lambda: _has_status(kube, "a", "ImagePullBackOff"))
    message = await ask(get.COMMAND, "pods -A")
    assert message.plain() == "1 pod in all namespaces on demo · 1 not ready"
    assert message.parts[0].rows[0][:2] == ("shop", "a")
    assert message.buttons[0].command == "describe pod/a -n shop --context demo"
    assert gate.asked == [("*", "pods")]


async def test_wide_shows_every_column(ask):
    narrow, wide = await ask(get.COMMAND, "nodes"), await ask(get.COMMAND, "nodes -o wide")
    assert narrow.parts[0].columns == ("NAME", "STATUS", "ROLES", "AGE", "VERSION")
    assert "INTERNAL-IP" in wide.parts[0].columns


async def test_selectors_are_the_servers_own(kube, ask):
    await kube.pod("a", "web:1.0", labels={"app": "web"})
    await kube.pod("b", "web:1.0", labels={"app": "other"})
    (table,) = (await ask(get.COMMAND, "pods -l 'app in (web,api)'")).parts
    assert [row[0] for row in table.rows] == ["a"]
    (table,) = (await ask(get.COMMAND, "pods --field-selector metadata.name=b")).parts
    assert [row[0] for row in table.rows] == ["b"]
    with pytest.raises(ClusterRejectedError, match="refuses"):
        await ask(get.COMMAND, "pods -l '!!'")


async def test_nothing_found_says_where_it_looked(ask, shown):
    assert shown(await ask(get.COMMAND, "pods")) == ("No pods in shop on demo.\n-A looks in every namespace.")
    assert shown(await ask(get.COMMAND, "pods,svc -l app=web -n other")) == (
        "No pods, services in other on demo.\nNone has the labels app=web.\n-A looks in every namespace."
    )
    assert shown(await ask(get.COMMAND, "pods -A --field-selector spec.nodeName=x")) == (
        "No pods in all namespaces on demo.\nNone has the fields spec.nodeName=x."
    )


async def test_a_lost_node_is_not_ready(kube, ask):
    await kube.fault(fault="lose-node", node="node-1")
    await kube.until(lambda: _node_is_lost(ask))
    message = await ask(get.COMMAND, "nodes")
    assert message.plain() == "3 nodes on demo · 1 not ready"
    assert [button.command for button in message.buttons] == ["describe node/node-1 --context demo"]


async def test_secrets_are_listed_without_their_values(kube, ask, shown):
    await kube.create("secrets", {"metadata": {"name": "db"}, "stringData": {"password": "hunter2"}})
    said = shown(await ask(get.COMMAND, "secrets"))
    assert "db | Opaque | 1 |" in said
    assert "hunter2" not in said
    assert "aHVudGVyMg" not in said


def test_cells_are_redacted():
    table = ApiTable(
        type=PODS, columns=(Column(name="Name"), Column(name="Url")), rows=(("a", "db://u:pw@h"),)
    )
    assert re.fullmatch(r"db://\[redacted:\w+\]@h", as_table(table).rows[0][1])


@pytest.mark.parametrize(
    ("ready", "status", "well"),
    [
        ("1/1", "Running", True),
        ("0/1", "Running", False),
        ("0/1", "Completed", True),
        ("", "Ready,SchedulingDisabled", True),
        ("", "NotReady", False),
        ("", "NotReady,SchedulingDisabled", False),
        ("2", "", True),
    ],
)
def test_what_is_not_ready(ready, status, well):
    columns = (Column(name="Name"), Column(name="Ready"), Column(name="Status"))
    table = ApiTable(type=PODS, columns=columns, rows=(("a", ready, status),))
    assert (unready(table, "shop") == ()) is well


def test_more_than_was_read_is_said(ctx):
    table = ApiTable(type=PODS, columns=(Column(name="Name"),), rows=(("a",),), remaining=1200)
    message = get.render(ctx.cluster.name, GetArgs(target=("pods",), namespace="shop"), [table], [])
    assert message.footer.plain() == "At least 1,200 more on the server: narrow it down with -l or -n."


async def _has_status(kube, name, status):
    found = await kube.call("GET", f"/api/v1/namespaces/shop/pods/{name}")
    waiting = [c["state"].get("waiting", {}) for c in found["status"].get("containerStatuses", [])]
    return any(one.get("reason") == status for one in waiting)


async def _node_is_lost(ask):
    return "not ready" in (await ask(get.COMMAND, "nodes")).plain()
