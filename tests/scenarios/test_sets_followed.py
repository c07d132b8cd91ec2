"""Changes of StatefulSets, DaemonSets and ReplicaSets, followed to their ends as the channel sees them."""

from __future__ import annotations

import pytest

APPS = "/apis/apps/v1/namespaces/shop"
PODS = "/api/v1/namespaces/shop/pods"
MERGE = "application/merge-patch+json"
ROLLED = "partitioned roll out complete"


async def stands(place, kind: str, name: str, image: str = "web:1.0", **spec):
    """Make a workload, and wait until all its pods are ready."""
    template = {
        "metadata": {"labels": {"app": name}},
        "spec": {"containers": [{"name": name, "image": image}]},
    }
    body = {"selector": {"matchLabels": {"app": name}}, "template": template, **spec}
    await place.api(f"{APPS}/{kind}", "POST", {"metadata": {"name": name}, "spec": body})

    async def is_up():
        status = (await place.api(f"{APPS}/{kind}/{name}"))["status"]
        wanted = status.get("desiredNumberScheduled") or spec.get("replicas")
        ready = status.get("numberReady", status.get("readyReplicas", 0))
        return wanted is not None and ready == wanted

    await place.until(is_up, f"{kind}/{name} is up")


async def changes(place, line: str, who: str = "cho"):
    question = await place.says(who, line)
    await place.press(who, question, next(iter(question.buttons)))


async def ends(place) -> list[str]:
    await place.until(lambda: "followed" in place.kinds(), "an end")
    return [record["detail"]["phase"] for record in place.records() if record["kind"] == "followed"]


async def test_a_stateful_set_is_followed_pod_by_pod_to_kubectls_last_sentence(place):
    await stands(place, "statefulsets", "kv", replicas=3)
    await changes(place, "set image sts/kv kv=web:1.1")
    await place.card("updated")
    card = await place.card("✅", "shop/kv", "runs", "web:1.1", "3 of 3", f"{ROLLED}: 3 new pods")
    assert list(card.buttons) == ["Roll back…"]
    assert await ends(place) == ["done"]


async def test_a_broken_stateful_set_says_that_its_pod_must_go_even_when_it_is_put_right(place):
    await stands(place, "statefulsets", "kv", replicas=2)
    await changes(place, "set image sts/kv kv=web:missing")
    card = await place.card("⚠️", "web:missing", "ImagePull", "1 of 2 still run web:1.0", "waits for", "kv-1")
    assert list(card.buttons) == ["Roll back…", "Why"]
    line = await place.thread(card, "kv-1", "not found")

    await changes(place, "set image sts/kv kv=web:1.0")
    back = await place.card("⚠️", "shop/kv", "waits for", "kv-1", "Delete the pod")
    assert back.ts != card.ts
    await place.becomes(card, "overtaken by a later change")
    assert line.thread == card.ts

    await place.press("cho", back, "Delete kv-1…")
    question = await place.whisper("Delete", "kv-1")
    await place.agree("cho", question, next(iter(question.buttons)), name="kv-1")
    await place.becomes(back, "✅", "web:1.0", "2 of 2")
    await place.until(lambda: place.kinds().count("followed") == 2, "two ends")


async def test_what_stands_still_for_long_is_stuck_although_no_deadline_says_so(place):
    await stands(place, "statefulsets", "kv", replicas=2)
    await changes(place, "set image sts/kv kv=web:missing")
    card = await place.card("⚠️", "web:missing")
    place.ahead = 660.0
    stuck = await place.becomes(card, "❌", "is stuck", "web:missing", "no step further for 11 min")
    assert "Roll back…" in stuck.buttons
    assert await ends(place) == ["stuck"]


async def cordoned(place, *, off: bool):
    for node in (await place.api("/api/v1/nodes"))["items"]:
        path = f"/api/v1/nodes/{node['metadata']['name']}"
        await place.api(path, "PATCH", {"spec": {"unschedulable": off}}, MERGE)


