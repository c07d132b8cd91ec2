"""autoscale: an autoscaler made, or the one that is there changed."""

from __future__ import annotations

import re

import pytest

from bot.domain.errors import ClusterRejectedError, StalePlanError, UsageError
from bot.engine.grammar import parse
from commands import autoscale
from commands.autoscale import AutoscaleArgs
from tests.commands.change_steps import carry_out, writes

SCALERS = "/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers"
MERGE = {"Content-Type": "application/merge-patch+json"}
ASKS = {"requests": {"cpu": "100m", "memory": "64Mi"}}


async def scaler(kube, name="web", aim="web", metrics=(), **metadata):
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": aim}
    load = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50}}
    spec = {"minReplicas": 2, "maxReplicas": 4, "scaleTargetRef": target,
            "metrics": list(metrics) or [{"type": "Resource", "resource": load}]}  # fmt: skip
    body = {"metadata": {"name": name, **metadata}, "spec": spec}
    await kube.create("horizontalpodautoscalers", body, group="/apis/autoscaling/v2")


def said(planned):
    return [warning.plain() for warning in planned.warnings]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("web --max 5", ("web", 5, None, "", "")),
        ("web --min=2 --max=5 --cpu-percent=80", ("web", 5, 2, "80%", "")),
        ("web --max=5 --cpu 80%", ("web", 5, None, "80%", "")),
        ("web --max=5 --cpu=500m --memory=200Mi", ("web", 5, None, "500m", "200Mi")),
    ],
)
def test_grammar(line, expected):
    args = parse(AutoscaleArgs, tuple(line.split()))
    assert (args.target[0], args.max, args.min, args.cpu, args.memory) == expected
    assert autoscale.COMMAND.kinds(args) == ("horizontalpodautoscalers",)


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ("web", "`--max` is needed."),
        ("--max 5", "`NAME` is needed."),
        ("web --max 0", "greater than or equal to 1"),
        ("web --min 6 --max 5", "`--min` 6 is more than `--max` 5."),
        ("web --max 5 --cpu=lots", "`lots` is no load"),
        ("web --max 5 --cpu=0", "`0` is no load"),
        ("ds/agent --max 5", "Not for daemonsets"),
        ("web --max 5 --name=A_", "cannot be an autoscaler's name"),
    ],
)
def test_refused_text(line, refusal):
    with pytest.raises(UsageError, match=re.escape(refusal)):
        parse(AutoscaleArgs, tuple(line.split()), name="autoscale")


async def test_the_plan_only_reads(kube, plan, only_reads):
    await kube.deploy("web", replicas=1)
    await kube.forget()
    await plan(autoscale.COMMAND, "web --max 5")
    await only_reads()


