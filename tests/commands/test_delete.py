"""delete: what goes, what is left, what stays; and only what was shown."""

from __future__ import annotations

import re

import pytest

from bot.domain.access import Effect, Risk
from bot.domain.errors import StalePlanError, TargetNotFoundError, UsageError
from bot.engine.grammar import parse
from bot.service.policy import Policy
from bot.service.rules import Rule
from commands import delete
from commands.delete import DeleteArgs
from tests.commands.change_steps import WORKLOADS, carry_out, writes
from tests.factories import ask as question

PODS = "/api/v1/namespaces/shop/pods"


def said(planned):
    return [warning.plain() for warning in planned.warnings]


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("pod a", [("pod", ("a",))]),
        ("pods a b", [("pods", ("a", "b"))]),
        ("deploy/web svc/web", [("deploy", ("web",)), ("svc", ("web",))]),
        ("pods -l app=web", [("pods", ())]),
    ],
)
def test_grammar(line, names):
    args = parse(DeleteArgs, tuple(line.split()))
    assert [(target.word, target.names) for target in args.targets] == names
    assert (args.cascade, args.grace_period) == ("background", None)


def test_grammar_of_its_flags():
    args = parse(DeleteArgs, ("deploy/web", "--cascade=orphan", "--grace-period", "5"))
    assert (args.cascade, args.grace_period) == ("orphan", 5)


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ("", "Which object? Write TYPE NAME, or TYPE/NAME."),
        ("pods", "Which object?"),
        ("pod a -l app=web", "Either names or `-l`."),
        ("pods --all", "Not with `--all`: name what is meant"),
        ("pods -A -l app=web", "Not with `-A`: name what is meant"),
        ("-f web.yaml", "Not with `-f`: there are no files here"),
        ("pod a --force", "Not with `--force`: it forgets a pod that may still run"),
        ("pod a --cascade=maybe", "`--cascade`"),
        ("pod a --grace-period=0", "greater than or equal to 1"),
        ("pod a b c d e f g h i j k", "No more than 10 objects at a time."),
        ("pod A_", "cannot be a name"),
    ],
)
def test_refused_text(line, refusal):
    with pytest.raises(UsageError, match=re.escape(refusal)):
        parse(DeleteArgs, tuple(line.split()), name="delete")


def test_the_policy_is_asked_about_each_kind():
    assert delete.COMMAND.kinds(parse(DeleteArgs, ("deploy/web", "no/one"))) == ("deployments", "nodes")


@pytest.mark.parametrize(
    ("kinds", "allowed"), [(("*",), False), (("name*",), False), (("namespaces",), True)]
)
def test_a_namespace_only_where_a_rule_names_that_kind(kinds, allowed):
    rules = (Rule(name="all", verbs=("delete",), kinds=kinds, effect=Effect.CONFIRM),)
    asked = question("delete", namespace="*", kind="namespaces", risk=Risk.DESTRUCTIVE)
    assert Policy(rules=rules).decide(asked).allowed is allowed
    denied = (*rules, Rule(name="never", verbs=("delete",), kinds=("*",), effect=Effect.DENY))
    assert not Policy(rules=denied).decide(asked).allowed


async def test_the_plan_only_reads(kube, plan, only_reads):
    await kube.deploy("web", replicas=1)
    await kube.forget()
    await plan(delete.COMMAND, "deploy/web")
    await only_reads()


