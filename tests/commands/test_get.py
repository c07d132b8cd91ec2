"""get: any resource, in the columns that the server prints."""

from __future__ import annotations

import asyncio
import base64
import json
import re

import pytest
import yaml

from bot.domain.cluster import ApiTable, Column
from bot.domain.errors import ClusterRejectedError, TargetNotFoundError, UsageError
from bot.domain.listing import plural_of, shown as as_table, unready
from bot.domain.message import Message, Table
from bot.domain.printing.answers import answer
from bot.domain.resources import PODS
from bot.domain.typed import split
from bot.domain.views import Kept, shown as view
from bot.engine.grammar import parse
from commands import get
from commands.get import GetArgs


@pytest.fixture
def ask(ask):
    """What is shown of the answer at first."""

    async def show(command, line):
        found = await ask(command, line)
        return found if isinstance(found, Message) else view(Kept(result=found))

    return show


@pytest.fixture
def said(ctx):
    """The result as it is kept."""

    async def said(line):
        args = parse(GetArgs, split(line), name="get")
        return await get.run(ctx, args.model_copy(update={"namespace": "shop", "context": "demo"}))

    return said


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
        "describe pod/broken -n shop --context demo",
        "logs pod/broken -n shop --context demo",
        "events --for pod/broken -n shop --context demo",
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
    assert missing.text.plain() == (
        "there is no pod web-z in namespace shop on cluster demo. Did you mean web-a?"
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
    assert steps(message)[0] == "describe pod/a -n shop --context demo"
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
    assert steps(message) == ["describe node/node-1 --context demo"]


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


# ---------------------------------------------------------------- labels and order


async def test_labels_as_columns(kube, ask):
    await kube.pod("a", "web:1.0", labels={"app": "web", "example.com/tier": "front"})
    await kube.pod("b", "web:1.0")
    message = await ask(get.COMMAND, "pods -L app,example.com/tier --show-labels")
    table = message.parts[0]
    assert table.columns[-3:] == ("APP", "TIER", "LABELS")
    assert [row[-3:] for row in table.rows] == [
        ("web", "front", "app=web,example.com/tier=front"),
        ("", "", "<none>"),
    ]


async def test_labels_take_no_more_than_the_metadata(kube, ask):
    await kube.pod("a", "web:1.0")
    for line, included in (
        ("pods", "None"),
        ("pods -L app", "Metadata"),
        ("pods --sort-by=.metadata.name", "Metadata"),
        ("pods --sort-by=.spec.nodeName", "Object"),
        ("pods --sort-by=age", "None"),
    ):
        await kube.forget()
        await ask(get.COMMAND, line)
        (asked,) = await kube.requests()
        assert f"includeObject={included}&" in asked["query"], line


@pytest.mark.parametrize(
    ("by", "names"),
    [
        (".metadata.name", ["a", "b", "c"]),
        ("{.metadata.labels.rank}", ["b", "c", "a"]),
        ("metadata.labels.rank", ["b", "c", "a"]),
        ("name", ["a", "b", "c"]),
        (".metadata.labels.nope", ["a", "b", "c"]),
        (".spec.priority.nope", ["a", "b", "c"]),
    ],
)
async def test_the_order_that_is_asked_for(kube, ask, by, names):
    for name, rank in (("a", "10"), ("b", "2"), ("c", "9")):
        await kube.pod(name, "web:1.0", labels={"rank": rank})
    for form in ("", "-o custom-columns=NAME:.metadata.name"):
        (table, *_) = (await ask(get.COMMAND, f"pods {form} --sort-by={by}")).parts
        assert [row[0] for row in table.rows] == names


async def test_an_order_by_a_column_that_is_not_there_names_those_that_are(kube, ask):
    await kube.pod("a", "web:1.0")
    with pytest.raises(UsageError, match="no column `size`") as refused:
        await ask(get.COMMAND, "pods --sort-by=size")
    assert "NAME, READY, STATUS" in refused.value.hint


# ---------------------------------------------------------------- forms


async def test_documents_are_kubectls(kube, said):
    await kube.pod("a", "web:1.0", labels={"app": "web"})
    await kube.pod("b", "web:1.0")
    one = await said("pod a -o yaml")
    document = yaml.safe_load("\n".join(one.lines))
    assert (one.name, one.headline.plain()) == ("a.yaml", "1 pod in shop on demo as YAML")
    assert document["metadata"]["labels"] == {"app": "web"}
    assert list(document) == ["apiVersion", "kind", "metadata", "spec", "status"]
    assert "managedFields" not in document["metadata"]
    for form, read in (("yaml", yaml.safe_load), ("json", json.loads)):
        several = await said(f"pods -o {form}")
        document = read("\n".join(several.lines))
        assert several.name == f"pods.{form}"
        assert document["kind"] == "List"
        assert [(item["kind"], item["metadata"]["name"]) for item in document["items"]] == [
            ("Pod", "a"),
            ("Pod", "b"),
        ]
    both = await said("pod/b pod/a -o json --sort-by=.metadata.name")
    assert [one["metadata"]["name"] for one in json.loads("\n".join(both.lines))["items"]] == ["a", "b"]


async def test_names_are_kubectls(kube, said):
    await kube.deploy("web", replicas=1)
    await kube.pod("a", "web:1.0")
    found = await said("deploy,svc -o name")
    assert (found.lines, found.name) == (("deployment.apps/web",), "deployments.txt")
    assert (await said("pod/a deploy/web -o name")).lines == ("pod/a", "deployment.apps/web")


async def test_paths(kube, said):
    await kube.pod("a", "web:1.0", "db:2")
    await kube.pod("b", "web:1.0")
    found = await said("pods -o jsonpath='{.items[*].metadata.name}'")
    assert (found.lines, found.name) == (("a b",), "pods.txt")
    found = await said(
        r"""po -o jsonpath='{range .items[*]}{.metadata.name}{"\t"}{.spec.containers[*].image}{"\n"}{end}'"""
    )
    assert found.lines == ("a\tweb:1.0 db:2", "b\tweb:1.0")
    assert (await said("pod a -o=jsonpath={.spec.containers[1].image}")).lines == ("db:2",)


async def test_paths_that_find_nothing_say_so(kube, ask):
    await kube.pod("a", "web:1.0")
    message = await ask(get.COMMAND, "pods -o jsonpath={.items[*].nope}")
    assert message.plain() == "These paths find nothing in 1 pod in shop on demo."


async def test_columns_of_ones_own(kube, ask):
    await kube.pod("a", "web:1.0", "db:2")
    message = await ask(
        get.COMMAND, "pods -o custom-columns=Name:.metadata.name,IMAGES:spec.containers[*].image,X:.x"
    )
    assert message.parts[0].columns == ("Name", "IMAGES", "X")
    assert message.parts[0].rows == (("a", "web:1.0,db:2", "<none>"),)


async def test_lines_without_heads(kube, said):
    await kube.pod("a", "web:1.0")
    await kube.pod("long-name", "web:1.0")
    found = await said(
        "pods -o custom-columns=NAME:.metadata.name,IMAGE:.spec.containers[*].image --no-headers"
    )
    assert found.lines == ("a           web:1.0", "long-name   web:1.0")


# ---------------------------------------------------------------- secrets


ENCODED = base64.b64encode(b"hunter2-and-more").decode()
FORMS = (
    "", "-o wide", "-o yaml", "-o json", "-o name", "--show-labels", "-L password", "--no-headers",
    "-o jsonpath={.items[*].data}", "-o jsonpath={..password}", "-o jsonpath={.items[*].data.password}",
    "-o jsonpath={@}", "-o jsonpath='{range .items[*].data}{@}{end}'",
    "-o custom-columns=A:.data,B:.metadata",
    "-o custom-columns=A:.data.password", "-o custom-columns=A:..*", "--sort-by=.data.password",
    f"-o jsonpath='{{.items[?(@.data.password==\"{ENCODED}\")].metadata.name}}'",
)  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
async def test_no_form_shows_the_values_of_a_secret(kube, ask, said, shown, form):
    applied = json.dumps({"data": {"password": ENCODED}, "stringData": {"password": "hunter2-and-more"}})
    notes = {
        "kubectl.kubernetes.io/last-applied-configuration": applied,
        "example.com/copy": f"it is {ENCODED}",
        "example.com/plain": "hunter2-and-more",
    }
    metadata = {"name": "db", "annotations": notes}
    await kube.create("secrets", {"metadata": metadata, "data": {"password": ENCODED}})
    for target in ("secrets", "secret db", "secret/db", "cm,secrets"):
        said_of_it = shown(await ask(get.COMMAND, f"{target} {form}"))
        whole = repr(await said(f"{target} {form}"))
        for told in (said_of_it, whole):
            assert "hunter2" not in told
            assert ENCODED not in told
            assert ENCODED[:12] not in told


async def test_a_secret_is_shown_by_its_keys_and_sizes(kube, said):
    await kube.create("secrets", {"metadata": {"name": "db"}, "stringData": {"password": "hunter2"}})
    found = await said("secret db -o yaml")
    assert "  password: '<not shown: 7 bytes>'" in found.lines
    assert found.before[0].text.plain() == "The values of Secrets are never shown."


async def test_a_filter_cannot_guess_a_secret(kube, ask):
    await kube.create("secrets", {"metadata": {"name": "db"}, "data": {"password": ENCODED}})
    line = f"""secrets -o jsonpath='{{.items[?(@.data.password=="{ENCODED}")].metadata.name}}'"""
    assert (await ask(get.COMMAND, line)).plain().startswith("These paths find nothing")


async def test_variables_that_look_like_secrets_are_redacted_in_every_form(kube, said, ask, shown):
    env = [{"name": "DB_PASSWORD", "value": "hunter2"}, {"name": "MODE", "value": "fast"}]
    await kube.deploy("web", replicas=1, env=env, args=["--password", "hunter2", "--token=hunter2"])
    for form in ("yaml", "json", "jsonpath={..env}", "custom-columns=E:..env,A:..args"):
        told = shown(await ask(get.COMMAND, f"deploy -o {form}"))
        assert "hunter2" not in told
        assert "fast" in told


# ---------------------------------------------------------------- many, and in several namespaces


async def test_a_long_list_is_read_page_by_page(kube, said):
    maps = [{"metadata": {"name": f"map-{number:04}"}} for number in range(1203)]
    for part in range(0, len(maps), 50):
        await asyncio.gather(*(kube.create("configmaps", one) for one in maps[part : part + 50]))
    await kube.forget()
    found = await said("configmaps")
    assert len(found.groups[0].rows) >= 1203
    assert [one["path"] for one in await kube.requests()].count("/api/v1/namespaces/shop/configmaps") == 3
    found = await said("configmaps -o yaml")
    assert found.lines.count("  kind: ConfigMap") == 500
    assert re.match(r"500 objects of a type are read; at least 7\d\d more not shown", found.footer.plain())


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
