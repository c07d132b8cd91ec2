"""Slack's own validator, over the wire, finds nothing to refuse in any message."""

import json

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from bot.domain.message import (
    Bullets,
    Button,
    Facts,
    Icon,
    Message,
    Output,
    Paragraph,
    Span,
    Table,
    Text,
    channel,
    code,
    instant,
    person,
    text,
)
from bot.slack.blocks import render

WORDS = st.text(max_size=12) | st.sampled_from(
    ["", " ", "<!here>", "```", "\x1b[31m", "\x00", "日本" * 40, "x" * 4000, "line\n" * 2000, "&" * 3000]
)
TEXTS = st.lists(
    st.builds(
        Span,
        kind=st.sampled_from(["plain", "code", "bold", "instant", "person", "channel"]),
        text=WORDS,
        id=st.sampled_from(["", "U0ANA", "C0SHOP", "1700000000", "x"]),
    ),
    max_size=3,
).map(lambda spans: Text(spans=tuple(spans)))
PARTS = st.one_of(
    st.builds(Paragraph, text=TEXTS),
    st.builds(Facts, rows=st.lists(st.tuples(WORDS, WORDS), max_size=3).map(tuple)),
    st.builds(Output, text=WORDS),
    st.builds(Bullets, items=st.lists(TEXTS, max_size=3).map(tuple)),
    st.builds(
        lambda columns, rows, times: Table(columns=columns, rows=rows * times, drop=columns[:1]),
        st.lists(WORDS, max_size=22).map(tuple),
        st.lists(st.lists(WORDS, max_size=4).map(tuple), max_size=3).map(tuple),
        st.sampled_from([1, 120]),
    ),
)
BUTTONS = st.builds(
    Button, label=WORDS, press=WORDS, style=st.sampled_from(["", "primary", "danger"]), confirm=WORDS
)
MESSAGES = st.builds(
    Message,
    icon=st.sampled_from([None, *Icon]),
    headline=TEXTS,
    parts=st.lists(PARTS, max_size=3).flatmap(
        lambda parts: st.sampled_from([1, 25]).map(lambda times: tuple(parts * times))
    ),
    buttons=st.lists(BUTTONS, max_size=11).map(tuple),
    footer=TEXTS,
)
EVERYTHING = Message(
    icon=Icon.WAITING,
    headline=text(
        "{} wants to scale {} in {}", person("U0ANA", "ana"), code("shop/web"), channel("C0SHOP", "shop")
    ),
    parts=(
        Paragraph(text=text("expires {}", instant(1_800_000_000, "08:00 UTC"))),
        Facts(
            rows=(("spec.replicas", "4 → 10"), ("image", "registry.example/shop/web:1.4.2-with-a-long-tag"))
        ),
        Table(columns=("NAME", "RESTARTS"), rows=(("web-1", "0"), ("", "12"))),
        Table(columns=("NAME", "RESTARTS"), rows=(("web-1", "0"),) * 120),
        Output(text="FATAL\n" * 3000),
        Bullets(items=(text("one"), text("two"))),
    ),
    buttons=tuple(Button(label=f"Choice {n}", press=f"p{n}", confirm="Sure?") for n in range(12)),
    footer=text("record 1204"),
)


@given(message=MESSAGES)
@settings(
    derandomize=True,
    deadline=None,
    database=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_any_message_is_valid(client, message):
    rendered = render(message)

    answer = await client.api_call("blocks.validate", json={"blocks": json.dumps(rendered.blocks)})

    assert answer["ok"]


@pytest.mark.parametrize("message", [EVERYTHING, Message(headline=Text())], ids=["everything", "nothing"])
async def test_it_is_posted_edited_and_answered(notifier, seen, message):
    ts = await notifier.post("C0SHOP", message)
    await notifier.edit("C0SHOP", ts, message, final=True)
    await notifier.answer(seen.response_url(), message)

    [posted, answered] = await seen.messages()
    assert len(posted["blocks"]) == len(answered["blocks"]) > 0
