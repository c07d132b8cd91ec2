"""Somebody else says yes first: asked once, counted once, and decided again when it is done."""

from __future__ import annotations

import asyncio

WEB = "/apis/apps/v1/namespaces/shop/deployments/web"
MERGE = "application/merge-patch+json"
ASK = "Ask @sre…"
APPROVE = "Approve: Scale to 4"


async def two(place):
    """Let the policy want two of them, and ask for it."""
    path = place.folder / "policy.yaml"
    path.write_text(path.read_text().replace("count: 1", "count: 2"))
    await place.stop_bot()
    await place.start_bot()
    question = await place.says("cho", "scale web 4")
    await place.agree("cho", question, ASK, reason="two of you")
    return await place.card("0 of 2 from @sre", channel="ops")


async def asked(place, line="scale web 4", who="cho", reason="Friday is coming"):
    """Ask for it; give the question of the requester and the message that asks the others."""
    question = await place.says(who, line)
    assert "wants a yes from @sre" in question.text
    answer = await place.agree(who, question, ASK, reason=reason)
    assert not answer.get("errors"), answer
    waiting = await place.becomes(question, "Waiting for a yes from @sre", "Nothing has changed yet")
    assert list(waiting.buttons) == ["Withdraw"]
    return waiting, await place.card("asks", "0 of 1 from @sre", channel="ops")


async def test_what_others_approve_is_done_and_says_who_approved_it(asking):
    waiting, message = await asked(asking)
    assert "<!subteam^S0SRE>" in str(message.raw) or "S0SRE" in str(message.raw["blocks"])
    assert "Friday is coming" in message.text
    assert await asking.writes() == []

    await asking.press("ben", message, APPROVE, channel="ops")
    await asking.becomes(message, "Approved by ben", "Done", channel="ops")
    card = await asking.card("has 4 replicas")
    assert "approved by" in card.text
    assert "ben" in card.text
    await asking.becomes(waiting, "Confirmed")
    records = await asking.recorded("asked", "asked", "vote", "intent", "conclusion", "followed")
    asked_for, vote, intent = records[1], records[2], records[3]
    assert asked_for["detail"]["reason"] == "Friday is coming"
    assert (vote["actor"], vote["detail"]["outcome"]) == ("U0BEN", "approved")
    assert vote["detail"]["counted"] == {"shop-changes": "1 of 1"}
    assert intent["detail"]["approved_by"] == [{"id": "U0BEN", "name": "ben"}]
    assert intent["actor"] == "U0CHO"


async def test_nobody_approves_their_own_change(asking):
    question = await asking.says("ana", "scale web 4")
    await asking.agree("ana", question, ASK, reason="I am of @sre myself")
    message = await asking.card("asks", channel="ops")
    await asking.press("ana", message, APPROVE, channel="ops")
    await asking.whisper("Nobody approves their own change", channel="ops")
    assert await asking.writes() == []
    await asking.recorded("asked", "asked", "refusal")
    await asking.press("ben", message, APPROVE, channel="ops")
    await asking.card("has 4 replicas")


async def test_whoever_is_not_asked_counts_for_nothing(asking):
    _, message = await asked(asking, who="ben")
    await asking.press("cho", message, APPROVE, channel="ops")
    await asking.whisper("not yours to decide", "@sre can", channel="ops")
    await asking.fault("slack", fault="person", user="U0ANA", set={"is_restricted": True})
    await asking.press("ana", message, APPROVE, channel="ops")
    await asking.whisper("Guests", channel="ops")
    await asking.recorded("asked", "asked", "refusal", "refusal")
    assert await asking.writes() == []


async def test_two_approvers_at_once_have_one_winner(asking):
    _, message = await asked(asking)
    await asyncio.gather(
        *(asking.press(who, message, APPROVE, channel="ops") for who in ("ana", "ben", "ana"))
    )
    await asking.card("4 of 4")
    assert len(await asking.writes()) == 1
    assert (asking.kinds().count("vote"), asking.kinds().count("refusal")) == (1, 2)


async def test_two_are_asked_and_both_count_in_the_same_moment(asking):
    message = await two(asking)
    await asyncio.gather(*(asking.press(who, message, APPROVE, channel="ops") for who in ("ana", "ben")))
    card = await asking.card("4 of 4")
    assert {"ana", "ben"} <= set(card.text.replace("*", " ").split())
    assert len(await asking.writes()) == 1
    assert asking.kinds().count("vote") == 2


