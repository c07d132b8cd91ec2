"""The card of a change: begun, gone through object by object, looked after, and at its end."""

from __future__ import annotations

from bot.domain.ages import spell
from bot.domain.changes import Plan
from bot.domain.errors import BotError
from bot.domain.message import (
    Bullets,
    Button,
    Icon,
    Message,
    Paragraph,
    Part,
    code,
    marked,
    progress_bar,
    text,
)
from bot.engine.cards import Asked, accepted, inverse, question, sentence, signature, what

_MOST_HELD = 5


def starting(plan: Plan, asked: Asked) -> Message:
    return Message(
        icon=Icon.UNDER_WAY, headline=plan.doing, parts=what(plan, in_public=True), footer=signature(asked)
    )


def finished(plan: Plan, asked: Asked, now: float) -> Message:
    """A change that needs no following."""
    took = now - asked.started
    return Message(
        icon=Icon.DONE,
        headline=text("{} · {}", plan.done, spell(took)) if took >= 1 else plan.done,
        parts=what(plan, in_public=True),
        buttons=inverse(plan),
        footer=signature(asked),
    )


def failed(
    plan: Plan, asked: Asked, error: BotError, changed: str, buttons: tuple[Button, ...] = (), *,
    halfway: bool = False,
) -> Message:  # fmt: skip
    return Message(
        icon=Icon.FAILED,
        headline=text("{}: {}. {}", question(plan), "ended half way" if halfway else "not done",
                      marked(sentence(error.message))),
        parts=(Paragraph(text=text("{} {}", changed, marked(error.hint))),),
        buttons=buttons,
        footer=signature(asked),
    )  # fmt: skip


def halfway(plan: Plan, asked: Asked) -> Message:
    """What takes the question's place where only some of it was done: its card tells which."""
    return accepted(plan, asked).model_copy(
        update={"icon": Icon.FAILED, "headline": text("{}: ended half way.", question(plan))}
    )


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
