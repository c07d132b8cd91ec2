"""A process killed at the worst moments: the next one says so, goes on, and applies nothing twice."""

from __future__ import annotations

import signal

import pytest

from tests.process import process, shut

WEB = "/apis/apps/v1/namespaces/shop/deployments/web"


async def carried_on(place, before, *words):
    """Start the next process; give the card, which must be the very message that the first one posted."""
    await place.start_bot()
    card = await place.card(*words)
    assert [c.ts for c in await place.cards()] == [before.ts] == [card.ts]
    return card


async def test_killed_between_intent_and_act_nothing_was_done_and_nothing_is(alone):
    async with process(alone) as first:
        question = await alone.says("cho", "scale web 4")
        await alone.fault("slack", fault="latency", method="chat.postMessage", seconds=0.4)
        reads = len(await alone.requests("GET"))
        await alone.press("cho", question, "Scale to 4")

        async def is_checked():
            return len(await alone.requests("GET")) > reads

        await alone.until(is_checked, "the plan held against the object")
        await alone.fault("kubernetes", fault="latency", seconds=0.6, method="GET", path=WEB)
        await alone.until(lambda: "intent" in alone.kinds(), "an intent")
        [card] = await alone.cards()
        await first.kill()
    await alone.calm("kubernetes")

    ended = await carried_on(alone, card, "interrupted before the change was made", "Nothing was changed")
    assert ended.text.startswith("❌")
    assert await alone.writes() == []
    question = await alone.becomes(question, "interrupted", "Nothing was changed")
    assert list(question.buttons) == ["Ask again"]
    records = await alone.recorded("asked", "intent", "conclusion")
    assert records[2]["detail"]["found_after_restart"] is True
    assert records[2]["detail"]["result"] == "not-applied"


async def test_killed_between_act_and_conclusion_the_act_is_found_and_its_card_goes_on(alone):
    async with process(alone) as first:
        question = await alone.says("cho", "scale web 4")
        await alone.fault("kubernetes", fault="latency", seconds=0.4, method="PATCH", next=1)
        await alone.press("cho", question, "Scale to 4")
        await alone.until(lambda: "intent" in alone.kinds(), "an intent")
        with shut(alone.folder):

            async def is_applied():
                return (await alone.deployment())["spec"]["replicas"] == 4

            await alone.until(is_applied, "the act")
            [card] = await alone.cards()
            await first.end(signal.SIGKILL)
        assert alone.kinds() == ["asked", "intent"]
        first.leases_end()

    await carried_on(alone, card, "has 4 replicas", "4 of 4", "successfully rolled out")
    assert len(await alone.writes()) == 1
    await alone.becomes(question, "Confirmed")
    records = await alone.recorded("asked", "intent", "conclusion", "followed")
    assert records[2]["detail"]["found_after_restart"] is True
    assert records[2]["detail"]["result"] == "applied"


async def killed_between_card_and_intent(alone):
    async with process(alone) as first:
        question = await alone.says("cho", "scale web 4")
        await alone.fault("slack", fault="latency", method="chat.postMessage", seconds=0.4)
        reads = len(await alone.requests("GET"))
        await alone.press("cho", question, "Scale to 4")

        async def is_checked():
            return len(await alone.requests("GET")) > reads

        await alone.until(is_checked, "the plan held against the object")
        with shut(alone.folder):
            await alone.until(alone.cards, "a card")
            await first.end(signal.SIGKILL)
        assert alone.kinds() == ["asked"]
        first.leases_end()
    return question


async def test_killed_between_card_and_intent_the_change_is_made_once(alone):
    await killed_between_card_and_intent(alone)
    await alone.start_bot()
    await alone.card("has 4 replicas", "4 of 4")
    assert len(await alone.writes()) == 1
    await alone.recorded("asked", "intent", "conclusion", "followed")


async def test_a_yes_from_long_ago_is_not_acted_upon(alone):
    await killed_between_card_and_intent(alone)
    alone.ahead = 3600
    await alone.start_bot()
    await alone.told("cho", "confirmed 1 h ago", "Nothing was changed", "The new plan follows")
    assert await alone.writes() == []
    records = await alone.recorded("asked", "refusal", "asked")
    assert records[1]["detail"]["error"] == "stale-plan"


async def test_killed_after_the_conclusion_the_card_still_gets_its_end(alone):
    async with process(alone) as first:
        question = await alone.says("cho", "expose web --port 8080")
        await alone.fault("slack", fault="latency", method="chat.update", seconds=1.2)
        await alone.press("cho", question, next(iter(question.buttons)))
        await alone.until(lambda: "conclusion" in alone.kinds(), "a conclusion")
        [card] = await alone.cards()
        await first.kill()
    await alone.calm("slack")

    ended = await carried_on(alone, card, "✅")
    assert "8080" in ended.text
    assert len(await alone.writes()) == 1
    await alone.recorded("asked", "intent", "conclusion")


@pytest.mark.parametrize("softly", [True, False])
async def test_ended_while_it_follows_the_next_one_follows_and_tells_nothing_twice(alone, softly):
    patient = {"spec": {"progressDeadlineSeconds": 600}}
    await alone.api(WEB, "PATCH", patient, "application/merge-patch+json")
    async with process(alone) as first:
        question = await alone.says("cho", "deploy web --image web:missing")
        await alone.press("cho", question, next(iter(question.buttons)))
        card = await alone.card("⚠️", "still run")
        await alone.thread(card, "web:missing")
        if softly:
            assert await first.end() == 0
        else:
            await first.kill()
        assert "Traceback" not in first.log
    lines = [m for m in await alone.messages() if m.thread == card.ts and m.ts != card.ts]

    await alone.start_bot()
    await alone.says("ben", "whoami")
    await alone.api(WEB, "DELETE")
    card = await alone.becomes(card, "is gone")
    assert [m.ts for m in await alone.messages() if m.thread == card.ts and m.ts != card.ts] == [
        m.ts for m in lines
    ]
    assert len(await alone.writes()) == 1
    await alone.recorded("asked", "intent", "conclusion", "read", "followed")


async def test_a_question_survives_and_is_answered_by_the_next_process(alone):
    async with process(alone) as first:
        question = await alone.says("cho", "scale web 4")
        await first.kill()
    await alone.start_bot()
    await alone.press("cho", question, "Scale to 4")
    await alone.card("has 4 replicas", "4 of 4")
    await alone.becomes(question, "Confirmed")
    await alone.recorded("asked", "intent", "conclusion", "followed")
