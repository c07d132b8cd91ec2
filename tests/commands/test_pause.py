"""pause: a deployment's rollout held where it is."""

from __future__ import annotations

import re

import pytest

from bot.domain.errors import StalePlanError, UsageError
from bot.engine.grammar import parse
from commands import pause
from commands.pause import PauseArgs
from tests.commands.change_steps import WORKLOADS, carry_out, patch, said, writes


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("web", PauseArgs(target=("web",))),
        ("deployment/web -n shop", PauseArgs(target=("deployment/web",), namespace="shop")),
    ],
)
def test_grammar(line, expected):
    assert parse(PauseArgs, tuple(line.split())) == expected


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ("", "`NAME` is needed."),
        ("deploy/a deploy/b", "One workload at a time"),
        ("sts/db", "Not for statefulsets: only for deployments."),
        ("WEB", "cannot be a name"),
    ],
)
def test_refused_text(line, refusal):
    with pytest.raises(UsageError, match=re.escape(refusal)):
        parse(PauseArgs, tuple(line.split()), name="pause")


async def test_the_plan_only_reads(kube, plan, only_reads):
    await kube.deploy("web", replicas=1)
    await kube.forget()
    await plan(pause.COMMAND, "web")
    await only_reads()


async def test_what_was_approved_is_what_is_done(kube, plan, cluster):
    await kube.deploy("web", replicas=2)
    planned = await plan(pause.COMMAND, "web")
    assert planned.title.plain() == "Pause shop/web on demo: keep its pods as they are until it is resumed?"
    assert planned.button == "Pause web"
    assert planned.done.plain() == "shop/web on demo is paused: changes are stored, and no pod follows them"
    assert planned.inverse == "resume web -n shop --context demo"
    assert said(planned) == ["spec.paused: None → True"]
    assert planned.follow is None
    await kube.forget()
    (after,) = await carry_out(cluster, planned)
    assert after["spec"]["paused"] is True
    assert await writes(kube) == {("PATCH", f"{WORKLOADS}/web")}


async def test_a_rollout_that_stays_half_way_is_said(kube, plan):
    await kube.deploy("web", replicas=4)
    await kube.set_image("web", "web:missing")

    async def is_half_way():
        return (await plan(pause.COMMAND, "web")).warnings

    (warning,) = await kube.until(is_half_way)
    assert re.fullmatch(
        r"A rollout is under way: \d of \d pods stays? on the version before it\.", warning.plain()
    )


async def test_one_that_is_paused_is_nothing_to_change(kube, plan):
    await kube.deploy("web", replicas=1)
    await patch(kube, "web", {"spec": {"paused": True}})
    planned = await plan(pause.COMMAND, "web")
    assert planned.nothing.plain() == "shop/web on demo is paused already. Nothing was changed."


async def test_a_stale_plan_is_refused_and_nothing_is_sent(kube, plan, cluster):
    await kube.deploy("web", replicas=1)
    planned = await plan(pause.COMMAND, "web")
    await kube.set_image("web", "web:1.1")
    await kube.forget()
    with pytest.raises(StalePlanError, match="its pod template has changed"):
        await carry_out(cluster, planned)
    assert await writes(kube) == set()