async def test_a_denial_says_why_and_ends_it(asking):
    waiting, message = await asked(asking)
    await asking.press("ben", message, "Deny…", channel="ops")
    view = await asking.form("ben")
    assert (await asking.submit("ben", view, reason=" ")).get("errors")
    await asking.submit("ben", view, reason="not on a Friday")
    await asking.becomes(message, "Denied by", "ben", "not on a Friday", channel="ops")
    await asking.becomes(waiting, "denied by ben", "not on a Friday", "Nothing was changed")
    assert await asking.writes() == []
    assert (await asking.recorded("asked", "asked", "vote"))[2]["detail"]["outcome"] == "denied"


async def test_of_a_yes_and_a_no_at_once_one_counts(asking):
    _, message = await asked(asking)
    await asking.press("ana", message, "Deny…", channel="ops")
    view = await asking.form("ana")
    await asyncio.gather(
        asking.press("ben", message, APPROVE, channel="ops"),
        asking.submit("ana", view, reason="not on a Friday"),
    )
    await asking.until(lambda: "refusal" in asking.kinds(), "a refusal")
    assert asking.kinds().count("vote") == 1
    outcome = next(r for r in asking.records() if r["kind"] == "vote")["detail"]["outcome"]
    await asking.becomes(message, "Denied by" if outcome == "denied" else "Done ·", channel="ops")
    assert len(await asking.writes()) == (outcome == "approved")


async def test_its_requester_may_withdraw_it(asking):
    waiting, message = await asked(asking)
    await asking.press("cho", waiting, "Withdraw")
    ended = await asking.becomes(message, "Withdrawn by", "cho", channel="ops")
    assert ended.buttons == {}
    assert (await asking.recorded("asked", "asked", "closed"))[2]["detail"]["outcome"] == "withdrawn"
    assert await asking.writes() == []


async def test_what_nobody_answers_runs_out_and_they_are_called_once_more(asking):
    _, message = await asked(asking)
    await asking.stop_bot()
    asking.ahead = 400
    await asking.start_bot()
    await asking.thread(message, "Still waiting", "0 of 1 from @sre", channel="ops")
    await asking.stop_bot()
    asking.ahead = 700
    await asking.start_bot()
    await asking.becomes(message, "Nobody else said yes in time", channel="ops")
    lines = [m for m in await asking.messages("ops") if m.thread == message.ts and m.ts != message.ts]
    assert len(lines) == 1
    await asking.recorded("asked", "asked", "closed")
    assert await asking.writes() == []


async def test_it_is_approved_after_a_restart(asking):
    _, message = await asked(asking)
    await asking.stop_bot()
    await asking.start_bot()
    await asking.press("ben", message, APPROVE, channel="ops")
    await asking.card("has 4 replicas", "4 of 4")


async def test_approved_after_the_object_moved_it_is_refused_and_the_new_plan_shown(asking):
    waiting, message = await asked(asking)
    await asking.api(WEB, "PATCH", {"spec": {"replicas": 3}}, MERGE)
    await asking.press("ben", message, APPROVE, channel="ops")
    await asking.becomes(message, "Not done", "has changed since it was shown", channel="ops")
    await asking.becomes(waiting, "has changed since it was shown", "The new plan follows")
    again = await asking.whisper("from 3 to 4?", "wants a yes from @sre")
    assert next(iter(again.buttons)) == ASK
    assert await asking.writes() == []


async def test_a_yes_does_not_count_once_its_giver_has_left_the_group(asking):
    message = await two(asking)
    await asking.press("ana", message, APPROVE, channel="ops")
    message = await asking.becomes(message, "1 of 2 from @sre", "ana ✓", channel="ops")
    await asking.fault("slack", fault="group", group="S0SRE", users=["U0BEN"])
    await asking.press("ben", message, APPROVE, channel="ops")
    await asking.becomes(message, "Not done", "not approved as the policy asks now", channel="ops")
    assert await asking.writes() == []


async def test_where_nobody_else_could_say_yes_that_is_said_and_nobody_is_asked(asking):
    await asking.fault("slack", fault="group", group="S0SRE", users=["U0ANA"])
    question = await asking.says("ana", "scale web 4")
    answer = await asking.agree("ana", question, ASK, reason="alone at night")
    assert "not enough of them beside you" in str(answer)
    assert await asking.cards("ops") == []


