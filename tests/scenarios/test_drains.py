"""Draining a node the whole way: evictions as budgets allow, and an end that tells what is left."""

from __future__ import annotations

import signal

from bot.domain.changes import MARK
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
    card = await place.card("❌", "ended half way", "did not let go", "needs 2 healthy pods")
    told = await place.becomes(question, "ended half way", "Its card is in this channel")
    assert "did not let go" not in told.text
    assert f"Changed before that: {node}." in card.text
    assert "shop/web-" in card.text
    assert await cordoned(place, node)
    records = await place.recorded("asked", "intent", "conclusion")
    assert records[2]["detail"]["result"] == "failed"
    assert (await place.deployment())["status"]["availableReplicas"] == 2


async def killed_half_way(place, *, flags=""):
    """A drain whose process dies while a budget holds the pods of `web`; the node, and how many they are."""
    async with process(place) as first:
        node, count = await node_of_web(place)
        await budget(place)
        question = await place.says("ana", f"drain {node} {flags}".strip())
        await place.agree("ana", question, f"Drain {node}…", name=node)
        await place.card("⏳", "waits")
        with shut(place.folder):
            await first.end(signal.SIGKILL)
        first.leases_end()
    return node, count


async def changed_by_another(place, node):
    """What another change through the bot leaves on the node meanwhile, be it a second drain."""
    body = {"metadata": {"annotations": {MARK: "0" * 32}, "labels": {"rack": "b"}}}
    await place.api(f"/api/v1/nodes/{node}", "PATCH", body, kind="application/merge-patch+json")


async def test_killed_half_way_it_is_carried_on_and_nothing_is_done_twice(alone):
    node, count = await killed_half_way(alone)
    await changed_by_another(alone, node)
    [before] = await alone.cards()
    await alone.start_bot()
    await alone.card("⏳", f"1 of {count + 1} done", "waits", "disruption budget web needs 2 healthy pods")
    await alone.api(f"{BUDGETS}/web", "DELETE")
    card = await alone.card("✅", "is drained", "No pod is left on it.")
    assert card.ts == before.ts
    writes = await alone.writes()
    assert len([write for write in writes if write["path"].endswith(f"/nodes/{node}")]) == 1
    evicted = [w["path"] for w in writes if w["path"].endswith("/eviction") and w["status"] < 300]
    assert sorted(evicted) == sorted(set(evicted))
    assert len(evicted) == count
    records = await alone.recorded("asked", "intent", "conclusion")
    assert records[2]["detail"]["result"] == "applied"
    assert records[2]["detail"]["found_after_restart"] is True


async def test_killed_half_way_and_past_its_end_it_says_what_was_done_and_what_next(alone):
    node, count = await killed_half_way(alone, flags="--timeout 2m")
    await changed_by_another(alone, node)
    await alone.api(f"{BUDGETS}/web", "DELETE")
    before = len(await alone.writes())
    alone.ahead = 130
    await alone.start_bot()
    card = await alone.card(
        "❌", "interrupted for too long", f"0 of {count} pod", "evicted, and the node is cordoned"
    )
    assert f"Changed before that: {node}." in card.text
    assert list(card.buttons) == ["Drain again", "Uncordon"]
    assert len(await alone.writes()) == before
    assert await cordoned(alone, node)
    await alone.press("ana", card, "Drain again")
    question = await alone.whisper("Drain node", "Nothing has changed yet")
    assert "Drain" in question.text


async def test_killed_half_way_it_is_not_carried_on_for_who_may_no_longer(alone):
    node, _ = await killed_half_way(alone)
    await alone.api(f"{BUDGETS}/web", "DELETE")
    await alone.fault("slack", fault="group", group="S0SRE", users=["U0BEN"])
    before = len(await alone.writes())
    await alone.start_bot()
    card = await alone.card("❌", "Not allowed", f"Changed before that: {node}.")
    assert list(card.buttons) == ["Drain again", "Uncordon"]
    assert len(await alone.writes()) == before
