"""A cluster that fails at each step of a change: said plainly, found again, and never done twice."""

from __future__ import annotations

import pytest
import yaml

from tests.world import world

WEB = "/apis/apps/v1/namespaces/shop/deployments/web"
MERGE = "application/merge-patch+json"


async def test_a_read_that_fails_once_is_tried_again_and_nobody_notices(place):
    await place.fault("kubernetes", fault="status", status=503, next=1, method="GET", path="/pods")
    answer = await place.says("cho", "get pods")
    assert "web-" in answer.text
    assert "❌" not in answer.text
    await place.recorded("read")


async def test_a_read_that_goes_on_failing_ends_in_one_clear_message(place):
    await place.fault("kubernetes", fault="status", status=503, path="/pods", method="GET")
    answer = await place.says("cho", "get pods")
    assert "Cluster demo cannot answer right now: the server is currently unable" in answer.plain
    assert "Try again in a moment." in answer.text
    assert len([m for m in await place.messages() if m.is_ephemeral]) == 1
    await place.calm("kubernetes")
    assert "web-" in (await place.says("cho", "get pods")).text
    await place.recorded("read", "read")


async def test_a_cluster_that_hangs_up_is_said_to_be_out_of_reach(place):
    await place.fault("kubernetes", fault="cut", next=9, method="GET", path="/deployments/web")
    answer = await place.says("cho", "scale web 4")
    assert "Cluster demo cannot be reached" in answer.plain
    assert "Nothing was changed" in answer.text
    [record] = await place.recorded("refusal")
    assert record["detail"]["error"] == "cluster-unavailable"


async def test_an_outage_during_a_rollout_passes_and_the_card_ends_right(place):
    await place.api(WEB, "PATCH", {"spec": {"minReadySeconds": 10}}, MERGE)
    question = await place.says("cho", "scale web 4")
    await place.press("cho", question, "Scale to 4")
    await place.until(lambda: "conclusion" in place.kinds(), "a conclusion")
    await place.fault("kubernetes", fault="outage", seconds=0.6)
    await place.card("has 4 replicas", "4 of 4", "successfully rolled out")
    assert len(await place.cards()) == 1
    assert len(await place.writes()) == 1


async def test_cut_watches_and_forgotten_versions_do_not_blind_a_card(place):
    await place.api(WEB, "PATCH", {"spec": {"minReadySeconds": 10}}, MERGE)
    question = await place.says("cho", "scale web 4")
    await place.press("cho", question, "Scale to 4")
    await place.until(lambda: "conclusion" in place.kinds(), "a conclusion")
    await place.fault("kubernetes", fault="forget-versions")
    await place.fault("kubernetes", fault="cut-watches")
    await place.card("has 4 replicas", "4 of 4", "successfully rolled out")


REFUSED = [
    ({"fault": "status", "status": 500}, "Internal error occurred", 2),
    ({"fault": "status", "status": 503}, "unable to handle the request", 2),
    ({"fault": "status", "status": 429}, "too much to do", 2),
    ({"fault": "status", "status": 422}, "planted: 422", 2),
    ({"fault": "status", "status": 403}, "planted: forbidden", 2),
]


@pytest.mark.parametrize(("trouble", "words", "replicas"), REFUSED)
async def test_a_write_that_the_server_refuses_was_not_made_and_is_said_so(place, trouble, words, replicas):
    question = await place.says("cho", "scale web 4")
    await place.fault("kubernetes", method="PATCH", next=1, **trouble)
    await place.press("cho", question, "Scale to 4")
    card = await place.card("❌", words, "Nothing was changed")
    assert "not done" in card.text
    assert (await place.deployment())["spec"]["replicas"] == replicas
    records = await place.recorded("asked", "intent", "conclusion")
    assert records[2]["detail"]["result"] == "failed"
    assert len(await place.writes()) == 1
    await place.becomes(question, words)


async def test_an_answer_lost_after_the_act_is_looked_up_and_found(place):
    question = await place.says("cho", "scale web 4")
    await place.fault("kubernetes", fault="cut", after="act", method="PATCH", next=1)
    await place.press("cho", question, "Scale to 4")
    await place.card("has 4 replicas", "4 of 4")
    assert len(await place.writes()) == 1
    records = await place.recorded("asked", "intent", "conclusion", "followed")
    assert records[2]["detail"]["result"] == "applied"


async def test_an_answer_lost_before_the_act_leaves_it_open_and_never_repeats(place):
    question = await place.says("cho", "scale web 4")
    await place.fault("kubernetes", fault="cut", method="PATCH", next=1)
    await place.press("cho", question, "Scale to 4")
    card = await place.card("❌", "it may have been made", "look before you ask again")
    assert "Nothing was changed" not in card.text
    ended = await place.becomes(question, "may have been made")
    assert not ended.buttons, "asking again is for whoever has looked"
    assert len(await place.writes()) == 1
    records = await place.recorded("asked", "intent", "conclusion")
    assert records[2]["detail"]["result"] == "unknown"


async def test_a_conflict_by_a_status_that_moved_is_tried_again(place):
    question = await place.says("cho", "scale web 4")
    await place.fault("kubernetes", fault="status", status=409, method="PATCH", next=2)
    await place.press("cho", question, "Scale to 4")
    await place.card("has 4 replicas", "4 of 4")
    assert [w["status"] for w in await place.writes()] == [409, 409, 200]


async def test_what_admission_says_to_a_plan_is_handed_on_in_its_words(place):
    quota = {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "few"},
        "spec": {"hard": {"count/deployments.apps": "1"}},
    }
    await place.api("/api/v1/namespaces/shop/resourcequotas", "POST", quota)
    answer = await place.says("cho", "expose web --port 8080 --name Not_A_Name")
    assert answer.text.startswith(("⚠️", "❌"))
    assert "Traceback" not in answer.text
    assert await place.writes() == []


async def test_rights_that_the_bot_lacks_are_a_sentence_for_an_administrator(tmp_path):
    async with world(tmp_path) as place:
        path = tmp_path / "kubeconfig"
        config = yaml.safe_load(path.read_text())
        config["users"] = [{"name": "nobody", "user": {"token": "system:serviceaccount:bots:k8s-bot"}}]
        for context in config["contexts"]:
            context["context"]["user"] = "nobody"
        path.write_text(yaml.safe_dump(config))
        await place.start_bot()
        answer = await place.says("cho", "get pods")
        assert "may not list pods in namespace shop" in answer.plain
        assert (
            "An administrator has to grant list on pods to system:serviceaccount:bots:k8s-bot" in answer.plain
        )
        answer = await place.says("cho", "scale web 4")
        assert "An administrator has to grant" in answer.plain
        assert "Nothing was changed" in answer.text
        await place.recorded("refusal", "refusal")
