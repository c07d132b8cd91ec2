"""Silences that last: what was meant long ago is not done, and what was said to nobody is said at last."""

from __future__ import annotations

import pytest

from bot.slack.budget import Pace
from tests.process import kept, process
from tests.world import world

WEB = "/apis/apps/v1/namespaces/shop/deployments/web"
MERGE = "application/merge-patch+json"
HURRIED = Pace(patience=0.2, first_delay=0.05, edit_gap=0.0, edits_per_second=50)
"""A bot that gives Slack up in a moment, so that a short outage is as good as one of minutes."""


@pytest.fixture
async def hurried(tmp_path):
    async with world(tmp_path) as place:
        place.pace = HURRIED
        await place.start_bot()
        yield place


async def rests(place, kind: str, *states: str) -> None:
    """Wait until nobody holds an operation of this kind, and these are their states."""
    await place.until(lambda: kept(place.folder, kind) == list(states), f"{kind} {states}")


async def later(place, seconds: float) -> None:
    """Let time pass for the bot, and have it look at what is due."""
    place.ahead += seconds
    await place.command("ana", "whoami")


async def stirs(place, number: int) -> None:
    """Something happens to the deployment, so that whoever follows it looks again."""
    await place.api(WEB, "PATCH", {"metadata": {"annotations": {"stirred": str(number)}}}, MERGE)


async def follows(place) -> None:
    """A rollout that takes its time."""
    slowly = {"minReadySeconds": 600, "progressDeadlineSeconds": 6000}
    await place.api(WEB, "PATCH", {"spec": slowly}, MERGE)
    question = await place.says("cho", "scale web 3")
    await place.press("cho", question, "Scale to 3")
    await place.card("of 3 updated")


# ---------------------------------------------------------------- what was asked long ago


async def test_a_line_from_long_ago_is_not_run_but_told(alone):
    async with process(alone) as first:
        await alone.fault("kubernetes", fault="latency", seconds=0.5, method="GET", path=WEB, next=1)
        await alone.command("cho", "scale web 4")
        await alone.until(lambda: alone.requests("GET"), "the line under way")
        await first.kill()
    asked = len(await alone.requests("GET", "PATCH"))
    alone.ahead = 2000
    await alone.start_bot()
    await alone.whisper("asked too long ago", "Nothing was changed")
    [record] = await alone.recorded("refusal")
    assert record["detail"]["error"] == "stale-plan"
    assert len(await alone.requests("GET", "PATCH")) == asked


# ---------------------------------------------------------------- a Slack that is away for minutes


async def test_the_end_of_a_change_is_shown_when_slack_is_back(hurried, caplog):
    question = await hurried.says("cho", "expose web --port 8080")
    await hurried.fault("slack", fault="status", status=503, method="chat.update", next=10_000)
    await hurried.press("cho", question, next(iter(question.buttons)))
    for times in (1, 2):
        await hurried.until(lambda n=times: caplog.text.count("not brought to its end") == n, "a try")
        await rests(hurried, "plan", "concluded")
        [card] = await hurried.cards()
        assert card.text.startswith("⏳")
        if times > 1:
            await hurried.calm("slack")
        await later(hurried, 150)
    await hurried.becomes(card, "✅", "8080")
    await hurried.becomes(question, "Confirmed")
    await rests(hurried, "plan", "done")


async def test_the_end_of_a_rollout_is_shown_when_slack_is_back(hurried, caplog):
    question = await hurried.says("cho", "scale web 3")
    await hurried.fault("slack", fault="status", status=503, method="chat.update", next=10_000)
    await hurried.press("cho", question, "Scale to 3")

    async def is_up():
        return (await hurried.deployment())["status"].get("availableReplicas") == 3

    await hurried.until(is_up, "three pods")
    await stirs(hurried, 1)
    await hurried.until(lambda: caplog.text.count("could not be edited") > 1, "an edit given up")
    assert "followed" not in hurried.kinds()
    await hurried.calm("slack")
    await stirs(hurried, 2)
    await hurried.card("✅", "has 3 replicas", "3 of 3")
    await hurried.recorded("asked", "intent", "conclusion", "followed")


async def test_an_answer_waits_for_as_long_as_its_address_lives(hurried):
    await hurried.fault("slack", fault="status", status=503, method="response_url", next=10_000)
    await hurried.command("cho", "get pods")
    await rests(hurried, "invocation", "answered")
    assert [m for m in await hurried.messages() if m.is_ephemeral] == []
    await hurried.calm("slack")
    await later(hurried, 150)
    await hurried.whisper("web-")
    assert [record["verb"] for record in hurried.records()].count("get") == 1, "it was read once"


async def test_an_answer_whose_address_is_dead_is_given_up(hurried):
    await hurried.fault("slack", fault="status", status=503, method="response_url", next=10_000)
    await hurried.command("cho", "get pods")
    await rests(hurried, "invocation", "answered")
    await later(hurried, 1801)
    await rests(hurried, "invocation", "answered", "done")


# ---------------------------------------------------------------- a cluster that is away for good


async def test_a_rollout_that_may_not_be_looked_at_any_more_ends_and_says_so(place):
    await follows(place)
    await place.fault("kubernetes", fault="status", status=403, method="GET", path=WEB)
    await stirs(place, 1)
    card = await place.card("⚠️", "cannot be followed any further", "The change was made")
    assert list(card.buttons) == ["Rollout status"]
    records = await place.recorded("asked", "intent", "conclusion", "followed")
    assert records[3]["detail"]["phase"] == "unreadable"


async def test_a_rollout_in_a_cluster_that_stays_away_is_given_up_after_an_hour(place):
    await follows(place)
    await place.fault("kubernetes", fault="cut", method="GET", path=WEB)
    await stirs(place, 1)
    tried = len(await place.requests("GET"))
    await place.until(lambda: _more(place, tried), "another look")
    assert "cannot be followed" not in (await place.cards())[-1].text
    place.ahead = 3601
    await stirs(place, 2)
    await place.card("⚠️", "cannot be followed any further", "cannot be reached")
    records = await place.recorded("asked", "intent", "conclusion", "followed")
    assert records[3]["detail"]["phase"] == "unreadable"


async def test_a_long_rollout_outlives_a_cluster_that_is_away_for_a_moment(place):
    await place.api(WEB, "PATCH", {"spec": {"minReadySeconds": 6000, "progressDeadlineSeconds": 9000}}, MERGE)
    question = await place.says("cho", "scale web 3")
    await place.press("cho", question, "Scale to 3")
    card = await place.card("of 3 updated")
    for number, passed in enumerate((1800, 3700)):
        place.ahead = passed - 60.0
        tried = len(await place.requests("GET"))
        await stirs(place, 3 * number)
        await place.until(lambda tried=tried: _more(place, tried), "a look")
        await place.fault("kubernetes", fault="cut", method="GET", path=WEB)
        place.ahead = passed
        await stirs(place, 3 * number + 1)
        away = await place.becomes(card, "⚠️", "demo has not answered since", "what stands here is of then")
        assert list(away.buttons) == list(card.buttons)
        await place.calm("kubernetes")
        await stirs(place, 3 * number + 2)
        await place.becomes(card, "⏳", "available")
        assert "has not answered" not in (await place.cards())[-1].text
    assert "followed" not in place.kinds()


async def _more(place, tried: int) -> bool:
    return len(await place.requests("GET")) > tried
