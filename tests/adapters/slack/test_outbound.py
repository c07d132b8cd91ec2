"""Messages on their way to Slack: in order, at its pace, and through its trouble."""

import asyncio
import time

import pytest

from bot.demo.slack import SlackSimulator
from bot.domain.errors import DeliveryError
from bot.domain.message import Button, Icon, Message, text


async def test_a_post_gives_its_ts_and_unfurls_nothing(notifier, seen):
    message = Message(icon=Icon.UNDER_WAY, headline=text("{}", "<https://evil.example> @channel"))

    ts = await notifier.post("C0SHOP", message, key="card-1")

    [shown] = await seen.messages()
    [call] = await seen.calls("chat.postMessage")
    assert shown["ts"] == ts
    assert shown["blocks"][0]["text"]["text"] == "⏳ &lt;https://evil.example&gt; @\u2060channel"
    assert call["args"]["unfurl_links"] is False
    assert call["args"]["unfurl_media"] is False
    assert "link_names" not in call["args"]


async def test_a_post_into_a_thread(notifier, seen, say):
    ts = await notifier.post("C0SHOP", say("card"))
    await notifier.post("C0SHOP", say("crashed"), thread=ts)

    assert [message.get("thread_ts") for message in await seen.messages()][1] == ts


async def test_posts_of_one_channel_keep_their_order(notifier, seen, say):
    await asyncio.gather(*(notifier.post("C0SHOP", say(str(number))) for number in range(5)))

    assert await seen.texts() == ["0", "1", "2", "3", "4"]


async def test_slacks_own_limits_are_kept_and_not_run_into(make_notifier, seen, say):
    await seen.plant("limits", on=True)
    notifier = make_notifier(posts_per_second=0.8)  # what is sent in time may arrive closer together

    started = time.monotonic()
    await asyncio.gather(*(notifier.post("C0SHOP", say(str(number))) for number in range(6)))

    assert 0.9 < time.monotonic() - started < 3
    assert all(call["ok"] for call in await seen.calls())


async def test_a_storm_of_edits_becomes_a_few_and_the_last_is_shown(notifier, seen, say):
    ts = await notifier.post("C0SHOP", say("0 of 40"))

    edits = []
    for number in range(1, 41):
        edits.append(asyncio.create_task(notifier.edit("C0SHOP", ts, say(f"{number} of 40"))))
        await asyncio.sleep(0.005)
    await asyncio.gather(*edits)

    assert await seen.texts() == ["40 of 40"]
    assert len(await seen.calls("chat.update")) <= 6


async def test_a_final_edit_does_not_wait_for_its_turn(make_notifier, seen, say):
    notifier = make_notifier(edit_gap=30.0)
    ts = await notifier.post("C0SHOP", say("started"))
    await notifier.edit("C0SHOP", ts, say("1 of 4"))
    progress = asyncio.create_task(notifier.edit("C0SHOP", ts, say("2 of 4")))
    await asyncio.sleep(0)

    await notifier.edit("C0SHOP", ts, say("done"), final=True)

    await progress
    assert await seen.texts() == ["done"]
    assert [call["args"]["text"] for call in await seen.calls("chat.update")] == ["1 of 4", "done"]


async def test_an_edit_always_brings_its_blocks(notifier, seen, say):
    ts = await notifier.post("C0SHOP", Message(headline=text("?"), buttons=(Button(label="Go", press="p1"),)))
    await notifier.edit("C0SHOP", ts, say("gone"), final=True)

    [shown] = await seen.messages()
    assert [block["type"] for block in shown["blocks"]] == ["section"]


async def test_a_rate_limit_is_waited_out_while_others_go_on(notifier, seen, say):
    ts = await notifier.post("C0SHOP", say("card"))
    await seen.plant("rate-limit", method="chat.update", retryAfter=1, next=1)

    started = time.monotonic()
    edit = asyncio.create_task(notifier.edit("C0SHOP", ts, say("edited"), final=True))
    await asyncio.sleep(0.05)
    await notifier.post("C0OPS", say("meanwhile"))
    assert time.monotonic() - started < 0.8

    await edit
    assert 1.0 <= time.monotonic() - started < 1.4
    assert len(await seen.calls("chat.update")) == 2


@pytest.mark.parametrize(
    "trouble",
    [
        {"fault": "status", "status": 503, "next": 3},
        {"fault": "error", "error": "internal_error", "next": 2},
        {"fault": "error", "error": "ratelimited", "next": 1},
    ],
)
async def test_what_passes_by_itself_is_tried_again(notifier, seen, say, trouble):
    await seen.plant(**trouble, method="chat.postMessage")

    await notifier.post("C0SHOP", say("card"))

    assert await seen.texts() == ["card"]