async def test_whoever_is_asked_or_asked_for_it_sees_the_whole_diff_alone(asking):
    note = "x" * 300
    _, message = await asked(asking, f"annotate deployment/web note={note}")
    assert list(message.buttons)[1:] == ["Deny…", "Diff"]
    assert note not in message.text
    await asking.press("ben", message, "Diff", channel="ops")
    seen = await asking.whisper("All that would change", "metadata.annotations", f"+ {note}", channel="ops")
    assert "Shown to you alone" in seen.text
    assert message.ts in [m.ts for m in await asking.cards("ops")]
    assert asking.records()[-1]["detail"]["outcome"] == "looked at the diff"

    rewritten = (asking.folder / "policy.yaml").read_text()
    (asking.folder / "policy.yaml").write_text(rewritten.replace('verbs: "@reads"', "verbs: events"))
    await asking.stop_bot()
    await asking.start_bot()
    await asking.press("ben", message, "Diff", channel="ops")
    await asking.whisper("1 field, which the policy does not let you read", channel="ops")
    await asking.fault("slack", fault="group", group="S0SRE", users=["U0ANA"])
    await asking.press("ben", message, "Diff", channel="ops")
    await asking.whisper("This is not yours to see", channel="ops")
    assert asking.kinds()[-3:] == ["read", "read", "refusal"]
    assert await asking.writes() == []


TWO_CHANNELS = """
    - name: by-cho-as-well
      verbs: "@changes"
      namespaces: shop
      effect: approve
      by: {users: {U0CHO: cho}, channel: {C0SHOP: shop}, minutes: 10}
"""


async def test_rules_that_ask_in_two_channels_have_a_message_in_each(asking):
    path = asking.folder / "policy.yaml"
    path.write_text(path.read_text() + TWO_CHANNELS)
    await asking.stop_bot()
    await asking.start_bot()
    question = await asking.says("ana", "scale web 4")
    assert "@sre in" in question.text
    await asking.agree("ana", question, next(iter(question.buttons)), reason="Friday")
    await asking.becomes(question, "<#C0OPS> and <#C0SHOP>")
    ops = await asking.card("0 of 1 from @sre", "0 of 1 from @cho", channel="ops")
    shop = await asking.card("0 of 1 from @sre", "0 of 1 from @cho")
    assert [("S0SRE" in str(m.raw), "U0CHO" in str(m.raw)) for m in (ops, shop)] == [
        (True, False), (False, True),
    ]  # fmt: skip
    await asking.press("ben", shop, APPROVE)
    ops = await asking.becomes(ops, "ben ✓", channel="ops")
    shop = await asking.becomes(shop, "ben ✓")
    await asking.stop_bot()
    await asking.start_bot()
    await asking.press("cho", shop, APPROVE)
    for message, channel in ((ops, "ops"), (shop, "shop")):
        ended = await asking.becomes(message, "Approved by ben and cho", "Done", channel=channel)
        assert ended.buttons == {}
    assert len(await asking.writes()) == 1
    assert len(await asking.cards("ops")) == 1
    assert [m.ts for m in await asking.cards() if "asked:" in m.text] == [shop.ts]


async def test_where_one_of_two_channels_is_closed_nobody_is_asked(asking):
    path = asking.folder / "policy.yaml"
    path.write_text(path.read_text() + TWO_CHANNELS.replace("C0SHOP: shop", "C0GENERAL: general"))
    await asking.stop_bot()
    await asking.start_bot()
    question = await asking.says("ana", "scale web 4")
    answer = await asking.agree("ana", question, next(iter(question.buttons)), reason="Friday")
    assert "@cho would be asked in #general, where I cannot post" in str(answer)
    assert await asking.cards("ops") == []


async def test_destroying_asks_for_the_name_and_for_another_person(asking):
    question = await asking.says("cho", "delete deployment web")
    answer = await asking.agree("cho", question, ASK, name="wbe", reason="gone for good")
    assert "Type web" in str(answer)
    await asking.submit("cho", await asking.form("cho"), name="web", reason="gone for good")
    message = await asking.card("asks", "gone for good", channel="ops")
    await asking.press(
        "ben", message, next(b for b in message.buttons if b.startswith("Approve")), channel="ops"
    )
    await asking.card("is deleted", "approved by")


async def test_at_home_a_yes_is_offered_to_what_stands_there_whole_alone(asking):
    await asked(asking, "scale web 4")
    tab = str(await asking.home("ben", "Approve: Scale to 4"))
    assert "spec.replicas 2 → 4" in tab
    hidden = "x" * 130
    await asked(asking, f"set env deploy/web START='{hidden} && curl evil'")
    tab = str(await asking.home("ben", "It is shown whole where you were called", "Deny"))
    assert tab.count("Approve: ") == 1
