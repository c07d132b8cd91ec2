"""Rollouts that do not go well, as the channel sees them."""

from __future__ import annotations

STRATEGIC = "application/strategic-merge-patch+json"
MERGE = "application/merge-patch+json"
SHOP = "/apis/apps/v1/namespaces/shop/deployments"
WEB = f"{SHOP}/web"


async def patiently(place, name: str = "web", seconds: int = 600, held: int = 0):
    """A deadline that does not come while the scenario looks; `held`: what crashes is never available."""
    spec = {"progressDeadlineSeconds": seconds, "minReadySeconds": held}
    await place.api(f"{SHOP}/{name}", "PATCH", {"spec": spec}, MERGE)


async def deploys(place, image: str, name: str = "web"):
    question = await place.says("cho", f"deploy {name} --image {image}")
    await place.press("cho", question, next(iter(question.buttons)))


async def lines(place, card):
    return [m for m in await place.messages() if m.thread == card.ts and m.ts != card.ts]


async def test_an_image_that_is_missing_warns_once_and_somebody_else_rolls_back_from_the_card(place):
    await patiently(place)
    await deploys(place, "web:missing")
    card = await place.card("⚠️", "web:missing", "ImagePull", "2 of 2 still run web:1.0, nothing is down")
    line = await place.thread(card, "web:missing", "not found")
    assert "Roll back…" in card.buttons

    await place.press("ben", card, "Roll back…")
    question = await place.whisper("Roll back", "web:1.0")
    await place.press("ben", question, next(iter(question.buttons)))
    back = await place.card("↩️", "web:1.0", "2 of 2")
    assert back.ts != card.ts
    assert [m.ts for m in await lines(place, card)] == [line.ts]
    last = [record["actor"] for record in place.records() if record["kind"] == "intent"]
    assert last == ["U0CHO", "U0BEN"]
    assert len(await place.writes()) == 2


async def test_a_crash_leaves_its_last_words_in_the_thread_and_what_still_works_on_the_card(place):
    await patiently(place, held=60)
    await deploys(place, "crash:1")
    card = await place.card("⚠️", "crash:1", "exit code 3", "2 of 2 still run web:1.0", "nothing is down")
    line = await place.thread(card, "FATAL cannot reach database db:5432: connection refused")
    assert "exit 3" in line.text
    assert len(await lines(place, card)) == 1


async def test_a_rollout_past_its_deadline_is_stuck_and_says_what_still_runs(place):
    await deploys(place, "web:missing")
    card = await place.card("❌", "is stuck", "exceeded its progress deadline", "nothing is down")
    assert "Roll back…" in card.buttons
    records = await place.recorded("asked", "intent", "conclusion", "followed")
    assert records[3]["detail"]["phase"] == "stuck"


async def test_a_deployment_deleted_while_it_is_followed_is_gone_and_the_card_says_so(place):
    await patiently(place)
    await deploys(place, "web:missing")
    await place.card("⚠️", "web:missing")
    await place.api(WEB, "DELETE")
    card = await place.card("is gone", "deleted while it was followed")
    assert not card.buttons
    records = await place.recorded("asked", "intent", "conclusion", "followed")
    assert records[3]["detail"]["phase"] == "gone"


async def test_two_rollouts_at_once_in_one_channel_keep_two_cards(place):
    question = await place.says("cho", "deploy api --image api:1.0 --replicas 2")
    other = await place.says("ana", "scale web 4")
    await place.press("cho", question, next(iter(question.buttons)))
    await place.press("ana", other, "Scale to 4")

    async def both_are_done():
        cards = await place.cards()
        done = [card for card in cards if card.text.startswith("✅")]
        return done if len(done) == 2 else None

    cards = await place.until(both_are_done, "two cards that are done")
    assert len(await place.cards()) == 2
    assert any("shop/api" in c.plain and "*cho*" in c.text for c in cards)
    assert any("shop/web" in c.plain and "*ana*" in c.text for c in cards)


async def test_a_newer_change_overtakes_the_one_that_is_followed_and_both_cards_end(place):
    await patiently(place)
    await deploys(place, "web:missing")
    first = await place.card("⚠️", "web:missing")
    await deploys(place, "web:1.2")
    await place.card("✅", "web:1.2", "2 of 2")
    await place.until(lambda: place.kinds().count("followed") == 2, "two ends")
    first = await place.becomes(first)
    assert "runs web:missing" not in first.plain, "it never ran"
    assert "overtaken by a later change" in first.plain
    ends = [record["detail"]["phase"] for record in place.records() if record["kind"] == "followed"]
    assert sorted(ends) == ["done", "overtaken"]


async def test_a_change_by_hand_ends_the_card_without_a_false_claim(place):
    await patiently(place)
    await deploys(place, "web:missing")
    await place.card("⚠️", "web:missing")
    mended = {"spec": {"template": {"spec": {"containers": [{"name": "web", "image": "web:1.1"}]}}}}
    await place.api(WEB, "PATCH", mended, STRATEGIC)
    card = await place.card("overtaken by a later change", "its pod template has changed")
    assert "runs web:missing" not in card.plain
    records = await place.recorded("asked", "intent", "conclusion", "followed")
    assert records[3]["detail"]["phase"] == "overtaken"


async def test_an_autoscaler_that_moves_the_replicas_takes_no_deploy_from_its_card(place):
    await deploys(place, "web:1.1")
    await place.api(WEB, "PATCH", {"spec": {"replicas": 3}}, MERGE)
    await place.card("✅", "runs web:1.1", "3 of 3")