async def test_the_same_card_goes_on_after_a_restart(place):
    await stands(place, "statefulsets", "kv", replicas=2)
    await cordoned(place, off=True)
    await changes(place, "restart sts/kv")
    card = await place.card("⚠️", "no node takes its pod", "1 of 2 still run web:1.0")
    line = await place.thread(card, "kv-1", "no node takes its pod")
    await place.stop_bot()
    await cordoned(place, off=False)
    await place.start_bot()
    await place.becomes(card, "✅", "was restarted", "2 of 2", ROLLED)
    assert len(await place.cards()) == 1
    assert [m.ts for m in await place.messages() if m.thread == card.ts and m.ts != card.ts] == [line.ts]
    assert await ends(place) == ["done"]


async def test_one_that_is_deleted_meanwhile_is_gone(place):
    await stands(place, "daemonsets", "agent")
    await changes(place, "set image ds/agent agent=web:missing")
    card = await place.card("⚠️", "web:missing", "2 of 3 still run web:1.0")
    await place.api(f"{APPS}/daemonsets/agent", "DELETE")
    await place.becomes(card, "is gone", "deleted while it was followed")
    assert await ends(place) == ["gone"]


async def test_a_partition_keeps_pods_back_and_the_card_says_so(place):
    update = {"type": "RollingUpdate", "rollingUpdate": {"partition": 1}}
    await stands(place, "statefulsets", "kv", replicas=2, updateStrategy=update)
    await changes(place, "set image sts/kv kv=web:1.1")
    card = await place.card("✅", "1 of 2", f"{ROLLED}: 1 new pods", "keeps 1 pod on the older template")
    assert "runs web:1.1" not in card.plain


@pytest.mark.parametrize("kind", ["statefulset", "daemonset"])
async def test_on_delete_nothing_follows_and_the_card_ends_there(place, kind):
    more = {"replicas": 1} if kind == "statefulset" else {}
    await stands(place, f"{kind}s", "kv", updateStrategy={"type": "OnDelete"}, **more)
    await changes(place, f"set image {kind}/kv kv=web:1.1")
    card = await place.card(
        "⏸", "only once it is deleted", "OnDelete", "0 of", "only available for RollingUpdate"
    )
    assert list(card.buttons) == ["Roll back…", "Rollout status"]
    assert await ends(place) == ["held"]


async def test_a_daemon_set_is_restarted_node_by_node(place):
    await stands(place, "daemonsets", "agent")
    await changes(place, "restart ds/agent")
    await place.card("✅", "was restarted", "3 of 3", 'daemon set "agent" successfully rolled out')
    assert await ends(place) == ["done"]


async def test_a_pod_on_a_lost_node_does_not_go_and_is_named(place):
    await stands(place, "daemonsets", "agent")
    await place.fault("kubernetes", fault="lose-node", node="node-1")
    await changes(place, "restart ds/agent")
    card = await place.card("⏳", "2 available")
    place.ahead = 120.0
    late = await place.becomes(card, "⚠️", "was deleted, and does not go", "Terminating")
    assert list(late.buttons) == ["Why"]


async def test_stateful_and_replica_sets_are_scaled_and_can_be_scaled_back(place):
    await stands(place, "statefulsets", "kv", replicas=2)
    await stands(place, "replicasets", "lone", replicas=1)
    await changes(place, "scale sts/kv 0")
    card = await place.card("✅", "shop/kv", "has 0 replicas", "0 of 0")
    assert list(card.buttons) == ["Undo…"]
    await changes(place, "scale rs/lone 3")
    await place.card("✅", "shop/lone", "has 3 replicas", 'replica set "lone" has 3 of 3 pods available')
    await place.until(lambda: place.kinds().count("followed") == 2, "two ends")


async def test_a_replica_set_whose_pods_are_refused_says_by_whom(place):
    await stands(place, "replicasets", "lone", replicas=1)
    count = len((await place.api(PODS))["items"])
    quota = {"metadata": {"name": "few"}, "spec": {"hard": {"pods": str(count + 1)}}}
    await place.api("/api/v1/namespaces/shop/resourcequotas", "POST", quota)
    await changes(place, "scale rs/lone 4")
    await place.card("⚠️", "no further pod can be made", "exceeded quota: few", "2 of 4 available")


async def test_a_replica_set_that_its_deployment_takes_back_is_overtaken(place):
    sets = (await place.api(f"{APPS}/replicasets?labelSelector=app%3Dweb"))["items"]
    await changes(place, f"scale rs/{sets[0]['metadata']['name']} 4")
    await place.card("overtaken by a later change", "spec.replicas is now 2")
    assert await ends(place) == ["overtaken"]
