"""A yes under bad conditions: people leave, channels close, Slack is away, the policy or the bot ends."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from tests.process import kept, process
from tests.scenarios.test_approvals import APPROVE, ASK, MERGE, WEB, asked
from tests.world import slept_out, world

POLICY = Path("tests/scenarios/approvals.yaml")
TWO_GROUPS = """    - name: another-group
      verbs: "@changes"
      namespaces: shop
      effect: approve
      by: {users: {U0BEN: ben, U0CHO: cho}, channel: {C0OPS: ops}}
"""


AT_ONCE = """
impersonate: false
channels: {C0SHOP: {name: shop, namespace: shop}}
policy: {rules: [{name: all, verbs: "*", effect: allow}]}
"""


@pytest.fixture
async def asking(tmp_path):
    """A policy that wants a yes from @sre (ana and ben), and a world whose bot is not started yet."""
    policy = tmp_path / "policy.yaml"
    shutil.copy(POLICY, policy)
    async with world(tmp_path, policy=policy) as place:
        yield place
    await slept_out()


def two_groups(place):
    path = place.folder / "policy.yaml"
    path.write_text(path.read_text() + TWO_GROUPS)


async def of_two_groups(place, who="dia"):
    two_groups(place)
    await place.start_bot()
    question = await place.says(who, "scale web 4")
    label = next(iter(question.buttons))
    return question, await place.agree(who, question, label, reason="two groups")


async def test_one_person_of_two_groups_is_not_two_people(asking):
    await asking.start_bot()
    await asking.stop_bot()
    _, answer = await of_two_groups(asking, "ana")
    assert not answer.get("errors"), answer
    message = await asking.card("0 of 1 from @sre", "0 of 1 from @ben or @cho", channel="ops")
    await asking.press("ben", message, APPROVE, channel="ops")
    message = await asking.becomes(message, "1 of 1 from @sre; 0 of 1 from @ben or @cho", channel="ops")
    assert await asking.writes() == []
    await asking.press("cho", message, APPROVE, channel="ops")
    await asking.card("has 4 replicas", "ben", "cho")
    assert len(await asking.writes()) == 1


async def test_where_two_groups_have_only_one_person_beside_the_requester_nobody_is_asked(asking):
    await asking.fault("slack", fault="group", group="S0SRE", users=["U0BEN"])
    _, answer = await of_two_groups(asking, "cho")
    assert "not enough of them beside you" in str(answer)
    assert "2 different people" in str(answer)
    assert await asking.cards("ops") == []


async def test_an_approver_who_was_deactivated_before_the_last_yes_does_not_count(asking):
    path = asking.folder / "policy.yaml"
    path.write_text(path.read_text().replace("count: 1", "count: 2"))
    await asking.start_bot()
    question = await asking.says("cho", "scale web 4")
    await asking.agree("cho", question, ASK, reason="two of you")
    message = await asking.card("0 of 2 from @sre", channel="ops")
    await asking.press("ana", message, APPROVE, channel="ops")
    message = await asking.becomes(message, "1 of 2 from @sre", channel="ops")
    await asking.fault("slack", fault="person", user="U0ANA", set={"deleted": True})
    await asking.press("ben", message, APPROVE, channel="ops")
    await asking.becomes(message, "Not done", "1 of 2 from @sre", channel="ops")
    assert await asking.writes() == []


@pytest.mark.parametrize("became", [{"deleted": True}, {"is_restricted": True}])
async def test_a_requester_who_may_no_longer_ask_is_not_helped_by_a_yes(asking, became):
    await asking.start_bot()
    _, message = await asked(asking)
    await asking.fault("slack", fault="person", user="U0CHO", set=became)
    await asking.press("ben", message, APPROVE, channel="ops")
    await asking.becomes(message, "Not done", "Not allowed", channel="ops")
    assert await asking.writes() == []
    await asking.recorded("asked", "asked", "vote", "refusal")


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("count: 1", "count: 2", "1 of 2 from @sre"),
        (
            "policy:\n  rules:\n",
            f"policy:\n  rules:\n{TWO_GROUPS}",
            "1 of 1 from @ben or @cho; 0 of 1 from @sre",
        ),
    ],
)
async def test_the_policy_asks_for_more_by_the_time_of_the_yes(asking, caplog, was, now, said):
    caplog.set_level("INFO")
    await asking.start_bot()
    _, message = await asked(asking, who="ana")
    path = asking.folder / "policy.yaml"
    path.write_text(path.read_text().replace(was, now))
    await asking.until(lambda: "is in force" in caplog.text, "the new policy")
    await asking.press("ben", message, APPROVE, channel="ops")
    await asking.becomes(message, "Not done", "not approved as the policy asks now", said, channel="ops")
    assert await asking.writes() == []


async def test_a_group_that_the_policy_names_no_more_decides_nothing(asking, caplog):
    caplog.set_level("INFO")
    await asking.start_bot()
    _, message = await asked(asking)
    path = asking.folder / "policy.yaml"
    path.write_text(path.read_text().replace("groups: {S0SRE: sre}", "users: {U0CHO: cho, U0ANA: ana}"))
    await asking.until(lambda: "is in force" in caplog.text, "the new policy")
    for who in ("ben", "ana"):
        await asking.press(who, message, APPROVE, channel="ops")
    await asking.recorded("asked", "asked", "refusal", "refusal")
    assert await asking.writes() == []


async def test_the_channel_is_archived_before_they_are_asked(asking):
    """Its requester is told, and those who are asked find it in their tab."""
    await asking.start_bot()
    question = await asking.says("cho", "scale web 4")
    await asking.fault("slack", fault="error", error="is_archived", method="chat.postMessage", next=1)
    await asking.agree("cho", question, ASK, reason="Friday is coming")
    told = await asking.becomes(question, "I cannot post in", "Home", "Nothing has changed yet")
    assert list(told.buttons) == ["Withdraw"]
    asking.ahead = 40.0
    message = await asking.card("asks", channel="ops")  # the channel is open again
    await asking.becomes(question, "Waiting for a yes from @sre", "Asked in")
    await asking.press("ben", message, APPROVE, channel="ops")
    await asking.card("has 4 replicas")


async def test_a_message_that_was_deleted_is_posted_anew(asking):
    path = asking.folder / "policy.yaml"
    path.write_text(path.read_text().replace("count: 1", "count: 2"))
    await asking.start_bot()
    question = await asking.says("cho", "scale web 4")
    await asking.agree("cho", question, ASK, reason="two of you")
    first = await asking.card("0 of 2 from @sre", channel="ops")
    await asking.fault("slack", fault="error", error="message_not_found", method="chat.update", next=1)
    await asking.press("ana", first, APPROVE, channel="ops")
    again = await asking.card("1 of 2 from @sre", channel="ops")
    assert again.ts != first.ts
    await asking.agree("ben", again, "Deny…", channel="ops", reason="not on a Friday")
    await asking.becomes(again, "Denied by", channel="ops")
    await asking.becomes(question, "denied by ben", "Nothing was changed")


async def test_slack_is_away_while_they_are_asked_and_while_they_answer(asking):
    await asking.start_bot()
    question = await asking.says("cho", "scale web 4")
    await asking.fault("slack", fault="status", status=503, method="chat.postMessage", next=2)
    await asking.agree("cho", question, ASK, reason="Friday is coming")
    message = await asking.card("asks", channel="ops")
    await asking.fault("slack", fault="status", status=503, method="users.info", next=20)
    await asking.press("ben", message, APPROVE, channel="ops")
    await asking.until(lambda: "refusal" in asking.kinds(), "a refusal")
    assert "vote" not in asking.kinds()
    await asking.calm("slack")
    await asking.press("ben", message, APPROVE, channel="ops")
    await asking.card("has 4 replicas")
    assert len(await asking.writes()) == 1


async def test_a_form_that_was_opened_before_it_was_settled_says_no_more(asking):
    await asking.start_bot()
    _, message = await asked(asking)
    await asking.press("ana", message, "Deny…", channel="ops")
    view = await asking.form("ana")
    await asking.press("ben", message, APPROVE, channel="ops")
    await asking.card("has 4 replicas")
    answer = await asking.submit("ana", view, reason="too late for that")
    assert "already settled" in str(answer)
    assert asking.kinds().count("vote") == 1


async def test_a_reason_calls_nobody_and_shows_no_secret(asking):
    await asking.start_bot()
    reason = "<!channel> see <@U0ANA> password=hunter2hunter2 *now*"
    _, message = await asked(asking, reason=reason)
    assert "hunter2" not in message.text
    await asking.agree("ben", message, "Deny…", channel="ops", reason=reason)
    ended = await asking.becomes(message, "Denied by", channel="ops")
    shown = str(ended.raw) + str(asking.records())
    assert "hunter2" not in shown
    assert "'type': 'broadcast'" not in shown
    assert not [m for m in await asking.messages("ops") if "<!channel>" in m.raw["text"]]


@pytest.mark.parametrize("state", ["waiting", "asking", "voted"])
async def test_killed_at_any_state_it_goes_on_and_is_done_once(asking, state):
    path = asking.folder / "policy.yaml"
    path.write_text(path.read_text().replace("count: 1", "count: 2"))
    async with process(asking) as first:
        question = await asking.says("cho", "scale web 4")
        if state != "waiting":
            await asking.agree("cho", question, ASK, reason="two of you")
            message = await asking.card("0 of 2 from @sre", channel="ops")
            await asking.until(lambda: kept(asking.folder, "approval") == ["moving"], "its message is known")
        if state == "voted":
            await asking.press("ana", message, APPROVE, channel="ops")
            await asking.becomes(message, "1 of 2 from @sre", channel="ops")
        await first.kill()
    await asking.start_bot()
    if state == "waiting":
        await asking.agree("cho", question, ASK, reason="two of you")
    message = await asking.card("of 2 from @sre", channel="ops")
    voters = ("ben",) if state == "voted" else ("ana", "ben")
    await asyncio.gather(*(asking.press(who, message, APPROVE, channel="ops") for who in voters))
    await asking.card("has 4 replicas", "ana", "ben")
    assert len(await asking.writes()) == 1
    assert asking.kinds().count("vote") == 2
    assert len(await asking.cards("ops")) == 1


async def test_what_asks_for_no_yes_is_not_planned_anew_by_itself(asking):
    """Where the policy asks nothing, a new plan would be done without a word, however late."""
    (asking.folder / "policy.yaml").write_text(AT_ONCE)
    await asking.start_bot()
    await asking.says("cho", "whoami")
    await asking.fault("slack", fault="latency", method="users.info", seconds=1.0, next=1)
    await asking.command("cho", "scale web 4")
    await asking.until(lambda: asking.kinds() == ["read", "asked"], "a plan")
    await asking.api(WEB, "PATCH", {"spec": {"replicas": 3}}, MERGE)
    ended = await asking.whisper("has changed since it was shown", "Nothing was changed")
    assert list(ended.buttons) == ["Ask again"]
    await asking.recorded("read", "asked", "refusal")
    assert await asking.writes() == []
