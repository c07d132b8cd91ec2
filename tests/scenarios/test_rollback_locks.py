"""What was rolled back is locked until somebody says that it is fixed, or until a day has passed."""

from __future__ import annotations

import pytest

from tests.scenarios.revisions import BACK, STRATEGIC, WEB, changes, configures, deploys


async def rolled_back(place):
    """Back on `web:1.0`, and the card that says so, at its end."""
    await deploys(place, "web:1.1")
    await changes(place, "rollback web")
    card = await place.card("↩️", "is back on web:1.0")
    await place.until(lambda: place.kinds().count("followed") == 2, "the end of both rollouts")
    return card


async def test_afterwards_it_is_locked_until_somebody_says_that_it_is_fixed(place):
    card = await rolled_back(place)
    assert "locked until ana says it is fixed" in card.plain
    refused = await place.says("ben", "set image web web=web:1.2")
    assert (
        "Locked by ana: rolled back to revision 1: is it fixed? It covers shop/web on demo." in refused.plain
    )
    await place.press("cho", card, "Fixed")
    await place.whisper("Ana set this lock, and no rule lets you lift it.")
    await place.press("ana", card, "Fixed")
    await place.whisper("Lifted: the lock of shop/web on demo")
    await deploys(place, "web:1.2")
    (conclusion,) = [r for r in place.records() if r["kind"] == "conclusion" and r["verb"] == "rollback"]
    assert conclusion["detail"]["lock"]["reason"] == "rolled back to revision 1: is it fixed?"


async def test_what_helps_in_an_incident_stays_possible(place):
    card = await rolled_back(place)
    for line in ("scale web 3", "restart web", "pause web"):
        assert "Nothing has changed yet" in (await place.says("ben", line)).plain
    for line in ("deploy web --image web:1.2", "set env web A=1", "set resources web --limits cpu=1"):
        assert "Locked by ana" in (await place.says("ben", line)).plain
    await place.press("ben", card, "Undo…")
    question = await place.whisper("web:1.0 → web:1.1?")
    await place.press("ben", question, "Roll back to web:1.1")
    await place.card("↩️", "is back on web:1.1", "locked until ben says it is fixed")
    listed = await place.says("ana", "locks")
    assert "ben" in listed.plain
    assert "rolled back to revision 1" not in listed.plain


async def test_a_forgotten_lock_ends_by_itself(place):
    await rolled_back(place)
    assert "Locked by ana" in (await place.says("ben", "set image web web=web:1.2")).plain
    place.ahead = 24 * 3600 + 60.0
    assert "Nothing has changed yet" in (await place.says("ben", "set image web web=web:1.2")).plain


async def test_the_lock_is_there_after_a_restart(place):
    card = await rolled_back(place)
    await place.stop_bot()
    await place.start_bot()
    assert "Locked by ana" in (await place.says("ben", "set image web web=web:1.2")).plain
    await place.press("ana", card, "Fixed")
    await place.whisper("Lifted: the lock of shop/web on demo")


async def test_a_rollback_that_was_not_made_locks_nothing(place):
    await deploys(place, "web:1.1")
    question = await place.says("ana", "rollback web")
    body = {"spec": {"template": {"metadata": {"annotations": {"by": "hand"}}}}}
    await place.api(WEB, "PATCH", body, STRATEGIC)
    await place.press("ana", question, BACK)
    await place.becomes(question, "has changed since it was shown")
    await place.whisper("Nothing has changed yet")  # the new plan
    assert "Nothing is locked" in (await place.says("ana", "locks")).text


async def test_the_configuration_may_want_no_lock(ruled):
    await configures(ruled, "\nlock_after_rollback: false\n")
    card = await rolled_back(ruled)
    assert "locked" not in card.plain
    assert "Fixed" not in card.buttons
    assert "Nothing is locked" in (await ruled.says("ana", "locks")).text


@pytest.mark.parametrize("words", ["lock_after_rollback: 24h", "compare_secrets: [db]"])
async def test_a_switch_is_on_or_off(ruled, words):
    await configures(ruled, f"\n{words}\n", "the old one stays")
    card = await rolled_back(ruled)
    assert "locked until ana says it is fixed" in card.plain
