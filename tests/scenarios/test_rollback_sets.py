"""Rollbacks of StatefulSets and DaemonSets, played to their ends as the channel sees them."""

from __future__ import annotations

import asyncio

from tests.scenarios.test_approved_rollbacks import APPROVE, ASK
from tests.scenarios.test_sets_followed import APPS, MERGE, changes, stands

CONFIGS = "/api/v1/namespaces/shop/configmaps"


async def brings(place, kind: str, image: str) -> None:
    """A new image through the bot, to its end."""
    followed = place.kinds().count("followed")
    await changes(place, f"set image {kind}/db db={image}", "ana")
    await place.card("✅", "shop/db", image)
    await place.until(lambda: place.kinds().count("followed") > followed, "the end of the rollout")


async def is_out(place) -> None:
    """Wait until all pods of `db` run its second template: while they are replaced, the first looks ill."""

    async def seen() -> bool:
        found = await place.api(f"{APPS}/statefulsets/db")
        kept = (await place.api(f"{APPS}/controllerrevisions"))["items"]
        status, wanted = found["status"], found["spec"]["replicas"]
        is_read = status.get("observedGeneration") == found["metadata"]["generation"]
        is_one = status.get("updateRevision") == status.get("currentRevision")
        return len(kept) > 1 and is_read and is_one and status.get("readyReplicas") == wanted

    await place.until(seen, "the second template on all pods")


async def image(place, kind: str) -> str:
    found = await place.api(f"{APPS}/{kind}/db")
    return str(found["spec"]["template"]["spec"]["containers"][0]["image"])


async def test_a_daemon_set_goes_back_is_locked_and_is_fixed(place):
    await stands(place, "daemonsets", "db")
    await asyncio.sleep(1.1)  # a timestamp has whole seconds
    await brings(place, "ds", "web:1.1")
    question = await place.says("ana", "rollback ds/db")
    assert "Roll back shop/db on demo to revision 1: web:1.1 → web:1.0?" in question.plain
    for word in ("HEALTH", "2 · current", "3 ready now", "ana, record "):
        assert word in question.plain
    assert "replicas" not in question.plain
    await place.press("ana", question, "Roll back to web:1.0")
    card = await place.card(
        "↩️", "shop/db", "is back on web:1.0", "3 of 3", "locked until ana says it is fixed"
    )
    assert list(card.buttons) == ["Undo…", "Fixed"]
    assert await image(place, "daemonsets") == "web:1.0"
    refused = await place.says("ben", "set image ds/db db=web:1.2")
    assert "Locked by ana: rolled back to revision 1: is it fixed?" in refused.plain
    assert "Nothing has changed yet" in (await place.says("ben", "restart ds/db")).plain
    again = await place.says("ana", "rollback ds/db")
    assert "no earlier revision that is not known to be broken" in again.plain
    listed = await place.says("ana", "rollout history ds/db")
    assert "3 · current" in listed.plain
    await place.press("ana", card, "Fixed")
    await place.whisper("Lifted: the lock of shop/db on demo")
    await place.press("ana", card, "Undo…")
    await place.whisper("Roll back shop/db on demo to revision 2: web:1.0 → web:1.1?")
    (conclusion,) = [r for r in place.records() if r["kind"] == "conclusion" and r["verb"] == "rollback"]
    assert conclusion["detail"]["lock"]["kind"] == "daemonsets"


async def test_a_stateful_set_that_broke_goes_back_once_its_broken_pod_is_deleted(place):
    await stands(place, "statefulsets", "db", replicas=2)
    await changes(place, "set image sts/db db=web:missing", "ana")
    broken = await place.card("⚠️", "web:missing", "Roll back…")
    await place.press("ana", broken, "Roll back…")
    question = await place.whisper("Roll back shop/db on demo to revision 1: web:missing → web:1.0?")
    assert "db-1 does not become ready: web:missing cannot be pulled" in question.plain
    assert "The card of this will offer to delete that pod." in question.plain
    assert "it keeps its order: no pod is replaced until all are" in question.plain
    assert "Not the number of replicas (2 now)." in question.plain
    await place.press("ana", question, "Roll back to web:1.0")
    card = await place.card("⚠️", "shop/db", "waits for", "db-1", "Delete the pod")
    status = await place.says("ben", "rollout status sts/db")
    assert "none is until db-1 is deleted" in status.plain
    same = await place.says("ben", "rollback sts/db --to-revision=3")
    assert "Nothing to change: shop/db on demo is to run what revision 3 was." in same.plain
    assert "Delete db-1…" in same.buttons
    place.ahead = 660.0
    card = await place.becomes(card, "❌", "is stuck", "Delete the pod", "no step further for 11 min")
    for line in ("delete sts/db", "label pod/db-1 a=b"):
        assert "Locked by ana" in (await place.says("ben", line)).plain
    await place.press("ben", card, "Delete db-1…")
    deletion = await place.whisper("Delete pod shop/db-1 on demo?")
    await place.agree("ben", deletion, next(iter(deletion.buttons)), name="db-1")
    await place.becomes(card, "↩️", "is back on web:1.0", "2 of 2", "locked until ana says it is fixed")
    done = await place.says("ben", "rollout status sts/db")
    assert "partitioned roll out complete: 2 new pods have been updated..." in done.plain


async def test_a_stateful_set_goes_back_with_the_configmap_that_it_ran_with(place):
    await place.api(CONFIGS, "POST", {"metadata": {"name": "db-env"}, "data": {"LEVEL": "info"}})
    await stands(place, "statefulsets", "db", replicas=1)
    reads = {"name": "db", "envFrom": [{"configMapRef": {"name": "db-env"}}]}
    body = {"spec": {"template": {"spec": {"containers": [reads]}}}}
    await place.api(f"{APPS}/statefulsets/db", "PATCH", body, "application/strategic-merge-patch+json")
    await is_out(place)
    await brings(place, "sts", "web:1.1")
    await place.api(f"{CONFIGS}/db-env", "PATCH", {"data": {"LEVEL": "debug"}}, MERGE)
    question = await place.says("ana", "rollback sts/db --with-config")
    assert "with ConfigMap db-env?" in question.plain
    assert "debug → info" in question.plain
    await place.press("ana", question, "Roll back to web:1.0")
    card = await place.card("↩️", "is back on web:1.0, with ConfigMap db-env", "locked until ana")
    assert (await place.api(f"{CONFIGS}/db-env"))["data"] == {"LEVEL": "info"}
    assert "debug" not in card.text
    refused = await place.says("ben", "set image sts/db db=web:1.2")
    assert "It covers shop/db on demo." in refused.plain


async def test_others_say_yes_to_a_stateful_set_as_to_any(asking):
    await stands(asking, "statefulsets", "db", replicas=2)
    body = {"spec": {"template": {"spec": {"containers": [{"name": "db", "image": "web:1.1"}]}}}}
    await asking.api(f"{APPS}/statefulsets/db", "PATCH", body, "application/strategic-merge-patch+json")
    await is_out(asking)
    question = await asking.says("cho", "rollback sts/db")
    await asking.agree("cho", question, ASK, reason="errors since 1.1")
    message = await asking.card("asks", "0 of 1 from @sre", channel="ops")
    assert "web:1.1 → web:1.0" in message.plain
    assert await asking.writes() == []
    await asking.press("ben", message, APPROVE, channel="ops")
    await asking.card("↩️", "is back on web:1.0", "approved by", "ben")
    assert await image(asking, "statefulsets") == "web:1.0"
