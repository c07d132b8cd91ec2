"""Draining a node the whole way: evictions as budgets allow, and an end that tells what is left."""

from __future__ import annotations

import signal

from tests.process import process, shut

BUDGETS = "/apis/policy/v1/namespaces/shop/poddisruptionbudgets"


async def node_of_web(place):
    """A node with a pod of `web` on it, and how many there are."""
    pods = (await place.api("/api/v1/namespaces/shop/pods"))["items"]
    nodes = [pod["spec"]["nodeName"] for pod in pods]
    return nodes[0], nodes.count(nodes[0])


async def budget(place):
    spec = {"minAvailable": 2, "selector": {"matchLabels": {"app": "web"}}}
    await place.api(BUDGETS, "POST", {"metadata": {"name": "web"}, "spec": spec})


async def cordoned(place, node):
    return (await place.api(f"/api/v1/nodes/{node}"))["spec"].get("unschedulable")


async def test_a_drained_node_is_cordoned_and_its_pods_are_elsewhere(place):
    node, count = await node_of_web(place)
    question = await place.says("ana", f"drain {node}")
    assert f"Drain node {node} on demo" in question.text.replace("`", "")
    await place.agree("ana", question, f"Drain {node}…", name=node)
    card = await place.card("✅", "is drained", "No pod is left on it.")
    assert await cordoned(place, node)
    pods = (await place.api("/api/v1/namespaces/shop/pods"))["items"]
    assert node not in {pod["spec"].get("nodeName") for pod in pods}
    assert list(card.buttons) == ["Uncordon"]
    await place.becomes(question, "Confirmed")
    sent = [write["path"].rpartition("/")[2] for write in await place.writes()]
    assert sent == [node, *["eviction"] * count]
    records = await place.recorded("asked", "intent", "conclusion")
    calls = records[2]["detail"]["calls"]
    assert [call["action"] for call in calls] == ["patch", *["evict"] * count]


async def test_only_whoever_keeps_the_nodes_may(place):
    node, _ = await node_of_web(place)
    refused = await place.says("cho", f"drain {node}")
    assert "Not allowed" in refused.text
    assert await place.writes() == []


async def test_a_budget_is_waited_for_and_the_card_says_who_waits(place):
    node, count = await node_of_web(place)
    await budget(place)
    question = await place.says("ana", f"drain {node}")
    assert "lets none go now" in question.text
    await place.agree("ana", question, f"Drain {node}…", name=node)
    await place.card("⏳", f"1 of {count + 1} done", "waits", "disruption budget web needs 2 healthy pods")
    await place.api(f"{BUDGETS}/web", "DELETE")
    await place.card("✅", "is drained")


async def test_a_budget_that_never_lets_go_is_the_end_and_what_is_left_is_named(place):
    node, _ = await node_of_web(place)
    await budget(place)
    question = await place.says("ana", f"drain {node} --timeout 1s")
    await place.agree("ana", question, f"Drain {node}…", name=node)
    card = await place.card("❌", "did not let go", "needs 2 healthy pods")
    assert f"Changed before that: {node}." in card.text
    assert "shop/web-" in card.text
    assert await cordoned(place, node)
    records = await place.recorded("asked", "intent", "conclusion")
    assert records[2]["detail"]["result"] == "failed"
    assert (await place.deployment())["status"]["availableReplicas"] == 2


async def test_killed_half_way_it_says_what_was_done_and_evicts_nothing_more(alone):
    async with process(alone) as first:
        node, _ = await node_of_web(alone)
        await budget(alone)
        question = await alone.says("ana", f"drain {node}")
        await alone.agree("ana", question, f"Drain {node}…", name=node)
        await alone.card("⏳", "waits")
        with shut(alone.folder):
            await first.end(signal.SIGKILL)
        first.leases_end()
    await alone.api(f"{BUDGETS}/web", "DELETE")
    before = len(await alone.writes())
    await alone.start_bot()
    card = await alone.card("❌", "interrupted before")
    assert f"Changed before that: {node}." in card.text
    assert len(await alone.writes()) == before
    assert (await alone.deployment())["status"]["availableReplicas"] == 2
