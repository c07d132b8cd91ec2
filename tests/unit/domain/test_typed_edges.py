"""What of a typed line is read, and what of it may stand in the record."""

import re

import pytest

from bot.domain.errors import UsageError
from bot.domain.redaction import placeholder
from bot.domain.typed import MOST, clean, clean_words, repair, split


def hidden(line: str) -> str:
    return re.sub(r"\[redacted:[0-9a-f]{6}\]", "…", clean(line)).replace("'", "")


def test_no_more_of_a_line_is_read_than_slack_sends():
    assert MOST == 4000
    assert repair("a" * 4001) == "a" * 4000


def test_a_line_that_would_not_be_read_to_its_end_is_not_read_at_all():
    assert split(f"rm {'a' * (MOST - 3)}") == ("rm", "a" * (MOST - 3))
    with pytest.raises(UsageError, match="at most 4,000 characters, and this one has 4,001"):
        split(f"rm {'a' * (MOST - 2)}")


def test_words_are_cleaned_however_long_their_quotes_make_them():
    words = ("echo", "'" * 1500, "--token", "abc123def456", "a b")
    cleaned = clean_words(words)
    assert cleaned == (*words[:3], cleaned[3], "a b")
    assert re.fullmatch(r"\[redacted:\w{6}\]", cleaned[3])


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("scale web 4", "scale web 4"),
        ("run web DB_PASSWORD='a b'", "run web DB_PASSWORD=…"),
        ("run web --env=DB_PASSWORD='a b' --replicas=2", "run web --env=DB_PASSWORD=… --replicas=2"),
        ("run web COLOUR=red", "run web COLOUR=red"),
        ("run web --token abc123def", "run web --token …"),
        ('run web --token=abc123def "open', 'run web --token=… "open'),
    ],
)
def test_the_record_keeps_a_line_without_its_secrets(line: str, kept: str):
    assert hidden(line) == kept


def test_a_secret_that_looks_like_a_setting_is_still_one_secret():
    assert placeholder("PIN_TOKEN=abc12345 d") in clean("run web DB_PASSWORD='PIN_TOKEN=abc12345 d'")
