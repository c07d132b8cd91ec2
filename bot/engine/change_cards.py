"""The card of a change while its objects are gone through, and while what becomes of it is looked after."""

from __future__ import annotations

from bot.domain.changes import Plan
from bot.domain.message import (
    Bullets,
    Icon,
    Message,
    Paragraph,
    Part,
    code,
    marked,
    progress_bar,
    text,
)
from bot.engine.cards import Asked, inverse, signature

_MOST_HELD = 5


def working(plan: Plan, asked: Asked, made: int, held: tuple[tuple[str, str], ...]) -> Message:
    """A change of several objects, one after another: how many are done, and what some of them wait for."""
    whole = len(plan.steps)
    parts: list[Part] = [
        Paragraph(text=text("{}  {} of {} done", code(progress_bar(made, whole)), made, whole))
    ]
    if held:
        items = [text("{} waits: {}", code(name), marked(why)) for name, why in held[:_MOST_HELD]]
        more = len(held) - len(items)
        parts.append(Bullets(items=(*items, *([text("and {} more", more)] if more else []))))
    return Message(icon=Icon.UNDER_WAY, headline=plan.doing, parts=tuple(parts), footer=signature(asked))


def seen(plan: Plan, asked: Asked, found: Message, *, over: bool, settled: bool) -> Message:
    """What has become of a change so far, or in the end."""
    icon = Icon.UNDER_WAY if not over else found.icon or (Icon.DONE if settled else Icon.WARNING)
    buttons = (*found.buttons, *inverse(plan)) if over else ()
    return found.model_copy(update={"icon": icon, "buttons": buttons, "footer": signature(asked)})
