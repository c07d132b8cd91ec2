"""resume: the pods of a paused deployment follow its changes again."""

from __future__ import annotations

import re

import pytest

from bot.domain.errors import StalePlanError, UsageError
from bot.engine.grammar import parse
from commands import resume
from commands.resume import ResumeArgs
from tests.commands.change_steps import WORKLOADS, carry_out, patch, said, writes


@pytest.fixture
async def paused(kube):
    """`web`, paused, with two pods of its first version."""
    await kube.deploy("web", replicas=2)
    await patch(kube, "web", {"spec": {"paused": True}})


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("web", ResumeArgs(target=("web",))),
        ("deploy web -n shop", ResumeArgs(target=("deploy", "web"), namespace="shop")),
    ],
)
def test_grammar(line, expected):
    assert parse(ResumeArgs, tuple(line.split())) == expected


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ("", "`NAME` is needed."),
        ("deploy/a deploy/b", "One workload at a time"),
        ("ds/node-agent", "Not for daemonsets: only for deployments."),
    ],
)
def test_refused_text(line, refusal):
    with pytest.raises(UsageError, match=re.escape(refusal)):
        parse(ResumeArgs, tuple(line.split()), name="resume")


async def test_the_plan_only_reads(kube, plan, only_reads, paused):
    await kube.forget()
    await plan(resume.COMMAND, "web")
    await only_reads()


async def test_what_was_stored_is_said_and_then_rolled_out(kube, plan, cluster, paused):
    await kube.set_image("web", "web:1.1")

    async def is_seen():
        return (await plan(resume.COMMAND, "web")).warnings

    (warning,) = await kube.until(is_seen)
    assert warning.plain() == (
        "2 of 2 pods are of an older version: what was changed meanwhile is rolled out at once."
    )
    planned = await plan(resume.COMMAND, "web")
    assert planned.title.plain() == "Resume shop/web on demo: let its pods follow its changes again?"
    assert (planned.button, planned.inverse) == ("Resume web", "pause web -n shop --context demo")
    assert said(planned)[0] == "spec.paused: True → None"
    assert planned.follow.name == "web"
    await kube.forget()
    (after,) = await carry_out(cluster, planned)
    assert "paused" not in after["spec"]
    assert await writes(kube) == {("PATCH", f"{WORKLOADS}/web")}

    async def is_out():
        pods = await kube.pods()
        return {pod["spec"]["containers"][0]["image"] for pod in pods} == {"web:1.1"}

    await kube.until(is_out)


async def test_with_nothing_stored_there_is_no_warning(plan, paused):
    assert (await plan(resume.COMMAND, "web")).warnings == ()


async def test_one_that_is_not_paused_is_nothing_to_change(kube, plan):
    await kube.deploy("web", replicas=1)
    planned = await plan(resume.COMMAND, "web")
    assert planned.nothing.plain() == "shop/web on demo is not paused. Nothing was changed."


async def test_a_stale_plan_is_refused_and_nothing_is_sent(kube, plan, cluster, paused):
    planned = await plan(resume.COMMAND, "web")
    await patch(kube, "web", {"spec": {"paused": None}})
    await kube.forget()
    with pytest.raises(StalePlanError, match=r"spec\.paused is now gone"):
        await carry_out(cluster, planned)
    assert await writes(kube) == set()
