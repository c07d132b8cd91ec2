"""A refused person asks others to do it: one message, taken once, done as whoever takes it."""

from __future__ import annotations

import asyncio
import shutil

import pytest

from tests.world import slept_out, world

ASK = "Ask @sre to do it"
RESTART = "Restart shop/web…"


@pytest.fixture
async def few(tmp_path):
    """cho may little; @sre (ana and ben) more; ben is on call."""
    policy = tmp_path / "policy.yaml"
    shutil.copy("tests/scenarios/errands.yaml", policy)
    async with world(tmp_path, policy=policy) as place:
        await place.fault("slack", fault="channel", channel="C0SHOP", set={"is_ext_shared": False})
        await place.start_bot()
        yield place
    await slept_out()


async def asked(place, line="restart web", channel="shop"):
    refusal = await place.says("cho", line)
    assert "Not allowed" in refusal.text
    await place.press("cho", refusal, ASK)
    sent = await place.becomes(refusal, "Asked @sre to do it", "Nothing was changed")
    assert sent.buttons == {}
    return refusal, await place.card("cho", "asks", "Nothing was changed", channel=channel)


async def test_whoever_may_takes_it_and_does_it_as_their_own(few):
    _, message = await asked(few)
    assert "S0SRE" in str(message.raw["blocks"])
    assert "/k8s restart web --namespace=shop --context=demo" in message.text
    await few.press("cho", message, RESTART)
    await few.whisper("You asked others to do this", "@sre can")

    await few.press("ana", message, RESTART)
    await few.becomes(message, "ana", "took it", "cho", "asked")
    question = await few.whisper("Restart", "web", "Nothing has changed yet")
    ended = await few.becomes(message, "took it")
    assert ended.buttons == {}
    assert "S0SRE" not in str(ended.raw["blocks"])
    assert await few.writes() == []

    await few.press("ana", question, "Restart web")
    await few.until(few.writes, "a write")
    card = await few.until(lambda: _with_words(few, "for", "cho", "record"), "a card for cho")
    assert "ana" in card.text
    records = await few.recorded("refusal", "asked", "refusal", "asked", "intent", "conclusion", "followed")
    assert records[1]["detail"]["outcome"] == "asked others to do it"
    for record in records[3:6]:
        assert (record["actor"], record["detail"]["for"]) == ("U0ANA", {"id": "U0CHO", "name": "cho"})


async def _with_words(place, *words):
    found = [one for one in await place.cards() if all(word in one.text for word in words)]
    return found[-1] if found else None


async def test_it_is_asked_and_taken_once_and_by_nobody_who_may_not(few):
    refusal = await few.says("cho", "restart web")
    await asyncio.gather(*(few.press("cho", refusal, ASK) for _ in range(2)))
    message = await few.card("cho", "asks")
    await few.until(lambda: few.kinds().count("refusal") == 2, "one of two presses did nothing")
    await few.fault("slack", fault="person", user="U0BEN", set={"is_restricted": True})
    await few.press("ben", message, RESTART)
    await few.whisper("Guests")
    await few.calm("slack")
    await asyncio.gather(*(few.press(who, message, RESTART) for who in ("ana", "ben", "ana")))
    await few.becomes(message, "took it")
    await few.until(lambda: few.kinds().count("refusal") == 5, "what came too late is recorded")
    await few.until(lambda: few.kinds().count("asked") == 2, "one plan")


async def test_what_the_plan_goes_beyond_is_for_those_alone_who_may_and_no_secret_is_told(few):
    refusal = await few.says("cho", "scale web 7")
    assert "7 replicas are more than 4" in refusal.text
    await few.press("cho", refusal, ASK)
    message = await few.card("cho", "asks", "--replicas=7")
    await few.fault("slack", fault="group", group="S0SRE", users=["U0ANA"])
    await few.press("ben", message, "Scale shop/web…")
    await few.whisper("Not allowed", "7 replicas are more than 4")
    await few.press("ana", message, "Scale shop/web…")
    await few.whisper("Scale", "to 7", "Nothing has changed yet")

    _, message = await asked(few, line="set env web DB_PASSWORD=hunter22 GREETING='<!channel> `rm`'")
    assert "hunter22" not in str(message.raw)
    assert "DB_PASSWORD" in message.text
    assert "<!channel>" not in str(message.raw)
    await few.press("ana", message, "Set env shop/web…")
    await few.whisper("Nothing has changed yet", "GREETING")


