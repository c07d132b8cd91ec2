"""Whatever stands in a cluster: an answer is a valid message, without markup, its columns in line."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings, strategies as st

from bot.demo.slack.blockkit.check import is_too_long, message_problems
from bot.domain.cluster import ApiTable, Column
from bot.domain.printing.answers import Question, answer
from bot.domain.printing.beside import Beside, Wanted
from bot.domain.printing.forms import read_form
from bot.domain.printing.printed import printer
from bot.domain.resources import PODS
from bot.domain.results import Rows, bounded
from bot.domain.views import Kept, View, aligned, as_file, shown, width
from bot.slack.blocks import render

LOUD = (
    "<!channel>", "<@U0ANA>", "<https://evil.example|web>", "*bold*", "`code`", "\x1b[31mred", "日本語",
    "👩‍👩‍👧", "a\nb\tc", "\u202egnp", "x" * 5000, "", "-", "&amp;",
)  # fmt: skip
CELLS = st.sampled_from(LOUD) | st.text(max_size=40)
WIDE = st.integers(1, 6)


@st.composite
def tables(draw: st.DrawFn) -> ApiTable:
    wide = draw(WIDE)
    heads = draw(st.lists(CELLS, min_size=wide, max_size=wide))
    rows = draw(st.lists(st.lists(CELLS, max_size=wide + 1), min_size=1, max_size=30))
    columns = tuple(Column(name=head) for head in heads)
    taken = tuple(Wanted((draw(CELLS),), ()) for _ in rows)
    return ApiTable(type=PODS, columns=columns, rows=tuple(map(tuple, rows)), taken=taken)


def read_by_slack(blocks: Any) -> str:
    """All of it in which Slack would see a mention or a link."""
    found, pending = "", [blocks]
    while pending:
        match pending.pop():
            case {"type": "mrkdwn", "text": words}:
                found += words
            case dict() as node:
                pending += node.values()
            case list() as items:
                pending += items
    return found


@given(tables(), st.booleans(), st.integers(1, 3), CELLS)
@settings(max_examples=80, deadline=None)
def test_a_table_of_anything_is_a_message(table: ApiTable, no_heads: bool, page: int, words: str):  # noqa: FBT001
    asked = Question(cluster="demo", namespace="shop", beside=Beside(labels=("app",)), no_heads=no_heads)
    kept = Kept(result=bounded(answer(asked, [table], [])), view=View(page=page, filter=words))
    rendered = render(shown(kept))
    assert not message_problems(rendered.blocks)
    assert not is_too_long(rendered.blocks)
    assert not [loud for loud in LOUD[:3] if loud in read_by_slack(rendered.blocks)]
    assert as_file(kept).content.decode()


@given(
    st.dictionaries(st.text(max_size=8), CELLS, max_size=8),
    st.sampled_from(["yaml", "json", "jsonpath={..*}"]),
)
@settings(max_examples=80, deadline=None)
def test_a_document_of_anything_is_a_message(held: dict[str, str], form: str):
    taken = printer(read_form(form), Beside(), PODS)({"metadata": {"name": "a"}, "spec": held})
    table = ApiTable(type=PODS, columns=(), rows=(), taken=(taken,))
    asked = Question(cluster="demo", namespace="shop", name="a", form=read_form(form))
    result = answer(asked, [table], [])
    rendered = render(shown(Kept(result=bounded(result))))  # type: ignore[arg-type]
    assert not message_problems(rendered.blocks)
    assert not is_too_long(rendered.blocks)


def test_wide_characters_stand_in_line():
    table = ApiTable(
        type=PODS, columns=(Column(name="Name"), Column(name="X")), rows=(("日本語", "1"), ("ab", "2"))
    )
    result = answer(Question(cluster="demo", namespace="shop"), [table], [])
    assert isinstance(result, Rows)
    lines = aligned(result.groups[0])
    assert [width(line[: line.rindex(mark)]) for line, mark in zip(lines, "X12", strict=True)] == [9, 9, 9]
