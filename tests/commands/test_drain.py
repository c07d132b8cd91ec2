"""drain: which pods go, which stay, what is lost and what waits; and one eviction after another."""

from __future__ import annotations

import re

import pytest

from bot.domain.access import Risk
from bot.domain.errors import ClusterRejectedError, StalePlanError, UsageError
from bot.engine.grammar import parse
from commands import drain
from commands.drain import DrainArgs
from tests.commands.change_steps import carry_out, writes

NODE = "/api/v1/nodes/node-1"
MERGE = {"Content-Type": "application/merge-patch+json"}


@pytest.fixture
async def busy(kube):
    """All of `web`'s pods on node-1, and a DaemonSet's on each node."""
    for node in ("node-2", "node-3"):
        await kube.call("PATCH", f"/api/v1/nodes/{node}", {"spec": {"unschedulable": True}}, **MERGE)
    await kube.deploy("web", replicas=2)
    for node in ("node-2", "node-3"):
        await kube.call("PATCH", f"/api/v1/nodes/{node}", {"spec": {"unschedulable": None}}, **MERGE)
    template = {"metadata": {"labels": {"app": "agent"}},
                "spec": {"containers": [{"name": "agent", "image": "agent:1"}]}}  # fmt: skip
    spec = {"selector": {"matchLabels": {"app": "agent"}}, "template": template}
    await kube.create("daemonsets", {"metadata": {"name": "agent"}, "spec": spec}, group="/apis/apps/v1")

    async def are_placed():
        return [pod for pod in await kube.pods("app=agent") if pod["spec"].get("nodeName") == "node-1"]

    return [pod["metadata"]["name"] for pod in await kube.until(are_placed)]


async def budget(kube, **spec):
    selector = {"matchLabels": {"app": "web"}}
    await kube.create(
        "poddisruptionbudgets", {"metadata": {"name": "web"}, "spec": {"selector": selector, **spec}},
        group="/apis/policy/v1",
    )  # fmt: skip
    place = "/apis/policy/v1/namespaces/shop/poddisruptionbudgets/web"

    async def is_counted():
        return (await kube.call("GET", place)).get("status", {}).get("expectedPods") == 2

    await kube.until(is_counted)


def said(planned):
    return [warning.plain() for warning in planned.warnings]


def test_grammar():
    line = "node/node-1 --force --ignore-daemonsets --delete-emptydir-data --grace-period=5 --timeout 90s"
    args = parse(DrainArgs, tuple(line.split()))
    assert (args.force, args.grace_period, args.timeout) == (True, 5, "90s")
    assert drain.COMMAND.kinds(args) == ("nodes",)


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ("", "`NODE` is needed."),
        ("a b", "One workload at a time"),
        ("pod/web", "Not for pods: only for nodes."),
        ("node-1 --disable-eviction", "Not with `--disable-eviction`: it goes past the disruption budgets."),
        ("-l zone=a", "Not with `-l`: one node at a time"),
        ("node-1 --timeout=0s", "`--timeout` is from 1s to 30m."),
        ("node-1 --timeout=2h", "`--timeout` is from 1s to 30m."),
        ("node-1 --timeout=soon", "is not a duration"),
    ],
)
def test_refused_text(line, refusal):
    with pytest.raises(UsageError, match=re.escape(refusal)):
        parse(DrainArgs, tuple(line.split()), name="drain")


async def test_the_plan_only_reads(kube, plan, only_reads, busy):
    await kube.forget()
    await plan(drain.COMMAND, "node-1")
    await only_reads()


async def test_what_goes_and_what_stays(kube, plan, cluster, busy):
    (agent,) = busy
    names = sorted(pod["metadata"]["name"] for pod in await kube.pods("app=web"))
    planned = await plan(drain.COMMAND, "node-1 --grace-period=1")
    assert planned.title.plain() == "Drain node node-1 on demo and evict 2 pods?"
    assert (planned.button, planned.risk, planned.patience) == ("Drain node-1", Risk.DESTRUCTIVE, 300)
    assert said(planned) == [f"1 pod of DaemonSets stays: shop/{agent}."]
    await kube.forget()
    await carry_out(cluster, planned)
    evictions = {("POST", f"/api/v1/namespaces/shop/pods/{name}/eviction") for name in names}
    assert await writes(kube) == {("PATCH", NODE), *evictions}

    async def is_over():
        found = await drain.see(cluster, planned, ())
        return found if found.settled else None

    found = await kube.until(is_over)
    assert found.message.headline.plain() == "node node-1 on demo is drained: 2 pods evicted"
    assert [item.plain() for item in found.message.parts[0].items] == [
        "1 pod of DaemonSets or of the node itself stays."
    ]
    assert [button.command for button in found.message.buttons] == ["uncordon node-1 --context demo"]

    async def are_elsewhere():
        pods = await kube.pods("app=web")
        return len(pods) == 2 and all(pod["spec"].get("nodeName") not in {None, "node-1"} for pod in pods)

    await kube.until(are_elsewhere)
    again = await plan(drain.COMMAND, "node-1")
    assert again.nothing.plain() == (
        "Nothing to drain: node node-1 on demo is cordoned, and no pod on it can be moved."
    )


