"""Rollbacks that bring back the ConfigMaps of a revision, where that is asked for."""

from __future__ import annotations

from tests.scenarios.revisions import (
    BACK,
    CONFIGS,
    MERGE,
    NO_CONFIGS,
    WEB,
    changes,
    deploys,
    level,
    level_is,
    reads_settings,
)


async def test_without_the_flag_it_stays_and_a_button_brings_it_back_with_the_code(place):
    await reads_settings(place)
    await deploys(place, "web:1.1")
    await level_is(place, "debug")
    question = await place.says("ana", "rollback web")
    assert "after revision 2 was made: what is in it stays as it is. It is kept as it was" in question.plain
    assert "LEVEL" not in question.plain
    await place.press("ana", question, "With its ConfigMaps")
    second = await place.whisper("with ConfigMap web-env?")
    assert "web-env data.LEVEL" in second.plain
    assert "debug → info" in second.plain
    assert "for whatever else reads it too" in second.plain
    await place.press("ana", second, BACK)
    card = await place.card("↩️", "is back on web:1.0, with ConfigMap web-env")
    assert await level(place) == {"LEVEL": "info"}
    assert "debug" not in card.text
    wrote = [w["path"] for w in await place.writes()][-2:]
    assert wrote == [f"{CONFIGS}/web-env", WEB]


async def test_undo_brings_forward_what_was_there_before(place):
    await reads_settings(place)
    await deploys(place, "web:1.1")
    await level_is(place, "debug")
    await changes(place, "rollback web --with-config")
    card = await place.card("↩️", "is back on web:1.0, with ConfigMap web-env")
    await place.press("ana", card, "Undo…")
    question = await place.whisper("web:1.0 → web:1.1, with ConfigMap web-env?")
    assert "info → debug" in question.plain
    await place.press("ana", question, "Roll back to web:1.1")
    await place.card("↩️", "is back on web:1.1, with ConfigMap web-env")
    assert await level(place) == {"LEVEL": "debug"}


async def test_what_was_changed_before_the_next_deploy_comes_back_as_the_revision_began_with_it(place):
    await reads_settings(place)
    await deploys(place, "web:1.1")
    await level_is(place, "debug")
    await deploys(place, "web:1.2")
    question = await place.says("ana", "rollback web --with-config")
    assert "debug → info" in question.plain


async def test_a_plain_rollback_leaves_the_configmap_as_it_is(place):
    await reads_settings(place)
    await deploys(place, "web:1.1")
    await level_is(place, "debug")
    await changes(place, "rollback web")
    await place.card("↩️", "web:1.0")
    assert await level(place) == {"LEVEL": "debug"}


async def test_a_configmap_that_moves_between_plan_and_press_is_left_alone(place):
    await reads_settings(place)
    await deploys(place, "web:1.1")
    await level_is(place, "debug")
    question = await place.says("ana", "rollback web --with-config")
    await place.api(f"{CONFIGS}/web-env", "PATCH", {"data": {"OTHER": "s3same"}}, MERGE)
    before = len(await place.writes())
    await place.press("ana", question, BACK)
    refused = await place.whisper("shop/web-env has changed since it was shown: what is in it has changed.")
    assert "Nothing was changed." in refused.plain
    assert len(await place.writes()) == before
    assert await level(place) == {"LEVEL": "debug", "OTHER": "s3same"}
    assert "s3same" not in str(place.records())


async def test_one_that_was_deleted_is_made_anew(place):
    await reads_settings(place)
    await deploys(place, "web:1.1")
    await place.api(f"{CONFIGS}/web-env", "DELETE")
    question = await place.says("ana", "rollback web")
    assert "ConfigMap web-env is gone, and revision 2 reads it" in question.plain
    await changes(place, "rollback web --with-config")
    await place.card("↩️", "with ConfigMap web-env")
    assert await level(place) == {"LEVEL": "info"}


async def test_the_revision_that_runs_gets_its_configmap_back_without_a_rollout(place):
    await reads_settings(place)
    await deploys(place, "web:1.1")
    await level_is(place, "debug")
    assert "Nothing to change" in (await place.says("ana", "rollback web --to-revision=3")).plain
    question = await changes(place, "rollback web --to-revision=3 --with-config")
    assert "Bring back ConfigMap web-env of shop/web on demo, as revision 3 ran with it?" in question.plain
    assert "No pod is replaced" in question.plain
    await place.card("✅", "shop/web on demo has ConfigMap web-env of revision 3 back")
    assert await level(place) == {"LEVEL": "info"}
    assert "Nothing is locked" in (await place.says("ana", "locks")).text


async def test_a_right_that_is_taken_away_before_the_press_counts(ruled):
    await reads_settings(ruled)
    await deploys(ruled, "web:1.1")
    await level_is(ruled, "debug")
    question = await ruled.says("ana", "rollback web --with-config")
    await ruled.configure(NO_CONFIGS.replace("U0BEN: ben", "U0ANA: ana"))
    before = len(await ruled.writes())
    await ruled.press("ana", question, BACK)
    await ruled.whisper("Not allowed: rollback")
    assert len(await ruled.writes()) == before


async def test_where_the_second_write_fails_it_is_said_that_the_first_was_made(place):
    await reads_settings(place)
    await deploys(place, "web:1.1")
    await level_is(place, "debug")
    question = await place.says("ana", "rollback web --with-config")
    await place.fault("kubernetes", fault="status", path="deployments/web", method="PATCH", status=422)
    await place.press("ana", question, BACK)
    card = await place.card("❌", "ended half way")
    assert "Changed before that: web-env." in card.plain
    assert await level(place) == {"LEVEL": "info"}
    assert "Nothing is locked" in (await place.says("ana", "locks")).text
