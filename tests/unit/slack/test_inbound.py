"""A message is looked at by where it stands; only in an open terminal's thread is it read."""

from __future__ import annotations

from typing import Any

import pytest

from bot.slack.inbound import thread_reply

EVENT = {
    "type": "message", "channel": "C0SHOP", "user": "U0ANA", "text": "ls", "ts": "1700000002.000200",
    "thread_ts": "1700000001.000100",
}  # fmt: skip


class Unreadable(str):
    """A text that tells when it is looked at."""

    __slots__ = ()

    def _looked(self, *_: Any) -> Any:
        raise AssertionError("the text was looked at")

    __getitem__ = __len__ = __bool__ = split = _looked


def listens(channel: str, thread: str) -> bool:
    return (channel, thread) == ("C0SHOP", "1700000001.000100")


def test_a_reply_in_an_open_thread():
    found = thread_reply(EVENT, listens)
    assert found is not None
    assert (found.channel, found.thread, found.user) == ("C0SHOP", "1700000001.000100", "U0ANA")
    assert (found.ts, found.text) == ("1700000002.000200", "ls")


@pytest.mark.parametrize(
    "other",
    [
        {"channel": "C0OPS"},
        {"thread_ts": "1700000001.000101"},
        {"thread_ts": None},
        {"subtype": "message_changed"},
        {"subtype": "file_share"},
        {"bot_id": "B0BOT"},
        {"user": None},
        {"ts": "x"},
        {"ts": "1700000001.000100"},
    ],
)
def test_every_other_message_is_dropped_unread(other):
    event = {key: value for key, value in (EVENT | other).items() if value is not None}
    assert thread_reply(event | {"text": Unreadable("secret")}, listens) is None


@pytest.mark.parametrize("event", [{}, EVENT | {"text": ""}, EVENT | {"text": 7}, EVENT | {"text": None}])
def test_what_has_no_text_is_no_line(event):
    assert thread_reply(event, listens) is None


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("echo “a” — b", 'echo "a" -- b'),
        ("a &amp;&amp; b &lt; c", "a && b < c"),
        ("curl <http://x.example/y|x.example/y>", "curl x.example/y"),
        ("```\nls\npwd\n```", "ls\npwd"),
        ("```ls```", "ls"),
        ("echo `date`", "echo `date`"),
        ("a\n\nb", "a\n\nb"),
        ("a\x1b[2Jb\x07", "a[2Jb"),
    ],
)
def test_a_line_is_typed_as_it_was_meant(text, typed):
    found = thread_reply(EVENT | {"text": text}, listens)
    assert found is not None
    assert found.text == typed
