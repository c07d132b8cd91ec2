"""A rollout is held from its own card, and goes on from there, by whoever may."""

from __future__ import annotations

import pytest

WEB = "/apis/apps/v1/namespaces/shop/deployments/web"
MERGE = "application/merge-patch+json"


@pytest.fixture
async def slow(place):
    """Its pods take ten minutes to count as available: a rollout stays under way."""
    patient = {"minReadySeconds": 600, "progressDeadlineSeconds": 6000}
    await place.api(WEB, "PATCH", {"spec": patient}, MERGE)
    return place


async def begun(place, line="deploy web --image web:1.1"):
    question = await place.says("cho", line)
    await place.press("cho", question, next(iter(question.buttons)))
    return await place.card("⏳", "of 2 updated", "Waiting for deployment")


async def presses(place, who, card, label, *told):
    """A change of one's own, with its own question."""
    await place.press(who, card, label)
    question = await place.whisper(f"{label} shop/web on demo", *told)
    await place.press(who, question, f"{label} web")


async def test_somebody_else_pauses_it_from_the_card_and_resumes_it_there(slow):
    card = await begun(slow)
    assert list(card.buttons) == ["Stop and roll back…", "Pause", "Why", "Logs"]
    await presses(slow, "ben", card, "Pause", "2 of 3 pods stay on the version before it")
    held = await slow.becomes(card, "⏸", "shop/web on demo is paused")
    assert (await slow.deployment())["spec"]["paused"] is True
    assert list(held.buttons) == ["Resume", "Why"]

    await presses(slow, "ana", held, "Resume", "rolled out at once")
    on = await slow.becomes(card, "⏳", "web:1.1")
    assert "Pause" in on.buttons
    assert "paused" not in (await slow.deployment())["spec"]
    made = [(r["actor"], r["verb"]) for r in slow.records() if r["kind"] == "intent"]
    assert made == [("U0CHO", "deploy"), ("U0BEN", "pause"), ("U0ANA", "resume")]


async def test_whoever_may_not_pause_is_refused_and_it_goes_on(slow):
    card = await begun(slow)
    writes = len(await slow.writes())
    await slow.press("gus", card, "Pause")
    await slow.whisper("Not allowed", "Guests")
    assert len(await slow.writes()) == writes
    assert "paused" not in (await slow.deployment())["spec"]
