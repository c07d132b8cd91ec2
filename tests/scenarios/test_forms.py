"""Forms: a mistake opens one with what was understood, what lives can be chosen, its line goes its way."""

from __future__ import annotations

import asyncio
import json
import time

from tests.scenarios.programs import POLICY as EXEC
from tests.scenarios.test_two_clusters import pair
from tests.world import PEOPLE, slept_out, world


async def test_a_line_that_is_not_whole_opens_a_form_with_what_was_understood(either):
    said = await either.says("ana", "scale web -n shop")
    assert "How many?" in said.text
    await either.press("ana", said, "Fill it in…")
    view = await either.form()
    blocks = {block["block_id"]: block for block in view["blocks"] if block["type"] == "input"}
    assert blocks["field:target"]["element"]["initial_option"]["value"] == "web"
    assert blocks["field:namespace"]["element"]["initial_option"]["value"] == "shop"

    answer = await either.submit("ana", view, target="deployment/web", replicas="3", namespace="shop")
    assert answer["ok"], answer
    question = await either.whisper("Scale", "from 2 to 3?")
    await either.press("ana", question, "Scale to 3")
    await either.card("web", "3 of 3", "✅")


async def second_revision(place):
    notes = (await place.deployment())["metadata"]["annotations"]
    return notes["deployment.kubernetes.io/revision"] == "2"


async def test_what_lives_is_offered_and_nothing_else(place):
    newer = {"spec": {"template": {"spec": {"containers": [{"name": "web", "image": "web:1.1"}]}}}}
    kind = "application/strategic-merge-patch+json"
    await place.api("/apis/apps/v1/namespaces/shop/deployments/web", "PATCH", newer, kind)
    await place.until(lambda: second_revision(place), "a second revision")
    said = await place.says("ana", "rollback")
    await place.press("ana", said, "Fill it in…")
    view = await place.form()
    assert await place.choices("ana", view, "target") == ["deployment/web"]
    assert await place.choices("ana", view, "target", "we") == ["deployment/web"]
    assert await place.choices("ana", view, "target", "nothing like it") == []
    assert "shop" in await place.choices("ana", view, "namespace")
    assert await place.choices("ana", view, "to_revision") == []
    await place.choose("ana", view, "target", "deployment/web")
    assert await place.choices("ana", view, "to_revision") == ["1"]
    assert await place.choices("ana", view, "nonsense") == []


async def test_a_wrong_answer_is_told_below_its_field_and_the_form_stays(place):
    said = await place.says("ana", "scale")
    await place.press("ana", said, "Fill it in…")
    view = await place.form()
    answer = await place.submit("ana", view, target="deployment/web", replicas="100000")
    assert "field:replicas" in answer["errors"]
    assert (await place.submit("ana", view, target="deployment/web", replicas="4"))["ok"]
    await place.whisper("Scale", "from 2 to 4?")


async def test_no_answer_becomes_a_flag(place):
    """A name is a word of its own, whatever stands in it."""
    said = await place.says("ana", "deploy")
    await place.press("ana", said, "Fill it in…")
    view = await place.form()
    answer = await place.submit("ana", view, name="--image=evil:1 -n kube-system", image="web:1.1")
    assert "field:name" in answer["errors"]
    assert await place.writes() == []


async def test_a_form_belongs_to_whoever_opened_it(web):
    said = await web.says("ana", "scale")
    await web.press("ana", said, "Fill it in…")
    view = await web.form()
    target = {"field:target": {"type": "plain_text_input", "value": "web"}}
    payload = {
        "type": "view_submission",
        "team": {"id": "T0DEMO"},
        "user": {"id": PEOPLE["ben"], "team_id": "T0DEMO"},
        "view": {
            "type": "modal", "callback_id": "form", "private_metadata": view["private_metadata"],
            "state": {"values": {"field:target": target}},
        },
    }  # fmt: skip
    assert await web.deliver({"payload": json.dumps(payload)}) == 200
    await asyncio.sleep(0.2)
    assert await web.requests("PATCH", "POST") == []
    forged = {**payload, "view": {**payload["view"], "private_metadata": "0" * 32}}
    assert await web.deliver({"payload": json.dumps(forged)}) == 200
    assert await web.requests("PATCH", "POST") == []


async def test_a_guest_is_offered_no_names(place):
    said = await place.says("ana", "scale")
    await place.press("ana", said, "Fill it in…")
    view = await place.form()
    assert await place.choices("gus", view, "target") == []


async def test_a_slow_clusters_menu_is_answered_before_slack_gives_it_up(place):
    said = await place.says("ana", "scale")
    await place.press("ana", said, "Fill it in…")
    view = await place.form()
    await place.fault("kubernetes", fault="latency", seconds=4)
    began = time.monotonic()
    assert await place.choices("ana", view, "target") == []
    assert time.monotonic() - began < 3.0
    await slept_out(5.0)


async def test_a_clusters_name_is_offered_to_those_who_may_do_something_there(tmp_path):
    rules = {"rules": [{"name": "looks", "verbs": ["get"], "clusters": ["demo"], "effect": "allow"}]}
    async with pair(tmp_path, policy=rules) as (place, _):
        said = await place.says("cho", "get")
        await place.press("cho", said, "Fill it in…")
        view = await place.form("cho")
        assert await place.choices("cho", view, "context") == ["demo"]


async def test_the_form_of_exec_keeps_a_program_apart_from_its_words(tmp_path):
    policy = tmp_path / "policy.yaml"
    policy.write_text(EXEC, encoding="utf-8")
    async with world(tmp_path, policy=policy) as place:
        await place.start_bot()
        said = await place.says("ana", "exec deploy/web")
        await place.press("ana", said, "Fill it in…")
        view = await place.form()
        answer = await place.submit("ana", view, target="deploy/web", argv="ls -l /")
        assert answer["ok"], answer
        await place.whisper("ended with exit 0", "ls -l /")


async def test_a_cluster_that_is_down_offers_nothing_and_says_so_once_it_is_asked(place):
    said = await place.says("ana", "scale")
    await place.press("ana", said, "Fill it in…")
    view = await place.form()
    await place.fault("kubernetes", fault="status", status=503, next=50)
    assert await place.choices("ana", view, "target") == []
