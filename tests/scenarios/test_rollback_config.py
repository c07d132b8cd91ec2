"""Rollbacks that bring back the ConfigMaps of a revision, and that tell of its Secrets."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from pathlib import Path

MERGE = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
WEB = "/apis/apps/v1/namespaces/shop/deployments/web"
CONFIGS = "/api/v1/namespaces/shop/configmaps"
SECRETS = "/api/v1/namespaces/shop/secrets"
BACK = "Roll back to web:1.0"


async def is_out(place) -> None:
    async def rolled_out() -> bool:
        found = await place.deployment()
        status = found["status"]
        counts = [status.get(key) for key in ("replicas", "updatedReplicas", "availableReplicas")]
        seen = status["observedGeneration"] == found["metadata"]["generation"]
        return seen and counts == [2] * 3

    await place.until(rolled_out, "the rollout")


async def reads_settings(place, **data: str) -> None:
    """`web` reads a ConfigMap and a Secret from now on, as revision 2."""
    await place.api(CONFIGS, "POST", {"metadata": {"name": "web-env"}, "data": data or {"LEVEL": "info"}})
    await place.api(SECRETS, "POST", {"metadata": {"name": "db"}, "stringData": {"password": "hunter2"}})
    reads = [{"configMapRef": {"name": "web-env"}}, {"secretRef": {"name": "db"}}]
    container = {"name": "web", "envFrom": reads}
    await place.api(WEB, "PATCH", {"spec": {"template": {"spec": {"containers": [container]}}}}, STRATEGIC)
    await is_out(place)


async def changes(place, line: str, who: str = "ana"):
    """Ask for a change, press what is asked first, and give the question."""
    question = await place.says(who, line)
    await place.press(who, question, next(iter(question.buttons)))
    return question


async def deploys(place, image: str) -> None:
    """A new image through the bot, to its end."""
    followed = place.kinds().count("followed")
    await changes(place, f"set image web web={image}")
    await place.card("✅", image)
    await place.until(lambda: place.kinds().count("followed") > followed, "the end of the rollout")


async def level_is(place, level: str) -> None:
    await asyncio.sleep(1.1)  # a timestamp has whole seconds
    await place.api(f"{CONFIGS}/web-env", "PATCH", {"data": {"LEVEL": level}}, MERGE)


async def level(place) -> dict[str, str]:
    return dict((await place.api(f"{CONFIGS}/web-env"))["data"])


def rows(place, query: str) -> list[tuple]:
    with contextlib.closing(sqlite3.connect(place.folder / "k8s-bot.db")) as connection:
        return connection.execute(query).fetchall()


def database(place) -> bytes:
    """Everything that the bot has on disk."""
    return b"".join(file.read_bytes() for file in Path(place.folder).glob("k8s-bot.db*"))


async def configures(place, words: str, outcome: str = "is in force") -> None:
    await place.configure((place.folder / "policy.yaml").read_text(encoding="utf-8") + words, outcome)


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


async def test_it_is_kept_over_a_restart_sealed_and_in_no_record(place):
    await reads_settings(place, LEVEL="info", GREETING="sesame-4711")
    await deploys(place, "web:1.1")
    await place.stop_bot()
    assert [row[0] for row in rows(place, "SELECT reference FROM kept")] == ["ConfigMap web-env"] * 2
    assert b"sesame-4711" not in database(place)
    await place.start_bot()
    await place.api(f"{CONFIGS}/web-env", "PATCH", {"data": {"GREETING": "hello-4712"}}, MERGE)
    await changes(place, "rollback web --with-config")
    card = await place.card("↩️", "with ConfigMap web-env")
    assert (await level(place))["GREETING"] == "sesame-4711"
    assert "sesame" not in card.text + str(place.records())
    await place.stop_bot()
    assert b"sesame-4711" not in database(place)
    assert b"hello-4712" not in database(place)


async def test_after_thirty_days_nothing_of_it_is_kept(place):
    await reads_settings(place)
    await deploys(place, "web:1.1")
    await level_is(place, "debug")
    place.ahead = 30 * 24 * 3600 + 60.0
    question = await place.says("ana", "rollback web --with-config")
    assert "Nothing of it is kept: what is, is for 30 days." in question.plain
    assert "There is no ConfigMap to bring back." in question.plain
    await place.press("ana", question, BACK)
    await place.card("↩️", "web:1.0")
    assert await level(place) == {"LEVEL": "debug"}


async def test_what_ended_is_swept_away(place):
    await reads_settings(place)
    await deploys(place, "web:1.1")
    assert len(rows(place, "SELECT * FROM kept")) == 2
    await place.stop_bot()
    place.ahead = 30 * 24 * 3600 + 60.0
    await place.start_bot()  # the first sweep is at the start
    await place.until(lambda: not rows(place, "SELECT * FROM kept"), "the sweep")


NO_CONFIGS = """
impersonate: false
channels:
  C0SHOP: {name: shop, namespace: shop}
