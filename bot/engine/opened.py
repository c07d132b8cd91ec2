"""A form that is open: whose it is, what it is about, and where its answer is told."""

from __future__ import annotations

import pydantic

from bot.domain.form import Form
from bot.domain.invocation import Invocation
from bot.domain.message import Message
from bot.domain.model import Frozen
from bot.domain.operation import Kind, Operation, State
from bot.engine.rooms import Rooms

FORM_SECONDS = 1800.0


class Asked(Frozen):
    """What the row of a form keeps."""

    verb: str = ""
    """The verb that it fills in; else it is about a result, or about what was said to an operation."""
    result: str = ""
    operation: str = ""
    """A plan, or a review."""
    choice: str = ""
    """Which of its buttons opened the form."""
    invocation: Invocation
    """Who opened it where, and the address at which its answer is told."""
    answers: dict[str, str] = pydantic.Field(default_factory=dict)
    """What was chosen so far: Slack does not say it again when it asks what a menu offers."""


class Submitted(Frozen):
    """What a filled-in form comes to: a line to run, a message to show, or what is wrong with which field."""

    by: Invocation | None = None
    """The line to run; or, where there is a message, whom it is for."""
    message: Message | None = None
    errors: dict[str, str] = pydantic.Field(default_factory=dict)


class Opened(Frozen):
    """A form to be shown to whoever pressed."""

    id: str
    form: Form


def kept(rooms: Rooms, asked: Asked) -> Operation:
    """The row of a form."""
    return rooms.new(
        Kind.FORM, State.OPEN, asked.model_dump(mode="json"), owner=asked.invocation.user,
        wake_at=rooms.clock() + FORM_SECONDS,
    )  # fmt: skip
