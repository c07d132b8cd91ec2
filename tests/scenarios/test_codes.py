"""A one-time code beside the press: a stolen Slack session alone says no yes."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from bot.service.codes import new_secret, sealed_secret
from bot.store.codes import Enrolments
from bot.store.secrets import Sealer
from tests.factories import one_time_code
from tests.world import slept_out, world

POLICY = Path("tests/scenarios/codes.yaml")


@pytest.fixture
async def coded(tmp_path):
    """A policy that asks for codes; ana and ben are enrolled."""
    async with world(tmp_path, policy=POLICY) as place:
        await place.start_bot()
        yield place
    await slept_out()


def enrolled(place, user):
    """Enrol somebody as the operator's command does; give their secret."""
    secret, sealer = new_secret(), Sealer.of("", place.folder)
    assert Enrolments(place.folder).enrol(user, sealed_secret(sealer, user, secret))
    return secret


def wrong(code):
    """Another code, that is none of this minute's."""
    return f"{(int(code) + 499_979) % 1_000_000:06d}"


async def test_what_asks_for_a_code_is_done_with_it_and_not_without(coded):
    secret = enrolled(coded, "U0ANA")
    question = await coded.says("ana", "scale web 4")
    code = one_time_code(secret, time.time())
    answer = await coded.agree("ana", question, "Scale to 4…", code="one two")
    assert "Six digits" in str(answer)
    view = await coded.form("ana")
    assert "That code is wrong" in str(await coded.submit("ana", view, code=wrong(code)))
    assert await coded.writes() == []
    assert coded.records()[-1]["detail"]["error"] == "code-refused"
    assert not (await coded.submit("ana", view, code=f"{code[:3]} {code[3:]}")).get("errors")
    await coded.card("has 4 replicas", "4 of 4")
    assert code not in str(coded.records())


async def test_a_code_counts_once(coded):
    secret = enrolled(coded, "U0ANA")
    code = one_time_code(secret, time.time())
    question = await coded.says("ana", "scale web 4")
    await coded.agree("ana", question, "Scale to 4…", code=code)
    await coded.card("has 4 replicas", "4 of 4")
    again = await coded.says("ana", "scale web 2")
    assert "used already" in str(await coded.agree("ana", again, "Scale to 2…", code=code))
    assert len(await coded.writes()) == 1


async def test_whoever_is_not_enrolled_is_told_who_enrols_them(coded):
    question = await coded.says("cho", "scale web 4")
    answer = await coded.agree("cho", question, "Scale to 4…", code="123456")
    assert "not enrolled" in str(answer)
    assert "code enrol U0CHO" in str(answer)
    assert await coded.writes() == []


async def test_after_too_many_wrong_ones_the_right_one_waits_too(coded):
    secret = enrolled(coded, "U0ANA")
    question = await coded.says("ana", "scale web 4")
    await coded.press("ana", question, "Scale to 4…")
    view, code = await coded.form("ana"), one_time_code(secret, time.time())
    for _ in range(5):
        assert "wrong" in str(await coded.submit("ana", view, code=wrong(code)))
    assert "Too many wrong codes" in str(await coded.submit("ana", view, code=code))
    assert await coded.writes() == []


async def test_an_approver_gives_the_code_and_the_requester_none(coded):
    secret = enrolled(coded, "U0BEN")
    question = await coded.says("cho", "restart web")
    assert not (await coded.agree("cho", question, "Ask @sre…", reason="it hangs")).get("errors")
    message = await coded.card("asks", channel="ops")
    label = next(iter(message.buttons))
    answer = await coded.agree("ben", message, label, channel="ops", code="000000")
    assert "wrong" in str(answer)
    assert "vote" not in coded.kinds()
    await coded.submit("ben", await coded.form("ben"), code=one_time_code(secret, time.time()))
    await coded.becomes(message, "Approved by ben", channel="ops")
    assert len(await coded.writes()) <= 1
    await coded.card("approved by", "ben")


async def test_a_yes_that_came_too_late_uses_no_code_up(coded):
    secret = enrolled(coded, "U0BEN")
    enrolled(coded, "U0ANA")
    code = one_time_code(secret, time.time())
    question = await coded.says("cho", "restart web")
    await coded.agree("cho", question, "Ask @sre…", reason="it hangs")
    message = await coded.card("asks", channel="ops")
    await coded.press("ben", message, next(iter(message.buttons)), channel="ops")
    view = await coded.form("ben")
    await coded.agree("ana", message, "Deny…", channel="ops", reason="not now")
    assert "already settled" in str(await coded.submit("ben", view, code=code))
    question = await coded.says("cho", "restart web")
    await coded.agree("cho", question, "Ask @sre…", reason="it hangs again")
    message = await coded.card("asks", "it hangs again", channel="ops")
    answer = await coded.agree("ben", message, next(iter(message.buttons)), channel="ops", code=code)
    assert not answer.get("errors"), answer
    await coded.becomes(message, "Approved by ben", channel="ops")
