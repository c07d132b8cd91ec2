"""From what is known of an object to one message: headline, what is wrong, facts, events, next steps."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from bot.domain.ages import age, parse_time
from bot.domain.happenings import Happening, table
from bot.domain.message import (
    Bullets,
    Button,
    Facts,
    Icon,
    Message,
    Paragraph,
    Part,
    Text,
    bold,
    plural,
    text,
)
from bot.domain.model import Frozen, Json
from bot.domain.redaction import redact

Fact: TypeAlias = tuple[str, str]
"""A name and its value; where there is no value, the fact is left out."""

_EVENTS = 10
_LONGEST = 300


class Described(Frozen):
    """An object as it is to be told."""

    headline: Text
    wrong: tuple[Text, ...] = ()
    """What is not as it should be, the cause before the symptom."""
    facts: tuple[Fact, ...] = ()
    buttons: tuple[Button, ...] = ()
    happenings: tuple[Happening, ...] | None = ()
    """Its events, the newest first; None for what never has any."""


def whole(one: Described, now: float) -> Message:
    """One object, and all that is known of it."""
    happenings = one.happenings or ()
    newest = happenings[:_EVENTS]
    happened: tuple[Part, ...] = (table(newest, now, objects=False),) if newest else ()
    if one.happenings == ():
        happened = (Paragraph(text=text("No events lately.")),)
    left = len(happenings) - len(newest)
    return Message(
        icon=Icon.WARNING if one.wrong else None,
        headline=one.headline,
        parts=(*_body(one), *happened),
        buttons=one.buttons,
        footer=text("{} not shown.", plural(left, "older event")) if left else Text(),
    )


def compose(
    headline: Text, found: tuple[Described, ...], buttons: tuple[Button, ...], footer: Text
) -> Message:
    """A few objects in one message, each in short; `buttons` lead to the others."""
    parts: list[Part] = []
    for one in found:
        parts.append(Paragraph(text=one.headline))
        parts += _body(one)
    wrong = any(one.wrong for one in found)
    icon = Icon.WARNING if wrong else None
    return Message(icon=icon, headline=headline, parts=tuple(parts), buttons=buttons, footer=footer)


def _body(one: Described) -> list[Part]:
    parts: list[Part] = [Bullets(items=one.wrong)] if one.wrong else []
    rows = tuple((name, redact(value)) for name, value in one.facts if value)
    return [*parts, Facts(rows=rows)] if rows else parts


def conditions(item: Json, *, bad: dict[str, str]) -> tuple[Text, ...]:
    """The conditions that hold and should not, or should and do not; `bad` gives the status that is wrong."""
    return tuple(
        text("{} is {}{}", bold(found["type"]), found["status"], _because(found))
        for found in item.get("status", {}).get("conditions") or ()
        if bad.get(found["type"]) == found["status"]
    )


def _because(condition: Json) -> str:
    said = [condition.get("reason", ""), sentence(condition.get("message", ""))]
    because = ": ".join(part for part in said if part)
    return f" ({because})" if because else ""


def sentence(words: str) -> str:
    """The server's own words on one line, trimmed, and without secrets."""
    line = redact(" ".join(words.split()))
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def age_of(item: Json, now: float) -> str:
    born = parse_time(item["metadata"].get("creationTimestamp"))
    return age(now - born) if born else ""


def labels(found: Json | None) -> str:
    return ", ".join(f"{key}={value}" for key, value in (found or {}).items())


def ports(container: Json) -> str:
    found = container.get("ports") or ()
    return ", ".join(f"{port['containerPort']}/{port.get('protocol', 'TCP')}" for port in found)


def amounts(found: Json | None) -> str:
    """`cpu 100m, memory 1Gi`."""
    return ", ".join(f"{name} {amount}" for name, amount in (found or {}).items())


def owner(found: Json) -> str:
    """What controls it: `ReplicaSet/web-7c9d8`."""
    one = next((o for o in found["metadata"].get("ownerReferences") or () if o.get("controller")), None)
    return f"{one['kind']}/{one['name']}" if one else ""


def ago(stamp: str | None, now: float) -> str:
    """`3m ago`, or nothing where there is no such time."""
    at = parse_time(stamp)
    return f"{age(now - at)} ago" if at else ""


def some(names: Iterable[str], most: int = 6) -> str:
    """The first few, and how many more there are."""
    found = list(names)
    more = len(found) - most
    return ", ".join(found[:most]) + (f", and {more} more" if more > 0 else "")
