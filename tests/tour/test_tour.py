"""The tour's own honesty: what does not happen is a failed step, told in a line, and never a crash."""

from __future__ import annotations

import io

import httpx
import pytest
import yaml

from tests.tour.cluster import Cluster
from tests.tour.page import MissingError, Page, until
from tests.tour.said import Said
from tests.tour.stage import Stage, Step, expect

PAGE, API = "http://127.0.0.1:9001", "http://127.0.0.1:9002"


@pytest.fixture
def stage():
    page, cluster = Page(f"{PAGE}/?token=t"), Cluster(API)
    yield Stage(page, {"demo": cluster}, io.StringIO())
    page.close()
    cluster.close()


def played(stage, *plays):
    is_whole = stage.play([Step("a row", "a step", play) for play in plays])
    return is_whole, stage._out.getvalue()


def whisper(text, **more):
    blocks = [
        {"type": "section", "block_id": "b1", "text": {"type": "mrkdwn", "text": text}},
        *more.pop("blocks", []),
    ]
    return {"ts": "2.0", "ephemeral": True, "text": text, "blocks": blocks, **more}


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        ({"status_code": 500, "text": "boom"}, "POST /page/command: 500 boom"),
        ({"json": {"ok": False, "error": "dispatch_failed"}}, "the page refused it: dispatch_failed"),
    ],
)
def test_a_page_that_fails_fails_the_step_and_the_next_is_played(respx_mock, stage, broken, told):
    respx_mock.get(f"{PAGE}/page/state").respond(json={"messages": {"C0SHOP": []}})
    respx_mock.post(f"{PAGE}/page/command").respond(**broken)
    is_whole, out = played(stage, lambda stage: stage.types("get pods").text, lambda _stage: "here")
    assert not is_whole
    assert f"✗ {told}" in out
    assert "✓ here" in out
    assert out.endswith("2 steps, 1 checked\n")


def test_a_page_that_is_gone_fails_the_step(respx_mock, stage):
    respx_mock.get(f"{PAGE}/page/state").mock(side_effect=httpx.ConnectError("refused"))
    is_whole, out = played(stage, lambda stage: stage.types("get pods").text)
    assert not is_whole
    assert "✗ GET /page/state: ConnectError refused" in out


def test_words_without_an_effect_fail_the_step(respx_mock, stage):
    respx_mock.get(f"{API}/apis/apps/v1/namespaces/shop/deployments/web").respond(
        json={"spec": {"replicas": 2}}
    )

    def claims(stage):
        replicas = stage.cluster.deployment("web")["spec"]["replicas"]
        expect(replicas == 5, f"{replicas} are wanted")
        return "5 are wanted"

    is_whole, out = played(stage, claims)
    assert not is_whole
    assert "✗ 2 are wanted" in out


def test_a_line_is_typed_and_its_new_answer_read(respx_mock, stage):
    old, new = (
        whisper("before") | {"ts": "1.0"},
        whisper("*3* pods, until <!date^1^{time}|later> &amp; <@U0ANA>"),
    )
    states = iter([[old], [old, new]])
    respx_mock.get(f"{PAGE}/page/state").mock(
        side_effect=lambda _request: httpx.Response(200, json={"messages": {"C0SHOP": next(states)}})
    )
    typed = respx_mock.post(f"{PAGE}/page/command").respond(json={"ok": True})
    is_whole, out = played(stage, lambda stage: stage.types("get pods").text)
    assert is_whole
    assert yaml.safe_load(typed.calls.last.request.content)["text"] == "/k8s get pods"
    assert "ana  /k8s get pods" in out
    assert "✓ *3* pods, until later & U0ANA" in out


def test_a_plan_has_one_button_that_says_yes():
    buttons = [
        {"type": "button", "action_id": f"press:{n}", "text": {"text": label}, **style}
        for n, (label, style) in enumerate([("Scale to 4", {"style": "primary"}), ("Cancel", {})])
    ]
    plan = Said(whisper("⏸ Scale?", blocks=[{"type": "actions", "block_id": "b2", "elements": buttons}]))
    assert plan.affirmative
    assert (plan.affirmative.label, plan.affirmative.block_id) == ("Scale to 4", "b2")
    assert Said(whisper("no plan")).affirmative is None


def test_patience_ends():
    with pytest.raises(MissingError, match="there was no card"):
        until(lambda: None, "card", 0.1)
