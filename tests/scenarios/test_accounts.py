"""The account: whole, complete, and without anything that must not be kept or shown."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys

from tests.process import process
from tests.world import world

PLANTED = "hunter2"


def audit(folder) -> subprocess.CompletedProcess[str]:
    """Verify the account as an auditor would, beside the running bot."""
    clean = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "BOT_DATA_DIR": str(folder)}
    return subprocess.run(
        [sys.executable, "-m", "bot", "audit", "verify"], env=clean, capture_output=True, text=True,
        timeout=30, check=False,
    )  # fmt: skip


def tampered(folder, target, statement: str) -> None:
    """Copy the database, and change the copy."""
    target.mkdir()
    for file in folder.glob("k8s-bot.db*"):
        shutil.copy(file, target / file.name)
    connection = sqlite3.connect(target / "k8s-bot.db")
    for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {trigger}")
    connection.execute(statement)
    connection.commit()
    connection.close()


async def test_the_chain_of_everything_that_happened_holds_and_a_tampered_copy_does_not(place):
    for line in ("get pods", "scale wbe 4", "audit", "nonsense"):
        await place.says("cho", line)
    question = await place.says("cho", "scale web 3")
    await place.press("cho", question, "Scale to 3")
    await place.card("has 3 replicas", "3 of 3")
    question = await place.says("cho", "scale web 5")
    await place.press("cho", question, "Cancel")
    kinds = ["read", "refusal", "refusal", "asked", "intent", "conclusion", "followed", "asked", "closed"]
    await place.recorded(*kinds)

    done = audit(place.folder)
    assert (done.returncode, done.stdout.split()[0]) == (0, "9")

    changes = {
        "text": "UPDATE records SET text = replace(text, 'U0CHO', 'U0BEN') WHERE seq = 5",
        "gone": "DELETE FROM records WHERE seq = 5",
        "swapped": "UPDATE records SET seq = CASE seq WHEN 4 THEN 104 ELSE 103 END WHERE seq IN (3, 4)",
    }
    for name, statement in changes.items():
        tampered(place.folder, place.folder / name, statement)
        done = audit(place.folder / name)
        assert done.returncode == 1, name
        assert done.stdout.startswith("NOT whole"), name


async def test_a_mistake_that_asked_for_nothing_leaves_no_record_and_offers_the_right_line(place):
    for line, words in (
        ("scael web 4", "scale"),
        ("scale web", "How many"),
        ("scale web 4 --forse", "--forse"),
        ("scale web four", "Write the number"),
    ):
        answer = await place.says("cho", line)
        assert words in answer.plain, answer.plain
    answer = await place.says("cho", "scale wbe 4")
    assert "Did you mean web?" in answer.plain
    await place.press("cho", answer, "scale web 4")
    await place.whisper("from 2 to 4?")
    await place.recorded("refusal", "asked")


async def test_what_pods_print_and_people_type_in_secret_is_nowhere(tmp_path):
    async with world(tmp_path) as place, process(place) as running:
        for line in (
            "logs deploy/web",
            "logs deploy/web --tail 50",
            "describe pod web",
            "deploy web --image web:1.1 --env DB_PASSWORD=correct-horse --env API_TOKEN=battery-staple",
        ):
            await place.says("cho", line)
        question = await place.whisper("DB_PASSWORD")
        await place.press("cho", question, next(iter(question.buttons)))
        await place.card("✅", "runs web:1.1")
        await place.until(lambda: "followed" in place.kinds(), "the end")
        answer = await place.says("cho", "logs deploy/web")
        assert "INFO tick" in answer.text
        assert "password=" in answer.text, "what was hidden is seen to be hidden"
        await place.says("ana", "audit")

        async with place.http.get(f"{place.slack.url}/simulator/calls") as calls:
            said = await calls.text()
        shown = json.dumps([m.raw for m in await place.messages()], ensure_ascii=False)
        kept = "".join(json.dumps(record) for record in place.records())
        assert await running.end() == 0
    everything = {"calls": said, "channel": shown, "records": kept, "log": running.log}
    for file in tmp_path.glob("k8s-bot.db*"):
        everything[file.name] = file.read_bytes().decode("utf-8", "replace")
    for where, text in everything.items():
        assert PLANTED not in text, where
    for where in ("calls", "channel", "records", "log"):
        for secret in ("correct-horse", "battery-staple", "xoxb-demo", "xapp-demo", "demo-signing-secret"):
            assert secret not in everything[where], (where, secret)
    for where in ("records", "log", "k8s-bot.db"):
        assert "/actions/T0DEMO" not in everything[where], where
    for where in ("k8s-bot.db", "k8s-bot.db-wal"):
        for secret in ("xoxb-demo", "xapp-demo", "demo-signing-secret"):
            assert secret not in everything.get(where, ""), (where, secret)
