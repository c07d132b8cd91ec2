"""What stands in the way of a change, as the verbs say it, read from a cluster that has it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from bot.domain.access import Effect
from bot.service.cluster import GuardedCluster
from bot.service.gate import PolicyGate
from bot.service.in_force import InForce
from bot.service.policy import Policy
from bot.service.rules import Rule
from commands import deploy, restart, rollback, scale, set_image
from tests.commands.change_steps import patch
from tests.commands.conftest import settled

SMALL = {"requests": {"cpu": "200m"}}
DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
SCALED = "/apis/keda.sh/v1alpha1/namespaces/shop/scaledobjects"


def warned(plan: Any) -> list[str]:
    return [warning.plain() for warning in plan.warnings]


async def quota(kube: Any, **hard: str) -> None:
    await kube.create("resourcequotas", {"metadata": {"name": "q"}, "spec": {"hard": hard}})

    async def counted() -> bool:
        found = await kube.call("GET", "/api/v1/namespaces/shop/resourcequotas/q")
        return (found.get("status") or {}).get("hard") == hard

    await kube.until(counted)


async def budget(kube: Any, **spec: Any) -> None:
    spec = {"selector": {"matchLabels": {"app": "web"}}} | spec
    await kube.create("poddisruptionbudgets", {"metadata": {"name": "web"}, "spec": spec}, "/apis/policy/v1")


async def keda(kube: Any, **spec: Any) -> None:
    """A cluster that has KEDA's ScaledObjects, and one that aims at `web`."""
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    version = {"name": "v1alpha1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    names = {"plural": "scaledobjects", "kind": "ScaledObject"}
    body = {"group": "keda.sh", "scope": "Namespaced", "names": names, "versions": [version]}
    await kube.call("POST", DEFINITIONS, {"metadata": {"name": "scaledobjects.keda.sh"}, "spec": body})

    async def served() -> bool:
        async with kube.get(SCALED) as answer:
            return answer.status == 200

    await kube.until(served)
    one = {"metadata": {"name": "web-so"}, "spec": {"scaleTargetRef": {"name": "web"}} | spec}
    await kube.call("POST", SCALED, {"apiVersion": "keda.sh/v1alpha1", "kind": "ScaledObject"} | one)


async def test_a_quota_without_room_for_as_many(kube, plan):
    await kube.deploy("web", replicas=2, resources=SMALL)
    await quota(kube, **{"requests.cpu": "900m"})
    room = "Quota q has room for 4 of these 6 pods (requests.cpu: 500m left, each takes 200m)"
    said = f"{room}: the rest will not be made."
    assert warned(await plan(scale.COMMAND, "web 6")) == [said]
    assert warned(await plan(scale.COMMAND, "web 4")) == []
    assert warned(await plan(deploy.COMMAND, "web --image web:1.1 --replicas 6")) == [said]


async def test_a_new_deployment_meets_the_quota_and_the_ranges_too(kube, plan):
    await quota(kube, **{"requests.cpu": "150m"})
    (said,) = warned(await plan(deploy.COMMAND, "web --image web:1.0"))
    assert (
        said
        == "Quota q counts requests.cpu, and not every container says how much: its pods will be refused."
    )
    usual = {"type": "Container", "defaultRequest": {"cpu": "100m"}}
    await kube.create("limitranges", {"metadata": {"name": "r"}, "spec": {"limits": [usual]}})
    (said,) = warned(await plan(deploy.COMMAND, "web --image web:1.0 --replicas 2"))
    assert said.startswith(
        "Quota q has room for 1 of these 2 pods (requests.cpu: 150m left, each takes 100m)"
    )


async def test_what_a_quota_refuses_is_what_was_said_of_it(kube, plan):
    """The simulated cluster decides as a real one does; the sentence is held against its decision."""
    await quota(kube, pods="3")
    (said,) = warned(await plan(deploy.COMMAND, "web --image web:1.0 --replicas 5"))
    assert said == "Quota q has room for 3 of these 5 pods (3 more pods in all): the rest will not be made."
    await kube.deploy("web", replicas=5, ready=False)

    async def three() -> bool:
        return len(await kube.pods()) == 3

    await kube.until(three)


@pytest.mark.parametrize(
    ("command", "line"),
    [
        (deploy.COMMAND, "web --image web:1.1"),
        (set_image.COMMAND, "web web=web:1.1"),
        (restart.COMMAND, "web"),
    ],
    ids=lambda found: getattr(found, "name", found),
)
async def test_a_budget_that_a_rollout_goes_below(kube, plan, command, line):
    await kube.deploy("web", replicas=2)
    strategy = {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1, "maxSurge": 0}}
    await patch(kube, "web", {"spec": {"strategy": strategy}})
    await budget(kube, minAvailable=2)
    said = "Budget web wants 2 available, and this may go down to 1: a rollout does not ask it."
    assert warned(await plan(command, line)) == [said]


