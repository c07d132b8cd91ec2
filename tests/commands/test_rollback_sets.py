"""rollback of a StatefulSet or a DaemonSet, by its ControllerRevisions."""

from __future__ import annotations

import re

import pytest

from bot.domain.errors import TargetNotFoundError
from bot.domain.resources import STATEFULSETS, ObjectRef
from bot.domain.rollouts.snapshot import CAUSE
from commands import rollback
from tests.commands.change_steps import carry_out, lines, writes
from tests.commands.sets import (
    KINDS,
    change,
    is_out,
    is_seen,
    is_waiting,
    path,
    put_up,
    revisions,
    set_image,
)

THERE = "-n shop --context demo"


@pytest.mark.parametrize("kind", KINDS)
async def test_what_it_says_and_that_it_only_reads(kube, plan, only_reads, kind):
    await put_up(kube, kind, "web:1.0", "web:1.1", "web:1.2")
    await kube.forget()
    planned = await plan(rollback.COMMAND, f"{kind}/db")
    await only_reads()
    assert planned.title.plain() == "Roll back shop/db on demo to revision 2: web:1.2 → web:1.1?"
    assert planned.inverse == f"rollout undo {kind}/db --to-revision=3 {THERE}"
    assert planned.locks == "rolled back to revision 2: is it fixed?"
    assert planned.follow == planned.steps[0].write.target
    assert [button.command for button in planned.instead] == [f"rollback {kind}/db --to-revision=1 {THERE}"]
    (said,) = lines(planned)
    replicas = r" Not the number of replicas \(2 now\)\." if kind == "statefulset" else ""
    assert re.fullmatch(r"Only the pod template comes back, as it was \d+ s ago\." + replicas, said)
    (shown,) = planned.beside
    ready = "2 ready now" if kind == "statefulset" else "3 ready now"
    assert [row[:3] for row in shown.rows] == [
        ("3 · current", ready, "web:1.2"),
        ("2", "not known", "web:1.1"),
        ("1", "not known", "web:1.0"),
    ]


@pytest.mark.parametrize("kind", KINDS)
async def test_what_was_approved_is_what_is_done_and_the_old_revision_is_the_newest(
    kube, plan, cluster, kind
):
    await put_up(kube, kind, "web:1.0")
    newer = {"name": "db", "image": "web:1.1", "env": [{"name": "NEW", "value": "1"}]}
    await change(kube, kind, {"spec": {"template": {"spec": {"containers": [newer]}}}})
    await is_out(kube, kind)
    planned = await plan(rollback.COMMAND, f"{kind} db")
    await kube.forget()
    (after,) = await carry_out(cluster, planned)
    assert await writes(kube) == {("PATCH", path(kind))}
    (container,) = after["spec"]["template"]["spec"]["containers"]
    assert container["image"] == "web:1.0"
    assert "env" not in container, "what came with the newer revision goes with it"
    assert after["metadata"]["annotations"][CAUSE] == "/k8s test"
    await is_out(kube, kind)
    assert await revisions(kube) == [(2, "web:1.1"), (3, "web:1.0")]
    again = await plan(rollback.COMMAND, planned.inverse.removeprefix("rollout undo "))
    assert again.title.plain() == "Roll back shop/db on demo to revision 2: web:1.0 → web:1.1?"


@pytest.mark.parametrize("kind", KINDS)
async def test_the_same_again_is_nothing_to_change(kube, plan, kind):
    await put_up(kube, kind, "web:1.0", "web:1.1")
    planned = await plan(rollback.COMMAND, f"{kind}/db --to-revision 2")
    assert planned.nothing.plain() == "Nothing to change: shop/db on demo runs what revision 2 was."
    assert planned.instead == ()


async def test_a_revision_that_the_limit_took_is_answered_with_those_that_are(kube, plan):
    await put_up(kube, "statefulset", "web:1.0", "web:1.1", "web:1.2", revisionHistoryLimit=1)

    async def trimmed():
        return await revisions(kube) == [(2, "web:1.1"), (3, "web:1.2")]

    await kube.until(trimmed)
    with pytest.raises(TargetNotFoundError, match="`shop/db` has no revision 1") as refused:
        await plan(rollback.COMMAND, "sts/db --to-revision=1")
    assert re.fullmatch(r"There is: 2 \(`web:1\.1`, \d+s old\)\.", refused.value.hint)
    assert refused.value.suggestions == (f"rollback statefulset/db --to-revision=2 {THERE}",)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_first_revision_has_none_before_it(kube, plan, kind):
    await put_up(kube, kind, "web:1.0")
    with pytest.raises(TargetNotFoundError, match="`shop/db` has no earlier revision") as refused:
        await plan(rollback.COMMAND, f"{kind}/db")
    assert refused.value.hint == "It has run only what it runs now."