policy:
  rules:
    - {name: all, verbs: "*", namespaces: [shop], effect: confirm}
    - {name: not-these, users: {U0BEN: ben}, verbs: "*", kinds: [configmaps], effect: deny}
"""


async def test_what_its_person_may_not_read_is_not_kept_and_does_not_come_back(ruled):
    await ruled.configure(NO_CONFIGS)
    await reads_settings(ruled)
    await changes(ruled, "set image web web=web:1.1", who="ben")
    await ruled.card("✅", "web:1.1")
    assert rows(ruled, "SELECT * FROM kept") == []
    await changes(ruled, "set image web web=web:1.2", who="ana")
    await ruled.card("✅", "web:1.2")
    await level_is(ruled, "debug")
    question = await ruled.says("ben", "rollback web --with-config")
    assert "Could not look at ConfigMap web-env: the policy does not allow it." in question.plain
    assert "There is no ConfigMap to bring back." in question.plain
    assert "→ info" not in question.plain
    assert "debug → info" in (await ruled.says("ana", "rollback web --with-config")).plain


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


async def test_a_configmap_that_cannot_be_read_stops_no_change(place):
    await reads_settings(place)
    await place.fault("kubernetes", fault="status", path="configmaps/web-env", status=500)
    await deploys(place, "web:1.1")
    assert rows(place, "SELECT * FROM kept") == []


async def test_one_that_is_too_large_is_not_kept_and_said_not_to_be(place):
    await reads_settings(place, LEVEL="info", PAGE="x" * 140_000)
    await deploys(place, "web:1.1")
    await level_is(place, "debug")
    question = await place.says("ana", "rollback web --with-config")
    assert "It was not kept: it is larger than 128 KiB." in question.plain
    assert len(rows(place, "SELECT sealed FROM kept")[0][0]) < 1000


async def test_secrets_are_compared_by_digest_where_that_is_switched_on(ruled):
    await configures(ruled, "\ncompare_secrets: true\n")
    await reads_settings(ruled)
    await deploys(ruled, "web:1.1")
    same = await ruled.says("ana", "rollback web")
    assert "Secret db" not in same.plain
    await ruled.api(f"{SECRETS}/db", "PATCH", {"stringData": {"password": "hunter3"}}, MERGE)
    other = await ruled.says("ana", "rollback web")
    assert "Secret db is not what revision 2 ran with: what is in there stays as it is." in other.plain
    await ruled.press("ana", other, BACK)
    await ruled.card("↩️", "web:1.0")
    await ruled.api(f"{SECRETS}/db", "DELETE")
    gone = await ruled.says("ana", "rollback web --to-revision=3")
    assert "Secret db is gone, and revision 3 reads it: its pods may not start." in gone.plain
    said = "".join(message.text for message in await ruled.messages()) + str(ruled.records())
    await ruled.stop_bot()
    for secret in ("hunter2", "hunter3", "aHVudGVyMg", "aHVudGVyMw"):
        assert secret not in said
        assert secret.encode() not in database(ruled)


async def test_secrets_are_not_read_where_that_is_not_switched_on(place):
    await reads_settings(place)
    await deploys(place, "web:1.1")
    assert "Secret db is not compared" in (await place.says("ana", "rollback web")).plain
    assert not [asked for asked in await place.requests("GET") if "/secrets" in asked["path"]]


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
