"""Presses and forms that come late, twice, or from somebody else: they do nothing, and say so."""

from __future__ import annotations

import asyncio
import json

from tests.process import kept
from tests.scenarios.test_results import pods, pressed
from tests.world import PEOPLE, World


async def gone(place: World) -> None:
    """Let the half hour pass in which a result is kept, and the bot notice."""
    place.ahead = 1900.0
    await place.until(lambda: kept(place.folder, "result") == ["expired"], "the end of the result")


async def test_a_result_whose_time_is_over_says_so(place):
    said = await place.says("ana", "get pods")
    await gone(place)
    await place.press("ana", said, "Share")
    await place.whisper("This result is no longer kept")
    assert place.kinds() == ["read", "refusal"]
    assert await place.cards() == []


async def test_a_form_on_a_result_whose_time_is_over_says_so(place):
    await pods(place, 6)
    said = await place.says("ana", "get pods")
    place.ahead = 900.0
    await place.press("ana", said, "Filter…")
    view = await place.form()
    await gone(place)
    answer = await place.submit("ana", view, filter="web")
    assert "no longer kept" in str(answer["errors"])


def submitted(form: str, user: str, **answers: str) -> dict[str, str]:
    """A form as Slack would deliver it, whoever opened it."""
    values = {
        f"field:{key}": {f"field:{key}": {"type": "plain_text_input", "value": value}}
        for key, value in answers.items()
    }
    payload = {
        "type": "view_submission", "team": {"id": "T0DEMO"}, "user": {"id": user, "team_id": "T0DEMO"},
        "view": {
            "type": "modal", "callback_id": "form", "private_metadata": form, "state": {"values": values},
        },
    }  # fmt: skip
    return {"payload": json.dumps(payload)}


async def test_a_form_that_is_somebody_elses_is_recorded_as_refused(web):
    said = await web.says("ana", "scale")
    await web.press("ana", said, "Fill it in…")
    form = (await web.form())["private_metadata"]
    await web.deliver(submitted(form, PEOPLE["ben"], target="web", replicas="5"))
    await web.deliver(submitted("0" * 32, PEOPLE["ben"], target="web", replicas="5"))
    found = await web.recorded("refusal", "refusal")
    assert {record["actor"] for record in found} == {PEOPLE["ben"]}
    assert {record["detail"]["error"] for record in found} == {"press-refused"}


async def test_what_one_may_no_longer_read_is_not_filtered_either(ruled):
    await pods(ruled, 6)
    said = await ruled.says("ana", "get pods")
    await ruled.press("ana", said, "Filter…")
    view = await ruled.form()
    text = (ruled.folder / "policy.yaml").read_text(encoding="utf-8")
    await ruled.configure(f"{text}\n    - {{name: no-more, verbs: [get], effect: deny}}\n")
    answer = await ruled.submit("ana", view, filter="web")
    assert "Not allowed" in str(answer["errors"])
    assert ruled.records()[-1]["kind"] == "refusal"


def outcomes(place: World) -> list[str | None]:
    return [record.get("detail", {}).get("outcome") for record in place.records()]


def settled(place: World) -> bool:
    return "conclusion" in place.kinds() or "cancelled" in outcomes(place)


async def test_a_question_that_was_answered_with_yes_cannot_be_cancelled_after(tmp_path):
    from tests.scenarios.programs import POLICY, executions
    from tests.world import world

    policy = tmp_path / "policy.yaml"
    policy.write_text(POLICY.replace("effect: allow", "effect: confirm"), encoding="utf-8")
    async with world(tmp_path, policy=policy, socket_mode=False) as place:
        await place.start_bot()
        question = await place.says("ana", "exec deploy/web -- echo once")
        yes, no = question.value("Run it"), question.value("Cancel")
        presses = (yes, no, yes, no)
        bodies = [pressed(place, value, user="U0ANA") for value in presses]
        await asyncio.gather(*(place.deliver(body) for body in bodies))
        await place.until(lambda: settled(place), "a run or none")
        runs = len(await executions(place))
        outcome = outcomes(place)
        assert runs == place.kinds().count("intent") <= 1
        assert ("cancelled" in outcome) is (runs == 0)
        before = runs
        for value in presses:
            await place.deliver(pressed(place, value, user="U0ANA"))
        await asyncio.sleep(0.5)
        assert len(await executions(place)) == before


async def test_shared_once_however_often_the_press_is_delivered(place):
    said = await place.says("ana", "get pods", channel="ops")
    await place.press("ana", said, "Share", channel="ops")
    await place.card("2 pods", "shared by", channel="ops")
    await place.http.post(f"{place.slack.url}/page/deliver-again", json={"n": 1})
    await asyncio.sleep(1.5)
    assert len(await place.cards("ops")) == 1


async def test_a_narrowed_answer_can_be_looked_at_again(tmp_path):
    from tests.world import world

    policy = tmp_path / "policy.yaml"
    policy.write_text(
        "impersonate: false\n"
        "policy:\n  rules:\n    - {name: shop, verbs: [get], namespaces: [shop], effect: allow}\n",
        encoding="utf-8",
    )
    async with world(tmp_path, policy=policy) as place:
        await place.start_bot()
        said = await place.says("ana", "get pods -A")
        assert "the policy lets you see these" in said.plain
        await place.press("ana", said, "As file")
        await place.whisper("in your direct messages")
