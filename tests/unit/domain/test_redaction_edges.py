"""Where a name ends, how far a value goes, and which words after `pass` are a secret."""

import re

import pytest

from bot.domain.redaction import redact


def hidden(text: str) -> str:
    return re.sub(r"\[redacted:[0-9a-f]{6}\]", "…", redact(text))


@pytest.mark.parametrize(
    "text",
    [
        "tokens_left=abc123def",  # a plural is another word
        "go tpass=hunter2abc",  # the end of another word
        "PASS: TestLogin",  # what test runners print
        "pass=42",  # a count
        "compass=north2south",
        "tpass=hunter2abc",
        "xpwd=hunter2abc",
        "unauth=hunter2abc",
        "addsn=hunter2abc",
        "scookie=hunter2abc",
        "cookie=chocolate",
        "credentials: plain",
        "credential: plain",
        "auth=abc12",
        "auth=abcdefghijklmno",
    ],
)
def test_what_only_looks_like_a_secrets_name_stays(text: str):
    assert redact(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("dbPass=hunter2abc", "dbPass=…"),
        ("auth=abc123", "auth=…"),
        ("auth=abcdefghijklmnop", "auth=…"),
        ("pass=hunter", "pass=…"),
        ("PASS=hunter", "PASS=…"),
        ("pass: hunter", "pass: …"),
        ("cookie='sid=a1b2c3; x=y' next", "cookie='…' next"),
        ('cookie=\\"sid=a1b2c3; x=y\\" next', 'cookie=\\"…\\" next'),
        ("cookie: sid=a1b2c3; x=y\nnext", "cookie: …\nnext"),
    ],
)
def test_a_secret_is_hidden_as_far_as_it_goes(text: str, shown: str):
    assert hidden(text) == shown
