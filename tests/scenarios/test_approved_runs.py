"""A program or a request that others say yes to: they see each word of it, and that alone runs, once."""

from __future__ import annotations

import asyncio
import json
import time
from urllib.parse import parse_qs

from tests.factories import one_time_code
from tests.scenarios.programs import executions, pods, writes_in
from tests.scenarios.test_codes import enrolled

ASK = "Ask @sre…"
RUN = "Approve: Run it"
LINE = "exec deploy/web -- echo one two"


async def ruled_by(place, old, new):
    """Start anew with another policy."""
    path = place.folder / "policy.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    await place.stop_bot()
    await place.start_bot()


async def asked(place, line=LINE, who="cho", **more):
    """Ask for it; give the question of the requester and the message that asks the others."""
    question = await place.says(who, line)
    assert "wants a yes from @sre" in question.text
    answer = await place.agree(who, question, ASK, reason="disk is full", **more)
    assert not answer.get("errors"), answer
    waiting = await place.becomes(question, "Waiting for a yes from @sre", "Nothing has run yet")
    return waiting, await place.card("asks", "0 of 1 from @sre", channel="ops")


async def test_what_others_approve_runs_once_as_they_saw_it_and_answers_its_requester_alone(inside):
    waiting, message = await asked(inside)
    [pod] = [name for name in await pods(inside) if name in message.plain]
    uid = (await inside.api(f"/api/v1/namespaces/shop/pods/{pod}"))["metadata"]["uid"]
    for word in ("demo", f"shop/{pod}", uid, "web", "echo one two", "disk is full", "Nothing has run yet"):
        assert word in message.plain, word
    assert await executions(inside) == []

    await inside.press("ben", message, RUN, channel="ops")
    ended = await inside.becomes(message, "Approved by ben", "Done", channel="ops")
    answer = await inside.becomes(waiting, "ended with exit 0")
    assert answer.is_ephemeral
    assert "\none two" in answer.text
    assert "exit 0" not in ended.text
    assert [m for m in await inside.messages() if not m.is_ephemeral] == []
    [sent] = await executions(inside)
    assert parse_qs(sent["query"])["command"] == ["echo", "one", "two"]
    records = await inside.recorded("asked", "asked", "vote", "intent", "conclusion")
    intent, conclusion = records[3:]
    assert (intent["actor"], intent["detail"]["approved_by"]) == ("U0CHO", [{"id": "U0BEN", "name": "ben"}])
    assert intent["detail"]["plan"][0]["uid"] == uid
    assert (conclusion["detail"]["result"], conclusion["detail"]["exit_code"]) == ("exited", 0)
    assert intent["operation"] == conclusion["operation"]


async def test_an_answer_that_comes_after_its_address_is_over_goes_to_direct_messages(inside):
    _, message = await asked(inside)
    await inside.stop_bot()
    inside.ahead = 2000
    await inside.start_bot()
    await inside.press("ben", message, RUN, channel="ops")
    told = await inside.told("cho", "ended with exit 0", "one two")
    assert "share" in told.lower()


async def test_an_answer_whose_address_was_used_up_goes_there_too(inside):
    _, message = await asked(inside)
    await inside.fault("slack", fault="error", method="response_url", error="used_url", next=1)
    await inside.press("ben", message, RUN, channel="ops")
    await inside.told("cho", "ended with exit 0", "one two")
    assert len(await executions(inside)) == 1


async def test_what_cannot_be_shown_whole_is_asked_about_nowhere_or_where_it_can(inside):
    said = await inside.says("cho", f"exec deploy/web -- echo {'x' * 2500}")
    assert "too long to be shown whole" in said.text
    assert inside.kinds() == ["refusal"]
    long = "y" * 150
    _, message = await asked(inside, f"exec deploy/web -- echo {long}")
    assert long in message.text
    tab = json.dumps(await inside.home("ben", "It is shown whole where you were called"))
    assert "Deny" in tab
    assert "Approve" not in tab


async def test_a_program_that_hides_as_a_secret_is_put_before_nobody(inside):
    said = await inside.says("cho", "exec deploy/web -- echo 'TOKEN=$(reboot)'")
    assert "more than one plain word" in said.text
    assert "reboot" not in said.text
    assert inside.kinds() == ["refusal"]
    assert await inside.cards("ops") == []
    assert await executions(inside) == []


