"""What Slack, or somebody who pretends to be Slack, puts through the door."""

from __future__ import annotations

import asyncio
import json

from bot.slack.doors import MOST_BYTES

FORM = "application/x-www-form-urlencoded"
MALFORMED = [
    b"",
    b"\x00\xff\xfe",
    b"payload=",
    b"payload=%7B",
    b"payload=null",
    b"payload=%5B%5D",
    b"payload=%22x%22",
    b"payload=7",
    b"payload=%7B%22type%22%3A%22block_actions%22%7D",
    b"payload=%7B%22type%22%3A%22view_submission%22%2C%22view%22%3A%7B%7D%7D",
    b"payload=%7B%22type%22%3A%22block_actions%22%2C%22actions%22%3A%5B%7B%22action_id%22%3A%22press%3A0%22%7D%5D%7D",
    b"command=%2Fk8s",
    b"command=%2Fk8s&text=get+pods&user_id=&team_id=&channel_id=",
    b"command=%2Fk8s&user_id=U0ANA&team_id=T0DEMO&channel_id=C0SHOP&trigger_id=1.1.a&response_url=x&text="
    + b"a" * 30_000,
    b"command=%2Fother&user_id=U0ANA&team_id=T0DEMO",
    b"{}",
    b"[" * 20_000,
]


async def test_a_command_delivered_twice_is_answered_once(either):
    await either.fault("slack", fault="duplicate-delivery", next=1)
    await either.says("cho", "get pods")
    async with either.http.post(f"{either.slack.url}/page/deliver-again", json={"n": 1}) as answer:
        assert (await answer.json())["ok"]
    await either.says("cho", "whoami")
    lists = [m for m in await either.messages() if m.is_ephemeral and "web-" in m.text]
    assert len(lists) == 1
    assert [record["verb"] for record in either.records()] == ["get", "whoami"]


async def test_a_change_asked_twice_in_one_delivery_has_one_question(place):
    await place.fault("slack", fault="duplicate-delivery", next=1)
    await place.says("cho", "scale web 4")
    await place.says("cho", "whoami")
    assert place.kinds() == ["asked", "read"]


async def test_the_word_payload_is_a_word_like_any_other(either):
    answer = await either.says("cho", "scale payload 4")
    assert "no deployment payload in namespace shop" in answer.plain


async def test_a_late_delivery_is_answered_all_the_same(place):
    await place.fault("slack", fault="late-delivery", seconds=0.1, next=1)
    assert "web-" in (await place.says("cho", "get pods")).text


async def test_a_delivery_that_slack_did_not_sign_now_is_refused_and_leaves_nothing(web):
    body = {
        "command": "/k8s",
        "text": "get pods",
        "user_id": "U0ANA",
        "team_id": "T0DEMO",
        "channel_id": "C0SHOP",
        "response_url": f"{web.slack.url}/x",
        "trigger_id": "1.1.a",
    }
    assert await web.deliver(body, secret="somebody else's secret") == 401
    assert await web.deliver(body, age=600) == 401
    assert await web.deliver(body, age=-600) == 401
    for stamp in ("", "soon", "-1", "1e9", "٣", "9" * 40):
        assert await web.deliver(body, **{"X-Slack-Request-Timestamp": stamp}) == 401
    for mark in ("", "v0=", "v0=zz", "v1=" + "0" * 64, "v0=" + "0" * 64, "v0=é"):
        assert await web.deliver(body, **{"X-Slack-Signature": mark}) == 401
    for unread in MALFORMED:
        assert await web.deliver(unread, secret="somebody else's secret") == 401
    async with web.http.post(f"http://{web.bot.listen}/slack/events", data=body) as answer:
        assert answer.status == 401
    await asyncio.sleep(0.1)
    assert web.records() == []
    assert await web.deliver(body, **{"Content-Type": f"{FORM}; charset=nonsense"}) == 200
    await web.recorded("read")


async def test_a_signed_body_that_makes_no_sense_is_never_a_failure_of_ours(web, caplog):
    for kind in (FORM, "application/json", "text/plain"):
        for body in MALFORMED:
            status = await web.deliver(body, **{"Content-Type": kind})
            assert status < 500, (kind, body[:80])
    assert await web.deliver(json.dumps({"type": "url_verification", "challenge": "x"}).encode(),
                             **{"Content-Type": "application/json"}) == 200  # fmt: skip
    assert "Traceback" not in caplog.text
    assert web.records() == []
    assert "web-" in (await web.says("cho", "get pods")).text


async def test_a_body_beyond_all_measure_is_not_read(web):
    assert await web.deliver(b"text=" + b"a" * MOST_BYTES) == 413
    assert "web-" in (await web.says("cho", "get pods")).text
