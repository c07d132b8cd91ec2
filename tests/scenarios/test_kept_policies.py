"""Each policy that comes into force is kept by its hash; one that cannot be kept does not come into force."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sqlite3

from tests.world import world

TABLE = "CREATE TABLE policies (hash VARCHAR(64) PRIMARY KEY, first_seen DOUBLE NOT NULL, text TEXT NOT NULL)"


def database(folder, *statements):
    with contextlib.closing(sqlite3.connect(folder / "k8s-bot.db", timeout=10)) as connection, connection:
        return [row for one in statements for row in connection.execute(one)]


def kept(folder):
    return [row[0] for row in database(folder, "SELECT hash FROM policies ORDER BY first_seen")]


async def test_every_version_is_kept_and_a_record_names_the_one_it_was_decided_under(ruled):
    first = kept(ruled.folder)
    assert len(first) == 1
    policy = ruled.folder / "policy.yaml"
    policy.write_text(policy.read_text().replace("[kube-system]", "[kube-system, shop]"))
    await ruled.until(lambda: len(kept(ruled.folder)) == 2, "a second policy")
    await ruled.until(lambda: ruled.bot, "the bot")
    await asyncio.sleep(0.1)
    await ruled.says("cho", "get pods -n shop")
    [record] = await ruled.recorded("read")
    assert kept(ruled.folder)[1].startswith(record["decision"]["policy"])


async def test_a_changed_policy_that_cannot_be_kept_stays_out_until_it_can_be(ruled, caplog):
    caplog.set_level(logging.INFO, "bot.wiring")
    await asyncio.to_thread(database, ruled.folder, "DROP TABLE policies")
    policy = ruled.folder / "policy.yaml"
    policy.write_text(policy.read_text().replace("[kube-system]", "[kube-system, shop]"))
    await ruled.until(lambda: "so the old one stays" in caplog.text, "a loud refusal")
    assert "Scale to 4" in (await ruled.says("cho", "scale web 4")).buttons
    await asyncio.to_thread(database, ruled.folder, TABLE)
    await ruled.until(lambda: "is in force" in caplog.text, "the new policy")
    assert "hands-off-the-system forbids it" in (await ruled.says("cho", "scale web 4")).plain


async def test_a_bot_that_cannot_keep_its_policy_is_not_ready(tmp_path, caplog):
    async with world(tmp_path) as place:
        await place.start_bot()
        await place.stop_bot()
        database(tmp_path, "DROP TABLE policies", "CREATE TABLE policies (other TEXT)")
        starting = asyncio.create_task(place.start_bot())
        await place.until(lambda: "cannot be kept, so no line is taken" in caplog.text, "a loud refusal")
        assert not await place.is_ready()
        await asyncio.to_thread(database, tmp_path, "DROP TABLE policies", TABLE)
        await starting
        assert await place.is_ready()
        await place.stop_bot()
