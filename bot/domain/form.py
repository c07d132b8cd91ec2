"""A form to be filled in, free of Slack: what a verb takes, with what was understood already in it."""

from __future__ import annotations

from typing import Literal

from bot.domain.model import Frozen

MOST_CHOICES = 100


class Choice(Frozen):
    label: str
    value: str
    description: str = ""


class Field(Frozen):
    """One question. `key` is the argument that its answer is for."""

    key: str
    label: str
    kind: Literal["text", "number", "lines", "switch", "choice", "live"] = "text"
    """`lines` takes several answers, one a line; `live` asks for choices while somebody types."""
    value: str = ""
    choices: tuple[Choice, ...] = ()
    hint: str = ""
    is_needed: bool = False


class Form(Frozen):
    title: str
    submit: str
    fields: tuple[Field, ...]
    note: str = ""
