"""uncordon: a node that takes new pods again."""

from __future__ import annotations

import re

import pytest

from bot.domain.errors import StalePlanError, UsageError
from bot.engine.grammar import parse
from bot.engine.nodes import NodeArgs
from commands import uncordon
from tests.commands.change_steps import carry_out, said, writes

NODE = "/api/v1/nodes/node-1"
MERGE = {"Content-Type": "application/merge-patch+json"}


@pytest.fixture
async def cordoned(kube):
    await kube.call("PATCH", NODE, {"spec": {"unschedulable": True}}, **MERGE)


@pytest.mark.parametrize("line", ["node-1", "node/node-1"])
def test_grammar(line):
    assert uncordon.COMMAND.kinds(parse(NodeArgs, tuple(line.split()))) == ("nodes",)


@pytest.mark.parametrize(
    ("line", "refusal"),
    [("", "`NODE` is needed."), ("svc/web", "Not for services: only for nodes.")],
)
def test_refused_text(line, refusal):
    with pytest.raises(UsageError, match=re.escape(refusal)):
        parse(NodeArgs, tuple(line.split()), name="uncordon")


async def test_the_plan_only_reads(kube, plan, only_reads, cordoned):
    await kube.forget()
    await plan(uncordon.COMMAND, "node-1")
    await only_reads()


async def test_what_was_approved_is_what_is_done(kube, plan, cluster, cordoned):
    planned = await plan(uncordon.COMMAND, "node-1")
    assert planned.title.plain() == "Uncordon node node-1 on demo: let new pods come to it again?"
    assert (planned.button, planned.inverse) == ("Uncordon node-1", "cordon node-1 --context demo")
    assert "spec.unschedulable: True → None" in said(planned)
    assert planned.warnings == ()
    await kube.forget()
    (after,) = await carry_out(cluster, planned)
    assert "unschedulable" not in after["spec"]
    assert await writes(kube) == {("PATCH", NODE)}


async def test_one_that_is_not_cordoned_is_nothing_to_change(plan):
    planned = await plan(uncordon.COMMAND, "node-1")
    assert planned.nothing.plain() == "Node node-1 is not cordoned. Nothing was changed."


async def test_one_that_is_not_ready_is_said_to_be(kube, plan, cordoned):
    await kube.fault(fault="lose-node", node="node-1")

    async def is_seen():
        return (await plan(uncordon.COMMAND, "node-1")).warnings

    (warning,) = await kube.until(is_seen)
    assert warning.plain() == "It is not ready: no pod comes to it until it is."


async def test_a_stale_plan_is_refused_and_nothing_is_sent(kube, plan, cluster, cordoned):
    planned = await plan(uncordon.COMMAND, "node-1")
    await kube.call("PATCH", NODE, {"spec": {"unschedulable": None}}, **MERGE)
    await kube.forget()
    with pytest.raises(StalePlanError):
        await carry_out(cluster, planned)
    assert await writes(kube) == set()
