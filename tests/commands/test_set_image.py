"""set image: other images for the containers of a deployment."""

from __future__ import annotations

import re

import pytest

from bot.domain.errors import StalePlanError, TargetNotFoundError, UsageError
from bot.domain.rollouts.snapshot import CAUSE
from bot.engine.grammar import parse
from commands import set_image
from commands.set_image import SetImageArgs
from tests.commands.change_steps import WORKLOADS, add_sidecar, carry_out, said, writes


@pytest.mark.parametrize(
    ("line", "target", "images"),
    [
        ("deployment/web web=web:1.1", ("deployment/web",), {"web": "web:1.1"}),
        ("deployment web web=web:1.1", ("deployment", "web"), {"web": "web:1.1"}),
        ("web web=web:1.1", ("web",), {"web": "web:1.1"}),
        ("deploy/web a=x:1 b=y:2", ("deploy/web",), {"a": "x:1", "b": "y:2"}),
        ("deployments.apps/web *=x:1", ("deployments.apps/web",), {"*": "x:1"}),
        ("deployment/web web=web:1.1 --record", ("deployment/web",), {"web": "web:1.1"}),
        ("web a=localhost:5000/x", ("web",), {"a": "localhost:5000/x"}),
    ],
)
def test_grammar(line, target, images):
    args = parse(SetImageArgs, tuple(line.split()))
    assert (args.target, args.images) == (target, images)


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ("", "`NAME CONTAINER=IMAGE` is needed."),
        ("web", "Which image? Write CONTAINER=IMAGE after the name."),
        ("web=web:1.1", "Of which workload?"),
        ("web web:1.1 web=web:1.1", "`web:1.1` is for which container?"),
        ("web =web:1.1", "`=web:1.1` is for which container?"),
        ("web web=Web:1.1", "write the name in lower case, `web:1.1`"),
        ("web web=", "is no image"),
        ("pod/web web=web:1.1", "Not for pods: only for deployments, statefulsets, daemonsets."),
        ("deploy/a deploy/b web=web:1.1", "One workload at a time"),
    ],
)
def test_refused_text(line, refusal):
    with pytest.raises(UsageError, match=re.escape(refusal)):
        parse(SetImageArgs, tuple(line.split()), name="set image")


async def test_the_plan_only_reads(kube, plan, only_reads):
    await kube.deploy("web", replicas=1)
    await kube.forget()
    await plan(set_image.COMMAND, "web web=web:1.1")
    await only_reads()


async def test_only_the_named_container_changes(kube, plan, cluster):
    await kube.deploy("web", replicas=1)
    await add_sidecar(kube, "web")
    await kube.rolled_out("web")
    planned = await plan(set_image.COMMAND, "deployment/web proxy=proxy:2.1")
    assert planned.title.plain() == "Update shop/web on demo: proxy:2.0 → proxy:2.1?"
    assert planned.button == "Update web"
    assert planned.done.plain() == "shop/web on demo runs proxy:2.1"
    assert planned.inverse == "rollback web -n shop --context demo"
    assert [line for line in said(planned) if CAUSE not in line] == [
        "spec.template.spec.containers[proxy].image: proxy:2.0 → proxy:2.1"
    ]
    await kube.forget()
    (after,) = await carry_out(cluster, planned)
    images = {c["name"]: c["image"] for c in after["spec"]["template"]["spec"]["containers"]}
    assert images == {"web": "web:1.0", "proxy": "proxy:2.1"}
    assert after["metadata"]["annotations"][CAUSE] == "/k8s test"
    assert await writes(kube) == {("PATCH", f"{WORKLOADS}/web")}


async def test_a_star_is_every_container_but_those_named(kube, plan, cluster):
    await kube.deploy("web", replicas=1)
    await add_sidecar(kube, "web")
    (after,) = await carry_out(cluster, await plan(set_image.COMMAND, "web *=all:3 proxy=proxy:2.1"))
    images = {c["name"]: c["image"] for c in after["spec"]["template"]["spec"]["containers"]}
    assert images == {"web": "all:3", "proxy": "proxy:2.1"}


async def test_a_container_it_does_not_have_is_never_added(kube, plan):
    await kube.deploy("web", replicas=1)
    await add_sidecar(kube, "web")
    with pytest.raises(TargetNotFoundError, match="`shop/web` has no container `nginx`") as refused:
        await plan(set_image.COMMAND, "web nginx=web:1.1")
    assert "`web`" in refused.value.hint
    assert "set image deployment/web web=web:1.1 -n shop --context demo" in refused.value.suggestions
    assert len(refused.value.suggestions) == 2


async def test_the_same_image_is_nothing_to_change(kube, plan):
    await kube.deploy("web", replicas=1)
    planned = await plan(set_image.COMMAND, "web web=web:1.0")
    assert planned.nothing.plain() == "Nothing to change: shop/web on demo has web:1.0 already."


async def test_a_stale_plan_is_refused_and_nothing_is_sent(kube, plan, cluster):
    await kube.deploy("web", replicas=1)
    planned = await plan(set_image.COMMAND, "web web=web:1.1")
    await add_sidecar(kube, "web")
    await kube.forget()
    with pytest.raises(StalePlanError, match="its pod template has changed"):
        await carry_out(cluster, planned)
    assert await writes(kube) == set()
