"""Whoever is on call acts first, and another person signs it off: that night, or the next morning."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from tests.world import slept_out, world

POLICY = Path("tests/scenarios/reviews.yaml")
WEB = "/apis/apps/v1/namespaces/shop/deployments/web"
STRATEGIC = "application/strategic-merge-patch+json"
NINE_HOURS = 9 * 3600


@pytest.fixture
async def night(tmp_path):
    """Ana is on call; somebody has brought a second revision."""
    policy = tmp_path / "policy.yaml"
    shutil.copy(POLICY, policy)
    async with world(tmp_path, policy=policy) as place:
        broken = {"spec": {"template": {"spec": {"containers": [{"name": "web", "image": "web:2.0"}]}}}}
        await place.api(WEB, "PATCH", broken, STRATEGIC)

        async def is_rolled_out():
            found = (await place.deployment())["status"]
            return found.get("updatedReplicas") == 2 == found.get("availableReplicas")

        await place.until(is_rolled_out, "the second revision")
        await place.start_bot()
        yield place
    await slept_out()


async def rolled_back(place, who="ana", **fields):
    """Roll back at once; give the announcement in #ops."""
    question = await place.says(who, "rollback web --to-revision 1")
    assert "lets you act first" in question.text
    answer = await place.agree(who, question, next(iter(question.buttons)), **fields)
    assert not answer.get("errors"), answer
    await place.card("is back on", "locked until ana says it is fixed")
    return await place.card("acted without waiting", "signs it off", channel="ops")


async def test_on_call_rolls_back_at_night_and_another_signs_it_off_next_morning(night):
    announced = await rolled_back(night, reason="checkout is down")
    assert "checkout is down" in announced.text
    assert [r["kind"] for r in night.records()][:3] == ["asked", "intent", "conclusion"]
    assert night.records()[1]["detail"]["to_be_reviewed_by"] == "@sre"

    await night.stop_bot()
    night.ahead = NINE_HOURS
    await night.start_bot()
    listed = await night.says("ben", "audit review", channel="ops")
    assert "1 change to be signed off" in listed.text
    answer = await night.agree(
        "ben", listed, next(iter(listed.buttons)), channel="ops", reason="read the logs"
    )
    assert not answer.get("errors"), answer
    await night.becomes(announced, "Signed off by", "ben", "read the logs", channel="ops")
    reviewed = night.records()[-1]
    assert (reviewed["kind"], reviewed["actor"], reviewed["detail"]["requester"]) == (
        "reviewed", "U0BEN", "U0ANA",
    )  # fmt: skip
    assert "Nothing waits" in (await night.says("ben", "audit review", channel="ops")).text


async def test_nobody_signs_off_their_own_change_and_whoever_is_not_asked_neither(night):
    announced = await rolled_back(night, reason="checkout is down")
    await night.press("ana", announced, "Sign off…", channel="ops")
    await night.whisper("Nobody signs off their own change", channel="ops")
    await night.press("cho", announced, "Sign off…", channel="ops")
    await night.whisper("not yours to sign off", channel="ops")
    assert night.kinds().count("refusal") == 2
    assert "reviewed" not in night.kinds()
    assert "waits for @sre" in (await night.says("ana", "audit review", channel="ops")).text


async def test_two_who_sign_at_once_have_one_winner(night):
    await night.fault("slack", fault="group", group="S0SRE", users=["U0BEN", "U0CHO"])
    announced = await rolled_back(night, reason="checkout is down")
    views = {}
    for who in ("ben", "cho"):
        await night.press(who, announced, "Sign off…", channel="ops")
        views[who] = await night.form(who)
    answers = await asyncio.gather(*(night.submit(who, views[who], reason="looked") for who in views))
    assert sum("errors" in str(answer) for answer in answers) == 1
    await night.until(lambda: night.kinds().count("reviewed") == 1, "one review")


async def test_whoever_is_not_on_call_waits_for_others(night):
    question = await night.says("cho", "rollback web --to-revision 1")
    assert "wants a yes from @sre" in question.text


