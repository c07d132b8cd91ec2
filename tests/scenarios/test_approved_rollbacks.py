"""Rollbacks that others say yes to: they are shown what stands in the way and what will not come back, and
what is done is what they were shown.
"""

from __future__ import annotations

import asyncio

from tests.scenarios.revisions import CONFIGS, is_out, level, reads_settings
from tests.scenarios.test_rollback_truth import (
    MERGE,
    SCALERS,
    WEB,
    is_out as replicas_are_out,
    replicas_are,
    runs,
)

ASK = "Ask @sre…"
APPROVE = "Approve: Roll back to web:1.0"


async def asked(place, line="rollback web"):
    """Cho asks for it; give the message that asks the others."""
    question = await place.says("cho", line)
    answer = await place.agree("cho", question, ASK, reason="checkout errors since 1.1")
    assert not answer.get("errors"), answer
    return await place.card("asks", "0 of 1 from @sre", channel="ops")


async def approved(place, message):
    """Ben says yes; give the card at its end."""
    assert await place.writes() == []
    await place.press("ben", message, APPROVE, channel="ops")
    return await place.card("↩️", "approved by", "ben")


async def test_under_an_autoscaler_they_see_that_its_bounds_stay(asking):
    await runs(asking, "web:1.1")
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    spec = {"scaleTargetRef": target, "minReplicas": 3, "maxReplicas": 6}
    await asking.api(SCALERS, "POST", {"metadata": {"name": "web-hpa"}, "spec": spec})
    await asking.until(lambda: replicas_are(asking, 3), "the autoscaler")
    await replicas_are_out(asking, 3)
    message = await asked(asking)
    assert "web:1.1 → web:1.0" in message.plain
    assert "Not the number of replicas (3 now, 2 then), nor the bounds of web-hpa (3 to 6)." in message.plain
    card = await approved(asking, message)
    assert "is back on web:1.0" in card.plain
    found = await asking.deployment()
    assert found["spec"]["replicas"] == 3
    assert found["spec"]["template"]["spec"]["containers"][0]["image"] == "docker.io/library/web:1.0"
    assert (await asking.api(f"{SCALERS}/web-hpa"))["spec"]["minReplicas"] == 3
    assert [wrote["path"] for wrote in await asking.writes()] == [WEB]


async def test_under_argo_cd_they_see_who_will_revert_it(asking):
    await runs(asking, "web:1.1")
    notes = {"argocd.argoproj.io/tracking-id": "shop-prod:apps/Deployment:shop/web"}
    await asking.api(WEB, "PATCH", {"metadata": {"annotations": notes}}, MERGE)
    message = await asked(asking)
    assert "Argo CD application shop-prod will revert this at its next sync." in message.plain
    card = await approved(asking, message)
    assert "is back on web:1.0" in card.plain
    found = await asking.deployment()
    assert found["metadata"]["annotations"]["argocd.argoproj.io/tracking-id"] == notes.popitem()[1]
    assert found["spec"]["template"]["spec"]["containers"][0]["image"] == "docker.io/library/web:1.0"


async def deployed(place, image):
    """A new image through the bot, approved, to its end."""
    question = await place.says("cho", f"set image web web={image}")
    await place.agree("cho", question, ASK, reason="the next version")
    message = await place.card("asks", "0 of 1 from @sre", channel="ops")
    yes = next(label for label in message.buttons if label.startswith("Approve"))
    await place.press("ben", message, yes, channel="ops")
    await place.card("✅", image)
    await place.until(lambda: "followed" in place.kinds(), "the end of the rollout")


async def in_ops(place):
    return "".join(str(message.raw) for message in await place.messages("ops"))


async def test_after_a_configmap_has_changed_they_see_that_the_change_stays(asking):
    await reads_settings(asking, LEVEL="calm-4711")
    await asyncio.sleep(1.1)  # a timestamp has whole seconds
    await deployed(asking, "web:1.1")
    await asking.api(f"{CONFIGS}/web-env", "PATCH", {"data": {"LEVEL": "loud-4712"}}, MERGE)
    message = await asked(asking)
    assert "ConfigMap web-env changed " in message.plain
    assert "after revision 2 was made: what is in it stays as it is." in message.plain
    assert "Secret db is not compared" in message.plain
    await asking.press("ben", message, APPROVE, channel="ops")
    await asking.card("↩️", "is back on", "approved by")
    assert await level(asking) == {"LEVEL": "loud-4712"}


async def test_with_its_configmap_they_see_which_keys_change_and_none_of_the_values(asking):
    await reads_settings(asking, LEVEL="calm-4711")
    await deployed(asking, "web:1.1")
    await asking.api(f"{CONFIGS}/web-env", "PATCH", {"data": {"LEVEL": "loud-4712"}}, MERGE)
    before = len(await asking.writes())
    message = await asked(asking, "rollback web --with-config")
    assert "with ConfigMap web-env?" in message.plain
    assert "web-env data.LEVEL" in message.plain
    assert "changed" in message.plain
    await asking.press("ben", message, APPROVE, channel="ops")
    await asking.card("↩️", "is back on web:1.0, with ConfigMap web-env", "approved by")
    await is_out(asking)
    assert await level(asking) == {"LEVEL": "calm-4711"}
    assert [wrote["path"] for wrote in (await asking.writes())[before:]] == [f"{CONFIGS}/web-env", WEB]
    said = await in_ops(asking) + str([m.raw for m in await asking.cards()]) + str(asking.records())
    assert "calm-" not in said
    assert "loud-" not in said


async def test_what_moved_while_they_thought_is_not_done(asking):
    await reads_settings(asking, LEVEL="info")
    await deployed(asking, "web:1.1")
    await asking.api(f"{CONFIGS}/web-env", "PATCH", {"data": {"LEVEL": "debug"}}, MERGE)
    before = len(await asking.writes())
    message = await asked(asking, "rollback web --with-config")
    await asking.api(f"{CONFIGS}/web-env", "PATCH", {"data": {"LEVEL": "trace"}}, MERGE)
    await asking.press("ben", message, APPROVE, channel="ops")
    await asking.becomes(message, "Not done", "has changed since it was shown", channel="ops")
    assert len(await asking.writes()) == before
    assert await level(asking) == {"LEVEL": "trace"}