async def test_a_pod_that_nobody_starts_again_needs_force(kube, plan):
    await kube.pod("bare", "web:1.0")

    async def placed():
        return [pod for pod in await kube.pods() if pod["spec"].get("nodeName")]

    (pod,) = await kube.until(placed)
    node = pod["spec"]["nodeName"]
    with pytest.raises(UsageError, match="Nobody would start these again elsewhere: shop/bare") as refused:
        await plan(drain.COMMAND, node)
    assert refused.value.suggestions == (f"drain {node} --force --context demo",)
    assert said(await plan(drain.COMMAND, f"{node} --force")) == ["Nobody starts these again: shop/bare."]


async def test_scratch_volumes_are_said_to_be_lost_and_mirrors_to_stay(kube, plan):
    containers = [{"name": "a", "image": "web:1.0"}]
    spec = {"containers": containers, "nodeName": "node-1", "volumes": [{"name": "tmp", "emptyDir": {}}]}
    await kube.create("pods", {"metadata": {"name": "scratch"}, "spec": spec})
    mirror = {"name": "static", "annotations": {"kubernetes.io/config.mirror": "x"}}
    await kube.create("pods", {"metadata": mirror, "spec": {"containers": containers, "nodeName": "node-1"}})
    assert said(await plan(drain.COMMAND, "node-1 --force")) == [
        "Nobody starts these again: shop/scratch.",
        "What these keep in emptyDir volumes is lost: shop/scratch.",
        "1 static pod of the node's own stays: shop/static.",
    ]


@pytest.mark.parametrize(
    ("spec", "line"),
    [
        (
            {"minAvailable": 2},
            r"Budget shop/web lets none go now: .* wait until more of its pods are ready\.",
        ),
        ({"maxUnavailable": 1}, r"Budget shop/web lets 1 go at a time: .* wait for their turn\."),
    ],
)
async def test_what_waits_for_a_budget_is_said(kube, plan, busy, spec, line):
    await budget(kube, **spec)
    assert re.fullmatch(line, said(await plan(drain.COMMAND, "node-1"))[0])


async def test_a_budget_that_allows_all_is_not_spoken_of(kube, plan, busy):
    await budget(kube, minAvailable=0)
    assert len(said(await plan(drain.COMMAND, "node-1"))) == 1


async def test_a_held_pod_is_told_apart_from_a_busy_server(kube, plan, cluster, busy):
    await budget(kube, minAvailable=2)
    planned = await plan(drain.COMMAND, "node-1")
    with pytest.raises(ClusterRejectedError, match="The disruption budget web needs 2 healthy pods") as held:
        await carry_out(cluster, planned)
    assert held.value.reason == "DisruptionBudget"


async def test_a_pod_that_went_by_itself_and_its_namesake_are_left_alone(kube, plan, cluster, busy):
    planned = await plan(drain.COMMAND, "node-1")
    cordon, first, second = planned.steps
    await cluster.apply(cordon, "change-1")
    name = first.write.target.name
    place = f"/api/v1/namespaces/shop/pods/{name}"
    await kube.call("DELETE", f"{place}?gracePeriodSeconds=0")
    await cluster.holds(first)
    await kube.forget()
    assert (await cluster.apply(first, "change-1")).call.action == "evict"
    assert await writes(kube) == set()
    assert await cluster.find(first, "change-1")
    assert await cluster.find(second, "change-1") is None


async def test_what_came_in_between_is_said(kube, plan, cluster, busy):
    planned = await plan(drain.COMMAND, "node-1 --grace-period=1")
    spec = {"containers": [{"name": "a", "image": "web:1.0"}], "nodeName": "node-1"}
    await kube.create("pods", {"metadata": {"name": "late"}, "spec": spec})
    await carry_out(cluster, planned)

    async def is_over():
        found = await drain.see(cluster, planned, ())
        return found if found.settled else None

    found = await kube.until(is_over)
    assert found.message.parts[0].items[0].plain() == (
        "Came before the node was cordoned, and not evicted: shop/late."
    )
    assert [button.label for button in found.message.buttons] == ["Drain again", "Uncordon"]


async def test_a_node_that_was_cordoned_since_is_another_plan(kube, plan, cluster, busy):
    planned = await plan(drain.COMMAND, "node-1")
    await kube.call("PATCH", NODE, {"spec": {"unschedulable": True}}, **MERGE)
    await kube.forget()
    with pytest.raises(StalePlanError, match=r"spec\.unschedulable is now True"):
        await carry_out(cluster, planned)
    assert await writes(kube) == set()
