"""The ways in that are no slash command: a mention, the tab, a shortcut on a card."""

from __future__ import annotations

from tests.world import World


async def scaled(place: World):
    """A card that is about shop/web."""
    question = await place.says("ana", "scale web 3")
    await place.press("ana", question, "Scale to 3")
    return await place.card("✅", "3 of 3")


async def test_a_mention_is_a_line_and_only_its_asker_sees_the_answer(place):
    await place.write("ana", "@k8s-bot get pods -n shop")
    said = await place.whisper("2 pods")
    assert said.is_ephemeral


async def test_a_mention_in_the_thread_of_a_card_knows_what_it_is_about(place):
    card = await scaled(place)
    await place.write("ana", "@k8s-bot rollout status", thread=card.ts)
    await place.whisper("successfully rolled out")
    await place.write("ana", "@k8s-bot scale --replicas 2", thread=card.ts)
    await place.whisper("Scale", "from 3 to 2?")


async def test_a_mention_is_heard_once_however_often_it_is_delivered(place):
    await place.write("ana", "@k8s-bot whoami")
    await place.whisper("You are")
    await place.http.post(f"{place.slack.url}/page/deliver-again", json={"n": 3})
    await place.recorded("read")


async def test_a_stranger_who_mentions_it_is_refused(place):
    await place.write("gus", "@k8s-bot get pods")
    await place.whisper("Not allowed")


async def test_the_tab_says_what_one_may_what_waits_and_what_runs(place):
    await place.home("ana", "What you can do", "at once")
    await place.says("ana", "scale web 3")
    view = await place.home("ana", "Waiting for your answer", "Scale to 3")
    await press_at_home(place, view, "Scale to 3")
    await place.card("✅", "3 of 3")

    async def is_settled():
        return "Waiting for your answer" not in str((await place.sees("ana"))["home"])

    await place.until(is_settled, "the tab without its question")


async def press_at_home(place: World, view, label: str) -> None:
    block, element = next(
        (block, element)
        for block in view["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
        if element["text"]["text"] == label
    )
    where = {"view_id": view["id"], "block_id": block["block_id"], "action_id": element["action_id"]}
    answer = await place._page("action", {"as": "U0ANA", **where})
    assert answer["ok"], answer


async def test_a_guests_tab_offers_nothing(place):
    await place.home("gus", "Not allowed")


async def test_k8s_alone_is_a_home_of_buttons(place):
    said = await place.says("ana", "")
    assert {"Deploy…", "Scale…", "Expose…", "Logs…", "Roll back…", "Pods"} <= said.buttons.keys()
    await place.press("ana", said, "Deploy…")
    view = await place.form()
    assert view["title"]["text"] == "Deploy"


async def test_the_shortcut_on_a_message_that_is_about_nothing_says_so(place):
    await place.write("ana", "is web down?")
    message = (await place.cards())[-1]
    await place.shortcut("ana", "why", message)
    await place.whisper("about nothing that I know")


async def test_the_shortcut_on_a_card_asks_why_and_by_whom_it_was_changed(place):
    card = await scaled(place)
    await place.shortcut("ben", "why", card)
    said = await place.whisper("shop/web", "What changed")
    assert "ana, record" in said.plain
