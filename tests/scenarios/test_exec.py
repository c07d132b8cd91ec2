"""Programs in containers, from a line or a thread to the record: once, within bounds, by whom it may be."""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from typing import Any

import pytest

from bot.slack.budget import Pace
from tests.process import process
from tests.world import CHANNELS, PEOPLE, World, world

QUICK = Pace(edits_per_second=50, edits_at_once=50, edit_gap=0.05, posts_per_second=50, posts_at_once=50)

POLICY = """
impersonate: false
channels:
  C0SHOP: {name: shop, namespace: shop}
policy:
  exec:
    look: {programs: ["ls *", "cat *", "echo *", "env", "sleep *"], seconds: 1, bytes: 2000}
    shell: {programs: ["sh"], shell: true, interactive: true}
  rules:
    - {name: looks, verbs: [exec, proxy], effect: allow, exec: [look, shell]}
"""


@pytest.fixture
async def shop(tmp_path):
    """A world whose policy lets people run a few programs, and type to a shell."""
    policy = tmp_path / "policy.yaml"
    policy.write_text(POLICY, encoding="utf-8")
    async with world(tmp_path, policy=policy, pace=0.02) as place:
        place.pace = QUICK
        await place.start_bot()
        yield place


async def writes_in(shop: World, who: str, thread: str, text: str) -> None:
    body = {"as": PEOPLE[who], "channel": CHANNELS["shop"], "thread_ts": thread, "text": text}
    assert (await shop._page("message", body))["ok"]


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


async def pods(shop: World) -> list[str]:
    found = await shop.api("/api/v1/namespaces/shop/pods")
    return sorted(pod["metadata"]["name"] for pod in found["items"])


async def opened(shop: World, line: str = "exec -it deploy/web -- sh"):
    """Open a terminal; give its card, once its first output is in its thread."""
    await shop.says("ana", line)
    card = await shop.card("Terminal of")
    await shop.thread(card, "Output")
    return card


async def test_what_is_written_as_soon_as_the_card_is_seen_is_typed(shop):
    await shop.says("ana", "exec -it deploy/web -- sh")
    card = await shop.card("Terminal of")
    await writes_in(shop, "ana", card.ts, "echo at once")
    await shop.thread(card, "\nat once")


async def test_a_shell_is_typed_to_in_a_thread(shop):
    card = await opened(shop)
    assert "opened by" in card.text
    await writes_in(shop, "ana", card.ts, "echo hello from $HOSTNAME")
    line = await shop.thread(card, "\nhello from web-")
    await writes_in(shop, "ana", card.ts, "echo second; exit 3")
    ended = await shop.becomes(card, "ended with exit 3")
    assert "lines typed" in ended.plain
    assert "Stop" not in ended.buttons
    await shop.becomes(line, "second")
    thread = [m for m in await shop.messages() if m.thread == card.ts != m.ts and m.raw.get("bot_id")]
    assert len([m for m in thread if not m.raw.get("files")]) == 1
    await shop.until(lambda: "conclusion" in shop.kinds())
    read, intent, conclusion = shop.records()
    assert (intent["kind"], conclusion["kind"]) == ("intent", "conclusion")
    assert intent["operation"] == conclusion["operation"] != read["operation"]
    detail = conclusion["detail"]
    assert (detail["result"], detail["exit_code"], detail["profile"]) == ("exited", 3, "shell")
    assert detail["lines_typed"] == 2
    file = await transcript(shop, card.ts)
    assert hashlib.sha256(file).hexdigest() == detail["sha256"]
    assert detail["sha256"] in ended.text
    assert len(file) == detail["bytes"]
    assert b"hello from web-" in file


async def transcript(shop: World, thread: str) -> bytes:
    """The file in the thread, as a person would download it."""

    async def found():
        files = [f for m in await shop.messages() if m.thread == thread for f in m.raw.get("files") or ()]
        return files[-1] if files else None

    file = await shop.until(found, "a transcript")
    async with shop.http.get(f"{shop.slack.url}{file['url']}") as answer:
        return await answer.read()


async def test_what_others_write_is_not_typed(shop):
    card = await opened(shop)
    await writes_in(shop, "ben", card.ts, "echo from ben")
    await writes_in(shop, "ana", card.ts, "echo from ana")
    line = await shop.thread(card, "\nfrom ana")
    assert "ben" not in line.text


async def test_what_is_written_elsewhere_is_not_typed(shop):
    card = await opened(shop)
    await writes_in(shop, "ana", "", "echo in the channel")
    other = (await shop.says("ana", "exec deploy/web -- ls")).ts
    assert other
    await writes_in(shop, "ana", card.ts, "echo done")
    line = await shop.thread(card, "\ndone")
    assert "in the channel" not in line.text


async def test_lines_keep_their_order_and_are_typed_once(shop):
    card = await opened(shop)
    await shop.fault("slack", fault="duplicate-delivery", next=3)
    for number in range(5):
        await writes_in(shop, "ana", card.ts, f"echo line-{number}")

    async def printed():
        told = (await shop.thread(card, "Output")).text.split("\n")
        words = [word.removeprefix("$ ") for word in told if "echo" not in word]
        found = [word for word in words if word.startswith("line-")]
        return found if "line-4" in found else None

    assert await shop.until(printed) == [f"line-{number}" for number in range(5)]


