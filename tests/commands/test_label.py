"""label: labels of objects, set or taken away."""

from __future__ import annotations

import re

import pytest

from bot.domain.errors import StalePlanError, TargetNotFoundError, UsageError
from bot.domain.resources import Target
from bot.engine.finding import MOST
from bot.engine.grammar import parse
from commands import label
from commands.label import LabelArgs
from tests.commands.change_steps import WORKLOADS, carry_out, writes

PODS = "/api/v1/namespaces/shop/pods"


@pytest.mark.parametrize(
    ("line", "targets", "labels"),
    [
        ("pods a v=1", [Target(word="pods", names=("a",))], {"v": "1"}),
        ("pod a b v=1 w=2", [Target(word="pod", names=("a", "b"))], {"v": "1", "w": "2"}),
        ("pod/a svc/b v=", [Target(word="pod", names=("a",)), Target(word="svc", names=("b",))], {"v": ""}),
        ("deploy web tier-", [Target(word="deploy", names=("web",))], {"tier": None}),
        ("node/one example.com/zone=a", [Target(word="node", names=("one",))], {"example.com/zone": "a"}),
        ("pods -l app=web v=1", [Target(word="pods")], {"v": "1"}),
    ],
)
def test_grammar(line, targets, labels):
    args = parse(LabelArgs, tuple(line.split()))
    assert (list(args.targets), args.marks) == (targets, labels)


def test_grammar_of_its_flags():
    args = parse(LabelArgs, ("pods", "--selector=app=web", "v=1", "--overwrite", "-n", "shop"))
    assert (args.selector, args.overwrite, args.namespace) == ("app=web", True, "shop")


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ("", "Which object? Write TYPE NAME, or TYPE/NAME, before the label."),
        ("web a=b", "Which object?"),
        ("a=b", "Which object?"),
        ("pod a", "Which label? Write KEY=VALUE after the name, or KEY- to take one away."),
        ("pod a -l app=web v=1", "Either names or `-l`."),
        ("pod a v=a/b", "`a/b` cannot be a label's value."),
        ("pod a -v=1", "No such option"),
        ("pod a /v=1", "`/v` cannot be a label's key."),
        ("pod A_ v=1", "`A_` cannot be a name"),
        ("pod a b c d e f g h i j k v=1", "No more than 10 objects at a time."),
    ],
)
def test_refused_text(line, refusal):
    with pytest.raises(UsageError, match=re.escape(refusal)):
        parse(LabelArgs, tuple(line.split()), name="label")


@pytest.mark.parametrize(
    ("line", "kinds"),
    [("po/a x=y", ("pods",)), ("cm/a x=y", ("configmaps",)), ("pod/a no/b x-", ("pods", "nodes"))],
)
def test_the_policy_is_asked_by_plural(line, kinds):
    assert label.COMMAND.kinds(parse(LabelArgs, tuple(line.split()))) == kinds


async def test_the_plan_only_reads(kube, plan, only_reads):
    await kube.deploy("web", replicas=1)
    await kube.forget()
    await plan(label.COMMAND, "deploy web tier=front")
    await only_reads()


async def test_what_was_approved_is_what_is_done(kube, plan, cluster):
    await kube.deploy("web", replicas=1)
    planned = await plan(label.COMMAND, "deployment/web tier=front")
    assert planned.title.plain() == "Label deployment shop/web on demo: tier=front?"
    assert planned.button == "Label web"
    assert planned.doing.plain() == "deployment shop/web on demo · tier=front"
    assert planned.done.plain() == "deployment shop/web on demo · labelled tier=front"
    assert planned.inverse == "label deployments/web tier- --overwrite -n shop --context demo"
    assert planned.warnings == ()
    await kube.forget()
    (after,) = await carry_out(cluster, planned)
    assert after["metadata"]["labels"] == {"tier": "front"}
    assert await writes(kube) == {("PATCH", f"{WORKLOADS}/web")}


async def test_what_undoes_it_is_a_line_that_this_verb_reads(kube, plan, cluster):
    await kube.pod("a", "web:1.0", labels={"old": "1", "v": "1"})
    planned = await plan(label.COMMAND, "pod a v=2 new=1 old- --overwrite")
    assert planned.title.plain() == "Label pod shop/a on demo: v=2, new=1, without old?"
    await carry_out(cluster, planned)
    (after,) = await carry_out(cluster, await plan(label.COMMAND, planned.inverse.partition(" ")[2]))
    assert after["metadata"]["labels"] == {"old": "1", "v": "1"}


