"""`python -m tests.browser.workloads`: pictures of sets that are changed, and of nodes that are drained.

Each at the width of a desk and of a phone, into `screenshots/`. They are for looking at:
nothing compares them.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

from playwright.async_api import Locator, expect

from tests.browser.scene import APPS, LONG_MS, MERGE, OPS, Scene, play

POLICY = Path("tests/scenarios/shop.yaml")
_BUDGETS = "/apis/policy/v1/namespaces/shop/poddisruptionbudgets"
_PODS = "/api/v1/namespaces/shop/pods"


async def take(scene: Scene) -> None:
    await _stateful_set(scene)
    await _on_delete(scene)
    await _daemon_set(scene)
    await _replica_set(scene)
    await _drain(scene)


async def _stands(scene: Scene, kind: str, name: str, **spec: Any) -> None:
    """Make a workload, and wait until all its pods are ready."""
    template = {
        "metadata": {"labels": {"app": name}},
        "spec": {"containers": [{"name": name, "image": "web:1.0"}]},
    }
    body = {"selector": {"matchLabels": {"app": name}}, "template": template, **spec}
    await scene.place.api(f"{APPS}/{kind}", "POST", {"metadata": {"name": name}, "spec": body})

    async def is_up() -> bool:
        status = (await scene.place.api(f"{APPS}/{kind}/{name}"))["status"]
        wanted = status.get("desiredNumberScheduled") or spec.get("replicas")
        return bool(wanted and status.get("numberReady", status.get("readyReplicas")) == wanted)

    await scene.place.until(is_up, f"{kind}/{name} is up", seconds=60)


async def _changes(scene: Scene, line: str) -> Locator:
    """A line, its plan's button, and the card."""
    plan = await scene.visitor.types(line)
    return await _agrees(scene, plan)


async def _agrees(scene: Scene, plan: Locator) -> Locator:
    label = await plan.get_by_role("button").first.inner_text()
    return await scene.visitor.says_yes(plan, label)


async def _typed(scene: Scene, plan: Locator, name: str) -> None:
    """The yes to what wants a name typed."""
    await scene.opens(plan, await plan.get_by_role("button").first.inner_text())
    await scene.fills(name)
    await scene.sends()


async def _stateful_set(scene: Scene) -> None:
    """Done, then broken, then back: which waits for its broken pod."""
    await scene.sits("ana")
    await _stands(scene, "statefulsets", "db", replicas=3)
    plan = await scene.visitor.types("set image sts/db db=web:1.1")
    await scene.look("set-plan")
    card = await _agrees(scene, plan)
    await expect(card).to_contain_text("of 3 updated", timeout=LONG_MS)
    await scene.look("set-moving")
    await expect(card).to_contain_text("roll out complete", timeout=LONG_MS)
    await scene.look("set-done")
    card = await _changes(scene, "set image sts/db db=web:missing")
    await expect(card).to_contain_text("cannot be pulled", timeout=LONG_MS)
    await scene.look("set-broken")
    await scene.answered("set-history", "rollout history sts/db")
    await scene.answered("set-history-one", "rollout history sts/db --revision 1")
    await scene.answered("set-status", "rollout status sts/db")
    await scene.answered("set-why", "why sts/db")
    plan = await scene.visitor.asks_by_button(card, "Roll back…")
    await scene.look("set-rollback-plan")
    back = await _agrees(scene, plan)
    await expect(back).to_contain_text("Delete the pod", timeout=LONG_MS)
    await scene.look("set-waits")
    await expect(card).to_contain_text("overtaken", timeout=LONG_MS)
    plan = await scene.visitor.asks_by_button(back, "Delete db-2…")
    await scene.look("set-delete-plan")
    await _typed(scene, plan, "db-2")
    await expect(back).to_contain_text("is back on", timeout=LONG_MS)
    await scene.look("set-back")


async def _on_delete(scene: Scene) -> None:
    await _stands(scene, "statefulsets", "kv", replicas=2, updateStrategy={"type": "OnDelete"})
    plan = await scene.visitor.types("restart sts/kv")
    await scene.look("ondelete-plan")
    card = await _agrees(scene, plan)
    await expect(card).to_contain_text("OnDelete", timeout=LONG_MS)
    await scene.look("ondelete")


async def _daemon_set(scene: Scene) -> None:
    await _stands(scene, "daemonsets", "probe", minReadySeconds=2)
    card = await _changes(scene, "set image ds/probe probe=web:1.1")
    await scene.look("daemons-moving")
    await expect(card).to_contain_text("successfully rolled out", timeout=LONG_MS)
    await scene.look("daemons-done")
    plan = await scene.visitor.types("rollback ds/probe")
    await scene.look("daemons-rollback-plan")
    await scene.visitor.presses(plan, "Cancel")


async def _replica_set(scene: Scene) -> None:
    await _stands(scene, "replicasets", "batch", replicas=1)
    card = await _changes(scene, "scale rs/batch 3")
    await expect(card).to_contain_text("✅", timeout=LONG_MS)
    await scene.look("replicas-done")


async def _drain(scene: Scene) -> None:
    """One that a budget holds and a restart does not stop, and one that ended half way."""
    place = scene.place
    found = (await place.api(_PODS))["items"]
    node = next(pod["spec"]["nodeName"] for pod in found if pod["metadata"]["labels"]["app"] == "web")
    spec = {"minAvailable": 2, "selector": {"matchLabels": {"app": "web"}}}
    await place.api(_BUDGETS, "POST", {"metadata": {"name": "web"}, "spec": spec})
    await scene.sits("ana", OPS)
    plan = await scene.visitor.types(f"drain {node} --ignore-daemonsets")
    await scene.look("drain-plan")
    await _typed(scene, plan, node)
    card = scene.latest("draining")
    await expect(card).to_contain_text("waits", timeout=LONG_MS)
    await scene.look("drain-waits")
    await scene.starts_anew()
    await asyncio.sleep(3)
    await scene.look("drain-carried-on")
    await place.api(f"{_BUDGETS}/web", "DELETE")
    done = scene.latest("is drained")
    await expect(done).to_be_visible(timeout=LONG_MS)
    await scene.look("drain-done")
    await place.api(f"/api/v1/nodes/{node}", "PATCH", {"spec": {"unschedulable": False}}, MERGE)
    await place.api(_BUDGETS, "POST", {"metadata": {"name": "web"}, "spec": spec})
    found = (await place.api(_PODS))["items"]
    node = next(pod["spec"]["nodeName"] for pod in found if pod["metadata"]["labels"]["app"] == "web")
    plan = await scene.visitor.types(f"drain {node} --ignore-daemonsets --timeout 1s")
    await _typed(scene, plan, node)
    ended = scene.latest("did not let go")
    await expect(ended).to_be_visible(timeout=LONG_MS)
    await scene.look("drain-half")
    again = await scene.visitor.asks_by_button(ended, "Drain again")
    await scene.look("drain-again")
    await scene.dismisses(again)


if __name__ == "__main__":
    sys.exit(play(take, POLICY))
