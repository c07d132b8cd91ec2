"""A value typed under a secret's name, however it is quoted: the cluster gets it, and nobody else does."""

from __future__ import annotations

import json

from tests.process import process
from tests.world import world

WORDS = ("zebra", "quagga", "okapi")
VALUE = " ".join(WORDS)
LINES = (
    f'deploy web --image web:1.1 --env "DB_PASSWORD={VALUE}"',
    f"deploy web --image web:1.1 --env “DB_PASSWORD={VALUE}”",
    f"deploy web --image web:1.1 —env=‘DB_PASSWORD={VALUE}’",
    f'deploy web --image web:1.1 --env="DB_PASSWORD={VALUE}"',
    f"deploy web --image web:1.1 '--env=DB_PASSWORD={VALUE}'",
    f'deploy web --image web:1.1 -e "DB_PASSWORD={VALUE}"',
    f'deploy web --image web:1.1 -e="DB_PASSWORD={VALUE}"',
    f'deploy web --image web:1.1 "-eDB_PASSWORD={VALUE}"',
    "deploy web --image web:1.1 -e DB_PASSWORD=" + VALUE.replace(" ", "\\ "),
    f"deploy web --image web:1.1 -e \"DB_PASSWORD={WORDS[0]}='{WORDS[1]}' {WORDS[2]}\"",
)
MISTAKES = (
    f'deply web -e "DB_PASSWORD={VALUE}"',
    f'deploy web --image web:1.1 -e "DB_PASSWORD={VALUE}',
    f'deploy web --image web:1.1 -e "DB PASSWORD={VALUE}"',
    f'deploy web --image web:1.1 --evn "DB_PASSWORD={VALUE}"',
)


async def test_a_secret_reaches_the_cluster_and_nothing_else(tmp_path):
    async with world(tmp_path) as place, process(place) as running:
        for line in MISTAKES:
            await place.says("cho", line)
        for line in LINES:
            question = await place.says("cho", line)
            assert "[redacted:" in question.text, line
        await place.press("cho", question, "Cancel")
        question = await place.says("cho", LINES[1])
        await place.press("cho", question, next(iter(question.buttons)))
        await place.card("✅", "runs web:1.1")
        await place.until(lambda: "followed" in place.kinds(), "the end")
        await place.says("cho", "rollout history web")
        web = await place.deployment()
        async with place.http.get(f"{place.slack.url}/simulator/calls") as calls:
            said = await calls.text()
        shown = json.dumps([message.raw for message in await place.messages()], ensure_ascii=False)
        everything = {"calls": said, "channel": shown, "annotations": str(web["metadata"]["annotations"])}
        for file in tmp_path.glob("k8s-bot.db*"):
            everything[file.name] = file.read_bytes().decode("latin-1")
        assert await running.end() == 0
    everything |= {"records": json.dumps(place.records()), "log": running.log}
    everything["k8s-bot.db at rest"] = (tmp_path / "k8s-bot.db").read_bytes().decode("latin-1")

    [container] = web["spec"]["template"]["spec"]["containers"]
    assert container["env"] == [{"name": "DB_PASSWORD", "value": VALUE}]
    for where, text in everything.items():
        assert [word for word in WORDS if word in text] == [], where
    assert "[redacted:" in everything["annotations"]
    assert "k8s-bot.db-wal" in everything
