"""Who may ask at all, and who may still act when the button is pressed."""

from __future__ import annotations

import json

import pytest


def command(user: str, line: str, *, team: str, trigger: str, slack: str) -> dict[str, str]:
    """A slash command as Slack delivers it, from whomever; its response address is used up."""
    return {
        "command": "/k8s",
        "text": line,
        "user_id": user,
        "user_name": "somebody",
        "team_id": team,
        "channel_id": "C0SHOP",
        "channel_name": "shop",
        "response_url": f"{slack}/nowhere",
        "trigger_id": trigger,
        "api_app_id": "A0BOT",
    }


async def reached(place):
    """Whatever was asked of the cluster about the shop."""
    return [r for r in await place.requests("GET", "PATCH", "POST") if "/namespaces/shop/" in r["path"]]


@pytest.mark.parametrize(
    ("who", "words"), [("gus", "Guests of this workspace"), ("sol", "People of other workspaces")]
)
async def test_guests_and_strangers_are_refused_and_the_cluster_hears_nothing(place, who, words):
    for line in ("scale web 4", "get pods", "whoami"):
        answer = await place.says(who, line)
        assert "Not allowed" in answer.text
        assert words in answer.text
        assert not answer.buttons
    assert await reached(place) == []
    records = await place.recorded("refusal", "refusal", "refusal")
    assert [r["verb"] for r in records] == ["scale", "get", "whoami"]
    assert all(r["detail"]["error"] == "access-denied" for r in records)


NO_MEMBERS = [
    ("U0DIA", "T0DEMO", "deactivated"),
    ("U0BOT", "T0DEMO", "bots"),
    ("U0NOBODY", "T0DEMO", "knows nobody"),
    ("U0ANA", "T0ELSEWHERE", "other workspaces"),
]


async def test_an_id_that_is_no_full_member_of_this_workspace_is_refused(web):
    for number, (user, team, words) in enumerate(NO_MEMBERS, start=1):
        body = command(user, "scale web 4", team=team, trigger=f"1.1.{number}", slack=web.slack.url)
        assert await web.deliver(body) == 200
        records = await web.recorded(*["refusal"] * number)
        assert words in records[-1]["detail"]["said"]
        assert records[-1]["actor"] == user
    assert await reached(web) == []


@pytest.mark.parametrize(
    "trouble",
    [
        {"fault": "status", "method": "users.info", "status": 503, "next": 9},
        {"fault": "error", "method": "users.info", "error": "internal_error", "next": 9},
        {"fault": "error", "method": "usergroups.users.list", "error": "missing_scope", "next": 9},
    ],
)
async def test_a_slack_that_cannot_say_who_asks_is_no_permission(place, trouble):
    await place.fault("slack", **trouble)
    answer = await place.says("ana", "scale web 4")
    assert "Slack cannot say who is" in answer.text
    assert "Nothing was changed" in answer.text
    assert await reached(place) == []
    await place.recorded("refusal")


async def test_whoever_is_deactivated_after_asking_cannot_press(web):
    question = await web.says("cho", "scale web 4")
    payload = {
        "type": "block_actions",
        "team": {"id": "T0DEMO"},
        "user": {"id": "U0CHO", "username": "cho", "team_id": "T0DEMO"},
        "channel": {"id": "C0SHOP", "name": "shop"},
        "actions": [{"action_id": "press:0", "value": question.value("Scale to 4"), "type": "button"}],
        "response_url": f"{web.slack.url}/nowhere",
        "trigger_id": "2.2.b",
    }
    await web.fault("slack", fault="person", user="U0CHO", set={"deleted": True})
    assert await web.deliver({"payload": json.dumps(payload)}) == 200
    records = await web.recorded("asked", "refusal")
    assert "deactivated" in records[1]["detail"]["said"]
    assert await web.writes() == []
    assert await web.cards() == []


async def test_whoever_has_become_a_guest_after_asking_is_refused_at_the_act(place):
    question = await place.says("cho", "scale web 4")
    await place.fault("slack", fault="person", user="U0CHO", set={"is_restricted": True})
    await place.press("cho", question, "Scale to 4")
    ended = await place.becomes(question, "Guests of this workspace", "Nothing was changed")
    assert list(ended.buttons) == ["Ask again"]
    await place.recorded("asked", "refusal")
    assert (await place.deployment())["spec"]["replicas"] == 2
    assert await place.cards() == []


async def test_whoever_has_left_the_group_after_asking_is_refused_at_the_act(ruled):
    policy = ruled.folder / "policy.yaml"
    policy.write_text(
        policy.read_text().replace("channels: {C0SHOP: shop, C0OPS: ops}", "groups: {S0SRE: sre}")
    )
    await ruled.stop_bot()
    await ruled.start_bot()
    question = await ruled.says("ana", "scale web 4")
    await ruled.fault("slack", fault="group", group="S0SRE", users=["U0BEN"])
    await ruled.press("ana", question, "Scale to 4")
    await ruled.becomes(question, "Not allowed", "@sre can do it", "Nothing was changed")
    assert await ruled.writes() == []
    await ruled.recorded("asked", "refusal")


async def test_a_slack_that_cannot_say_who_presses_is_no_permission_either(place):
    question = await place.says("cho", "scale web 4")
    await place.fault("slack", fault="error", method="users.info", error="internal_error", next=9)
    await place.press("cho", question, "Scale to 4")
    await place.becomes(question, "Slack cannot say who is asking", "Nothing was changed")
    assert await place.writes() == []
    await place.recorded("asked", "refusal")
