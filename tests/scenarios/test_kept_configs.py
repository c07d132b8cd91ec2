"""What is kept of a revision's ConfigMaps and Secrets: sealed, for thirty days, by its person's rights."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

from tests.scenarios.revisions import (
    BACK,
    CONFIGS,
    MERGE,
    NO_CONFIGS,
    SECRETS,
    changes,
    configures,
    deploys,
    level,
    level_is,
    reads_settings,
)


def rows(place, query: str) -> list[tuple]:
    with contextlib.closing(sqlite3.connect(place.folder / "k8s-bot.db")) as connection:
        return connection.execute(query).fetchall()


def database(place) -> bytes:
    """Everything that the bot has on disk."""
    return b"".join(file.read_bytes() for file in Path(place.folder).glob("k8s-bot.db*"))


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
