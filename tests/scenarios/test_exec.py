"""One program in a container, or one request, to its record: once, within bounds, by whom it may be."""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3

import pytest

from tests.process import process
from tests.scenarios.programs import POLICY, executions, pods
from tests.world import world


async def test_a_program_runs_once_and_the_record_has_no_word_of_its_output(shop):
    said = await shop.says("ana", "exec deploy/web -- echo hello token=ghp_aaaaaaaaaaaaaaaaaaaaaaaa")
    assert "ended with exit 0" in said.text
    assert "hello token=[redacted:" in said.text
    intent, conclusion = await shop.recorded("intent", "conclusion")
    assert "hello" in intent["asked"]
    assert "ghp_" not in str((intent, conclusion))
    assert conclusion["detail"]["exit_code"] == 0
    assert conclusion["detail"]["profile"] == "look"
    printed = b"hello token=ghp_aaaaaaaaaaaaaaaaaaaaaaaa\n"
    assert conclusion["detail"]["sha256"] == hashlib.sha256(printed).hexdigest()
    assert conclusion["detail"]["bytes"] == len(printed)


async def test_what_no_profile_lets_run_is_refused_before_anything_is_sent(shop):
    said = await shop.says("ana", "exec deploy/web -- rm -rf /")
    assert "Not allowed: exec in shop on demo from here." in said.plain
    assert "profile look lets you run ls, cat, echo, env, sleep" in said.plain
    assert shop.kinds() == ["refusal"]
    assert not [r for r in await shop.requests("GET") if r["path"].endswith("/exec")]


async def test_the_old_form_names_the_container_without_dashes(shop):
    (pod, *_) = await pods(shop)
    said = await shop.says("ana", f"exec {pod} web ls -l /")
    assert "ls -l / ended with exit 0" in said.plain
    said = await shop.says("ana", f"exec {pod} ls /etc")
    assert "ls /etc ended with exit 0" in said.plain


async def test_a_bound_is_said(shop):
    await shop.command("ana", "exec deploy/web -- sleep 500")
    said = await shop.whisper("was not waited for longer than 1 s")
    assert "it may still run there" in said.plain
    assert shop.records()[-1]["detail"]["result"] == "timed-out"


async def test_killed_while_it_ran_it_is_not_run_again(tmp_path):
    policy = tmp_path / "policy.yaml"
    policy.write_text(POLICY.replace("seconds: 1,", "seconds: 60,"), encoding="utf-8")
    async with world(tmp_path, policy=policy) as alone:
        async with process(alone) as first:
            assert (await alone.command("ana", "exec deploy/web -- sleep 500"))["ok"]
            await alone.until(lambda: executions(alone), "the program")
            assert alone.kinds() == ["intent"]
            await first.kill()
        await alone.start_bot()
        said = await alone.whisper("The bot was interrupted while this ran")
        assert "Nothing was changed" not in said.text
        assert "It was not run again." in said.text
        assert alone.records()[-1]["detail"]["result"] == "unknown"
        assert len(await executions(alone)) == 1


async def test_that_it_ran_is_said_where_its_end_cannot_be_recorded(shop):
    await shop.command("ana", "exec deploy/web -- sleep 500")
    await shop.until(lambda: shop.kinds() == ["intent"], "the intent")
    with contextlib.closing(sqlite3.connect(shop.folder / "k8s-bot.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        said = await shop.whisper("It ran, but how it ended could not be recorded")
        other.execute("ROLLBACK")
    assert "Nothing was" not in said.text
    await shop.until(lambda: "conclusion" in shop.kinds(), "the conclusion", seconds=30)
    assert shop.records()[-1]["detail"]["result"] == "unknown"
    assert len(await executions(shop)) == 1


async def test_a_confirm_is_asked_before_a_program_runs(tmp_path):
    policy = tmp_path / "policy.yaml"
    policy.write_text(POLICY.replace("effect: allow", "effect: confirm"), encoding="utf-8")
    async with world(tmp_path, policy=policy) as place:
        await place.start_bot()
        question = await place.says("ana", "exec deploy/web -- echo once")
        assert await executions(place) == []
        (label, *_) = question.buttons
        await place.press("ana", question, label)
        await place.whisper("echo once", "ended with exit 0")
        assert len(await executions(place)) == 1
        await place.recorded("asked", "intent", "conclusion")


async def test_a_service_is_asked_through_the_api_server(shop):
    spec = {"selector": {"app": "web"}, "ports": [{"port": 80, "targetPort": 8080}]}
    body = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": spec}
    await shop.api("/api/v1/namespaces/shop/services", "POST", body)

    async def answered():
        found = await shop.says("ana", "proxy svc/web /healthz")
        return found if "status 200" in found.plain else None

    said = await shop.until(answered)
    assert "GET /healthz of service shop/web on demo: status 200" in said.plain
    await shop.until(lambda: "conclusion" in shop.kinds())
    assert shop.records()[-1]["detail"]["status"] == 200
    refused = await shop.says("ana", "proxy svc/web -n other /")
    assert "There is no service web in namespace other on cluster demo." in refused.plain
    assert shop.records()[-1]["detail"]["error"] == "not-found"


@pytest.mark.parametrize(
    "line",
    [
        "exec deploy/web -c {} -- ls",
        "exec deploy/web token={} -- a b",
        "exec deploy/wob -- echo token={}",
        "exek deploy/web -- echo token={}",
        "proxy svc/web /{}/x",
        "get pods --context {}",
        "unlock {}",
    ],
)
async def test_a_secret_typed_where_it_does_not_belong_is_not_repeated(shop, line):
    secret = "ghp_" + "a" * 24
    said = await shop.says("ana", line.format(secret))
    assert secret not in str(said.raw)
    assert secret not in str(shop.records())


async def test_whoever_was_made_a_guest_a_moment_ago_runs_nothing(shop):
    await shop.says("ana", "exec deploy/web -- echo before")
    await shop.fault("slack", fault="person", user="U0ANA", set={"is_restricted": True})
    said = await shop.says("ana", "exec deploy/web -- echo after")
    assert "Guests of this workspace cannot use it" in said.text
    assert len(await executions(shop)) == 1
