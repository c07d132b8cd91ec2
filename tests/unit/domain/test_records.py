"""The chain of records: what is sealed cannot be altered, moved or left out unseen."""

import hashlib
import json

import pytest
from hypothesis import given, strategies as st

from bot.domain.ages import iso
from bot.domain.records import GENESIS, Entry, Made, RecordKind, digest, made, seal
from tests.factories import entry

FIRST = seal(entry(), 1, "2027-01-15T08:00:00.000000+00:00", GENESIS)


def test_the_text_says_everything_in_one_form():
    assert FIRST.text == (
        '{"actor":"U0ANA","at":"2027-01-15T08:00:00.000000+00:00","cluster":"prod","kind":"read","operation":"a",'
        f'"previous":"{GENESIS}","seq":1,"verb":"get"}}'
    )


def test_the_hash_is_that_of_the_text():
    assert FIRST.hash == hashlib.sha256(FIRST.text.encode()).hexdigest() == digest(FIRST.text)


def test_the_first_record_follows_nothing():
    assert GENESIS == "0" * 64
    assert (FIRST.seq, FIRST.at, FIRST.previous) == (1, "2027-01-15T08:00:00.000000+00:00", GENESIS)


def test_a_receipt_is_the_number_and_the_start_of_the_hash():
    assert FIRST.receipt == f"record 1 · {FIRST.hash[:8]}"


@pytest.mark.parametrize(
    "other",
    [
        seal(entry(verb="describe"), 1, FIRST.at, GENESIS),
        seal(entry(RecordKind.INTENT), 1, FIRST.at, GENESIS),
        seal(entry(), 2, FIRST.at, GENESIS),
        seal(entry(), 1, "2027-01-15T08:00:00.000001+00:00", GENESIS),
        seal(entry(), 1, FIRST.at, "1" * 64),
    ],
)
def test_whatever_is_different_has_another_hash(other):
    assert other.hash != FIRST.hash


ENTRIES = st.builds(
    Entry,
    kind=st.sampled_from(RecordKind),
    operation=st.text(max_size=5),
    actor=st.text(max_size=5),
    asked=st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    understood=st.dictionaries(
        st.text("abc", max_size=3), st.integers() | st.text("äß", max_size=3), max_size=3
    ),
    detail=st.dictionaries(st.text("abc", max_size=3), st.lists(st.booleans(), max_size=2), max_size=3),
)


@given(ENTRIES)
def test_an_entry_is_read_back_from_its_text(one: Entry):
    content = json.loads(seal(one, 7, FIRST.at, FIRST.hash).text)
    place = {key: content.pop(key) for key in ("seq", "at", "previous")}
    assert Entry.model_validate(content) == one
    assert place == {"seq": 7, "at": FIRST.at, "previous": FIRST.hash}


@given(ENTRIES, ENTRIES)
def test_two_entries_have_one_hash_only_if_they_are_the_same(one: Entry, other: Entry):
    hashes = {seal(each, 1, FIRST.at, GENESIS).hash for each in (one, other)}
    assert (len(hashes) == 1) == (one == other)


def test_an_entry_becomes_another_kind_with_more_detail():
    asked = entry(RecordKind.ASKED, detail={"plan": "3c1f", "risk": "reversible"})
    intent = asked.of(RecordKind.INTENT, {"risk": "disruptive", "calls": 1})
    assert intent.kind is RecordKind.INTENT
    assert intent.detail == {"plan": "3c1f", "risk": "disruptive", "calls": 1}
    assert asked.detail == {"plan": "3c1f", "risk": "reversible"}
    assert (intent.actor, intent.operation) == (asked.actor, asked.operation)


def test_what_a_conclusion_tells_of_a_change():
    scaled = Entry(
        kind=RecordKind.CONCLUSION,
        operation="a" * 32,
        actor="U0ANA",
        actor_name="ana",
        verb="scale",
        detail={"result": "applied"},
    )
    found = made(seal(scaled, 12, iso(1_700_000_000.0), GENESIS))
    assert found == Made(operation="a" * 32, verb="scale", by="ana", at=1_700_000_000.0, receipt="record 12")
    failed = scaled.model_copy(update={"detail": {"result": "failed"}})
    assert made(seal(failed, 13, iso(1_700_000_000.0), GENESIS)) is None
    assert made(seal(scaled.of(RecordKind.INTENT, {}), 14, iso(1_700_000_000.0), GENESIS)) is None
