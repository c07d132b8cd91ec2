"""The question before something is run that is no change of an object, and so has no plan."""

from __future__ import annotations

from bot.domain.message import Button, Icon, Message, code, instant, text
from bot.domain.typed import clean


def may_run(line: str, operation: str, until: float, minutes: int) -> Message:
    """The question before something is run that is no change of an object, and so has no plan."""
    return Message(
        icon=Icon.WAITING,
        headline=text("Run {}?", code(clean(line))),
        buttons=(
            Button(label="Run it", press=f"{operation}:0", style="primary"),
            Button(label="Cancel", press=f"{operation}:cancel"),
        ),
        footer=text("Nothing has run yet. Yours until {} ({} min)", instant(until, "later"), minutes),
    )


def not_run(line: str) -> Message:
    return Message(headline=text("{}: cancelled. Nothing was run.", code(clean(line))))