async def test_a_shift_that_ended_before_the_press_no_longer_lets_them_act_first(night):
    question = await night.says("ana", "rollback web --to-revision 1")
    policy = night.folder / "policy.yaml"
    policy.write_text(policy.read_text().replace("U0ANA: ana", "U0BEN: ben"))
    await night.stop_bot()
    await night.start_bot()
    await night.agree("ana", question, next(iter(question.buttons)), reason="checkout is down")
    await night.becomes(question, "not approved as the policy asks now", "Nothing was changed")
    assert await night.writes() == []


async def test_what_nobody_signs_is_called_for_again_each_day(night):
    announced = await rolled_back(night, reason="checkout is down")
    await night.stop_bot()
    night.ahead = 25 * 3600
    await night.start_bot()
    await night.thread(announced, "Nobody has signed this off yet", channel="ops")


async def test_what_was_not_changed_after_all_is_not_to_be_signed_off(night):
    question = await night.says("ana", "rollback web --to-revision 1")
    await night.fault("kubernetes", fault="status", status=403, method="PATCH", path=WEB, next=1)
    await night.agree("ana", question, next(iter(question.buttons)), reason="checkout is down")
    await night.until(lambda: "conclusion" in night.kinds(), "a conclusion")
    assert night.records()[-1]["detail"]["result"] != "applied"
    assert "Nothing waits" in (await night.says("ben", "audit review", channel="ops")).text
    assert await night.cards("ops") == []


async def test_what_may_have_been_changed_is_to_be_signed_off_and_not_called_done(night):
    question = await night.says("ana", "rollback web --to-revision 1")
    await night.fault("kubernetes", fault="cut", method="PATCH", path=WEB, next=1)
    await night.agree("ana", question, next(iter(question.buttons)), reason="checkout is down")
    await night.until(lambda: "conclusion" in night.kinds(), "a conclusion")
    assert night.records()[-1]["detail"]["result"] == "unknown"
    announced = await night.card("acted without waiting", channel="ops")
    assert "is not known" in announced.text
    assert "is back on" not in announced.text


async def test_the_group_that_signs_off_is_that_of_the_policy_when_it_was_done(night):
    question = await night.says("ana", "rollback web --to-revision 1")
    policy = night.folder / "policy.yaml"
    rules = policy.read_text()
    policy.write_text(rules[: rules.rindex("by: {")] + "by: {users: {U0CHO: cho}, channel: {C0OPS: ops}}\n")
    await night.stop_bot()
    await night.start_bot()
    await night.agree("ana", question, next(iter(question.buttons)), reason="checkout is down")
    announced = await night.card("acted without waiting", "signs it off", channel="ops")
    await night.press("ben", announced, "Sign off…", channel="ops")
    await night.whisper("not yours to sign off", "@cho", channel="ops")
    answer = await night.agree("cho", announced, "Sign off…", channel="ops", reason="I looked")
    assert not answer.get("errors"), answer
    await night.becomes(announced, "Signed off by", "I looked", channel="ops")


async def test_what_is_signed_off_before_it_could_be_announced_is_told_all_the_same(night):
    question = await night.says("ana", "rollback web --to-revision 1")
    await night.fault("kubernetes", fault="latency", method="PATCH", path=WEB, seconds=0.6, next=1)
    await night.agree("ana", question, next(iter(question.buttons)), reason="checkout is down")
    await night.until(lambda: "intent" in night.kinds(), "an intent")
    await night.fault("slack", fault="error", error="is_archived", method="chat.postMessage", next=1)
    await night.card("is back on")
    listed = await night.says("ben", "audit review", channel="ops")
    label = next(iter(listed.buttons))
    answer = await night.agree("ben", listed, label, channel="ops", reason="read the logs")
    assert not answer.get("errors"), answer
    await night.card("acted without waiting", "Signed off by", "read the logs")
    assert night.kinds().count("reviewed") == 1