async def test_a_scale_that_makes_a_budget_bind(kube, plan):
    await kube.deploy("web", replicas=3)
    await budget(kube, minAvailable=2)
    (said,) = warned(await plan(scale.COMMAND, "web 2"))
    assert said == (
        "Budget web wants 2 available: with 2 pods none can be evicted, so their nodes cannot be drained."
    )


async def test_a_scaled_object_has_the_last_word_where_there_is_keda(kube, plan):
    await kube.deploy("web", replicas=2)
    await keda(kube, minReplicaCount=1, maxReplicaCount=4)
    planned = await plan(scale.COMMAND, "web 6")
    assert warned(planned) == ["KEDA's web-so keeps 1 to 4: it will bring this back to 4 within a minute."]
    assert [button.label for button in planned.instead] == ["Scale to 4 instead"]


async def test_who_will_revert_it_is_said_by_every_verb(kube, plan):
    await kube.deploy("web", replicas=1)
    await kube.set_image("web", "web:1.1")
    await kube.rolled_out("web")
    notes = {"argocd.argoproj.io/tracking-id": "shop-prod:apps/Deployment:shop/web"}
    await patch(kube, "web", {"metadata": {"annotations": notes}})
    for command, line in (
        (scale.COMMAND, "web 4"), (set_image.COMMAND, "web web=web:1.2"), (restart.COMMAND, "web"),
        (deploy.COMMAND, "web --image web:1.2"), (rollback.COMMAND, "web --to-revision=1"),
    ):  # fmt: skip
        said = "Argo CD application shop-prod will revert this at its next sync."
        assert said in warned(await plan(command, line)), command.name


async def test_a_replica_set_is_its_deployments(kube, plan):
    await kube.deploy("web", replicas=2)
    (one,) = (await kube.call("GET", "/apis/apps/v1/namespaces/shop/replicasets"))["items"]
    said = warned(await plan(scale.COMMAND, f"rs/{one['metadata']['name']} 4"))
    assert said == ["It was made by Deployment web, which will bring it back."]


async def test_a_rollout_that_is_not_over_yet_is_said_with_whose_it_is(kube, plan):
    await kube.deploy("web", replicas=2)
    await patch(kube, "web", {"spec": {"minReadySeconds": 500}})
    await kube.set_image("web", "web:1.1")

    async def begun() -> bool:
        found = await kube.call("GET", "/apis/apps/v1/namespaces/shop/deployments/web")
        return bool(found["status"].get("updatedReplicas", 0))

    await kube.until(begun)
    (said,) = warned(await plan(restart.COMMAND, "web"))
    assert said.startswith("A rollout begun ")
    assert said.endswith("): this takes its place.")


async def test_nothing_to_change_is_not_held_up_by_looking(kube, plan):
    await kube.deploy("web", replicas=2)
    await kube.forget()
    await plan(scale.COMMAND, "web 2")
    asked = {found["path"].rpartition("/")[2] for found in await kube.requests()}
    assert asked == {"web"}


async def test_what_cannot_be_read_is_said_and_hides_nothing(kube, plan):
    await kube.deploy("web", replicas=2, resources=SMALL)
    await quota(kube, **{"requests.cpu": "900m"})
    for path in ("horizontalpodautoscalers", "poddisruptionbudgets"):
        await kube.fault(fault="status", path=f"{path}", status=403)
    first, second = warned(await plan(scale.COMMAND, "web 6"))
    assert first.startswith("Quota q has room for 4 of these 6 pods")
    assert second == ("Could not look at the autoscalers and the disruption budgets: the cluster refuses it.")


async def test_a_list_that_does_not_come_is_not_waited_for_long(kube, plan):
    await kube.deploy("web", replicas=2)
    await kube.fault(fault="latency", path="limitranges", seconds=2.2)
    assert warned(await plan(scale.COMMAND, "web 3")) == [
        "Could not look at the limit ranges: no answer in time."
    ]
    await asyncio.sleep(0.4)  # until the server, too, has done with it


async def test_the_policy_of_the_verb_covers_what_is_read_in_passing(kube, ctx):
    """A rule for deployments alone lets its verb look; KEDA's kind is asked about by itself, and refused."""
    await kube.deploy("web", replicas=2)
    await keda(kube, maxReplicaCount=4)
    rule = Rule(name="narrow", verbs=("scale",), kinds=("deployments",), effect=Effect.ALLOW)
    gate = PolicyGate(
        InForce(Policy(rules=(rule,)), {}), actor=ctx.actor, place=ctx.place, verb="scale",
        permission=scale.COMMAND.permission, risk=scale.COMMAND.risk, main="deployments",
        covers=frozenset(kind.plural for kind in scale.COMMAND.also_reads),
    )  # fmt: skip
    narrow = replace(ctx, cluster=GuardedCluster(ctx.cluster._raw, gate))
    said = warned(await scale.COMMAND.plan(narrow, settled(scale.COMMAND, "web 6")))
    assert said == ["Could not look at the ScaledObjects: the policy does not allow it."]
