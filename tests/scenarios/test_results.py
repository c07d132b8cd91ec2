"""A result is looked at again without being read again: by its asker, under the policy of the moment."""

from __future__ import annotations

import json

import pytest

from tests.world import World


async def pods(place: World, count: int) -> None:
    scale = "/apis/apps/v1/namespaces/shop/deployments/web/scale"
    await place.api(scale, "PATCH", {"spec": {"replicas": count}}, "application/merge-patch+json")

    async def are_up() -> bool:
        return bool((await place.deployment())["status"].get("availableReplicas") == count)

    await place.until(are_up, f"{count} pods")


async def test_the_next_page_reads_nothing(place):
    await pods(place, 60)
    said = await place.says("ana", "get pods")
    assert "60 pods" in said.text
    before = len(await place.requests("GET"))
    await place.press("ana", said, "Next page")
    await place.becomes(said, "Page 2 of 2")
    assert len(await place.requests("GET")) == before


async def test_a_filter_is_typed_into_a_form(place):
    await pods(place, 6)
    said = await place.says("ana", "get pods")
    name = (await place.api("/api/v1/namespaces/shop/pods"))["items"][0]["metadata"]["name"]
    await place.press("ana", said, "Filter…")
    view = await place.form()
    assert "field:filter" in (await place.submit("ana", view, filter="/(/"))["errors"]
    assert (await place.submit("ana", view, filter=name))["ok"]
    seen = await place.becomes(said, "1 pod", name)
    await place.press("ana", seen, "No filter")
    await place.becomes(said, "6 pods")


async def test_as_a_file_it_goes_to_its_asker_alone(place):
    said = await place.says("ana", "get pods")
    await place.press("ana", said, "As file")
    await place.whisper("in your direct messages")
    state = await place.sees("ana")
    direct = next(c["id"] for c in state["channels"] if c.get("is_im"))

    async def there():
        messages = (await place.sees("ana"))["messages"].get(direct, [])
        return [file for message in messages for file in message.get("files", [])]

    files = await place.until(there, "a file in the direct messages")
    assert files[0]["name"].endswith(".txt")
    assert not [m for m in await place.messages() if not m.is_ephemeral]


async def test_shared_it_stands_in_the_channel_with_its_asker(place):
    said = await place.says("ana", "get pods", channel="ops")
    await place.press("ana", said, "Share", channel="ops")
    card = await place.card("2 pods", "shared by", "ana", channel="ops")
    assert "Share" not in card.buttons
    assert [record["detail"].get("outcome") for record in place.records()][-1] == "shared with the channel"


async def test_a_flag_or_a_channels_way_shows_it_to_everybody(ruled):
    await ruled.command("ana", "get pods --share", channel="ops")
    await ruled.card("2 pods", channel="ops")


async def test_where_people_of_other_workspaces_read_nothing_is_shared(place):
    said = await place.says("ana", "get pods")
    await place.press("ana", said, "Share")
    await place.whisper("People of other workspaces read this channel")
    assert await place.cards() == []


async def test_nor_is_it_by_a_flag(place):
    said = await place.says("ana", "get pods --share")
    assert "People of other workspaces read this channel" in said.text
    assert "pods in" not in said.text
    assert await place.cards() == []


async def test_nobody_elses_result_can_be_pressed(web):
    said = await web.says("ana", "get pods")
    assert await web.deliver(pressed(web, said.value("Share"), user="U0BEN")) == 200
    await web.recorded("read", "refusal")
    assert await web.cards() == []


async def test_what_one_may_no_longer_read_is_not_shown_from_memory(ruled):
    said = await ruled.says("ana", "get pods")
    policy = ruled.folder / "policy.yaml"
    text = policy.read_text(encoding="utf-8")
    policy.write_text(
        text + "\n    - name: no-more\n      verbs: [get]\n      effect: deny\n", encoding="utf-8"
    )

    async def refused():
        await ruled.press("ana", said, "Share")
        return [m for m in await ruled.messages() if "Not allowed" in m.text]

    await ruled.until(refused, "a refusal")
    assert await ruled.cards() == []
    assert ruled.records()[-1]["kind"] == "refusal"


@pytest.mark.parametrize("choice", ["page-0", "page-99999", "nonsense", "confirm", "stop"])
async def test_a_forged_view_does_nothing(web, choice):
    said = await web.says("ana", "get pods")
    value = said.value("Share").rpartition(":")[0] + f":{choice}"
    assert await web.deliver(pressed(web, value, user="U0ANA")) == 200
    assert await web.cards() == []


def pressed(web: World, value: str, *, user: str) -> dict[str, str]:
    """A press as Slack would deliver it, of a button that nobody was shown."""
    payload = {
        "type": "block_actions", "team": {"id": "T0DEMO"}, "user": {"id": user, "team_id": "T0DEMO"},
        "channel": {"id": "C0SHOP", "name": "shop"}, "container": {"type": "message", "is_ephemeral": True},
        "actions": [{"type": "button", "action_id": "press:0", "block_id": "x", "value": value}],
        "response_url": f"{web.slack.url}/actions/none", "trigger_id": f"1.2.{value[-8:]}",
    }  # fmt: skip
    return {"payload": json.dumps(payload)}
