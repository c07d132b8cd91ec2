"""Words are data: whatever stands in a text is shown as it is; only spans made on purpose look like more."""

import pytest
from hypothesis import given, strategies as st

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
    bold,
    channel,
    code,
    instant,
    marked,
    person,
    plural,
    progress_bar,
    text,
)


def test_a_template_takes_spans_texts_and_anything_else():
    inner = text("{} on {}", code("web"), bold("prod"))
    assert text("Scale {} to {}?", inner, 4).spans == (
        Span(text="Scale "),
        Span(kind="code", text="web"),
        Span(text=" on "),
        Span(kind="bold", text="prod"),
        Span(text=" to "),
        Span(text="4"),
        Span(text="?"),
    )


def test_nothing_leaves_no_span_and_zero_does():
    assert text("{}{}{}", "", None, 0).spans == (Span(text="None"), Span(text="0"))
    assert text("") == Text()


@pytest.mark.parametrize(("template", "values"), [("{}", ()), ("", (1,)), ("{} {}", (1,)), ("{}", (1, 2))])
def test_a_template_with_another_number_of_values_is_a_mistake(template: str, values: tuple[object, ...]):
    with pytest.raises(ValueError, match=f"takes {template.count('{}')} values, not {len(values)}"):
        text(template, *values)


@given(st.text())
def test_a_value_is_never_read_as_a_template(word: str):
    assert text("{}", word).plain() == word
    assert all(span.kind == "plain" for span in text("a {} b", word).spans)


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        (code(4), Span(kind="code", text="4")),
        (bold("x"), Span(kind="bold", text="x")),
        (instant(1.9, "later"), Span(kind="instant", text="later", id="1")),
        (person("U0ANA", "ana"), Span(kind="person", text="ana", id="U0ANA")),
        (channel("C0SHOP", "shop"), Span(kind="channel", text="shop", id="C0SHOP")),
    ],
)
def test_spans_carry_their_words_and_ids(span: Span, expected: Span):
    assert span == expected


def test_the_plain_words_name_people_with_an_at():
    said = text("{} scaled {} {}", person("U0ANA", "ana"), code("web"), instant(0, "now"))
    assert said.plain() == "@ana scaled web now"


def test_texts_are_added_and_an_empty_one_is_false():
    assert text("a {}", 1) + text("b") == Text(spans=(Span(text="a "), Span(text="1"), Span(text="b")))
    assert text("a")
    assert not Text()


@pytest.mark.parametrize(("icon", "line"), [(Icon.DONE, "✅ web runs"), (None, "web runs")])
def test_a_message_is_one_line_on_a_lock_screen(icon: Icon | None, line: str):
    assert Message(icon=icon, headline=text("{} runs", code("web")), footer=text("more")).plain() == line


def test_every_part_survives_storage():
    parts = (
        Paragraph(text=text("a {}", code(1))),
        Facts(rows=(("a", "b"),)),
        Table(columns=("A",), rows=(("1",),), drop=("A",)),
        Output(text="x", name="web.log"),
        Bullets(items=(text("a"),)),
    )
    message = Message(
        headline=text("h"), parts=parts, buttons=(Button(label="Go", command="get pods", style="danger"),)
    )
    assert Message.model_validate_json(message.model_dump_json()) == message


@pytest.mark.parametrize(
    ("part", "whole", "bar"),
    [
        (0, 4, "░░░░"),
        (1, 4, "█░░░"),
        (4, 4, "████"),
        (5, 4, "████"),
        (-1, 4, "░░░░"),
        (0, 0, "████"),
        (99, 100, "███░"),
    ],
)
def test_a_bar_is_full_only_when_all_is_done(part: int, whole: int, bar: str):
    assert progress_bar(part, whole, 4) == bar


def test_a_bar_is_twelve_signs_wide():
    assert progress_bar(8, 12) == "████████░░░░"


@pytest.mark.parametrize(
    ("count", "noun", "many", "shown"),
    [
        (1, "pod", "", "1 pod"),
        (0, "pod", "", "0 pods"),
        (2, "pod", "", "2 pods"),
        (2, "entry", "entries", "2 entries"),
        (1, "entry", "entries", "1 entry"),
    ],
)
def test_one_is_one_and_all_else_are_many(count: int, noun: str, many: str, shown: str):
    assert plural(count, noun, many) == shown


@pytest.mark.parametrize(
    ("sentence", "spans"),
    [
        (
            "There is no `web` in `shop`.",
            [("plain", "There is no "), ("code", "web"), ("plain", " in "), ("code", "shop"), ("plain", ".")],
        ),
        ("`web`", [("code", "web")]),
        ("none", [("plain", "none")]),
        ("one ` alone", [("plain", "one ` alone")]),
        ("``", []),
        ("", []),
    ],
)
def test_names_between_backticks_become_code(sentence: str, spans: list[tuple[str, str]]):
    assert [(span.kind, span.text) for span in marked(sentence).spans] == spans
