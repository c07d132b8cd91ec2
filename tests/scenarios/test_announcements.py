"""That everything was made read-only, or no longer is, is said before everybody, and said once."""

from __future__ import annotations

import re

import pytest

OPS = "\nannounce: {C0OPS: ops}\n"
SWITCH = "\nread_only: moving the cluster\n"


def writes(place, *more: str) -> None:
    """The policy file, with more at its end."""
    (place.folder / "policy.yaml").write_text(
        place.folder.joinpath("first.yaml").read_text(encoding="utf-8") + "".join(more), encoding="utf-8"
    )


@pytest.fixture
async def told(ruled):
    """A bot that announces in #ops."""
    policy = ruled.folder / "policy.yaml"
    (ruled.folder / "first.yaml").write_text(policy.read_text(encoding="utf-8"), encoding="utf-8")
    await ruled.stop_bot()
    writes(ruled, OPS)
    await ruled.start_bot()
    return ruled


async def said(place, channel: str = "ops") -> list[str]:
    return [message.plain.splitlines()[0] for message in await place.cards(channel)]


async def becomes(place, *lines: str, channel: str = "ops") -> None:
    """Wait for these to be all that was ever said there."""

    async def is_so() -> bool:
        found = await said(place, channel)
        return len(found) == len(lines) and all(map(str.startswith, found, lines))

    await place.until(is_so, f"{lines} in #{channel}")


BEGUN = "🔒 Everything is read-only until"


async def test_a_lock_of_everything_and_its_lifting_are_told_in_the_channel_for_that(told):
    answer = await told.says("ana", 'lock --everything --reason "audit"')
    await becomes(told, BEGUN)
    card = (await told.cards("ops"))[0]
    assert "audit" in card.text
    assert "ana" in card.text
    assert await said(told, "shop") == []
    await told.says("ana", "unlock " + re.search(r"[0-9a-f]{8}", answer.text)[0])
    await becomes(told, BEGUN, "✅ Changes are possible again: @ana lifted the lock of everything")


async def test_without_such_a_channel_it_is_told_where_it_was_set(place):
    await place.says("ana", 'lock --everything --reason "audit" --for 1h')
    await becomes(place, BEGUN, channel="shop")
    place.ahead = 3700.0
    over = "✅ Changes are possible again: the time of the lock of everything is over"
    await becomes(place, BEGUN, over, channel="shop")


async def test_a_channel_that_takes_nothing_is_no_reason_for_silence(ruled):
    policy = ruled.folder / "policy.yaml"
    text = policy.read_text(encoding="utf-8") + "\nannounce: {C0NOWHERE: nowhere}\n"
    await ruled.stop_bot()
    policy.write_text(text, encoding="utf-8")
    await ruled.start_bot()
    await ruled.says("ana", 'lock --everything --reason "audit"')
    await becomes(ruled, BEGUN, channel="shop")


async def test_the_switch_of_the_configuration_is_told_once_over_reloads_and_restarts(told):
    writes(told, OPS, SWITCH)
    await becomes(told, BEGUN)
    await told.stop_bot()
    await told.start_bot()
    writes(told, OPS, SWITCH, "# looked over\n")
    assert "moving the cluster" in (await told.says("ana", "scale web 3")).text
    await told.stop_bot()
    writes(told, OPS)
    await told.start_bot()
    over = "✅ Changes are possible again: the configuration locks everything no longer"
    await becomes(told, BEGUN, over)
    assert "from 2 to 3?" in (await told.says("ana", "scale web 3")).plain


async def test_another_reason_is_told_and_a_broken_file_says_nothing(told):
    writes(told, OPS, SWITCH)
    await becomes(told, BEGUN)
    writes(told, OPS, "\nread_only: [\n")
    assert "moving the cluster" in (await told.says("ana", "scale web 3")).text
    writes(told, OPS, "\nread_only: the audit has begun\n")
    await becomes(told, BEGUN, BEGUN)
    assert "the audit has begun" in (await told.cards("ops"))[1].text


async def test_of_two_that_hold_the_first_to_end_says_that_it_stays(told):
    writes(told, OPS, SWITCH)
    await becomes(told, BEGUN)
    await told.says("ana", 'lock --everything --reason "audit"')
    await becomes(told, BEGUN, BEGUN)
    writes(told, OPS)
    stays = "🔒 Everything stays read-only: the configuration locks everything no longer, and another holds"
    await becomes(told, BEGUN, BEGUN, stays)


async def test_a_slack_that_is_away_is_told_later(told):
    await told.fault("slack", fault="status", method="chat.postMessage", status=503)
    await told.says("ana", 'lock --everything --reason "audit"')
    await told.stop_bot()
    assert await said(told) == []
    await told.calm("slack")
    await told.start_bot()
    await becomes(told, BEGUN)


async def test_less_than_everything_is_not_announced(told):
    await told.says("ana", 'lock --cluster-wide --reason "incident"')
    await told.says("ana", 'lock --everything --reason "audit"')
    await becomes(told, BEGUN)
    assert "audit" in (await told.cards("ops"))[0].text
