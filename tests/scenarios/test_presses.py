"""A press counts once, for whom it belongs to, on exactly the plan that was shown."""

from __future__ import annotations

import asyncio
import json

from tests.world import PEOPLE


def pressed(place, who: str, value: str, *, trigger: str = "7.7.f") -> dict[str, str]:
    """A click as Slack delivers it, with whatever value somebody wishes."""
    payload = {
        "type": "block_actions",
        "team": {"id": "T0DEMO"},
        "user": {"id": PEOPLE[who], "username": who, "team_id": "T0DEMO"},
        "channel": {"id": "C0SHOP", "name": "shop"},
        "container": {"type": "message", "channel_id": "C0SHOP", "is_ephemeral": True},
        "actions": [{"action_id": "press:0", "block_id": "b", "value": value, "type": "button"}],
        "response_url": f"{place.slack.url}/nowhere",
        "trigger_id": trigger,
    }
    return {"payload": json.dumps(payload)}


FORGED = ("0" * 32 + ":confirm", "{id}:0", "{id}:apply", "{id}:confirm:confirm", "{id}", "scale web 0", "")


async def test_a_value_that_was_never_given_out_does_nothing_and_is_recorded(web):
    question = await web.says("cho", "scale web 4")
    for forged in FORGED:
        value = forged.format(id=question.value("Scale to 4").partition(":")[0])
        assert await web.deliver(pressed(web, "cho", value)) == 200
    records = await web.recorded("asked", *["refusal"] * len(FORGED))
    for record in records[1:]:
        assert record["detail"] == {"error": "press-refused", "said": "This button is no longer valid."}
    assert await web.writes() == []


async def test_a_question_carried_to_somebody_else_is_not_theirs_to_answer(web):
    question = await web.says("cho", "scale web 4")
    for label in ("Scale to 4", "Cancel"):
        await web.deliver(pressed(web, "ana", question.value(label), trigger=label))
    records = await web.recorded("asked", "refusal", "refusal")
    assert {record["actor"] for record in records[1:]} == {"U0ANA"}
    assert await web.writes() == []

    await web.press("cho", question, "Scale to 4")
    await web.card("has 4 replicas", "4 of 4")


async def test_however_often_a_press_arrives_there_is_one_write(web):
    question = await web.says("cho", "scale web 4")
    value = question.value("Scale to 4")
    clicks = [web.press("cho", question, "Scale to 4") for _ in range(2)]
    copies = [web.deliver(pressed(web, "cho", value)) for _ in range(4)]
    await asyncio.gather(*clicks, *copies)
    await web.card("has 4 replicas", "4 of 4")
    await web.deliver(pressed(web, "cho", value))
    assert len(await web.writes()) == 1
    assert len(await web.cards()) == 1
    kinds = ["asked", "intent", "conclusion", "followed"]
    await web.until(lambda: [kind for kind in web.kinds() if kind != "refusal"] == kinds)


async def test_a_press_and_a_cancel_at_once_have_one_winner(web):
    question = await web.says("cho", "scale web 4")
    await asyncio.gather(
        *(web.deliver(pressed(web, "cho", question.value(x))) for x in ("Cancel", "Scale to 4"))
    )
    await web.until(lambda: len(web.kinds()) >= 2)
    outcomes = {"closed", "intent"} & set(web.kinds())
    assert len(outcomes) == 1
    if outcomes == {"closed"}:
        assert await web.writes() == []
    else:
        await web.card("has 4 replicas", "4 of 4")


async def test_a_button_delivered_twice_asks_once(place):
    question = await place.says("cho", "scale web 4")
    await place.press("cho", question, "Scale to 4")
    card = await place.card("has 4 replicas", "4 of 4")
    await place.fault("slack", fault="duplicate-delivery", next=1)
    await place.press("ben", card, "Undo…")
    await place.whisper("from 4 to 2?")
    kinds = ["asked", "intent", "conclusion", "followed", "asked"]
    await place.recorded(*kinds)
    questions = [m for m in await place.messages() if m.is_ephemeral and "from 4 to 2?" in m.plain]
    assert len(questions) == 1


async def test_the_way_back_belongs_to_whoever_takes_it(place):
    question = await place.says("cho", "scale web 4")
    await place.press("cho", question, "Scale to 4")
    card = await place.card("has 4 replicas", "4 of 4")
    await place.press("ben", card, "Undo…")
    back = await place.whisper("from 4 to 2?")
    assert not (await place.press("cho", back, "Scale to 2"))["ok"]
    await place.press("ben", back, "Scale to 2")
    await place.card("has 2 replicas", "2 of 2")
    assert place.records()[-1]["actor"] == "U0BEN"