async def test_a_right_that_is_taken_away_ends_it_before_the_next_line(shop):
    card = await opened(shop)
    await shop.configure(POLICY.replace("[look, shell]", "[look]"))
    await writes_in(shop, "ana", card.ts, "echo too late")
    ended = await shop.becomes(card, "Not allowed", "It is closed: nothing more is typed.")
    assert "Nothing was changed" not in ended.text
    assert "Stop" not in ended.buttons
    await shop.until(lambda: "conclusion" in shop.kinds())
    detail = shop.records()[-1]["detail"]
    assert detail["error"] == "access-denied"
    assert detail["lines_typed"] == 0
    assert b"too late" not in await transcript(shop, card.ts)


async def test_a_switch_to_read_only_ends_it_before_the_next_line(shop):
    card = await opened(shop)
    await shop.configure(f"read_only: moving the cluster\n{POLICY}")
    await writes_in(shop, "ana", card.ts, "echo too late")
    ended = await shop.becomes(card, "Locked", "moving the cluster", "It is closed")
    assert "Stop" not in ended.buttons
    await shop.until(lambda: "conclusion" in shop.kinds())
    assert shop.records()[-1]["detail"]["error"] == "locked"
    assert b"too late" not in await transcript(shop, card.ts)


async def test_its_button_stops_it(shop):
    card = await opened(shop)
    await shop.press("ana", card, "Stop")
    await shop.becomes(card, "closed by its button")
    await shop.until(lambda: "conclusion" in shop.kinds())
    assert shop.records()[-1]["detail"]["result"] == "closed"
    await writes_in(shop, "ana", card.ts, "echo nobody hears this")


async def test_silence_ends_it(shop):
    card = await opened(shop)
    shop.ahead = 700
    await shop.becomes(card, "was closed after 10 min without a line")


async def test_a_restart_ends_it_and_says_so(shop):
    card = await opened(shop)
    await shop.stop_bot()
    await shop.start_bot()
    ended = await shop.becomes(card, "The bot restarted; the shell is gone.")
    assert "Whether its last command ended is not known" in ended.text
    await shop.until(lambda: "conclusion" in shop.kinds())
    assert shop.records()[-1]["detail"]["result"] == "unknown"
    assert shop.records()[-1]["detail"]["found_after_restart"]
    execs = [r for r in await shop.requests("GET") if r["path"].endswith("/exec")]
    assert len(execs) == 1


async def test_a_terminal_that_may_not_be_opened_is_never_begun(shop):
    said = await shop.says("ana", "exec -it deploy/web -- cat")
    assert "lets you run it, but not type to it" in said.plain


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


async def executions(shop: World) -> list[dict[str, Any]]:
    return [r for r in await shop.requests("GET") if r["path"].endswith("/exec")]


async def test_a_shell_is_typed_to_over_http_too(tmp_path):
    policy = tmp_path / "policy.yaml"
    policy.write_text(POLICY, encoding="utf-8")
    async with world(tmp_path, policy=policy, socket_mode=False) as place:
        place.pace = QUICK
        await place.start_bot()
        card = await opened(place)
        await writes_in(place, "ana", card.ts, "echo over http; exit")
        await place.becomes(card, "ended with exit 0")
        await place.thread(card, "\nover http")


async def test_a_policy_without_a_shell_has_no_message_told_to_the_bot(tmp_path):
    policy = tmp_path / "policy.yaml"
    policy.write_text(POLICY.replace("interactive: true", "interactive: false"), encoding="utf-8")
    async with world(tmp_path, policy=policy) as place:
        await place.start_bot()
        assert not [event for event in place.slack.workspace.app.events if event.startswith("message")]
        assert not [scope for scope in place.slack.workspace.app.scopes if "history" in scope]


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


async def test_a_secret_typed_into_a_terminal_is_shown_and_recorded_nowhere(shop):
    secret = "ghp_" + "a" * 24
    card = await opened(shop)
    await writes_in(shop, "ana", card.ts, f"echo token={secret}")
    await shop.thread(card, "redacted:")
    await writes_in(shop, "ana", card.ts, "exit")
    await shop.becomes(card, "ended with exit")
    await shop.until(lambda: "conclusion" in shop.kinds())
    assert secret not in str(shop.records())
    assert not [m for m in await shop.messages() if m.raw.get("bot_id") and secret in str(m.raw)]
    assert secret.encode() not in await transcript(shop, card.ts)


async def test_whoever_was_made_a_guest_a_moment_ago_runs_nothing(shop):
    await shop.says("ana", "exec deploy/web -- echo before")
    await shop.fault("slack", fault="person", user="U0ANA", set={"is_restricted": True})
    said = await shop.says("ana", "exec deploy/web -- echo after")
    assert "Guests of this workspace cannot use it" in said.text
    assert len(await executions(shop)) == 1
