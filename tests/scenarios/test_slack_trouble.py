"""A Slack that fails: nothing is done unseen, nothing is lost, and it mends by itself."""

from __future__ import annotations

WEB = "/apis/apps/v1/namespaces/shop/deployments/web"


async def test_a_rate_limit_on_edits_does_not_cost_the_final_state(place):
    question = await place.says("cho", "scale web 4")
    await place.fault("slack", fault="rate-limit", method="chat.update", retryAfter=1, next=2)
    await place.press("cho", question, "Scale to 4")
    await place.card("has 4 replicas", "4 of 4", "successfully rolled out")
    assert len(await place.cards()) == 1


async def test_where_the_card_cannot_be_posted_nothing_is_done(place):
    question = await place.says("cho", "scale web 4")
    await place.fault("slack", fault="error", method="chat.postMessage", error="restricted_action", next=5)
    await place.press("cho", question, "Scale to 4")
    await place.becomes(question, "could not be posted", "Nothing was changed")
    assert await place.writes() == []
    assert await place.cards() == []
    records = await place.recorded("asked", "refusal")
    assert records[1]["detail"]["error"] == "channel-closed"


async def test_a_card_whose_posting_is_in_doubt_stops_the_change(place):
    question = await place.says("cho", "scale web 4")
    await place.fault("slack", fault="lost-answer", method="chat.postMessage", next=1)
    await place.press("cho", question, "Scale to 4")
    await place.becomes(question, "could not be posted", "Nothing was changed")
    assert await place.writes() == []
    await place.recorded("asked", "refusal")


async def test_a_bot_that_was_removed_before_the_press_does_nothing(place):
    question = await place.says("cho", "scale web 4")
    await place.fault("slack", fault="channel", channel="C0SHOP", set={"bot_is_member": False})
    await place.press("cho", question, "Scale to 4")
    await place.becomes(question, "can no longer post in this channel", "/invite @k8s-bot")
    assert await place.writes() == []
    await place.recorded("asked", "refusal")


async def test_where_the_bot_is_no_member_it_reads_and_says_how_to_be_invited_before_a_change(ruled):
    policy = ruled.folder / "policy.yaml"
    policy.write_text(policy.read_text().replace("{C0SHOP: shop,", "{C0SHOP: shop, C0GENERAL: general,"))
    await ruled.stop_bot()
    await ruled.start_bot()
    assert "web-" in (await ruled.says("cho", "get pods -n shop", channel="general")).text
    answer = await ruled.says("cho", "scale web 4 -n shop", channel="general")
    assert "I cannot post in this channel" in answer.text
    assert "/invite @k8s-bot" in answer.text
    assert not answer.buttons
    assert await ruled.requests("PATCH") == []
    await ruled.recorded("read", "refusal")


async def test_an_answer_that_slack_will_not_take_is_recorded_and_breaks_nothing(place):
    await place.fault("slack", fault="status", method="response_url", status=404, next=1)
    await place.command("cho", "get pods")
    await place.recorded("read")
    assert "web-" in (await place.says("cho", "get pods")).text


async def test_a_change_whose_question_can_no_longer_be_replaced_is_made_all_the_same(place):
    question = await place.says("cho", "scale web 4")
    await place.fault("slack", fault="status", method="response_url", status=404, next=5)
    await place.press("cho", question, "Scale to 4")
    await place.card("has 4 replicas", "4 of 4")
    await place.recorded("asked", "intent", "conclusion", "followed")


async def test_an_answer_that_fails_for_a_moment_arrives_a_little_later(place):
    await place.fault("slack", fault="status", method="response_url", status=503, next=1)
    assert "web-" in (await place.says("cho", "get pods")).text


async def test_a_cut_socket_is_opened_again_in_seconds(place):
    await place.fault("slack", fault="cut-sockets")

    async def is_served():
        return (await place.command("cho", "get pods"))["ok"]

    await place.until(is_served, "a socket", seconds=5)
    await place.whisper("web-")


async def test_a_socket_that_slack_wants_back_is_replaced_without_a_gap(place):
    await place.fault("slack", fault="disconnect", reason="refresh_requested")

    async def is_served():
        return (await place.command("cho", "get pods"))["ok"]

    await place.until(is_served, "a socket")
    await place.whisper("web-")


async def test_a_card_outlives_an_outage_of_slack(place):
    patient = {"spec": {"minReadySeconds": 10}}
    await place.api(WEB, "PATCH", patient, "application/merge-patch+json")
    question = await place.says("cho", "scale web 4")
    await place.press("cho", question, "Scale to 4")
    await place.until(lambda: "conclusion" in place.kinds(), "a conclusion")
    await place.fault("slack", fault="outage", seconds=1)
    await place.card("has 4 replicas", "4 of 4", "successfully rolled out")
    await place.until(place.is_ready, "a bot that is ready again")
    assert len(await place.cards()) == 1
