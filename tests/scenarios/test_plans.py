"""A plan is what was shown: once the object is another, it is refused, and the new plan is shown."""

from __future__ import annotations

import pytest

WEB = "/apis/apps/v1/namespaces/shop/deployments/web"
PODS = "/api/v1/namespaces/shop/pods"
MERGE = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"


async def refused(place, question, label, *words):
    """Press, and see that nothing of it was sent, said in the channel, or left out of the record."""
    await place.press("cho", question, label)
    told = ("has changed since it was shown", *words, "Nothing was changed", "The new plan follows")
    await place.becomes(question, *told)
    assert await place.writes() == []
    assert await place.cards() == []
    records = await place.recorded("asked", "refusal", "asked")
    assert records[1]["detail"]["error"] == "stale-plan"


async def test_replicas_that_moved_since_are_told_and_the_new_plan_is_shown(place):
    question = await place.says("cho", "scale web 4")
    await place.api(WEB, "PATCH", {"spec": {"replicas": 3}}, MERGE)
    await refused(place, question, "Scale to 4", "replicas", "2", "3")

    again = await place.whisper("from 3 to 4?")
    await place.press("cho", again, "Scale to 4")
    await place.card("has 4 replicas", "4 of 4")


async def test_an_image_that_somebody_else_set_is_not_overwritten(place):
    question = await place.says("cho", "deploy web --image web:2.0")
    theirs = {"spec": {"template": {"spec": {"containers": [{"name": "web", "image": "web:1.5"}]}}}}
    await place.api(WEB, "PATCH", theirs, STRATEGIC)
    label = next(iter(question.buttons))
    await refused(place, question, label, "web:1.5")
    found = await place.deployment()
    assert found["spec"]["template"]["spec"]["containers"][0]["image"] == "web:1.5"


async def test_a_namesake_made_anew_is_another_object(place):
    question = await place.says("cho", "scale web 4")
    old = await place.deployment()
    await place.api(WEB, "DELETE")

    async def is_gone():
        return (await place.deployment()).get("code") == 404

    await place.until(is_gone)
    body = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web"},
        "spec": old["spec"],
    }
    await place.api(WEB.removesuffix("/web"), "POST", body)
    await refused(place, question, "Scale to 4")
    assert (await place.deployment())["spec"]["replicas"] == 2


async def test_an_object_that_is_gone_is_said_to_be_gone(place):
    question = await place.says("cho", "scale web 4")
    await place.api(WEB, "DELETE")
    await place.press("cho", question, "Scale to 4")
    await place.becomes(question, "no deployment", "Nothing was changed")
    await place.recorded("asked", "refusal")
    assert await place.writes() == []


async def test_a_status_that_moves_spoils_no_plan(place):
    question = await place.says("cho", "scale web 3")
    before = (await place.deployment())["metadata"]["resourceVersion"]
    pods = (await place.api(PODS))["items"]
    await place.api(f"{PODS}/{pods[0]['metadata']['name']}", "DELETE")

    async def has_moved():
        found = await place.deployment()
        return found["metadata"]["resourceVersion"] != before

    await place.until(has_moved, "a status")
    await place.press("cho", question, "Scale to 3")
    await place.card("has 3 replicas", "3 of 3")
    assert len(await place.writes()) == 1


@pytest.mark.parametrize("pressed", [False, True])
async def test_a_question_runs_out_after_five_minutes_pressed_or_not(place, pressed):
    question = await place.says("cho", "scale web 4")
    place.ahead = 299
    assert "Scale to 4" in (await place.becomes(question)).buttons
    place.ahead = 301
    if pressed:
        await place.press("cho", question, "Scale to 4")
    ended = await place.becomes(question, "ran out", "Nothing was changed")
    assert list(ended.buttons) == ["Ask again"]
    records = await place.recorded("asked", "closed")
    assert records[1]["detail"]["outcome"] == "expired"
    assert await place.writes() == []
    assert await place.cards() == []


async def test_asking_for_what_is_already_so_asks_nothing(place):
    answer = await place.says("cho", "scale web 2")
    assert "has 2 replicas already. Nothing was changed." in answer.plain
    assert not answer.buttons
    await place.recorded("asked")