async def test_it_is_asked_where_the_rule_says_and_never_where_others_read_it_too(few):
    assert (await few.says("cho", "describe deploy web")).buttons == {}  # what it shows is not for cho
    refusal = await few.says("cho", "rollback web")
    await few.press("cho", refusal, "Ask whoever is on call (night) to do it")
    called = await few.card("cho", "asks", "whoever is on call (night)")
    assert "U0BEN" in str(called.raw["blocks"])

    _, message = await asked(few, line="cordon node-1", channel="ops")
    assert "/k8s cordon node-1 --context=demo" in message.text
    await few.press("ana", message, "Cordon node-1…", channel="ops")
    await few.whisper("Cordon", "Nothing has changed yet", channel="ops")

    await few.stop_bot()
    await few.fault("slack", fault="channel", channel="C0SHOP", set={"is_ext_shared": True})
    await few.start_bot()
    assert (await few.says("cho", "restart web")).buttons == {}
    await asked(few, line="cordon node-1", channel="ops")


async def test_a_channel_that_others_have_come_to_read_meanwhile_is_told_nothing(few):
    refusal = await few.says("cho", "restart web")
    await few.fault("slack", fault="channel", channel="C0SHOP", set={"is_ext_shared": True})
    await few.press("cho", refusal, ASK)
    await few.whisper("@sre cannot be asked any more")

    await few.fault("slack", fault="channel", channel="C0SHOP", set={"is_ext_shared": False})
    await few.fault("slack", fault="status", method="chat.postMessage", status=503, next=10_000)
    await few.press("cho", refusal, ASK)
    await few.becomes(refusal, "Asked @sre")
    await few.stop_bot()
    await few.calm("slack")
    await few.fault("slack", fault="channel", channel="C0SHOP", set={"is_ext_shared": True})
    await few.start_bot()
    await few.told("cho", "@sre was not asked", "Nothing was changed")
    assert await few.cards() == []


async def test_nobody_asks_more_often_than_three_times_an_hour(few):
    for _ in range(3):
        refusal = await few.says("cho", "restart web")
        await few.press("cho", refusal, ASK)
        await few.becomes(refusal, "Asked @sre")
    refusal = await few.says("cho", "restart web")
    await few.press("cho", refusal, ASK)
    await few.whisper("3 times within the hour")
    few.ahead = 3700
    refusal = await few.says("cho", "restart web")
    await few.fault("slack", fault="error", error="channel_not_found", method="chat.postMessage", next=1)
    await few.press("cho", refusal, ASK)
    await few.becomes(refusal, "Asked @sre")
    await few.told("cho", "@sre was not asked", "Nothing was changed")


async def test_it_outlives_a_restart_and_ends_when_nobody_takes_it(few):
    refusal = await few.says("cho", "restart web")
    await few.stop_bot()
    await few.start_bot()
    await few.press("cho", refusal, ASK)
    message = await few.card("cho", "asks")
    await few.stop_bot()
    few.ahead = 3700
    await few.start_bot()
    ended = await few.becomes(message, "Nobody took it in time", "cho asked @sre", "Nothing was changed")
    assert ended.buttons == {}
    assert await few.writes() == []


async def test_whoever_asked_for_it_does_not_approve_it_as_another(few):
    path = few.folder / "policy.yaml"
    old = "verbs: [scale, set env, restart, describe], effect: confirm}"
    assert old in path.read_text()
    by = "by: {users: {U0CHO: cho, U0BEN: ben}}"
    path.write_text(path.read_text().replace(old, f"verbs: [restart], effect: approve, {by}}}"))
    await few.stop_bot()
    await few.start_bot()
    _, message = await asked(few)
    await few.press("ana", message, RESTART)
    question = await few.whisper("Restart", "wants a yes")
    [ask] = [label for label in question.buttons if label.startswith("Ask ")]
    assert not (await few.agree("ana", question, ask, reason="cho asked")).get("errors")
    asks = await few.card("ana", "asks", "Approvals: 0 of 1")
    [approve] = [label for label in asks.buttons if label.startswith("Approve")]
    await few.press("cho", asks, approve)
    await few.whisper("Nobody approves their own change")
    assert await few.writes() == []
    await few.press("ben", asks, approve)
    await few.until(few.writes, "a write")