async def test_an_approved_terminal_opens_its_thread_where_it_was_asked(inside):
    waiting, message = await asked(inside, "exec -it deploy/web -- sh")
    assert "What is typed into it is not known yet" in message.text
    await inside.press("ben", message, "Approve: Open it", channel="ops")
    card = await inside.card("Terminal of")
    await inside.thread(card, "Output")
    await inside.becomes(waiting, "Confirmed")
    await inside.becomes(message, "Approved by ben", "Done", "tells how it goes", channel="ops")
    await writes_in(inside, "cho", card.ts, f"exit 4 {'x' * 4000}")
    await inside.whisper("longer than 4,000 characters: none of it was typed")
    await writes_in(inside, "cho", card.ts, "echo typed; exit 3")
    await inside.becomes(card, "ended with exit 3")
    records = await inside.recorded("asked", "asked", "vote", "intent", "conclusion")
    assert records[3]["operation"] == records[4]["operation"]
    assert records[3]["detail"]["approved_by"] == [{"id": "U0BEN", "name": "ben"}]
    assert records[4]["detail"]["lines_typed"] == 1
    assert len(await executions(inside)) == 1


async def test_who_may_not_say_yes_does_not_and_of_two_at_once_it_runs_once(inside):
    _, message = await asked(inside, who="ana")
    await inside.press("ana", message, RUN, channel="ops")
    await inside.whisper("Nobody approves their own run", channel="ops")
    await inside.press("cho", message, RUN, channel="ops")
    await inside.whisper("not yours to decide", channel="ops")
    await inside.fault("slack", fault="group", group="S0SRE", users=["U0ANA", "U0BEN", "U0CHO"])
    await inside.fault("slack", fault="person", user="U0BEN", set={"is_restricted": True})
    await inside.press("ben", message, RUN, channel="ops")
    await inside.whisper("Guests", channel="ops")
    await inside.fault("slack", fault="person", user="U0BEN", set={"is_restricted": False})
    assert await executions(inside) == []
    await asyncio.gather(*(inside.press(who, message, RUN, channel="ops") for who in ("ben", "cho", "ben")))
    await inside.becomes(message, "Approved by", "Done", channel="ops")
    assert len(await executions(inside)) == 1
    assert (inside.kinds().count("vote"), inside.kinds().count("refusal")) == (1, 5)


async def test_a_code_and_a_name_are_asked_for_as_for_changes(inside):
    await ruled_by(
        inside,
        "      effect: approve\n",
        "      effect: approve\n      code: true\n",
    )
    await ruled_by(inside, "  rules:\n", "  risks: [{verbs: exec, risk: destructive}]\n  rules:\n")
    secret = enrolled(inside, "U0BEN")
    question = await inside.says("cho", LINE)
    [pod] = [name for name in await pods(inside) if name in question.plain]
    assert f"Type {pod}" in str(await inside.agree("cho", question, ASK, name="wbe", reason="disk is full"))
    view = await inside.form("cho")
    assert not (await inside.submit("cho", view, name=pod, reason="disk is full")).get("errors")
    message = await inside.card("0 of 1 from @sre", channel="ops")
    code = one_time_code(secret, time.time())
    assert not (await inside.agree("ben", message, RUN, channel="ops", code=code)).get("errors")
    await inside.becomes(message, "Approved by ben", "Done", channel="ops")
    assert len(await executions(inside)) == 1


async def test_who_acts_first_is_announced_and_signed_off_by_another(inside):
    rule = (
        "    - {name: glass, verbs: exec, exec: look, break_glass: {S0SRE: sre}, effect: review,"
        " by: {groups: {S0SRE: sre}, channel: {C0OPS: ops}}}\n"
    )
    await ruled_by(inside, "  rules:\n", f"  rules:\n{rule}")
    question = await inside.says("ana", LINE)
    assert "lets you act first" in question.text
    assert not (await inside.agree("ana", question, "Run it…", reason="disk is full")).get("errors")
    await inside.becomes(question, "ended with exit 0", "one two")
    announced = await inside.card("acted without waiting", "echo one two", channel="ops")
    await inside.press("ana", announced, "Sign off…", channel="ops")
    await inside.whisper("Nobody signs off their own run", channel="ops")
    listed = await inside.says("ben", "audit review", channel="ops")
    [sign] = [label for label in listed.buttons if label.startswith("Sign off")]
    assert not (await inside.agree("ben", listed, sign, channel="ops", reason="saw it")).get("errors")
    await inside.becomes(announced, "Signed off by", "ben", "saw it", channel="ops")


async def test_who_will_be_asked_is_told_beforehand(inside):
    assert (
        "once it is approved by @sre in #ops"
        in (await inside.says("cho", "can-i exec deploy/web -- ls")).plain
    )
    told = (await inside.says("cho", "whoami")).plain
    assert "approved by @sre" in told
    assert "exec, proxy" in told
