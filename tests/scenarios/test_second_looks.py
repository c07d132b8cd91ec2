"""What a second look at the bot found once, held for good: one hand, no guess, no private word in public."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import yaml

from tests.process import kept, leases_end, process
from tests.scenarios.test_rollouts_go_wrong import patiently
from tests.world import world

WEB = "/apis/apps/v1/namespaces/shop/deployments/web"
MERGE = "application/merge-patch+json"
OPEN = Path("examples/open.yaml")
SLOW = 1.0
"""Seconds after which a person is told that the cluster takes its time."""
AT_ONCE = """
impersonate: false
channels: {C0SHOP: {name: shop, namespace: shop}}
policy: {rules: [{name: all, verbs: "*", effect: allow}]}
"""


async def goes(place, line: str, who: str = "cho") -> None:
    question = await place.says(who, line)
    await place.press(who, question, next(iter(question.buttons)))


async def same(place, message) -> bool:
    """Whether a message is, for everybody, what it was."""
    shown = {m.ts: (m.raw["text"], m.raw["blocks"]) for m in await place.messages()}
    return shown[message.ts] == (message.raw["text"], message.raw["blocks"])


# ---------------------------------------------------------------- a press on what everybody sees


async def test_what_a_press_on_a_card_asks_never_takes_the_cards_place(place):
    await goes(place, "scale web 3")
    card = await place.card("✅")
    await place.fault("kubernetes", fault="latency", seconds=SLOW, method="GET", path=WEB, next=1)
    await place.press("ben", card, "Undo…")
    await place.whisper("from 3 to 2?")
    place.ahead = 301
    await place.command("cho", "whoami")
    await place.whisper("ran out", "Nothing was changed")
    assert await same(place, card)
    assert len(await place.cards()) == 1


async def test_what_a_press_on_a_private_list_asks_leaves_the_list_and_no_sign_behind(place):
    answer = await place.says("cho", "get deployments")
    await place.fault("kubernetes", fault="latency", seconds=SLOW, method="GET", path=WEB, next=1)
    await place.press("cho", answer, "Rollout status")
    await place.whisper("successfully rolled out")
    assert await same(place, answer)
    assert "Asking the cluster" not in "".join(m.text for m in await place.messages())


async def test_what_needs_no_confirm_leaves_the_pressed_card_alone_too(tmp_path):
    policy = tmp_path / "policy.yaml"
    policy.write_text(AT_ONCE)
    async with world(tmp_path, policy=policy) as place:
        await place.start_bot()
        await place.says("cho", "scale web 3")
        card = await place.card("✅")
        await place.press("ben", card, "Undo…")
        back = await place.card("✅", "has 2 replicas")
        await place.whisper("Confirmed")
        assert await same(place, card)
        assert back.ts != card.ts


async def test_the_logs_of_a_crash_are_for_whoever_asks_and_the_thread_stays(place):
    await patiently(place, held=60)
    await goes(place, "deploy web --image crash:1")
    line = await place.thread(await place.card("⚠️", "crash:1"), "FATAL")
    await place.fault("kubernetes", fault="latency", seconds=SLOW, path="/log$", next=1)
    await place.press("ben", line, next(label for label in line.buttons if label.startswith("Logs")))
    await place.whisper("FATAL cannot reach database")
    assert await same(place, line)


# ---------------------------------------------------------------- one hand on each change


async def test_an_outcome_that_cannot_be_looked_up_is_said_to_be_unknown(place):
    question = await place.says("cho", "scale web 4")
    await place.fault("kubernetes", fault="latency", seconds=0.5, method="PATCH", next=1)
    await place.fault("kubernetes", fault="cut", after="act", method="PATCH", next=1)
    await place.press("cho", question, "Scale to 4")
    await place.until(place.writes, "the change on its way")
    await place.fault("kubernetes", fault="status", status=503, method="GET", path=WEB)
    card = await place.card("❌", "may have been made", "look before you ask again")
    ended = await place.becomes(question, "may have been made", "is not known")
    assert "Nothing was changed" not in card.text + ended.text
    assert not ended.buttons
    records = await place.recorded("asked", "intent", "conclusion")
    assert records[2]["detail"]["result"] == "unknown"
    await place.calm("kubernetes")
    assert (await place.deployment())["spec"]["replicas"] == 4


async def test_what_is_held_here_is_not_taken_up_again_when_its_lease_ends(place):
    question = await place.says("cho", "scale web 4")
    await place.fault("kubernetes", fault="latency", seconds=0.6, method="PATCH", next=1)
    await place.press("cho", question, "Scale to 4")
    await place.until(place.writes, "the change on its way")
    for _ in range(2):
        await asyncio.to_thread(leases_end, place.folder)
        await place.says("ben", "whoami")
    await place.card("has 4 replicas", "4 of 4")
    assert len(await place.writes()) == 1
    assert len(await place.cards()) == 1
    await place.until(lambda: "followed" in place.kinds(), "the end")
    [conclusion] = [record for record in place.records() if record["kind"] == "conclusion"]
    assert conclusion["detail"]["result"] == "applied"
    assert "found_after_restart" not in conclusion["detail"]


# ---------------------------------------------------------------- found by the next process


async def killed_with_an_intent(place) -> None:
    """A label for a node and a pod, cut short between the two."""
    node = (await place.api("/api/v1/nodes"))["items"][0]["metadata"]["name"]
    pod = (await place.api("/api/v1/namespaces/shop/pods"))["items"][0]["metadata"]["name"]
    async with process(place) as first:
        question = await place.says("cho", f"label node/{node} pod/{pod} tier=front")
        await place.fault("kubernetes", fault="latency", seconds=0.3, method="PATCH", next=1)
        await place.press("cho", question, next(iter(question.buttons)))
        await place.until(place.writes, "the first change on its way")
        await first.kill()


def without_its_context(folder: Path) -> None:
    path = folder / "kubeconfig"
    config = yaml.safe_load(path.read_text())
    config["contexts"][0]["name"] = config["current-context"] = "another"
    path.write_text(yaml.safe_dump(config))


async def test_a_change_of_a_node_and_a_pod_is_found_half_made(tmp_path):
    async with world(tmp_path, policy=OPEN) as place:
        await killed_with_an_intent(place)
        await place.start_bot()
        await place.card("❌", "interrupted", "Changed before that: ")
        assert len(await place.writes()) == 1
        records = await place.recorded("asked", "intent", "conclusion")
        assert records[2]["detail"]["result"] == "not-applied"
        await place.until(lambda: kept(tmp_path, "plan") == ["done"])


async def test_what_became_of_it_in_a_cluster_that_is_known_no_more_is_unknown(tmp_path):
    async with world(tmp_path, policy=OPEN) as place:
        await killed_with_an_intent(place)
        without_its_context(tmp_path)
        await place.start_bot()
        card = await place.card("❌", "cannot be seen", "look before you ask again")
        assert "Nothing was changed" not in card.text
        records = await place.recorded("asked", "intent", "conclusion")
        assert records[2]["detail"]["result"] == "unknown"
        await place.until(lambda: kept(tmp_path, "plan") == ["done"])


async def test_a_rollout_in_a_cluster_that_is_known_no_more_ends(place):
    await place.api(WEB, "PATCH", {"spec": {"minReadySeconds": 60}}, MERGE)
    await goes(place, "scale web 3")
    await place.until(lambda: "conclusion" in place.kinds(), "a conclusion")
    await place.stop_bot()
    without_its_context(place.folder)
    await place.start_bot()
    await place.card("cannot be followed any further", "The change was made")
    records = await place.recorded("asked", "intent", "conclusion", "followed")
    assert records[3]["detail"]["phase"] == "unreadable"


# ---------------------------------------------------------------- a question that was lost


@pytest.mark.parametrize("label", ["Scale to 4", "Cancel"])
async def test_a_question_that_was_lost_is_found_and_answered_once(place, label):
    question = await place.says("cho", "scale web 4")
    found = await place.says("cho", "")
    assert "Waiting for your answer" in found.text
    assert "from 2 to 4?" in found.plain
    await place.press("cho", found, label)
    if label == "Cancel":
        await place.becomes(found, "cancelled", "Nothing was changed")
    else:
        await place.becomes(found, "Confirmed")
        await place.card("has 4 replicas", "4 of 4")
    await place.press("cho", question, "Scale to 4")
    await place.whisper("already settled")
    assert "Waiting for your answer" not in (await place.says("cho", "")).text
    assert len(await place.writes()) == (label == "Scale to 4")
