"""A line that was understood, and let through on its text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.domain import typed
from bot.domain.access import Actor, Decision
from bot.domain.invocation import Invocation
from bot.domain.model import Json
from bot.domain.records import Entry
from bot.engine.command import Command


@dataclass(frozen=True)
class Authorized:
    """Who asked for what where, by which verb, and what the record will say of it."""

    command: Command
    args: Any
    actor: Actor
    decision: Decision
    invocation: Invocation
    entry: Entry


def for_whom(by: Invocation) -> Json:
    """What a record says of a line that was begun for somebody who may not do it themselves."""
    user, name = by.sent_by
    return {"for": {"id": user, "name": name}} if user else {}


def understood(line: str) -> str:
    """The line as it stands in a change's cause: repaired, and without secrets."""
    return f"/k8s {typed.clean(line)}"