@pytest.mark.parametrize(
    ("strategy", "said"),
    [
        ({"type": "OnDelete"}, "Its update strategy is OnDelete: each pod follows only once it is deleted."),
        (
            {"type": "RollingUpdate", "rollingUpdate": {"partition": 1}},
            "Its partition is 1: pods numbered below that stay as they are.",
        ),
    ],
    ids=["on delete", "a partition"],
)
async def test_pods_that_do_not_follow_are_told(kube, plan, strategy, said):
    await put_up(kube, "statefulset", "web:1.0", "web:1.1")
    await change(kube, "statefulset", {"spec": {"updateStrategy": {"rollingUpdate": None, **strategy}}})
    await is_seen(kube, "statefulset")
    assert said in lines(await plan(rollback.COMMAND, "sts/db"))


async def test_what_it_claims_for_its_pods_stays(kube, plan):
    wanted = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    claim = {"metadata": {"name": "data"}, "spec": wanted}
    await put_up(kube, "statefulset", "web:1.0", "web:1.1", volumeClaimTemplates=[claim])
    said = lines(await plan(rollback.COMMAND, "sts/db"))
    assert said[1] == "Its volume claim templates (data) cannot change, and its volumes keep what is on them."


async def test_a_pod_that_would_keep_the_way_back_standing_is_told_and_its_deletion_offered(
    kube, plan, cluster
):
    await put_up(kube, "statefulset", "web:1.0")
    await set_image(kube, "statefulset", "web:missing")
    await is_waiting(kube, "db-1")
    planned = await plan(rollback.COMMAND, "sts/db")
    first, *rest = lines(planned)
    assert re.fullmatch(
        r"db-1 does not become ready: web:missing cannot be pulled.*\(.*Image.*\)\. "
        r"The card of this will offer to delete that pod\.",
        first,
    )
    in_order = "1 pod is not ready, and it keeps its order: no pod is replaced until all are."
    assert [line for line in rest if line.startswith(in_order)]
    await carry_out(cluster, planned)
    await is_seen(kube, "statefulset")
    again = await plan(rollback.COMMAND, "sts/db --to-revision=3")
    assert again.nothing.plain().startswith(
        "Nothing to change: shop/db on demo is to run what revision 3 was. db-1 does not become ready"
    )
    assert [button.command for button in again.instead] == [f"delete pod/db-1 {THERE}"]


async def test_pods_that_cannot_be_read_are_said_and_hide_nothing(kube, plan):
    await put_up(kube, "statefulset", "web:1.0", "web:1.1")
    await kube.fault(fault="status", path="/pods", status=403)
    planned = await plan(rollback.COMMAND, "sts/db")
    assert "Could not look at the pods: the cluster refuses it." in lines(planned)
    assert [row[:2] for row in planned.beside[0].rows] == [("2 · current", "not known"), ("1", "not known")]


async def test_with_its_configmaps_they_are_written_first(kube, plan, cluster, keeping):
    config = "/api/v1/namespaces/shop/configmaps/db-env"
    await kube.create("configmaps", {"metadata": {"name": "db-env"}, "data": {"LEVEL": "info"}})
    reads = {"envFrom": [{"configMapRef": {"name": "db-env"}}]}
    await put_up(kube, "statefulset", "web:1.0", container=reads)
    ref = ObjectRef(cluster="demo", namespace="shop", type=STATEFULSETS, name="db")
    await keeping.keep(cluster, ref, await kube.call("GET", path("statefulset")))
    await set_image(kube, "statefulset", "web:1.1")
    await is_out(kube, "statefulset")
    merge = {"Content-Type": "application/merge-patch+json"}
    await kube.call("PATCH", config, {"data": {"LEVEL": "debug"}}, **merge)
    planned = await plan(rollback.COMMAND, "sts/db --with-config")
    assert planned.title.plain() == (
        "Roll back shop/db on demo to revision 1: web:1.1 → web:1.0, with ConfigMap db-env?"
    )
    assert planned.main == 1
    config_after, after = await carry_out(cluster, planned)
    assert config_after["data"] == {"LEVEL": "info"}
    assert after["spec"]["template"]["spec"]["containers"][0]["image"] == "web:1.0"


async def test_the_form_offers_its_revisions_too(kube, ctx):
    await put_up(kube, "daemonset", "web:1.0", "web:1.1")
    choices = await rollback.offered(ctx, {"target": "daemonset/db", "namespace": "shop"})
    assert [(choice.label, choice.value) for choice in choices] == [("1: web:1.0", "1")]
