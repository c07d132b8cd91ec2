"""A record has one text, a value refuses what it does not know, and a bar is full only when all is done."""

import json

import pytest
from pydantic import ValidationError

from bot.domain.access import Place
from bot.domain.message import progress_bar
from bot.domain.records import GENESIS, seal
from tests.factories import entry


def test_the_first_record_names_sixty_four_zeros_as_the_one_before_it():
    assert GENESIS == "0000000000000000000000000000000000000000000000000000000000000000"


def test_a_record_leaves_out_what_was_not_said_and_is_plain_json():
    record = seal(entry(understood={"kinds": frozenset({"pods"})}), 1, "now", GENESIS)
    assert json.loads(record.text) == {
        "seq": 1, "at": "now", "previous": GENESIS, "kind": "read", "operation": "a", "actor": "U0ANA",
        "verb": "get", "cluster": "prod", "understood": {"kinds": ["pods"]},
    }  # fmt: skip


def test_a_value_neither_changes_nor_takes_what_it_does_not_know():
    place = Place(team="T", channel="C")
    with pytest.raises(ValidationError, match="frozen"):
        place.team = "other"
    with pytest.raises(ValidationError, match="Extra inputs"):
        Place(team="T", channel="C", colour="red")


@pytest.mark.parametrize(
    ("part", "whole", "filled"), [(0, 1, 0), (1, 1, 12), (0, 0, 12), (1, 2, 6), (5, 2, 12)]
)
def test_a_bar_of_one_is_empty_until_it_is_done(part: int, whole: int, filled: int):
    assert progress_bar(part, whole) == "█" * filled + "░" * (12 - filled)