async def test_a_label_with_another_value_is_not_lost_unasked(kube, plan):
    await kube.pod("a", "web:1.0", labels={"v": "1"})
    with pytest.raises(UsageError, match="`shop/a` has `v=1` already") as refused:
        await plan(label.COMMAND, "pod a v=2 w=1")
    assert refused.value.hint == "`--overwrite` changes it."
    assert refused.value.suggestions == ("label pods/a v=2 w=1 --overwrite -n shop --context demo",)
    assert await plan(label.COMMAND, refused.value.suggestions[0].partition(" ")[2])


async def test_the_same_again_is_nothing_to_change(kube, plan):
    await kube.pod("a", "web:1.0", labels={"v": "1"})
    planned = await plan(label.COMMAND, "pod a v=1")
    assert planned.nothing.plain() == "Nothing to change: pod shop/a on demo has that already (v=1)."
    planned = await plan(label.COMMAND, "pod a none-")
    assert planned.nothing.plain() == "Nothing to change: pod shop/a on demo has that already (without none)."


async def test_several_at_once_and_only_those_that_change(kube, plan, cluster):
    await kube.pod("a", "web:1.0", labels={"v": "1"})
    await kube.pod("b", "web:1.0")
    await kube.pod("c", "web:1.0")
    planned = await plan(label.COMMAND, "pods a b c v=1")
    assert planned.title.plain() == "Label 3 pods in shop on demo: v=1?"
    assert planned.button == "Label 2 pods"
    after = await carry_out(cluster, planned)
    assert [(item["metadata"]["name"], item["metadata"]["labels"]) for item in after] == [
        ("b", {"v": "1"}), ("c", {"v": "1"}),
    ]  # fmt: skip


async def test_a_selector_finds_them_when_it_is_planned(kube, plan):
    await kube.pod("a", "web:1.0", labels={"app": "web"})
    await kube.pod("b", "web:1.0", labels={"app": "web"})
    await kube.pod("c", "web:1.0", labels={"app": "other"})
    planned = await plan(label.COMMAND, "pods -l app=web v=1")
    assert [step.write.target.name for step in planned.steps] == ["a", "b"]
    with pytest.raises(TargetNotFoundError, match="has the labels `app=none`"):
        await plan(label.COMMAND, "pods -l app=none v=1")


async def test_several_kinds_at_once(kube, plan):
    await kube.deploy("web", replicas=1)
    await kube.pod("a", "web:1.0")
    planned = await plan(label.COMMAND, "deploy/web pod/a v=1")
    assert (planned.title.plain(), planned.button) == (
        "Label 2 objects in shop on demo: v=1?",
        "Label 2 objects",
    )
    assert planned.inverse == ""


async def test_more_than_a_chat_can_show_are_refused(kube, plan):
    await kube.deploy("web", replicas=MOST + 1)
    with pytest.raises(UsageError, match="That is 11 pods, and 10 is the most at a time"):
        await plan(label.COMMAND, "pods -l app=web v=1")


async def test_a_cluster_wide_object_has_no_namespace(kube, plan):
    (node, *_) = (await kube.call("GET", "/api/v1/nodes"))["items"]
    name = node["metadata"]["name"]
    planned = await plan(label.COMMAND, f"node {name} disk=ssd")
    assert planned.title.plain() == f"Label node {name} on demo: disk=ssd?"
    assert planned.inverse == f"label nodes/{name} disk- --overwrite --context demo"


async def test_a_pod_that_its_owner_may_let_go(kube, plan):
    await kube.deploy("web", replicas=1)
    (pod,) = await kube.pods()
    name, owner = pod["metadata"]["name"], pod["metadata"]["ownerReferences"][0]["name"]
    (warning,) = (await plan(label.COMMAND, f"pod {name} app=debug --overwrite")).warnings
    assert warning.plain() == (
        f"ReplicaSet {owner} may select by it: then it lets {name} go and starts another, "
        "and Services pass it by."
    )
    assert (await plan(label.COMMAND, f"pod {name} v=1")).warnings == ()


async def test_a_name_that_is_not_there(kube, plan):
    await kube.pod("web-a", "web:1.0")
    with pytest.raises(TargetNotFoundError) as missing:
        await plan(label.COMMAND, "pod web-b v=1")
    assert missing.value.near == ("web-a",)


async def test_a_stale_plan_is_refused_and_nothing_is_sent(kube, plan, cluster):
    await kube.pod("a", "web:1.0", labels={"v": "1"})
    planned = await plan(label.COMMAND, "pod a v=2 --overwrite")
    await kube.call(
        "PATCH", f"{PODS}/a", {"metadata": {"labels": {"v": "3"}}},
        **{"Content-Type": "application/merge-patch+json"},
    )  # fmt: skip
    await kube.forget()
    with pytest.raises(StalePlanError, match=r"metadata\.labels\.v is now 3"):
        await carry_out(cluster, planned)
    assert await writes(kube) == set()
