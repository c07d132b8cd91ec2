"""get: any resource, in the columns that the server prints."""

from __future__ import annotations

import re

import pytest

from bot.domain.cluster import ApiTable, Column
from bot.domain.errors import UsageError
from bot.domain.listing import plural_of, shown as as_table, unready
from bot.domain.message import Table
from bot.domain.printing.answers import answer
from bot.domain.resources import PODS
from bot.domain.views import Kept, shown as view
from bot.engine.grammar import parse
from commands import get
from commands.get import GetArgs
from tests.commands import get_answers

ask = get_answers.ask


def steps(message):
    """The commands behind its buttons."""
    return [button.command for button in message.buttons if button.command]


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
        ("po -o yaml", GetArgs(target=("po",), output="yaml")),
        ("po -L app,tier -L x", GetArgs(target=("po",), labels=("app", "tier", "x"))),
        ("po --show-labels --no-headers", GetArgs(target=("po",), every_label=True, no_heads=True)),
        ("po --sort-by=.metadata.name", GetArgs(target=("po",), sort=".metadata.name")),
        ("po --share", GetArgs(target=("po",), share=True)),
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
        ("pods -o xml", "Not as `xml`"),
        ("pods -o go-template={{.}}", "Go templates are not there"),
        ("pods -o go-template-file=a", "Go templates are not there"),
        ("pods --template={{.}}", "Go templates are not there"),
        ("pods -o jsonpath-file=a", "A file of yours cannot be read from here"),
        ("pods -o jsonpath", "`jsonpath` needs what to print"),
        ("pods -o jsonpath={.items[0", "At character 10 of the path, in `{.items[0`: `]` is missing"),
        ("pods -o custom-columns=A", "`A` is no column"),
        ("pods -o custom-columns=A:.x[", "Column `A`. At character 4 of the path"),
        ("pods -o yaml=x", "`yaml` takes nothing after it"),
        ("pods -o yaml -L app", "Labels stand beside the server's columns"),
        ("pods -o name --sort-by=age", "`-o name` has no columns"),
        ("pods --sort-by=.a[", "At character 4 of the path"),
        ("pods -L a/b/c", "`a/b/c` cannot be a label's key"),
        ("pod a -A", "A name means one namespace"),
        ("pod a -l app=web", "Either names or a selector"),
        ("pod/a b", "is not TYPE/NAME"),
        ("pod,svc a", "names cannot follow several resource types"),
        ("pod A_B", "cannot be a name in Kubernetes"),
        ("pods --watch", "`rollout status NAME` follows a rollout"),
        ("pods -w", "Nothing is watched from here"),
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
    table, *_ = message.parts
    assert table.columns == ("NAME", "READY", "STATUS", "RESTARTS", "AGE")
    assert table.rows[0][:2] == ("broken", "0/1")
    assert table.rows[0][2] in {"ErrImagePull", "ImagePullBackOff"}  # they take turns
    assert table.drop == ("AGE", "RESTARTS")
    assert steps(message) == [
        "why pod/broken -n shop --context demo",
    ]


async def test_several_types_each_have_a_table(kube, ask):
    await kube.deploy("web", replicas=1)
    message = await ask(get.COMMAND, "deploy,svc,ns")
    assert message.plain() == "1 deployment, 5 namespaces in shop on demo"
    assert [part.columns[0] for part in message.parts if isinstance(part, Table)] == ["NAME", "NAME"]
    assert message.parts[-1].text.plain() == "No services."
    assert steps(message) == ["rollout status web -n shop --context demo"]


async def test_all_are_the_workloads_and_services(kube, ask):
    await kube.deploy("web", replicas=1)
    message = await ask(get.COMMAND, "all")
    assert message.plain() == "1 pod, 1 deployment, 1 replicaset in shop on demo"


async def test_everywhere_says_where_each_is(kube, ask, gate):
    await kube.pod("a", "web:missing")
    await kube.until(lambda: _has_status(kube, "a", "ImagePullBackOff"))
    message = await ask(get.COMMAND, "pods -A")
    assert message.plain() == "1 pod in all namespaces on demo · 1 not ready"
    assert message.parts[0].rows[0][:2] == ("shop", "a")
    assert steps(message)[0] == "why pod/a -n shop --context demo"
    assert gate.asked == [("*", "pods")]


async def test_wide_shows_every_column(ask):
    narrow, wide = await ask(get.COMMAND, "nodes"), await ask(get.COMMAND, "nodes -o wide")
    assert narrow.parts[0].columns == ("NAME", "STATUS", "ROLES", "AGE", "VERSION")
    assert "INTERNAL-IP" in wide.parts[0].columns


async def test_a_lost_node_is_not_ready(kube, ask):
    await kube.fault(fault="lose-node", node="node-1")
    await kube.until(lambda: _node_is_lost(ask))
    message = await ask(get.COMMAND, "nodes")
    assert message.plain() == "3 nodes on demo · 1 not ready"
    assert steps(message) == ["why node/node-1 --context demo"]


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
    assert (unready(table) == frozenset()) is well


def test_more_than_was_read_is_said():
    table = ApiTable(type=PODS, columns=(Column(name="Name"),), rows=(("a",),), remaining=1200)
    found = answer(GetArgs(target=("pods",), namespace="shop").question("demo"), [table], [])
    assert found.footer.plain() == "At least 1,200 more on the server: narrow it down with -l or -n."


async def test_the_first_view_leads_to_the_others(kube, ask):
    await kube.pod("good", "web:1.0")
    await kube.pod("broken", "web:missing")
    await kube.until(lambda: _has_status(kube, "broken", "ImagePullBackOff"))
    await kube.until(lambda: _says(ask, "pods", "1 not ready"))
    message = await ask(get.COMMAND, "pods")
    assert [b.label for b in message.buttons if b.view] == ["Only not ready", "As file", "Share"]


async def test_what_the_policy_narrows_is_read_in_each_namespace_and_says_so(kube, ctx, gate):
    await kube.namespace("tools")
    await kube.pod("a", "web:missing")
    await kube.call("POST", "/api/v1/namespaces/tools/configmaps", {"metadata": {"name": "m"}})
    await kube.until(lambda: _has_status(kube, "a", "ImagePullBackOff"))
    args = GetArgs(target=("pods,cm",), namespace="shop", everywhere=True, within=("shop", "tools"))
    found = await get.run(ctx, args)
    message = view(Kept(result=found))
    assert message.plain().startswith("1 pod, ")
    assert message.plain().endswith("in 2 of the namespaces on demo · 1 not ready")
    assert message.parts[-1].text.plain() == "Only in shop, tools: the policy lets you see these."
    assert found.groups[0].rows[0][:2] == ("shop", "a")
    assert ("tools", "m") in [row[:2] for row in found.groups[1].rows]
    assert {namespace for namespace, _ in gate.asked} == {"shop", "tools"}
    found = await get.run(ctx, args.model_copy(update={"target": ("jobs",)}))
    assert found.headline.plain() == "No jobs in 2 of the namespaces on demo."
    found = await get.run(ctx, args.model_copy(update={"target": ("nodes",)}))
    assert len(found.groups[0].rows) == 3


async def _has_status(kube, name, status):
    found = await kube.call("GET", f"/api/v1/namespaces/shop/pods/{name}")
    waiting = [c["state"].get("waiting", {}) for c in found["status"].get("containerStatuses", [])]
    return any(one.get("reason") == status for one in waiting)


async def _node_is_lost(ask):
    return "not ready" in (await ask(get.COMMAND, "nodes")).plain()


async def _says(ask, line, words):
    return words in (await ask(get.COMMAND, line)).plain()
