"""Rate limits: buckets per method and per channel, off until asked for; a 429 that says how long to wait."""

import pytest
from slack_sdk.errors import SlackApiError


async def until_refused(call, most=50):
    """Call until Slack refuses; give how many passed, and the refusal."""
    for passed in range(most):
        try:
            await call()
        except SlackApiError as error:
            return passed, error.response
    pytest.fail(f"{most} calls passed")
    return None


async def test_they_are_off_at_first(client):
    for _ in range(30):
        await client.usergroups_list()


async def test_a_method_has_a_bucket_of_its_own(client, hands, clock):
    await hands.plant(fault="limits", on=True)
    passed, answer = await until_refused(client.usergroups_list)
    assert (passed, answer.status_code, answer["error"]) == (4, 429, "ratelimited")
    assert int(answer.headers["Retry-After"]) == 3
    await client.users_info(user="U0ANA")
    clock.at += 3
    await client.usergroups_list()


async def test_a_channel_takes_a_message_a_second_after_a_burst(client, hands, clock):
    await hands.plant(fault="limits", on=True)

    async def post(channel="C0SHOP"):
        await client.chat_postMessage(channel=channel, text="x")

    passed, answer = await until_refused(post)
    assert (passed, answer.headers["Retry-After"]) == (5, "1")
    await post("C0OPS")
    clock.at += 1
    await post()
    passed, _ = await until_refused(post)
    assert passed == 0


async def test_a_response_address_counts_too(client, hands, inbox, session):
    await hands.command("/k8s get pods")
    await hands.plant(fault="limits", on=True)
    for _ in range(5):
        await client.chat_postMessage(channel="C0SHOP", text="x")
    async with session.post(inbox.payloads[0]["response_url"], json={"text": "x"}) as response:
        assert (response.status, response.headers["Retry-After"]) == (429, "1")
        assert (await response.json())["error"] == "rate_limited"


async def test_edits_share_one_bucket_over_all_channels(client, hands):
    stamps = {
        channel: (await client.chat_postMessage(channel=channel, text="x"))["ts"]
        for channel in ("C0SHOP", "C0OPS")
    }
    await hands.plant(fault="limits", on=True)

    async def edit():
        for channel, ts in stamps.items():
            await client.chat_update(channel=channel, ts=ts, text="y")

    assert (await until_refused(edit))[0] == 5


async def test_a_planted_limit(client, hands, refused):
    await hands.plant(fault="rate-limit", method="chat.postMessage", retryAfter=7, next=1)
    answer = await refused(client.chat_postMessage(channel="C0SHOP", text="x"))
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")
    assert (await client.chat_postMessage(channel="C0SHOP", text="x"))["ok"]
    assert [one["error"] for one in (await hands.get("/simulator/calls"))[1]["calls"]] == ["ratelimited", ""]