async def test_patience_has_an_end(make_notifier, seen, say):
    await seen.plant("status", method="chat.postMessage", status=503, next=1000)

    with pytest.raises(DeliveryError) as caught:
        await make_notifier(patience=0.3, posts_at_once=100).post("C0SHOP", say("card"))

    assert caught.value.retryable
    assert caught.value.reason == "http_503"


@pytest.mark.parametrize(
    ("channel", "reason"), [("C0NOWHERE", "channel_not_found"), ("C0GENERAL", "not_in_channel")]
)
async def test_where_the_bot_cannot_post_is_told_at_once(notifier, seen, say, channel, reason):
    with pytest.raises(DeliveryError) as caught:
        await notifier.post(channel, say("card"))

    assert (caught.value.reason, caught.value.retryable) == (reason, False)
    assert len(await seen.calls("chat.postMessage")) == 1


@pytest.mark.parametrize("reason", ["is_archived", "invalid_blocks", "msg_blocks_too_long", "invalid_auth"])
async def test_a_refusal_for_good_is_told_at_once(notifier, seen, say, reason):
    await seen.plant("error", method="chat.postMessage", error=reason, next=5)

    with pytest.raises(DeliveryError) as caught:
        await notifier.post("C0SHOP", say("card"))

    assert (caught.value.reason, caught.value.retryable) == (reason, False)
    assert len(await seen.calls("chat.postMessage")) == 1


async def test_an_edit_of_what_is_not_there_fails_alone(notifier, seen, say):
    with pytest.raises(DeliveryError, match="no longer there"):
        await notifier.edit("C0SHOP", "1.000001", say("edited"))

    await notifier.post("C0SHOP", say("card"))
    assert await seen.texts() == ["card"]


async def test_a_post_whose_answer_was_lost_is_not_posted_twice(make_notifier, seen, say):
    await seen.plant("latency", method="chat.postMessage", seconds=0.3, next=1)

    with pytest.raises(DeliveryError) as caught:
        await make_notifier(timeout=0.1).post("C0SHOP", say("card"))

    assert (caught.value.reason, caught.value.retryable) == ("unknown", False)
    await asyncio.sleep(0.4)
    assert len(await seen.texts()) <= 1


async def test_an_edit_whose_answer_was_lost_is_sent_again(notifier, seen, say):
    ts = await notifier.post("C0SHOP", say("card"))
    await seen.plant("outage", seconds=0.2)

    await notifier.edit("C0SHOP", ts, say("edited"), final=True)

    assert await seen.texts() == ["edited"]


async def test_a_post_waits_for_a_slack_that_is_not_there_yet(session, client, make_notifier, slack, say):
    listen = slack.url.removeprefix("http://")
    await slack.stop()
    waiting = asyncio.create_task(make_notifier(patience=10).post("C0SHOP", say("card")))
    await asyncio.sleep(0.1)

    async with SlackSimulator(listen=listen):
        assert await waiting


async def test_closing_says_what_is_final_and_tells_who_waits_for_the_rest(make_notifier, seen, say):
    notifier = make_notifier(edit_gap=30.0)
    first = await notifier.post("C0SHOP", say("one"))
    await notifier.edit("C0SHOP", first, say("1 of 4"))
    progress = asyncio.create_task(notifier.edit("C0SHOP", first, say("2 of 4")))
    done = asyncio.create_task(
        notifier.edit("C0OPS", await notifier.post("C0OPS", say("two")), say("done"), final=True)
    )
    await asyncio.sleep(0)

    await notifier.close()

    await done
    with pytest.raises(DeliveryError, match="stopping"):
        await progress
    assert await seen.texts("C0OPS") == ["done"]
    with pytest.raises(DeliveryError, match="stopping"):
        await notifier.post("C0SHOP", say("late"))


async def test_closing_does_not_wait_forever(make_notifier, seen, say):
    notifier = make_notifier(patience=60, drain=0.2, longest_delay=30, first_delay=30)
    await seen.plant("status", method="chat.postMessage", status=500, next=100)
    stuck = asyncio.create_task(notifier.post("C0SHOP", say("card")))
    await asyncio.sleep(0.1)

    started = time.monotonic()
    await notifier.close()

    assert time.monotonic() - started < 1
    with pytest.raises(DeliveryError) as caught:
        await stuck
    assert caught.value.retryable
