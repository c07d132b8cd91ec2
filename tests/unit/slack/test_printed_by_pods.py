"""Whatever a pod prints, an answer of `logs` keeps Slack's limits, and nothing in it is alive or secret."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any

from hypothesis import HealthCheck, given, settings, strategies as st

from bot.domain import views
from bot.domain.logs import following
from bot.domain.logs.answers import Asked, of_many, of_one
from bot.domain.logs.following import Following
from bot.domain.logs.lines import parse, redacted
from bot.domain.logs.reading import Printed, Wanted
from bot.domain.message import Message, text
from bot.domain.results import Lines, bounded
from bot.domain.views import Kept, View
from bot.slack.blocks import MAX_BLOCKS, MAX_CHARACTERS, MAX_TEXT_BYTES, render
from bot.slack.parts import characters
from tests.factories import NOW, container, pod

SECRETS = ("hunter2x9", "MIIEowIBAAKCAQEA", "xoxb-1234567890-abcdefgh", "eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0")
HOSTILE = st.sampled_from(
    [
        "<!channel>", "<!here|x>", "<@U0ANA>", "<https://evil.example|x>", "@here", "@channel", "`", "```",
        "*b*", "&lt;", ":skull:", "\x1b[31m", "\x1b]8;;https://evil.example\x07", "\x9b2J", "\x00", "\x07",
        "\r", "\t", "\u202e", "\u200b", "\u2028", "\ufffd", "\ud800", "😀", "日本", " ", "\n", "x" * 20_000,
        "line\n" * 400, "  at f\n" * 300, f"password={SECRETS[0]}", SECRETS[2],
        f"-----BEGIN PRIVATE KEY-----\n{SECRETS[1]}\n", "-----END PRIVATE KEY-----\n",
        f"Authorization: Bearer {SECRETS[3]}", "unable to retrieve container logs for containerd://0123",
    ]
)  # fmt: skip
PRINTED = st.lists(HOSTILE | st.text(max_size=8), max_size=12).map(" ".join)
WANTED = Wanted(namespace="shop", lines=200)
STEADY = settings(
    derandomize=True, deadline=None, database=None, max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b\ud800-\udfff]")


def stamped(printed: str) -> str:
    """As the server gives it: whole text after whole text, each line with its time."""
    return "".join(f"2027-01-15T08:00:0{n % 10}Z {said}\n" for n, said in enumerate(printed.split("\n")))


def asked(**parts: Any) -> Asked:
    known = {"cluster": "prod", "namespace": "shop", "words": ("web",), "whose": text("web"), "lines": 10_000}
    return Asked(**known | parts)


def harmless(message: Message) -> None:
    rendered = render(message)
    assert 0 < len(rendered.text.encode()) <= MAX_TEXT_BYTES
    assert 0 < len(rendered.blocks) <= MAX_BLOCKS
    assert characters(rendered.blocks) <= MAX_CHARACTERS
    for block in rendered.blocks:
        walk(block)


def walk(node: Any) -> None:
    match node:
        case {"type": "link" | "user" | "usergroup" | "broadcast" | "emoji"}:
            raise AssertionError(node)
        case {"type": "mrkdwn", "text": words}:
            assert not re.search(r"<(?!!date\^)", words)
        case {"text": str(words)}:
            assert 0 < len(words) <= 3_000
            assert not UNSEEN.search(words)
            assert not [secret for secret in SECRETS if secret in words]
        case dict():
            for inner in node.values():
                walk(inner)
        case list():
            for inner in node:
                walk(inner)


def every_view(found: Message | Lines) -> None:
    if isinstance(found, Message):
        harmless(found)
        return
    kept = Kept(result=bounded(found))
    for view in (View(), View(page=2), View(page=99), View(filter="here"), View(filter="/.*/")):
        harmless(views.shown(kept.model_copy(update={"view": view})))
    content = views.as_file(kept).content.decode()
    assert not UNSEEN.search(content)
    assert not [secret for secret in SECRETS if secret in content]
    if kept.result.shape == "lines" and kept.result.lines:
        assert content.count("\n") == len(kept.result.lines)
    json.dumps(kept.model_dump(mode="json")).encode()


@STEADY
@given(PRINTED, PRINTED, st.booleans(), st.sampled_from(["", "here", "."]))
def test_an_answer_about_one_or_several_pods(one, other, times, grep):
    crashed = container() | {"lastState": {"terminated": {"exitCode": 3, "reason": "Error"}}}
    first = Printed(pod("web-1a", crashed), "web", redacted(parse(stamped(one)))[0])
    second = Printed(pod("web-1b", container()), "web", redacted(parse(stamped(other)))[0])
    what = asked(times=times, grep=grep, around=bool(grep))
    every_view(of_one(what, first, second, NOW))
    every_view(of_many(what, [first, second], 3, NOW))


@STEADY
@given(st.lists(PRINTED, min_size=1, max_size=3))
def test_a_message_that_follows(printed):
    said = ""

    async def ask(_request: Any) -> str:
        return said

    async def steps() -> None:
        nonlocal said
        so_far = following.looked(
            Following(began=NOW, heard=NOW), [(pod("web-1a", container()), "web")], 0, NOW
        )
        for more in printed:
            said += stamped(more)
            so_far = await following.listened(ask, so_far, asked(), WANTED, now=NOW)
            harmless(following.going_on(asked(), so_far, NOW))
        harmless(following.ended(asked(), so_far, NOW))

    asyncio.run(steps())
