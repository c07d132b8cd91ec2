"""set resources: what a workload's containers ask for and may use."""

from __future__ import annotations

import re

import pytest

from bot.domain.errors import ClusterRejectedError, StalePlanError, TargetNotFoundError, UsageError
from bot.engine.cards import field_rows
from bot.engine.grammar import parse
from commands import set_resources
from commands.set_resources import SetResourcesArgs
from tests.commands.change_steps import WORKLOADS, add_sidecar, carry_out, writes


def test_grammar():
    args = parse(
        SetResourcesArgs,
        (
            "deploy/web",
            "-c",
            "web",
            "--limits=cpu=200m,memory=512Mi",
            "--requests",
            "cpu=.1,nvidia.com/gpu=1",
        ),
    )
    assert (args.target, args.container) == (("deploy/web",), "web")
    assert (args.limits, args.requests) == ("cpu=200m,memory=512Mi", "cpu=.1,nvidia.com/gpu=1")


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ("", "`NAME` is needed."),
        ("web", "How much? Write `--limits`, `--requests` or both"),
        ("web --limits=cpu", "`cpu` is no RESOURCE=AMOUNT"),
        ("web --limits=gold=1", "`gold=1` is no RESOURCE=AMOUNT"),
        ("web --limits=cpu=lots", "`lots` is no amount of cpu"),
        ("web --requests=memory=1gb", "`1gb` is no amount of memory"),
        ("web --requests=memory=-1", "`-1` is no amount of memory"),
        ("pod/web --limits=cpu=1", "Not for pods"),
    ],
)
def test_refused_text(line, refusal):
    with pytest.raises(UsageError, match=re.escape(refusal)):
        parse(SetResourcesArgs, tuple(line.split()), name="set resources")


async def test_the_plan_only_reads(kube, plan, only_reads):
    await kube.deploy("web", replicas=1)
    await kube.forget()
    await plan(set_resources.COMMAND, "web --limits=cpu=1")
    await only_reads()


async def test_what_is_not_named_stays_and_a_zero_takes_away(kube, plan, cluster):
    now = {"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "500m"}}
    await kube.deploy("web", replicas=1, resources=now)
    line = "deploy/web --limits=cpu=200m,memory=0 --requests=cpu=100m,memory=0"
    planned = await plan(set_resources.COMMAND, line)
    assert planned.title.plain() == (
        "Update shop/web on demo: limits cpu=200m, memory=none, requests cpu=100m, memory=none?"
    )
    assert planned.button == "Update web"
    assert planned.inverse == "rollback web -n shop --context demo"
    assert field_rows(planned) == (
        ("resources.limits.cpu (web)", "1 → 200m"),
        ("resources.limits.memory (web)", "1Gi → none"),
        ("resources.requests.cpu (web)", "500m → 100m"),
        ("resources.requests.memory (web)", "1Gi → none"),  # it was given what the limit says
    )
    await kube.forget()
    (after,) = await carry_out(cluster, planned)
    (container,) = after["spec"]["template"]["spec"]["containers"]
    assert container["resources"] == {"limits": {"cpu": "200m"}, "requests": {"cpu": "100m"}}
    assert await writes(kube) == {("PATCH", f"{WORKLOADS}/web")}


async def test_only_the_named_container_changes(kube, plan, cluster):
    await kube.deploy("web", replicas=1)
    await add_sidecar(kube, "web")
    (after,) = await carry_out(cluster, await plan(set_resources.COMMAND, "web -c proxy --limits=cpu=1"))
    limits = {
        c["name"]: c["resources"].get("limits") for c in after["spec"]["template"]["spec"]["containers"]
    }
    assert limits == {"web": None, "proxy": {"cpu": "1"}}


async def test_a_container_it_does_not_have(kube, plan):
    await kube.deploy("web", replicas=1)
    with pytest.raises(TargetNotFoundError, match="has no container `nginx`") as refused:
        await plan(set_resources.COMMAND, "web -c nginx --limits=cpu=1")
    assert refused.value.suggestions == (
        "set resources deployment/web --limits=cpu=1 -n shop --context demo -c web",
    )


async def test_more_asked_for_than_allowed_is_refused_by_the_dry_run(kube, plan):
    await kube.deploy("web", replicas=1)
    with pytest.raises(ClusterRejectedError, match="must be less than or equal to cpu limit"):
        await plan(set_resources.COMMAND, "web --limits=cpu=100m --requests=cpu=200m")


async def test_the_same_again_is_nothing_to_change(kube, plan):
    await kube.deploy("web", replicas=1, resources={"limits": {"cpu": "1"}, "requests": {"cpu": "1"}})
    planned = await plan(set_resources.COMMAND, "web --limits=cpu=1 --requests=memory=0")
    assert planned.nothing.plain() == (
        "Nothing to change: shop/web on demo has that already (limits cpu=1, requests memory=none)."
    )


async def test_a_stale_plan_is_refused_and_nothing_is_sent(kube, plan, cluster):
    await kube.deploy("web", replicas=1)
    planned = await plan(set_resources.COMMAND, "web --limits=cpu=1")
    await kube.set_image("web", "web:1.1")
    await kube.forget()
    with pytest.raises(StalePlanError, match="its pod template has changed"):
        await carry_out(cluster, planned)
    assert await writes(kube) == set()
