"""What the policy was asked is kept so that it can be asked again, and without what nobody needs for that."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.domain.access import Ask, Facts, Permission, Program, Risk
from bot.domain.asked import again, kept
from tests.factories import actor, ask, place

FACTS = Facts(
    labels=({"tier": "pay"}, {}), replicas=(None, 4), images=("web:1", "web:2"), service_type="NodePort"
)
WHO = actor(
    groups=frozenset({"S0SRE", "S0DEV"}), email="ana@example.com",
    oncall=frozenset({"shop"}), unsure=frozenset({"pay"}),
)  # fmt: skip


def stripped(one: Ask) -> Ask:
    """Without what is not kept: names, and of an address what stands before its domain."""
    domain = one.actor.email.rpartition("@")[2]
    who = one.actor.model_copy(update={"name": "", "email": f"somebody@{domain}" if domain else ""})
    return one.model_copy(update={"actor": who, "place": one.place.model_copy(update={"channel_name": ""})})


@pytest.mark.parametrize(
    "asked",
    [
        ask(),
        ask(actor=WHO, place=place(channel="C0OPS"), risk=Risk.DESTRUCTIVE),
        ask(facts=Facts()),
        ask(facts=FACTS),
        ask(facts=Facts(replicas=(3, 0))),
        ask("exec", permission=Permission.PROGRAM_RUN, program=Program(argv=("ls", "-l", "/"))),
        ask("exec", permission=Permission.PROGRAM_RUN, program=Program(argv=("sh",), interactive=True)),
        ask(cluster="*", namespace="*", kind="*"),
    ],
)
def test_the_same_question_comes_back_from_the_record(asked: Ask):
    written = json.loads(json.dumps(kept((asked, asked))))
    assert again(written) == (stripped(asked), stripped(asked))


def test_no_facts_and_facts_that_say_nothing_are_told_apart():
    assert [one.facts for one in again(kept((ask(), ask(facts=Facts()))))] == [None, Facts()]


def test_nobodys_name_or_address_is_kept():
    written = json.dumps(kept((ask(actor=WHO),)))
    assert "ana" not in written.replace("U0ANA", "")
    assert '"domain": "example.com"' in written


def test_no_secret_among_a_programs_words_is_kept():
    program = Program(argv=("env", "DB_PASSWORD=hunter2", "--token=abcdefgh12345678", "sh"))
    asked = ask("exec", permission=Permission.PROGRAM_RUN, program=program)
    written = json.dumps(kept((asked,)))
    assert "hunter2" not in written
    assert "abcdefgh12345678" not in written
    assert again(json.loads(written))[0].program.argv[::3] == ("env", "sh")


def test_a_question_without_end_is_kept_as_far_as_that_and_says_so():
    written = kept(tuple(ask(namespace=f"n{place}") for place in range(75)))
    assert (len(written["asks"]), written["more"]) == (60, 15)
    assert len(again(written)) == 60
    assert "more" not in kept((ask(),) * 60)


def test_nothing_asked_is_nothing_kept():
    assert kept(()) == {}
    assert again({}) == ()


def damaged(**parts: Any) -> Any:
    return json.loads(json.dumps(kept((ask(facts=FACTS),)))) | parts


@pytest.mark.parametrize(
    "question",
    [
        damaged(asks=None), damaged(asks=7), damaged(asks=["x"]), damaged(asks=[{}]),
        damaged(asks=[{"scope": ["a", "b"]}]), damaged(asks=[{"scope": [1, 2, 3]}]),
        damaged(asks=[{"scope": ["a", "b", "c"], "facts": {"colour": "red"}}]),
        damaged(asks=[{"scope": ["a", "b", "c"], "facts": "x"}]),
        damaged(asks=[{"scope": ["a", "b", "c"], "program": 7}]),
        damaged(actor="ana"), damaged(actor=None), damaged(actor={"id": "U0ANA"}),
        damaged(verb=None), damaged(permission="fly:high"), damaged(risk="none"), damaged(channel=7),
        [], "question",
    ],
)  # fmt: skip
def test_what_is_no_question_is_refused(question: Any):
    with pytest.raises(ValueError, match="not a question that was kept"):
        again(question)
