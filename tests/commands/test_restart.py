"""restart: replace every pod of a deployment."""

from __future__ import annotations

import re

import pytest

from bot.domain.access import Risk
from bot.domain.errors import StalePlanError, UsageError
from bot.domain.rollouts.snapshot import CAUSE
from bot.domain.workloads import RESTARTED
from bot.engine.grammar import parse
from commands import restart
from commands.restart import RestartArgs
from tests.commands.change_steps import WORKLOADS, carry_out, patch, writes


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("web", RestartArgs(target=("web",))),
        ("deployment/web -n shop", RestartArgs(target=("deployment/web",), namespace="shop")),
        ("deploy web", RestartArgs(target=("deploy", "web"))),
    ],
)
def test_grammar(line, expected):
    assert parse(RestartArgs, tuple(line.split())) == expected


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ("", "`NAME` is needed."),
        ("deploy/a deploy/b", "One workload at a time"),
        ("pod/web", "Not for pods: only for deployments, statefulsets, daemonsets."),
        ("web --force", "No such option"),
        ("WEB", "cannot be a name"),
    ],
)
def test_refused_text(line, refusal):
    with pytest.raises(UsageError, match=re.escape(refusal)):
        parse(RestartArgs, tuple(line.split()), name="restart")


async def test_the_plan_only_reads(kube, plan, only_reads):
    await kube.deploy("web", replicas=1)
    await kube.forget()
    await plan(restart.COMMAND, "web")
    await only_reads()


@pytest.mark.parametrize(
    ("replicas", "whole"), [(1, "its one pod"), (2, "its 2 pods, a few at a time"), (0, None)]
)
async def test_what_it_says(kube, plan, replicas, whole):
    await kube.deploy("web", replicas=replicas)
    planned = await plan(restart.COMMAND, "web")
    if whole is None:
        assert planned.nothing.plain() == "Nothing to restart: shop/web on demo has no pods."
        return
    assert planned.title.plain() == f"Restart shop/web on demo: replace {whole}?"
    assert planned.button == "Restart web"
    assert planned.doing.plain() == f"shop/web on demo · replacing {whole}"
    assert planned.done.plain() == "shop/web on demo was restarted"
    assert (planned.risk, planned.warnings, planned.inverse) == (Risk.DISRUPTIVE, (), "")
    assert not planned.nothing


async def test_a_gap_is_said_before_it_is_made(kube, plan):
    await kube.deploy("web", replicas=2)
    await patch(kube, "web", {"spec": {"strategy": {"type": "Recreate", "rollingUpdate": None}}})
    planned = await plan(restart.COMMAND, "web")
    assert planned.title.plain() == "Restart shop/web on demo: replace its 2 pods?"
    (warning,) = planned.warnings
    assert warning.plain() == "Its strategy is Recreate: nothing serves until the new pods are up."


async def test_a_paused_deployment_is_said_to_be(kube, plan):
    await kube.deploy("web", replicas=1)
    await patch(kube, "web", {"spec": {"paused": True}})
    (warning,) = (await plan(restart.COMMAND, "web")).warnings
    assert warning.plain() == "It is paused: the change is stored, and no pod follows it until it is resumed."


async def test_what_was_approved_is_what_is_done(kube, plan, cluster):
    await kube.deploy("web", replicas=2)
    before = {pod["metadata"]["name"] for pod in await kube.pods()}
    planned = await plan(restart.COMMAND, "web")
    await kube.forget()
    (after,) = await carry_out(cluster, planned)
    assert after["metadata"]["annotations"][CAUSE] == "/k8s test"
    stamp = after["spec"]["template"]["metadata"]["annotations"][RESTARTED]
    assert stamp == planned.steps[0].write.body["spec"]["template"]["metadata"]["annotations"][RESTARTED]
    assert await writes(kube) == {("PATCH", f"{WORKLOADS}/web")}

    async def replaced() -> bool:
        names = {pod["metadata"]["name"] for pod in await kube.pods()}
        return len(names) == 2 and not names & before

    await kube.until(replaced)


async def test_a_stale_plan_is_refused_and_nothing_is_sent(kube, plan, cluster):
    await kube.deploy("web", replicas=1)
    planned = await plan(restart.COMMAND, "web")
    await kube.set_image("web", "web:1.1")
    await kube.forget()
    with pytest.raises(StalePlanError, match="its pod template has changed"):
        await carry_out(cluster, planned)
    assert await writes(kube) == set()
