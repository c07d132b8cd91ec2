"""rollback: a deployment back to an earlier revision, as it was shown."""

from __future__ import annotations

import re

import pytest

from bot.domain.access import Risk
from bot.domain.errors import StalePlanError, UsageError
from bot.domain.rollouts.snapshot import CAUSE
from bot.engine.grammar import parse
from commands import rollback
from commands.rollback import RollbackArgs
from tests.commands.change_steps import WORKLOADS, carry_out, lines, patch, writes
from tests.commands.revisions import at_revision, rolled


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("web", RollbackArgs(target=("web",))),
        ("deployment/web --to-revision=2", RollbackArgs(target=("deployment/web",), to_revision=2)),
        ("deploy web --to-revision 0", RollbackArgs(target=("deploy", "web"))),
        ("web -n shop", RollbackArgs(target=("web",), namespace="shop")),
        ("web --with-config", RollbackArgs(target=("web",), with_config=True)),
    ],
)
def test_grammar(line, expected):
    assert parse(RollbackArgs, tuple(line.split())) == expected


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ("", "`NAME` is needed."),
        ("web --to-revision=-1", "greater than or equal to 0"),
        ("web --to-revision=last", "`last` is not a valid integer"),
        ("po/db-0", "Not for pods: only for deployments, statefulsets, daemonsets."),
        ("web --now", "No such option"),
    ],
)
def test_refused_text(line, refusal):
    with pytest.raises(UsageError, match=re.escape(refusal)):
        parse(RollbackArgs, tuple(line.split()), name="rollback")


async def test_the_plan_only_reads(kube, plan, only_reads):
    await rolled(kube, "web:1.0", "web:1.1")
    await kube.forget()
    await plan(rollback.COMMAND, "web")
    await only_reads()


async def test_what_it_says(kube, plan):
    await rolled(kube, "web:1.0", "web:1.1", "web:1.2")
    planned = await plan(rollback.COMMAND, "web")
    assert planned.title.plain() == "Roll back shop/web on demo to revision 2: web:1.2 → web:1.1?"
    assert planned.button == "Roll back to web:1.1"
    assert planned.doing.plain() == "shop/web on demo · back to web:1.1 (revision 2)"
    assert planned.done.plain() == "shop/web on demo is back on web:1.1"
    assert planned.risk is Risk.DISRUPTIVE
    assert planned.inverse == "rollout undo web --to-revision=3 -n shop --context demo"
    (warning,) = planned.warnings
    said = r"Only the pod template comes back, as it was \d+ s ago\. Not the number of replicas \(1 now\)\."
    assert re.fullmatch(said, warning.plain())


async def test_what_was_approved_is_what_is_done(kube, plan, cluster):
    await rolled(kube, "web:1.0", "web:1.1")
    await patch(kube, "web", {"spec": {"replicas": 2}})
    planned = await plan(rollback.COMMAND, "web")
    await kube.forget()
    (after,) = await carry_out(cluster, planned)
    assert after["spec"]["template"]["spec"]["containers"][0]["image"] == "web:1.0"
    assert after["spec"]["template"]["metadata"]["labels"] == {"app": "web"}
    assert after["spec"]["replicas"] == 2
    assert after["metadata"]["annotations"][CAUSE] == "/k8s test"
    assert await writes(kube) == {("PATCH", f"{WORKLOADS}/web")}


async def test_what_came_with_the_newer_revision_goes_with_it(kube, plan, cluster):
    await kube.deploy("web", replicas=1)
    container = {"name": "web", "image": "web:1.1", "env": [{"name": "NEW", "value": "1"}]}
    await patch(kube, "web", {"spec": {"template": {"spec": {"containers": [container]}}}})
    await at_revision(kube, 2)
    (after,) = await carry_out(cluster, await plan(rollback.COMMAND, "web"))
    assert "env" not in after["spec"]["template"]["spec"]["containers"][0]


async def test_the_way_back_leads_to_where_it_was(kube, plan, cluster):
    await rolled(kube, "web:1.0", "web:1.1")
    planned = await plan(rollback.COMMAND, "web")
    await carry_out(cluster, planned)
    await at_revision(kube, 3)
    again = await plan(rollback.COMMAND, planned.inverse.removeprefix("rollout undo "))
    assert again.title.plain() == "Roll back shop/web on demo to revision 2: web:1.0 → web:1.1?"


async def test_a_rollback_locks_its_workload_and_says_why(kube, plan):
    await rolled(kube, "web:1.0", "web:1.1")
    assert (await plan(rollback.COMMAND, "web")).locks == "rolled back to revision 1: is it fixed?"


async def test_the_replicas_and_the_bounds_of_an_autoscaler_stay(kube, plan):
    await rolled(kube, "web:1.0", "web:1.1", replicas=2)
    await patch(kube, "web", {"spec": {"replicas": 4}})
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    spec = {"scaleTargetRef": target, "minReplicas": 3, "maxReplicas": 8}
    await kube.create(
        "horizontalpodautoscalers", {"metadata": {"name": "web-hpa"}, "spec": spec}, "/apis/autoscaling/v2"
    )
    await kube.rolled_out("web")
    (said,) = lines(await plan(rollback.COMMAND, "web"))
    assert said.endswith("Not the number of replicas (4 now, 2 then), nor the bounds of web-hpa (3 to 8).")


async def test_a_paused_deployment_is_said_to_be(kube, plan):
    await rolled(kube, "web:1.0", "web:1.1")
    await patch(kube, "web", {"spec": {"paused": True}})
    said = [warning.plain() for warning in (await plan(rollback.COMMAND, "web")).warnings]
    assert said[1:] == ["It is paused: the change is stored, and no pod follows it until it is resumed."]


async def test_the_same_again_is_nothing_to_change(kube, plan):
    await rolled(kube, "web:1.0", "web:1.1")
    planned = await plan(rollback.COMMAND, "web --to-revision 2")
    assert planned.nothing.plain() == "Nothing to change: shop/web on demo runs what revision 2 was."


async def test_a_stale_plan_is_refused_and_nothing_is_sent(kube, plan, cluster):
    await rolled(kube, "web:1.0", "web:1.1")
    planned = await plan(rollback.COMMAND, "web")
    await kube.set_image("web", "web:1.2")
    await kube.forget()
    with pytest.raises(StalePlanError, match=r"image is now web:1\.2"):
        await carry_out(cluster, planned)
    assert await writes(kube) == set()
