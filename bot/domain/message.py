"""What is said, free of Slack: every word typed or printed by others is data here, never markup.

A `Text` is a run of spans. A plain span is shown as it is, whatever characters it has; only the spans
made by the functions below look like something. The room that renders a message
escapes all of them, so nothing that a pod prints or a person types can become a mention or a link.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, Literal, TypeAlias

from pydantic import ConfigDict, Field

from bot.domain.model import Frozen


class Icon(StrEnum):
    """The one sign at the start of a message; never the only bearer of its meaning."""

    UNDER_WAY = "⏳"
    DONE = "✅"
    WARNING = "⚠️"
    FAILED = "❌"
    ROLLED_BACK = "↩️"
    WAITING = "⏸"
    LOCKED = "🔒"


class Span(Frozen):
    kind: Literal["plain", "code", "bold", "instant", "person", "channel", "call"] = "plain"
    text: str
    """The words; for `instant` what stands where dates cannot be shown; else the name."""
    id: str = ""
    """For `person`, `channel` and `call` the Slack id, for `instant` the seconds since 1970."""


class Text(Frozen):
    spans: tuple[Span, ...] = ()

    def plain(self) -> str:
        return "".join(f"@{s.text}" if s.kind in {"person", "call"} else s.text for s in self.spans)

    def __add__(self, other: Text) -> Text:
        return Text(spans=self.spans + other.spans)

    def __bool__(self) -> bool:
        return bool(self.spans)


def joined(said: Iterable[Text], between: str) -> Text:
    """One after another, with the same words between each two."""
    whole = Text()
    for place, one in enumerate(said):
        whole += text("{}{}", between if place else "", one)
    return whole


def code(text: object) -> Span:
    return Span(kind="code", text=str(text))


def bold(text: object) -> Span:
    return Span(kind="bold", text=str(text))


def instant(seconds: float, fallback: str) -> Span:
    """A point in time, shown in the reader's own zone and kept fresh by Slack."""
    return Span(kind="instant", text=fallback, id=str(int(seconds)))


def person(user_id: str, name: str) -> Span:
    """A person by name. It is not rendered as a mention: nobody is called by being written about."""
    return Span(kind="person", text=name, id=user_id)


def call(slack_id: str, name: str) -> Span:
    """A person or a user group that is called: the one span that rings somebody's phone."""
    return Span(kind="call", text=name, id=slack_id)


def channel(channel_id: str, name: str) -> Span:
    return Span(kind="channel", text=name, id=channel_id)


def text(template: str, *values: object) -> Text:
    """`text("Scale {} to {}", code("web"), 4)`: each `{}` takes a span, a Text, or anything with a `str`."""
    pieces = template.split("{}")
    if len(pieces) != len(values) + 1:
        raise ValueError(f"{template!r} takes {len(pieces) - 1} values, not {len(values)}")
    spans: list[Span] = []
    for piece, value in zip(pieces, (*values, ""), strict=True):
        if piece:
            spans.append(Span(text=piece))
        if isinstance(value, Span):
            spans.append(value)
        elif isinstance(value, Text):
            spans.extend(value.spans)
        elif str(value):
            spans.append(Span(text=str(value)))
    return Text(spans=tuple(spans))


def marked(sentence: str) -> Text:
    """A sentence of an error, with the names in it between backticks."""
    pieces = sentence.split("`")
    if len(pieces) % 2 == 0:
        return Text(spans=(Span(text=sentence),))
    return Text(spans=tuple(
        Span(kind="code" if place % 2 else "plain", text=piece) for place, piece in enumerate(pieces) if piece
    ))  # fmt: skip


class Paragraph(Frozen):
    part: Literal["paragraph"] = "paragraph"
    text: Text


class Facts(Frozen):
    """Names with values, such as the fields of a plan, in two aligned columns."""

    part: Literal["facts"] = "facts"
    rows: tuple[tuple[str, str], ...]


class Table(Frozen):
    """Rows under column names. `drop` names columns that may go first where there is little room."""

    part: Literal["table"] = "table"
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    drop: tuple[str, ...] = ()


class Output(Frozen):
    """Lines as a program or the API printed them."""

    part: Literal["output"] = "output"
    text: str
    name: str = "output.txt"
    """The file's name, should it be too long to stand in a message."""


class Bullets(Frozen):
    part: Literal["bullets"] = "bullets"
    items: tuple[Text, ...]


Part: TypeAlias = Annotated[Paragraph | Facts | Table | Output | Bullets, Field(discriminator="part")]


class Button(Frozen):
    """A next step. `command` runs as whoever presses it, `form` opens a form with what that line says filled
    in, `view` shows another part of a kept result; `press` is the opaque id that Slack carries.
    """

    label: str
    command: str = ""
    form: str = ""
    view: str = ""
    press: str = ""
    style: Literal["", "primary", "danger"] = ""
    confirm: str = ""
    """A question to be answered before the press counts; only for what destroys."""


class File(Frozen):
    """What is too long, or too graphic, to stand in a message. Who may see the one may see the other."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_bytes="base64", val_json_bytes="base64")

    name: str
    title: str
    content: bytes
    alt: str = ""
    """What a picture shows, in words."""


class Message(Frozen):
    """One thing said. The headline is what happened, to what, in which namespace and cluster."""

    icon: Icon | None = None
    headline: Text
    parts: tuple[Part, ...] = ()
    buttons: tuple[Button, ...] = ()
    footer: Text = Text()
    files: tuple[File, ...] = ()
    """An answer's files go to its reader's direct messages with the bot, a post's into its thread."""

    def plain(self) -> str:
        """The one line for lock screens and screen readers."""
        start = f"{self.icon.value} " if self.icon else ""
        return start + self.headline.plain()


def progress_bar(part: int, whole: int, width: int = 12) -> str:
    """Full only when all is done."""
    filled = width if whole <= 0 else max(0, min(width, width * part // whole))
    return "█" * filled + "░" * (width - filled)


def plural(count: int, noun: str, many: str = "") -> str:
    return f"{count} {noun if count == 1 else many or noun + 's'}"