async def test_a_new_one(kube, plan, cluster):
    await kube.deploy("web", replicas=2, resources=ASKS)
    planned = await plan(autoscale.COMMAND, "deployment/web --min=2 --max=5")
    assert planned.title.plain() == "Autoscale shop/web on demo: 2 to 5 pods, at 80% CPU?"
    assert planned.button == "Autoscale web"
    assert planned.done.plain() == "shop/web on demo is autoscaled: 2 to 5 pods, at 80% CPU"
    assert planned.inverse == "delete hpa/web -n shop --context demo"
    assert said(planned) == []
    await kube.forget()
    (after,) = await carry_out(cluster, planned)
    assert after["spec"]["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    assert (after["spec"]["minReplicas"], after["spec"]["maxReplicas"]) == (2, 5)
    assert await writes(kube) == {("POST", SCALERS)}


async def test_the_one_that_is_there_is_changed_and_keeps_what_is_not_named(kube, plan, cluster):
    await kube.deploy("web", replicas=2, resources=ASKS)
    await scaler(kube, name="of-web")
    planned = await plan(autoscale.COMMAND, "web --max=6 --memory=200Mi")
    assert planned.title.plain() == "Autoscale shop/web on demo: 2 to 6 pods, at 50% CPU, 200Mi memory?"
    assert planned.inverse == ("autoscale deployment/web --min=2 --max=4 --cpu=50% -n shop --context demo")
    await kube.forget()
    (after,) = await carry_out(cluster, planned)
    assert [one["resource"]["name"] for one in after["spec"]["metrics"]] == ["cpu", "memory"]
    assert await writes(kube) == {("PATCH", f"{SCALERS}/of-web")}


async def test_the_policy_decides_on_it_by_the_workloads_labels_as_well(kube, plan):
    await kube.deploy("web", replicas=2, resources=ASKS)
    found, patch = {"tier": "payments"}, {"metadata": {"labels": {"tier": "payments"}}}
    await kube.call("PATCH", "/apis/apps/v1/namespaces/shop/deployments/web", patch, **MERGE)
    new = await plan(autoscale.COMMAND, "web --max=6")
    assert [step.facts.labels for step in new.steps] == [(found,)]
    await scaler(kube, labels={"team": "shop"})
    changed = await plan(autoscale.COMMAND, "web --max=6")
    assert [step.facts.labels for step in changed.steps] == [({"team": "shop"}, {"team": "shop"}, found)]
    assert changed.steps[0].facts.replicas == (4, 6)


@pytest.mark.parametrize(
    ("line", "at_once", "most"),
    [
        ("web --min=3 --max=6", (2, 3), (2, 6)),
        ("web --max=6", (2, 2), (2, 6)),
        ("web --max=1", (2, 1), (2, 1)),
    ],
)
async def test_the_policy_is_told_what_its_bounds_do_at_once(kube, plan, line, at_once, most):
    await kube.deploy("web", replicas=2, resources=ASKS)
    facts = (await plan(autoscale.COMMAND, line)).steps[0].facts
    assert (facts.at_once, facts.replicas) == (at_once, most)


async def test_where_there_are_none_its_least_come_at_once_with_the_first_one(kube, plan):
    await kube.deploy("web", replicas=0, resources=ASKS)
    facts = (await plan(autoscale.COMMAND, "web --min=3 --max=6")).steps[0].facts
    assert (facts.at_once, facts.replicas) == ((0, 3), (0, 6))
    await scaler(kube)
    facts = (await plan(autoscale.COMMAND, "web --min=4 --max=4")).steps[0].facts
    assert (facts.at_once, facts.replicas) == ((0, 4), None)


async def test_the_same_again_is_nothing_to_change(kube, plan):
    await kube.deploy("web", replicas=2, resources=ASKS)
    await scaler(kube)
    planned = await plan(autoscale.COMMAND, "web --min=2 --max=4 --cpu=50%")
    assert planned.nothing.plain() == (
        "Nothing to change: shop/web on demo is kept at 2 to 4 pods, at 50% CPU already."
    )


async def test_what_happens_at_once_and_what_cannot_be_reckoned(kube, plan):
    await kube.deploy("web", replicas=1)
    assert said(await plan(autoscale.COMMAND, "web --min=2 --max=5")) == [
        "It has 1 now, and goes to 2 at once.",
        "web asks for no CPU: a share of it cannot be reckoned, so nothing is scaled by it.",
    ]
    assert said(await plan(autoscale.COMMAND, "web --max=5 --cpu=500m")) == []


async def test_one_without_replicas_stays_without(kube, plan):
    await kube.deploy("web", replicas=0, resources=ASKS)
    assert said(await plan(autoscale.COMMAND, "web --max=5")) == [
        "It has no replicas: nothing is autoscaled until it is scaled to one or more."
    ]


async def test_one_that_somebody_keeps_is_said_to_come_back(kube, plan):
    await kube.deploy("web", replicas=2, resources=ASKS)
    owner = {"apiVersion": "keda.sh/v1alpha1", "kind": "ScaledObject", "name": "web", "uid": "u-1"}
    await scaler(kube, ownerReferences=[owner])
    assert said(await plan(autoscale.COMMAND, "web --max=6"))[0] == (
        "ScaledObject web made this autoscaler, and will bring it back to what it says."
    )


async def test_two_never_fight_over_one_workload(kube, plan):
    await kube.deploy("web", replicas=2, resources=ASKS)
    await kube.deploy("api", replicas=1, resources=ASKS)
    await scaler(kube)
    with pytest.raises(UsageError, match="has the autoscaler `web` already"):
        await plan(autoscale.COMMAND, "web --max=6 --name=other")
    await scaler(kube, name="api")
    with pytest.raises(UsageError, match="`shop/web` has several autoscalers: api, web"):
        await plan(autoscale.COMMAND, "web --max=6")
    with pytest.raises(UsageError, match="There is an autoscaler `api` for another workload"):
        await plan(autoscale.COMMAND, "api --max=6")
    assert (await plan(autoscale.COMMAND, "web --max=6 --name=api")).steps[0].write.target.name == "api"


async def test_a_maximum_below_the_minimum_that_is_there_is_refused_by_the_dry_run(kube, plan):
    await kube.deploy("web", replicas=2, resources=ASKS)
    await scaler(kube)
    with pytest.raises(ClusterRejectedError, match="maxReplicas"):
        await plan(autoscale.COMMAND, "web --max=1")


async def test_a_stale_plan_is_refused_and_nothing_is_sent(kube, plan, cluster):
    await kube.deploy("web", replicas=2, resources=ASKS)
    await scaler(kube)
    planned = await plan(autoscale.COMMAND, "web --max=6")
    await kube.call("PATCH", f"{SCALERS}/web", {"spec": {"maxReplicas": 5}}, **MERGE)
    await kube.forget()
    with pytest.raises(StalePlanError, match=r"spec\.maxReplicas is now 5"):
        await carry_out(cluster, planned)
    assert await writes(kube) == set()
