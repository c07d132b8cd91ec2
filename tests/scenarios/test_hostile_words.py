"""What people type and pods print stays text: no mention, no markup, no forged echo."""

from __future__ import annotations

import json

LOUD = ("<!channel>", "<!here>", "<!everyone>", "<@U0ANA>", "<!subteam^S0SRE>", "<https://evil.example|web>")


def read_by_slack(message) -> str:
    """All of it in which Slack would see a mention or a link; rich text and plain text stay as they are."""
    found = [message.raw["text"]]
    pending = [message.raw["blocks"]]
    while pending:
        match pending.pop():
            case {"type": "mrkdwn", "text": text}:
                found.append(text)
            case {"type": "broadcast" | "usergroup" | "link"} as element:
                found += (*LOUD, json.dumps(element))
            case dict() as node:
                pending += node.values()
            case list() as items:
                pending += items
    return "\n".join(found)


TYPED = (
    "scale {} 4",
    "get {}",
    "get pods -l app={}",
    "get pods -n {}",
    "logs {}",
    "{} web",
    "scale web 4 --context {}",
    "deploy web --image {}",
    "describe pod {}",
    "deploy web --image web:2 --env MESSAGE={}",
)


async def test_nothing_that_is_typed_comes_back_as_a_mention_or_a_link(place):
    for number, line in enumerate(TYPED):
        for loud in (LOUD[number % len(LOUD)], LOUD[-1]):
            answer = await place.says("cho", line.format(f"'{loud}'"))
            assert loud not in read_by_slack(answer), (line, loud)
            assert "went wrong" not in answer.text, (line, loud)


async def test_the_reason_of_a_lock_of_everything_calls_nobody(place):
    await place.says("ana", f"lock --everything --reason '{' '.join(LOUD)}'")
    card = await place.card("Everything is read-only", "<!channel>")
    assert not any(loud in read_by_slack(card) for loud in LOUD)


async def test_nothing_that_stands_in_the_cluster_comes_back_as_a_mention_or_a_link(place):
    marks = dict.fromkeys(("example.com/note", "kubernetes.io/change-cause"), " ".join(LOUD))
    await place.api(
        "/apis/apps/v1/namespaces/shop/deployments/web",
        "PATCH",
        {"metadata": {"annotations": marks}},
        "application/merge-patch+json",
    )
    for line in ("describe deployment web", "rollout history web", "get deployments", "events"):
        answer = await place.says("cho", line)
        assert not [loud for loud in LOUD if loud in read_by_slack(answer)], line


async def test_what_clients_make_of_quotes_and_dashes_is_understood(place):
    body = {"as": "U0CHO", "channel": "C0SHOP", "text": '/k8s scale "web" --replicas 4', "typography": True}
    async with place.http.post(f"{place.slack.url}/page/command", json=body) as answer:
        assert (await answer.json())["ok"]
    await place.whisper("from 2 to 4?")


async def test_a_rollout_keeps_within_the_limits_that_slack_sets(place):
    await place.fault("slack", fault="limits", on=True)
    for replicas in (3, 1):
        question = await place.says("cho", f"scale web {replicas}")
        await place.press("cho", question, f"Scale to {replicas}")
        await place.card("successfully rolled out", f"{replicas} of {replicas}")
    async with place.http.get(f"{place.slack.url}/simulator/calls") as answer:
        calls = (await answer.json())["calls"]
    assert [call for call in calls if call["method"].startswith("chat.") and not call["ok"]] == []
