"""Terminals: a shell in a container that is typed to from a thread, until it ends or may be no more."""

from __future__ import annotations

import hashlib

from tests.scenarios.programs import POLICY, QUICK, writes_in
from tests.world import World, world


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
