"""top: what is used right now, and who is near a limit."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image

from bot.domain.errors import ClusterUnavailableError, TargetNotFoundError, UsageError
from bot.domain.message import Message
from bot.domain.results import Rows
from bot.domain.views import Kept, View, shown as seen
from bot.engine.grammar import parse
from commands import top
from commands.top import TopArgs, render

MEMORY = {"limits": {"memory": "64Mi", "cpu": "500m"}, "requests": {"memory": "32Mi", "cpu": "50m"}}


def measured(name: str, memory: str, *, namespace: str = "shop", cpu: str = "12m", container: str = "web"):
    usage = {"cpu": cpu, "memory": memory}
    return {
        "metadata": {"name": name, "namespace": namespace},
        "containers": [{"name": container, "usage": usage}],
    }


def pod(name: str, *, namespace: str = "shop", phase: str = "Running", resources=None):
    spec = {"containers": [{"name": "web", "resources": MEMORY if resources is None else resources}]}
    return {"metadata": {"name": name, "namespace": namespace}, "spec": spec, "status": {"phase": phase}}


def node(name: str):
    return {"metadata": {"name": name}, "status": {"allocatable": {"cpu": "2", "memory": "4Gi"}}}


def args(*target: str, **parts) -> TopArgs:
    return TopArgs(target=target, namespace="shop", context="prod", **parts)


# ---------------------------------------------------------------- the grammar, and what is refused


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("pods", {"target": ("pods",)}),
        ("pod web-0 -n shop", {"target": ("pod", "web-0"), "namespace": "shop"}),
        ("po/web-0 --containers", {"target": ("po/web-0",), "containers": True}),
        ("pods -A -l app=web", {"target": ("pods",), "everywhere": True, "selector": "app=web"}),
        ("Pods --sort-by=CPU", {"target": ("Pods",), "order": "cpu"}),
        ("no --chart --share", {"target": ("no",), "chart": True, "share": True}),
        ("node node-1", {"target": ("node", "node-1")}),
    ],
)
def test_grammar(line, expected):
    assert parse(TopArgs, tuple(line.split())) == TopArgs(**expected)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "is needed"),
        ("deployments", "write `top pods` or `top nodes`"),
        ("web-0", "write `top pods` or `top nodes`"),
        ("pods a b", "at most 2"),
        ("pods Web_0", "cannot be a name"),
        ("pods web-0 -l app=web", "a name or a selector"),
        ("pods web-0 -A", "one namespace"),
        ("nodes -A", "no namespace"),
        ("nodes --containers", "no containers"),
        ("pods --sort-by age", "either cpu or memory"),
    ],
)
def test_refused_text(line, said):
    with pytest.raises(UsageError, match=f"(?i){re.escape(said)}"):
        parse(TopArgs, tuple(line.split()), name="top")


def test_it_reaches_where_it_looks():
    assert (args("pods").reach(), top.COMMAND.kinds(args("pods"))) == ("shop", ("pods",))
    assert args("pods", everywhere=True).reach() == "*"
    assert top.COMMAND.kinds(args("nodes")) == ("nodes",)


# ---------------------------------------------------------------- against a cluster


async def test_two_reads_and_nothing_else(kube, ask, only_reads, gate):
    await kube.deploy("web")
    await kube.forget()
    found = await ask(top.COMMAND, "pods")
    await only_reads()
    assert sorted(asked["path"] for asked in await kube.requests()) == [
        "/api/v1/namespaces/shop/pods",
        "/apis/metrics.k8s.io/v1beta1/namespaces/shop/pods",
    ]
    assert set(gate.asked) == {("shop", "pods")}
    assert re.fullmatch("2 pods in shop on demo", seen(Kept(result=found)).plain())


async def test_its_permission_is_for_the_kind_that_is_asked_for(kube, narrow):
    await kube.deploy("web")
    assert isinstance(await narrow(top.COMMAND, "pods"), Rows)
    assert isinstance(await narrow(top.COMMAND, "nodes"), Rows)


async def test_who_is_near_out_of_memory_is_marked(kube, ask):
    await kube.deploy("web", resources=MEMORY)
    (idle, _) = (await kube.call("GET", "/apis/metrics.k8s.io/v1beta1/namespaces/shop/pods"))["items"]
    more = 61 * 1024 - int(idle["containers"][0]["usage"]["memory"].removesuffix("Ki"))
    await kube.fault(fault="load", namespace="shop", selector="app=web", memory=f"{more}Ki", cpu="100m")
    found = await ask(top.COMMAND, "pods --sort-by memory")
    (group,) = found.groups
    assert [row[2].startswith("⚠️ 9") for row in group.rows] == [True, True]
    assert group.bad == {0, 1}
    assert [row[5:] for row in group.rows] == [("32Mi/64Mi", "50m/500m")] * 2
    assert [button.label for button in found.buttons] == [f"Describe {group.rows[0][0]}", "Chart"]


async def test_one_pod_by_name_and_its_containers(kube, ask):
    await kube.pod("pair", "web:1.0", "web:1.0")
    await kube.until(lambda: _is_measured(kube, "pair"))
    assert seen(Kept(result=await ask(top.COMMAND, "pod pair"))).plain() == "1 pod in shop on demo"
    both = await ask(top.COMMAND, "pod/pair --containers")
    assert seen(Kept(result=both)).plain() == "2 containers of pair in shop on demo"
    assert [row[:2] for row in both.groups[0].rows] == [("pair", "a"), ("pair", "b")]


async def test_a_name_that_is_not_there_has_near_ones(kube, ask):
    await kube.pod("pair", "web:1.0")
    with pytest.raises(TargetNotFoundError) as missing:
        await ask(top.COMMAND, "pod pari")
    assert missing.value.near == ("pair",)


async def test_a_pod_that_does_not_run_has_no_figures_and_that_is_no_error(kube, ask, shown):
    await kube.pod("bad", "web:missing")
    assert shown(await ask(top.COMMAND, "pod bad")) == (
        "No figures for bad in shop on demo.\n"
        "bad is Pending; figures come some 15 s after its containers have started."
    )
    assert shown(await ask(top.COMMAND, "pods")) == (
        "No running pods in shop on demo.\n1 pod without figures yet: bad."
    )


async def test_nodes_with_their_share(ask):
    found = await ask(top.COMMAND, "nodes")
    (group,) = found.groups
    assert group.columns == ("NAME", "MEMORY", "MEM%", "CPU", "CPU%")
    assert [row[0] for row in group.rows] == ["node-1", "node-2", "node-3"]
    assert all(re.fullmatch(r"\d+Mi", row[1]) and re.fullmatch(r"\d+%", row[2]) for row in group.rows)
    assert len((await ask(top.COMMAND, "node node-2")).groups[0].rows) == 1


async def test_no_metrics_api_is_said_as_such(kube, ask):
    await kube.pod("web", "web:1.0")
    await kube.fault(fault="status", status=404, path="^/apis/metrics")
    for line in ("pods", "nodes", "pod web", "node node-1"):
        with pytest.raises(TargetNotFoundError, match="demo` has no metrics API") as absent:
            await ask(top.COMMAND, line)
        assert absent.value.hint == "An administrator can install metrics-server."


async def test_a_metrics_server_that_is_down_is_told_from_a_cluster_that_is(kube, ask):
    await kube.fault(fault="status", status=503, path="^/apis/metrics")
    with pytest.raises(ClusterUnavailableError, match="answers, but its metrics API does not") as down:
        await ask(top.COMMAND, "pods")
    assert down.value.suggestions == ("get pods -n kube-system -l k8s-app=metrics-server --context demo",)
    await kube.fault(fault="status", status=503, path="^/api/v1")
    with pytest.raises(ClusterUnavailableError, match="cluster `demo` cannot answer right now"):
        await ask(top.COMMAND, "pods")


async def test_only_the_namespaces_that_may_be_seen(kube, ctx, gate):
    for namespace in ("other", "hidden"):
        await kube.namespace(namespace)
    within = args("pods", everywhere=True, within=("shop", "other"))
    found = await top.COMMAND.run(ctx, within)
    assert [part.text.plain() for part in found.parts] == [
        "Only in the namespaces that you may see: shop, other."
    ]
    assert set(gate.asked) == {("shop", "pods"), ("other", "pods")}


async def test_a_picture_goes_with_the_table_and_never_alone(kube, ask):
    await kube.deploy("web", resources=MEMORY)
    found = await ask(top.COMMAND, "pods --chart")
    assert len(found.groups[0].rows) == 2
    (picture,) = found.pictures
    assert Image.open(io.BytesIO(picture.content)).size[0] == 800
    assert picture.name == "top.png"
    assert re.match(
        r"2 pods in shop on demo\. Memory, limits marked: web-\S+ \d+Mi of 64Mi, \d+%; ", picture.alt
    )
    assert isinstance(await ask(top.COMMAND, "pods -l app=none --chart"), Message)


async def _is_measured(kube, name: str) -> bool:
    async with kube.get(f"/apis/metrics.k8s.io/v1beta1/namespaces/shop/pods/{name}") as answer:
        return answer.status == 200


# ---------------------------------------------------------------- the messages, word for word


def test_message(shown):
    metrics = [measured("web-b", "60Mi"), measured("web-a", "10Mi", cpu="20m")]
    rows = render("prod", args("pods"), [pod("web-a"), pod("web-b"), pod("new", phase="Pending")], metrics)
    assert shown(seen(Kept(result=rows))) == (
        "2 pods in shop on prod · 1 nearly full\n"
        "NAME | MEMORY | MEM% | CPU | CPU% | MEM REQ/LIM | CPU REQ/LIM\n"
        "web-a | 10Mi | 15% | 20m | 4% | 32Mi/64Mi | 50m/500m\n"
        "web-b | 60Mi | ⚠️ 93% | 12m | 2% | 32Mi/64Mi | 50m/500m\n"
        "• Together 32m of CPU and 70Mi of memory.\n"
        "• 1 pod without figures yet: new.\n"
        "[Only nearly full] \n"
        "[As file] \n"
        "[Share] \n"
        "[Describe web-b] describe pod web-b -n shop --context prod\n"
        "[Chart] top pods --chart -n shop --context prod\n"
        "Percents are of the limit of the fullest container; – where there is none."
    )
    assert seen(Kept(result=rows, view=View(unready=True))).plain() == "1 nearly full pod in shop on prod"


def test_message_of_containers_everywhere(shown):
    metrics = [measured("web", "1Mi", namespace="two"), measured("web", "2Mi", namespace="one")]
    pods = [pod("web", namespace="one", resources={}), pod("web", namespace="two", resources={})]
    wanted = args("pods", everywhere=True, containers=True, selector="app in (a, b)", order="memory")
    lines = shown(seen(Kept(result=render("prod", wanted, pods, metrics)))).splitlines()
    assert lines[:4] == [
        "2 containers in all namespaces on prod",
        "NAMESPACE | NAME | CONTAINER | MEMORY | CPU",
        "one | web | web | 2Mi | 12m",
        "two | web | web | 1Mi | 12m",
    ]
    assert lines[-1] == "[Chart] top pods --chart --containers -l 'app in (a, b)' -A --context prod"


def test_a_column_stays_where_any_row_has_something_in_it(shown):
    pods = [pod("a", resources={"limits": {"memory": "20Mi"}}), pod("b", resources={})]
    wanted = args("pods", containers=True, order="cpu")
    lines = shown(
        seen(Kept(result=render("prod", wanted, pods, [measured("a", "5Mi"), measured("b", "5Mi")])))
    )
    assert lines.splitlines()[1:4] == [
        "NAME | CONTAINER | CPU | MEMORY | MEM% | MEM REQ/LIM",
        "a | web | 12m | 5Mi | 25% | –/20Mi",
        "b | web | 12m | 5Mi | – | –/–",
    ]
    assert lines.endswith("Percents are of the limit; – where there is none.")


def test_message_of_nodes(shown):
    usage = [{"metadata": {"name": "a"}, "usage": {"cpu": "1900m", "memory": "1Gi"}}]
    assert shown(seen(Kept(result=render("prod", args("nodes"), [node("a"), node("b")], usage)))) == (
        "2 nodes on prod · 1 nearly full\n"
        "NAME | MEMORY | MEM% | CPU | CPU%\n"
        "a | 1024Mi | 25% | 1900m | ⚠️ 95%\n"
        "b | <unknown> | – | <unknown> | –\n"
        "Together 1900m of CPU and 1024Mi of memory.\n"
        "[Only nearly full] \n"
        "[As file] \n"
        "[Share] \n"
        "[Describe a] describe node a --context prod\n"
        "[Chart] top nodes --chart --context prod\n"
        "Percents are of what the node has to give."
    )


def test_message_of_nothing(shown):
    assert shown(render("prod", args("pods", selector="app=x"), [], [])) == (
        "No running pods in shop on prod.\nNone has the labels app=x."
    )
    assert shown(render("prod", args("nodes"), [], [])) == "No nodes on prod."