async def test_what_goes_with_a_deployment_and_what_is_left_without(kube, plan, cluster):
    await kube.deploy("web", replicas=2)
    service = {"selector": {"app": "web"}, "ports": [{"port": 80}]}
    await kube.create("services", {"metadata": {"name": "web"}, "spec": service})
    aim = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    await kube.create(
        "horizontalpodautoscalers",
        {"metadata": {"name": "web"}, "spec": {"maxReplicas": 5, "minReplicas": 2, "scaleTargetRef": aim}},
        group="/apis/autoscaling/v2",
    )
    planned = await plan(delete.COMMAND, "deploy/web")
    assert planned.title.plain() == "Delete deployment shop/web on demo?"
    assert (planned.button, planned.risk) == ("Delete web", Risk.DESTRUCTIVE)
    assert planned.done.plain() == "deployment shop/web on demo is deleted"
    assert said(planned) == [
        "With it go 1 replicaset and 2 pods.",
        "Service web loses 2 of its 2 ready pods: nothing answers there any more.",
        "HPA web is left without anything to scale.",
    ]
    await kube.forget()
    await carry_out(cluster, planned)
    assert await writes(kube) == {("DELETE", f"{WORKLOADS}/web")}

    async def is_empty():
        return not await kube.pods()

    await kube.until(is_empty)
    assert (await delete.see(cluster, planned, ())).settled


async def test_what_it_owns_may_stay(kube, plan, cluster):
    await kube.deploy("web", replicas=2)
    planned = await plan(delete.COMMAND, "deploy/web --cascade=orphan")
    assert said(planned) == ["What it owns stays, owned by nobody: 1 replicaset and 2 pods."]
    await carry_out(cluster, planned)

    async def is_gone():
        return (await delete.see(cluster, planned, ())).settled

    await kube.until(is_gone)
    assert len(await kube.pods()) == 2


async def test_a_pod_of_a_replicaset_comes_again_and_a_bare_one_does_not(kube, plan, cluster):
    await kube.deploy("web", replicas=1)
    await kube.pod("bare", "web:1.0")
    (pod,) = await kube.pods("app=web")
    name, owner = pod["metadata"]["name"], pod["metadata"]["ownerReferences"][0]["name"]
    planned = await plan(delete.COMMAND, f"pods {name} bare --grace-period=1")
    assert planned.title.plain() == f"Delete 2 pods in shop on demo: {name}, bare?"
    assert planned.button == "Delete 2 pods"
    assert said(planned) == [
        f"ReplicaSet {owner} starts another in place of {name}.",
        "Nobody starts bare again: no controller owns it.",
    ]
    await kube.forget()
    await carry_out(cluster, planned)
    assert await writes(kube) == {("DELETE", f"{PODS}/{name}"), ("DELETE", f"{PODS}/bare")}


async def test_the_volumes_of_a_stateful_set_stay(kube, plan):
    template = {"metadata": {"labels": {"app": "db"}},
                "spec": {"containers": [{"name": "db", "image": "db:1"}]}}  # fmt: skip
    asked = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    claim = {"metadata": {"name": "data"}, "spec": asked}
    spec = {"serviceName": "db", "replicas": 2, "selector": {"matchLabels": {"app": "db"}},
            "template": template, "volumeClaimTemplates": [claim]}  # fmt: skip
    await kube.create("statefulsets", {"metadata": {"name": "db"}, "spec": spec}, group="/apis/apps/v1")

    async def has_both():
        return len(await kube.pods("app=db")) == 2

    await kube.until(has_both)
    assert said(await plan(delete.COMMAND, "sts/db")) == [
        "With it go 2 pods.",
        "2 PersistentVolumeClaims stay, with their data: data-db-0, data-db-1.",
    ]
    assert said(await plan(delete.COMMAND, "pvc/data-db-0")) == [
        "What is stored in data-db-0 is lost, unless its volume is retained."
    ]


async def test_a_service_leaves_its_callers(kube, plan):
    await kube.create("services", {"metadata": {"name": "web"}, "spec": {"ports": [{"port": 80}]}})
    assert said(await plan(delete.COMMAND, "svc web")) == [
        "Whoever calls web.shop.svc finds nothing there any more."
    ]


async def test_a_namespace_takes_everything_with_it(kube, plan):
    await kube.deploy("web", replicas=1)
    planned = await plan(delete.COMMAND, "ns shop")
    assert planned.title.plain() == "Delete namespace shop on demo?"
    assert said(planned) == [
        "Everything in it goes with it: 1 deployment, 1 replicaset and 1 pod, and whatever else there is."
    ]


