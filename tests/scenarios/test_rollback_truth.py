"""Rollbacks that say what comes of them: under an autoscaler or Argo CD, after a ConfigMap has changed."""

from __future__ import annotations

import asyncio

MERGE = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
WEB = "/apis/apps/v1/namespaces/shop/deployments/web"
CONFIGS = "/api/v1/namespaces/shop/configmaps"
SCALERS = "/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers"


async def runs(place, image: str, replicas: int = 2) -> None:
    """Somebody brings an image, and all pods come to run it."""
    body = {"spec": {"template": {"spec": {"containers": [{"name": "web", "image": image}]}}}}
    await place.api(WEB, "PATCH", body, STRATEGIC)
    await is_out(place, replicas)


async def is_out(place, replicas: int) -> None:
    async def rolled_out() -> bool:
        found = await place.deployment()
        status = found["status"]
        counts = [status.get(key) for key in ("replicas", "updatedReplicas", "availableReplicas")]
        return status["observedGeneration"] == found["metadata"]["generation"] and counts == [replicas] * 3

    await place.until(rolled_out, "the rollout")


async def goes_back(place, line: str = "rollback web"):
    """Ask, and press what is asked; the question, and the card at its end."""
    question = await place.says("ana", line)
    await place.press("ana", question, next(iter(question.buttons)))
    return question, await place.card("↩️")


async def test_under_an_autoscaler_its_bounds_and_the_replicas_stay_and_are_said_to(place):
    await runs(place, "web:1.1")
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    spec = {"scaleTargetRef": target, "minReplicas": 3, "maxReplicas": 6}
    await place.api(SCALERS, "POST", {"metadata": {"name": "web-hpa"}, "spec": spec})
    await place.until(lambda: replicas_are(place, 3), "the autoscaler")
    await is_out(place, 3)
    question, card = await goes_back(place)
    assert "Not the number of replicas (3 now, 2 then), nor the bounds of web-hpa (3 to 6)." in question.plain
    assert "web:1.0" in card.plain
    assert (await place.deployment())["spec"]["replicas"] == 3
    assert (await place.api(f"{SCALERS}/web-hpa"))["spec"]["minReplicas"] == 3


async def replicas_are(place, count: int) -> bool:
    return bool((await place.deployment())["spec"]["replicas"] == count)


async def test_under_argo_cd_it_is_said_who_will_revert_it(place):
    await runs(place, "web:1.1")
    notes = {"argocd.argoproj.io/tracking-id": "shop-prod:apps/Deployment:shop/web"}
    await place.api(WEB, "PATCH", {"metadata": {"annotations": notes}}, MERGE)
    question, card = await goes_back(place)
    assert "Argo CD application shop-prod will revert this at its next sync." in question.plain
    assert "web:1.0" in card.plain
    (asked,) = [record for record in place.records() if record["kind"] == "asked"]
    assert asked["verb"] == "rollback"


async def test_after_a_configmap_has_changed_it_is_said_that_the_change_stays(place):
    await place.api(CONFIGS, "POST", {"metadata": {"name": "web-env"}, "data": {"LEVEL": "info"}})
    reads = {"name": "web", "envFrom": [{"configMapRef": {"name": "web-env"}}, {"secretRef": {"name": "db"}}]}
    await place.api("/api/v1/namespaces/shop/secrets", "POST", {"metadata": {"name": "db"}})
    await place.api(WEB, "PATCH", {"spec": {"template": {"spec": {"containers": [reads]}}}}, STRATEGIC)
    await is_out(place, 2)
    await asyncio.sleep(1.1)  # a timestamp has whole seconds
    await runs(place, "web:1.1")
    await place.api(f"{CONFIGS}/web-env", "PATCH", {"data": {"LEVEL": "debug"}}, MERGE)
    question, _ = await goes_back(place)
    assert "ConfigMap web-env changed " in question.plain
    assert "after revision 2 was made: what is in it stays as it is." in question.plain
    assert "Secret db is not compared" in question.plain
    assert (await place.api(f"{CONFIGS}/web-env"))["data"] == {"LEVEL": "debug"}
    read = [asked["path"] for asked in await place.requests("GET")]
    assert not [path for path in read if "/secrets" in path]


async def test_a_second_rollback_does_not_lead_back_to_the_broken_one(place):
    await runs(place, "web:1.1")
    await place.api(WEB, "PATCH", {"spec": {"progressDeadlineSeconds": 600}}, MERGE)
    missing = {"spec": {"template": {"spec": {"containers": [{"name": "web", "image": "web:missing"}]}}}}
    await place.api(WEB, "PATCH", missing, STRATEGIC)

    async def stuck() -> bool:
        return bool((await place.deployment())["status"].get("unavailableReplicas"))

    await place.until(stuck, "a rollout that cannot go on")
    question, _ = await goes_back(place)
    assert "Roll back shop/web on demo to revision 2: web:missing → web:1.1?" in question.plain
    await is_out(place, 2)
    again = await place.says("ana", "rollback web")
    assert "Roll back shop/web on demo to revision 1: web:1.1 → web:1.0?" in again.plain
    assert "Revision 3 (web:missing) is newer and passed over: left by a rollback." in again.plain
    assert any(label.startswith("Revision 3: web:missing") for label in again.buttons)


async def test_the_question_shows_the_revisions_that_there_are(place):
    await runs(place, "web:1.1")
    await runs(place, "web:1.2")
    question = await place.says("ana", "rollback web")
    for word in ("REVISION", "HEALTH", "3 · current", "2 ready now", "web:1.1", "not known"):
        assert word in question.plain
    await place.press("ana", question, next(label for label in question.buttons if "Revision 1" in label))
    other = await place.whisper("to revision 1: web:1.2 → web:1.0?")
    assert "3 · current" in other.plain
