"""What may go to a channel next, decided on a clock that is set by hand."""

import asyncio
import math

import pytest

from bot.slack.blocks import Rendered
from bot.slack.budget import Bucket, Budget, Pace
from bot.slack.outbox import POST, UPDATE, Call, Outbox

PACE = Pace()


@pytest.fixture
def budget():
    return Budget(PACE)


@pytest.fixture
def outbox(budget):
    return Outbox(PACE, budget)


@pytest.fixture
async def call():
    """A call somebody waits for."""

    def make(method, words, *, ts="", final=False, asked=0.0):
        made = Call(method, Rendered(words, []), asked, ts=ts, final=final)
        made.waiters.append(asyncio.get_running_loop().create_future())
        return made

    return make


def goes(outbox, now):
    """Let one go, and be taken; give its words, or the seconds to wait."""
    call, wait = outbox.next(now)
    if call is None:
        return wait
    outbox.begin(call, now)
    outbox.done(call, now)
    return call.rendered.text


def test_a_bucket_gives_a_burst_and_then_its_rate():
    bucket = Bucket(rate=1.0, size=2)
    for _ in range(2):
        assert bucket.wait(100.0) == 0
        bucket.take(100.0)

    assert bucket.wait(100.25) == pytest.approx(0.75)
    assert bucket.wait(101.0) == 0
    assert not bucket.is_full(101.0)
    assert bucket.is_full(102.0)


async def test_posts_keep_their_order_and_one_a_second_after_a_burst(outbox, call):
    for number in range(7):
        outbox.add(call(POST, str(number)))

    assert [goes(outbox, 0.0) for _ in range(5)] == ["0", "1", "2", "3", "4"]
    assert goes(outbox, 0.0) == pytest.approx(1.0)
    assert goes(outbox, 1.0) == "5"
    assert goes(outbox, 2.0) == "6"


async def test_of_many_edits_the_newest_goes_and_all_who_wait_are_told(outbox, call):
    edits = [call(UPDATE, str(number), ts="1.0") for number in range(4)]
    for edit in edits:
        outbox.add(edit)

    newest, _ = outbox.next(0.0)
    newest.tell("1.0")
    assert newest.rendered.text == "3"
    assert all(waiter.done() for edit in edits for waiter in edit.waiters)


async def test_edits_of_one_message_keep_their_distance_unless_final(outbox, call):
    outbox.add(call(UPDATE, "first", ts="1.0"))
    assert goes(outbox, 0.0) == "first"

    outbox.add(call(UPDATE, "second", ts="1.0"))
    outbox.add(call(UPDATE, "elsewhere", ts="2.0"))
    assert goes(outbox, 0.5) == "elsewhere"
    assert goes(outbox, 0.5) == pytest.approx(1.5)

    outbox.add(call(UPDATE, "done", ts="1.0", final=True))
    assert goes(outbox, 0.6) == "done"
    assert not outbox


async def test_a_final_edit_is_not_dropped_for_a_newer_one(outbox, call):
    outbox.add(call(UPDATE, "done", ts="1.0", final=True))
    outbox.add(call(UPDATE, "and more", ts="1.0", final=True))

    assert goes(outbox, 0.0) == "done"
    assert goes(outbox, 0.0) == "and more"


async def test_an_edit_on_its_way_is_not_replaced(outbox, call):
    outbox.add(first := call(UPDATE, "first", ts="1.0"))
    outbox.begin(first, 0.0)
    outbox.add(call(UPDATE, "second", ts="1.0"))
    outbox.done(first, 0.1)

    assert goes(outbox, 2.1) == "second"


async def test_a_final_edit_goes_ahead_of_all_that_waits(outbox, call):
    outbox.add(call(POST, "post"))
    outbox.add(call(UPDATE, "progress", ts="1.0"))
    outbox.add(call(UPDATE, "done", ts="2.0", final=True))

    assert [goes(outbox, 0.0) for _ in range(3)] == ["done", "post", "progress"]


async def test_routine_edits_leave_room_for_final_ones(budget, call):
    channels = [Outbox(PACE, budget) for _ in range(PACE.edits_at_once)]
    for outbox in channels:
        outbox.add(call(UPDATE, "progress", ts="1.0"))
    gone = [goes(outbox, 0.0) for outbox in channels]

    assert gone.count("progress") == PACE.edits_at_once - PACE.edits_kept_for_finals
    channels[-1].add(call(UPDATE, "done", ts="1.0", final=True))
    assert goes(channels[-1], 0.0) == "done"


async def test_a_rested_method_rests_for_every_channel(budget, call):
    first, second = Outbox(PACE, budget), Outbox(PACE, budget)
    budget.rest(POST, until=30.0)
    second.add(call(POST, "post"))
    second.add(call(UPDATE, "edit", ts="1.0"))

    assert goes(second, 10.0) == "edit"
    assert goes(second, 10.0) == pytest.approx(20.0)
    assert goes(first, 10.0) == math.inf


async def test_what_failed_is_tried_again_at_the_head_of_its_line(outbox, call):
    outbox.add(first := call(POST, "first"))
    outbox.add(call(POST, "second"))
    outbox.begin(first, 0.0)

    assert outbox.again(first, 0.0, delay=3.0)
    assert goes(outbox, 0.0) == pytest.approx(3.0)
    assert [goes(outbox, 3.0), goes(outbox, 3.0)] == ["first", "second"]


async def test_an_edit_that_failed_gives_way_to_a_newer_one(outbox, call):
    outbox.add(old := call(UPDATE, "old", ts="1.0"))
    outbox.begin(old, 0.0)
    outbox.add(new := call(UPDATE, "new", ts="1.0"))

    assert outbox.again(old, 0.0, delay=1.0)
    assert set(old.waiters) <= set(new.waiters)
    assert [goes(outbox, 0.5), goes(outbox, 1.0)] == [pytest.approx(0.5), "new"]


async def test_patience_ends_for_the_channel_not_for_each_call_anew(outbox, call):
    outbox.add(first := call(POST, "first"))
    outbox.add(second := call(POST, "second"))

    assert outbox.again(first, 10.0, delay=1.0)
    assert not outbox.again(first, 70.0, delay=1.0)
    assert not outbox.again(second, 70.5, delay=1.0)


async def test_a_post_that_nobody_waits_for_any_more_is_left_out(outbox, call):
    outbox.add(lonely := call(POST, "lonely"))
    lonely.waiters[0].cancel()

    assert outbox.next(0.0) == (None, math.inf)
    assert not outbox


async def test_a_channel_is_forgotten_only_once_its_pace_allows(outbox, call):
    outbox.add(call(POST, "post"))
    outbox.add(call(UPDATE, "edit", ts="1.0"))
    assert not outbox.is_at_rest(0.0)
    assert [goes(outbox, 0.0), goes(outbox, 0.0)] == ["post", "edit"]

    assert not outbox.is_at_rest(1.5)
    assert outbox.is_at_rest(2.0)


async def test_on_leaving_the_mere_progress_goes_first(outbox, call):
    for made in (
        call(POST, "post"),
        call(UPDATE, "progress", ts="1.0"),
        call(UPDATE, "done", ts="2.0", final=True),
    ):
        outbox.add(made)

    assert [left.rendered.text for left in outbox.leave(routine=True)] == ["progress"]
    assert [left.rendered.text for left in outbox.leave(routine=False)] == ["post", "done"]
    assert not outbox
