"""What is said before everybody about a lock of everything."""

from __future__ import annotations

import pytest

from bot.domain.locks import CONFIGURED, Lock
from bot.domain.message import Icon, Message
from bot.domain.notices import Notice, begun, ended
from tests.factories import NOW

SET = {"id": "a1", "reason": "load test", "owner": "U0ANA", "owner_name": "ana", "since": NOW}
SWITCH = {"id": CONFIGURED, "owner": "", "owner_name": "the configuration"}


def notice(lock: dict[str, object] | None = None, **parts: object) -> Notice:
    of = Lock.model_validate(SET | (lock or {}))
    return Notice.model_validate({"id": "a1", "lock": of, "channel": "C0SHOP"} | parts)


def words(message: Message) -> list[str]:
    said = [part.text.plain() for part in message.parts if part.part == "paragraph"]
    return [message.plain(), *said, message.footer.plain()]


def test_a_lock_of_everything_with_its_reason_its_setter_and_its_end():
    assert words(begun(notice())) == [
        "🔒 Everything is read-only until it is lifted: nothing is changed on any cluster",
        "load test",
        "@ana · what is under way goes on",
    ]
    until = begun(notice({"until": NOW + 60})).headline.spans
    assert str(int(NOW + 60)) in [span.id for span in until if span.kind == "instant"]
    assert words(begun(notice(SWITCH)))[2] == "the configuration · what is under way goes on"


@pytest.mark.parametrize(
    ("lock", "parts", "why"),
    [
        ({}, {"lifted": True, "by": "U0BEN", "by_name": "ben"}, "@ben lifted the lock of everything"),
        ({"until": NOW}, {}, "the time of the lock of everything is over"),
        (SWITCH, {"lifted": True}, "the configuration locks everything no longer"),
    ],
)
def test_its_end_says_why_and_whether_another_holds(lock, parts, why):
    found = notice(lock, **parts)
    alone, beside = ended(found, others=False), ended(found, others=True)
    assert words(alone)[0] == f"✅ Changes are possible again: {why}"
    assert words(beside)[0] == f"🔒 Everything stays read-only: {why}, and another holds"
    assert words(alone)[1] == "It was: load test"
    assert (alone.icon, beside.icon) == (Icon.DONE, Icon.LOCKED)


def test_it_is_over_once_it_was_lifted_or_its_time_has_come():
    assert not notice().is_over(NOW + 1e9)
    assert notice(lifted=True).is_over(NOW)
    assert notice({"until": NOW + 1}).is_over(NOW + 1)
    assert not notice({"until": NOW + 1}).is_over(NOW)
