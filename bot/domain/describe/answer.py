"""From what is known of an object to one message: headline, what is wrong, facts, events, next steps."""

from __future__ import annotations

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

_EVENTS = 10
_LONGEST = 300


class Described(Frozen):
    """An object as it is to be told."""

    headline: Text
    wrong: tuple[Text, ...] = ()
    """What is not as it should be, the cause before the symptom."""
    facts: tuple[tuple[str, str], ...] = ()
    buttons: tuple[Button, ...] = ()
    happenings: tuple[Happening, ...] = ()


def whole(one: Described, now: float) -> Message:
    """One object, and all that is known of it."""
    newest = one.happenings[:_EVENTS]
    if newest:
        happened: tuple[Part, ...] = (table(newest, now, objects=False),)
    else:
        happened = (Paragraph(text=text("No events lately.")),)
    left = len(one.happenings) - len(newest)
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
