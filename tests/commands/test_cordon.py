"""cordon: a node that takes no new pods."""

from __future__ import annotations

import re

import pytest

from bot.domain.errors import StalePlanError, TargetNotFoundError, UsageError
from bot.engine.grammar import parse
from bot.engine.nodes import NodeArgs
from commands import cordon
from tests.commands.change_steps import carry_out, said, writes

NODE = "/api/v1/nodes/node-1"


@pytest.mark.parametrize("line", ["node-1", "node/node-1", "no node-1", "nodes/node-1"])
def test_grammar(line):
    args = parse(NodeArgs, tuple(line.split()))
    assert cordon.COMMAND.kinds(args) == ("nodes",)


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ("", "`NODE` is needed."),
        ("node/a node/b", "One workload at a time"),
        ("pod/web", "Not for pods: only for nodes."),
        ("Node_1", "cannot be a name"),
    ],
)
def test_refused_text(line, refusal):
    with pytest.raises(UsageError, match=re.escape(refusal)):
        parse(NodeArgs, tuple(line.split()), name="cordon")


async def test_the_plan_only_reads(kube, plan, only_reads):
    await kube.forget()
    await plan(cordon.COMMAND, "node-1")
    await only_reads()


async def test_what_was_approved_is_what_is_done(kube, plan, cluster):
    planned = await plan(cordon.COMMAND, "node-1")
    assert planned.title.plain() == "Cordon node node-1 on demo: let no new pod come to it?"
    assert (planned.button, planned.inverse) == ("Cordon node-1", "uncordon node-1 --context demo")
    assert said(planned)[-1] == "spec.unschedulable: None → True"
    await kube.forget()
    (after,) = await carry_out(cluster, planned)
    assert after["spec"]["unschedulable"] is True
    assert await writes(kube) == {("PATCH", NODE)}
    again = await plan(cordon.COMMAND, "node-1")
    assert again.nothing.plain() == "Node node-1 is cordoned already. Nothing was changed."


async def test_a_node_that_is_not_there(plan):
    with pytest.raises(TargetNotFoundError) as missing:
        await plan(cordon.COMMAND, "node-11")
    assert "node-1" in missing.value.near


async def test_a_stale_plan_is_refused_and_nothing_is_sent(kube, plan, cluster):
    planned = await plan(cordon.COMMAND, "node-1")
    await kube.call(
        "PATCH", NODE, {"spec": {"unschedulable": True}}, **{"Content-Type": "application/merge-patch+json"}
    )
    await kube.forget()
    with pytest.raises(StalePlanError, match=r"spec\.unschedulable is now True"):
        await carry_out(cluster, planned)
    assert await writes(kube) == set()