async def test_one_namespace_at_a_time_and_no_mixing(kube, plan):
    await kube.namespace("other")
    await kube.pod("a", "web:1.0")
    with pytest.raises(UsageError, match="One namespace at a time"):
        await plan(delete.COMMAND, "ns shop other")
    with pytest.raises(UsageError, match="one after the other"):
        await plan(delete.COMMAND, "ns/other pod/a")


async def test_names_and_labels_that_are_not_there(kube, plan):
    await kube.pod("web-a", "web:1.0")
    with pytest.raises(TargetNotFoundError) as missing:
        await plan(delete.COMMAND, "pod web-b")
    assert missing.value.near == ("web-a",)
    with pytest.raises(TargetNotFoundError, match="has the labels `app=none`"):
        await plan(delete.COMMAND, "pods -l app=none")


async def test_a_namesake_that_was_made_since_is_not_touched(kube, plan, cluster):
    await kube.create("configmaps", {"metadata": {"name": "settings"}, "data": {"a": "1"}})
    planned = await plan(delete.COMMAND, "cm/settings")
    place = "/api/v1/namespaces/shop/configmaps/settings"
    await kube.call("DELETE", place)
    await kube.create("configmaps", {"metadata": {"name": "settings"}, "data": {"a": "1"}})
    await kube.forget()
    with pytest.raises(StalePlanError, match="deleted and made anew"):
        await carry_out(cluster, planned)
    assert await writes(kube) == set()
    assert (await delete.see(cluster, planned, ())).settled, "the one that was meant is gone"


async def test_one_that_was_changed_since_is_not_touched(kube, plan, cluster):
    await kube.create("configmaps", {"metadata": {"name": "settings"}, "data": {"a": "1"}})
    planned = await plan(delete.COMMAND, "cm/settings")
    place = "/api/v1/namespaces/shop/configmaps/settings"
    merge = {"Content-Type": "application/merge-patch+json"}
    await kube.call("PATCH", place, {"data": {"a": "2"}}, **merge)
    with pytest.raises(StalePlanError, match="what is in it has changed"):
        await carry_out(cluster, planned)


async def test_a_status_that_moved_is_no_reason_to_refuse(kube, plan, cluster):
    await kube.deploy("web", replicas=1)
    planned = await plan(delete.COMMAND, "deploy/web")
    await kube.call(
        "PATCH", f"{WORKLOADS}/web", {"metadata": {"annotations": {"seen": "yes"}}},
        **{"Content-Type": "application/merge-patch+json"},
    )  # fmt: skip
    await carry_out(cluster, planned)


async def test_what_holds_it_is_said(kube, plan, cluster):
    metadata = {"name": "settings", "finalizers": ["example.com/keep"]}
    await kube.create("configmaps", {"metadata": metadata, "data": {"a": "1"}})
    planned = await plan(delete.COMMAND, "cm/settings")
    await carry_out(cluster, planned)
    found = await delete.see(cluster, planned, ())
    assert not found.settled
    assert found.message.parts[0].items[0].plain() == (
        "settings is marked to go, and waits for example.com/keep."
    )


async def test_after_a_lost_answer_it_is_looked_for_by_its_uid(kube, plan, cluster):
    await kube.create("configmaps", {"metadata": {"name": "settings"}, "data": {"a": "1"}})
    planned = await plan(delete.COMMAND, "cm/settings")
    (step,) = planned.steps
    assert await cluster.find(step, "change-1") is None
    await carry_out(cluster, planned)
    found = await cluster.find(step, "change-1")
    assert found.call.action == "delete"
    await kube.create("configmaps", {"metadata": {"name": "settings"}, "data": {"a": "1"}})
    assert await cluster.find(step, "change-1"), "a namesake is another object"
