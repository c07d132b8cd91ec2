"""One verb the whole way: typed line, plan, press, card, cluster, record."""

from __future__ import annotations


async def test_a_confirmed_scale_changes_the_cluster_and_its_card_ends_done(either):
    question = await either.says("cho", "scale web 4")
    assert "Scale shop/web on demo from 2 to 4?" in question.text.replace("`", "")
    assert (await either.deployment())["spec"]["replicas"] == 2

    await either.press("cho", question, "Scale to 4")

    card = await either.card("has 4 replicas", 'deployment "web" successfully rolled out')
    assert (await either.deployment())["status"]["availableReplicas"] == 4
    assert len(await either.cards()) == 1
    assert "Undo…" in card.buttons


async def test_it_leaves_asked_intent_conclusion_and_end_in_the_record(place):
    question = await place.says("cho", "scale web 3")
    await place.press("cho", question, "Scale to 3")
    await place.card("has 3 replicas", "3 of 3")
    await place.until(lambda: len(place.records()) == 4)
    kinds = [(record["kind"], record["verb"]) for record in place.records()]
    assert kinds == [("asked", "scale"), ("intent", "scale"), ("conclusion", "scale"), ("followed", "scale")]
    assert place.records()[2]["detail"]["result"] == "applied"


async def test_nothing_changes_before_the_press_and_nothing_after_a_cancel(place):
    question = await place.says("cho", "scale web 5")
    await place.press("cho", question, "Cancel")
    await place.until(lambda: [r["kind"] for r in place.records()] == ["asked", "closed"])
    writes = await place.requests("PATCH", "POST", "PUT", "DELETE")
    assert [w["dryRun"] for w in writes] == [True]
    assert (await place.deployment())["spec"]["replicas"] == 2


async def test_the_question_belongs_to_whoever_asked(place):
    question = await place.says("cho", "scale web 5")
    answer = await place.press("ben", question, "Scale to 5")
    assert not answer["ok"], "an ephemeral message is not even there for others"


async def test_a_second_press_changes_nothing_more(place):
    question = await place.says("cho", "scale web 3")
    await place.press("cho", question, "Scale to 3")
    await place.press("cho", question, "Scale to 3")
    await place.card("3 of 3")
    done = [w for w in await place.requests("PATCH") if not w["dryRun"]]
    assert len(done) == 1
