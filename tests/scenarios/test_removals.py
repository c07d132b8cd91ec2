"""Deleting the whole way: asked, shown, made once, looked after; and found again by its uid after a death."""

from __future__ import annotations

import signal

from tests.process import process, shut

WEB = "/apis/apps/v1/namespaces/shop/deployments/web"


async def test_what_is_confirmed_is_deleted_and_its_card_says_so_once_it_is_gone(place):
    question = await place.says("cho", "delete deploy/web")
    assert "Delete deployment shop/web on demo?" in question.text.replace("`", "")
    assert "With it go 1 replicaset and 2 pods." in question.text
    assert (await place.deployment())["metadata"]["name"] == "web"
    await place.agree("cho", question, "Delete web…", name="web")
    card = await place.card("✅", "is deleted")
    assert list(card.buttons) == []
    assert (await place.deployment())["code"] == 404
    await place.becomes(question, "Confirmed")
    writes = await place.writes()
    assert [(w["method"], w["path"]) for w in writes] == [("DELETE", WEB)]
    records = await place.recorded("asked", "intent", "conclusion")
    assert records[2]["detail"]["calls"][0]["action"] == "delete"


async def test_what_holds_it_back_is_said_on_the_card_until_it_lets_go(place):
    await place.api(
        WEB, "PATCH", {"metadata": {"finalizers": ["example.com/keep"]}}, "application/merge-patch+json"
    )
    question = await place.says("cho", "delete deploy/web")
    await place.agree("cho", question, "Delete web…", name="web")
    await place.card("⏳", "waits for example.com/keep")
    await place.api(WEB, "PATCH", {"metadata": {"finalizers": []}}, "application/merge-patch+json")
    await place.card("✅", "is deleted")


async def test_an_object_that_moved_on_is_not_deleted(place):
    question = await place.says("cho", "delete deploy/web")
    await place.api(WEB, "PATCH", {"spec": {"replicas": 3}}, "application/merge-patch+json")
    await place.agree("cho", question, "Delete web…", name="web")
    await place.becomes(question, "its spec has changed", "Nothing was changed")
    assert await place.writes() == []
    again = await place.whisper("Nothing has changed yet")
    assert list(again.buttons) == ["Delete web…", "Cancel"]


async def test_killed_after_it_was_deleted_it_is_found_gone_and_not_deleted_again(alone):
    async with process(alone) as first:
        question = await alone.says("cho", "delete deploy/web")
        await alone.fault("kubernetes", fault="latency", seconds=0.4, method="DELETE", next=1)
        await alone.agree("cho", question, "Delete web…", name="web")
        await alone.until(lambda: "intent" in alone.kinds(), "an intent")
        with shut(alone.folder):

            async def is_gone():
                return (await alone.deployment()).get("code") == 404

            await alone.until(is_gone, "the act")
            [card] = await alone.cards()
            await first.end(signal.SIGKILL)
        assert alone.kinds() == ["asked", "intent"]
        first.leases_end()
    await alone.start_bot()
    ended = await alone.card("✅", "is deleted")
    assert ended.ts == card.ts
    assert len(await alone.writes()) == 1
    records = await alone.recorded("asked", "intent", "conclusion")
    assert records[2]["detail"]["found_after_restart"] is True
    assert records[2]["detail"]["result"] == "applied"


async def test_a_lost_answer_is_looked_for_and_the_deletion_not_repeated(place):
    question = await place.says("cho", "delete deploy/web")
    await place.fault("kubernetes", fault="cut", after="act", method="DELETE", path=WEB, next=1)
    await place.agree("cho", question, "Delete web…", name="web")
    await place.card("✅", "is deleted")
    records = await place.recorded("asked", "intent", "conclusion")
    assert records[2]["detail"]["result"] == "applied"
