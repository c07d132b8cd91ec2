"""Whatever a message holds, its blocks keep Slack's limits and say something."""

import re

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
    text,
)
from bot.slack.blocks import MAX_BLOCKS, MAX_CHARACTERS, MAX_TEXT_BYTES, render
from bot.slack.parts import characters

STEADY = settings(
    derandomize=True, deadline=None, database=None, max_examples=80,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip

PIECES = st.sampled_from(
    [
        "<!channel>", "<@U0ANA>", "<https://evil.example|x>", "https://evil.example", "@here", "&",
        "<", "```",
        "`", "*b*", ":skull:", "\x1b[31m", "\u202e", "\u200b", "\n", "\t", "\x00", " ", "😀", "日本",
        "long " * 2000, "x" * 3100, "line\n" * 900,
    ]
)  # fmt: skip
WORDS = st.lists(PIECES | st.text(max_size=6), max_size=6).map("".join)
KINDS = st.sampled_from(["plain", "code", "bold", "instant", "person", "channel"])
IDS = st.sampled_from(["", "U0ANA", "C0SHOP", "1700000000", "<!here>"])
TEXTS = st.lists(st.builds(Span, kind=KINDS, text=WORDS, id=IDS), max_size=4).map(
    lambda spans: Text(spans=tuple(spans))
)
ROWS = st.lists(st.lists(WORDS, max_size=4).map(tuple), max_size=4).map(tuple)
TABLES = st.builds(
    lambda columns, rows, times, drop: Table(columns=columns, rows=rows * times, drop=drop),
    st.lists(WORDS, max_size=23).map(tuple),
    ROWS,
    st.sampled_from([1, 1, 30, 700]),
    st.lists(WORDS, max_size=2).map(tuple),
)
PARTS = st.one_of(
    st.builds(Paragraph, text=TEXTS),
    st.builds(Facts, rows=st.lists(st.tuples(WORDS, WORDS), max_size=5).map(tuple)),
    TABLES,
    st.builds(Output, text=WORDS),
    st.builds(Bullets, items=st.lists(TEXTS, max_size=5).map(tuple)),
)
BUTTONS = st.builds(
    Button, label=WORDS, press=WORDS, style=st.sampled_from(["", "primary", "danger"]), confirm=WORDS
)
MESSAGES = st.builds(
    Message,
    icon=st.sampled_from([None, *Icon]),
    headline=TEXTS,
    parts=st.lists(PARTS, max_size=4).flatmap(
        lambda parts: st.sampled_from([1, 1, 1, 30]).map(lambda times: tuple(parts * times))
    ),
    buttons=st.lists(BUTTONS, max_size=12).map(tuple),
    footer=TEXTS,
)


def strings(drawn, key="text"):
    """Every string under that key, however deep."""
    if isinstance(drawn, dict):
        for name, inner in drawn.items():
            if name == key and isinstance(inner, str):
                yield inner
            else:
                yield from strings(inner, key)
    elif isinstance(drawn, list):
        for inner in drawn:
            yield from strings(inner, key)


@STEADY
@given(MESSAGES)
def test_any_message_keeps_the_limits_and_nothing_in_it_is_alive(message):
    rendered = render(message)
    types = [block["type"] for block in rendered.blocks]

    assert 0 < len(rendered.text.encode()) <= MAX_TEXT_BYTES
    assert 0 < len(types) <= MAX_BLOCKS
    assert types.count("table") <= 1
    assert characters(rendered.blocks) <= MAX_CHARACTERS
    assert all(0 < len(words) <= 3000 for words in strings(rendered.blocks))
    assert not {"link", "user", "usergroup", "broadcast"} & set(strings(rendered.blocks, "type"))
    for block in rendered.blocks:
        marked = [block["text"]] if block["type"] == "section" else block.get("elements", [])
        for words in (one["text"] for one in marked if one.get("type") == "mrkdwn"):
            assert not re.search(r"<(?!!date\^1700000000\^\{|#C0SHOP>)", words)
        for element in block["elements"] if block["type"] == "actions" else []:
            assert len(element["text"]["text"]) <= 75
            assert len(element.get("value", "")) <= 2000


def test_a_headline_is_one_section_that_slack_does_not_parse():
    blocks = render(Message(icon=Icon.DONE, headline=text("scaled <web>"))).blocks

    assert blocks == [
        {"type": "section", "text": {"type": "mrkdwn", "text": "✅ scaled &lt;web&gt;", "verbatim": True}}
    ]


def test_an_empty_message_still_says_who_speaks():
    assert render(Message(headline=Text())).text == "k8s-bot"


def test_advice_does_not_lose_its_room_to_a_log():
    logs = tuple(Output(text="line\n" * 5000) for _ in range(3))
    rendered = render(Message(headline=text("Logs"), parts=(*logs, Paragraph(text=text("Roll back.")))))

    assert "Roll back." in strings(rendered.blocks)
    assert sum("earlier lines not shown" in words for words in strings(rendered.blocks)) == 3


def test_a_long_output_keeps_its_end_from_the_start_of_a_line():
    printed = "".join(f"line {number}\n" for number in range(5000))
    shown = [*strings(render(Message(headline=text("Logs"), parts=(Output(text=printed),))).blocks)]

    whole = "".join(shown[2:])
    first = int(whole.split("\n")[0].removeprefix("line "))
    assert whole.endswith("line 4999")
    assert shown[1] == f"{first} earlier lines not shown."


def test_of_two_tables_the_second_is_aligned_text():
    table = Table(columns=("NAME", "READY"), rows=(("web-1", "1/1"),))
    blocks = render(Message(headline=text("Two"), parts=(table, table))).blocks

    assert [block["type"] for block in blocks] == ["section", "table", "rich_text"]
    assert [*strings(blocks[2])] == ["NAME   READY\nweb-1  1/1"]


def test_rows_that_do_not_fit_are_counted():
    rows = tuple((f"web-{number:05}", "Running") for number in range(6000))
    shown = [
        *strings(
            render(
                Message(headline=text("Pods"), parts=(Table(columns=("NAME", "STATUS"), rows=rows),))
            ).blocks
        )
    ]

    lines = "".join(shown[1:-1]).split("\n")
    assert shown[-1] == f"{6000 - len(lines) + 1} more rows not shown: narrow it down by name, -n or -l."
    assert lines[-1] == f"web-{len(lines) - 2:05}  Running"


def test_buttons_stand_in_rows_of_five_and_ten_rows_at_most():
    buttons = tuple(Button(label=f"web-{number}", press=str(number)) for number in range(52))
    rows = render(Message(headline=text("Which?"), buttons=buttons)).blocks[1:]

    assert [len(row["elements"]) for row in rows] == [5] * 10
    ids = [element["action_id"] for row in rows for element in row["elements"]]
    assert ids == [f"press:{number}" for number in range(50)]


def test_what_destroys_asks_again():
    button = Button(label="Delete web", press="p1", style="danger", confirm="Delete shop/web on prod?")
    element = render(Message(headline=text("?"), buttons=(button,))).blocks[1]["elements"][0]

    assert element["confirm"] == {
        "title": {"type": "plain_text", "text": "Delete web", "emoji": False},
        "text": {"type": "plain_text", "text": "Delete shop/web on prod?", "emoji": False},
        "confirm": {"type": "plain_text", "text": "Delete web", "emoji": False},
        "deny": {"type": "plain_text", "text": "Cancel", "emoji": False},
        "style": "danger",
    }


def test_facts_too_wide_for_a_phone_stand_line_by_line():
    facts = Facts(rows=(("image", "registry.example/shop/web@sha256:" + "0" * 20), ("replicas", "4")))
    elements = render(Message(headline=text("?"), parts=(facts,))).blocks[1]["elements"][0]["elements"]

    assert elements[0] == {"type": "text", "text": "image", "style": {"bold": True}}
    assert elements[3] == {"type": "text", "text": "  4"}


def test_parts_beyond_the_limit_are_counted():
    parts = tuple(Paragraph(text=text("{}", number)) for number in range(60))
    rendered = render(Message(headline=text("Many"), parts=parts))

    assert len(rendered.blocks) == MAX_BLOCKS
    assert rendered.blocks[-1]["elements"][0]["text"].startswith("12 more parts not shown")


def test_a_huge_message_is_rendered_from_what_can_be_shown():
    rows = tuple((f"pod-{number}", "x" * 20) for number in range(50_000))
    rendered = render(Message(headline=text("All"), parts=(Table(columns=("A", "B"), rows=rows),)))

    assert characters(rendered.blocks) <= MAX_CHARACTERS
