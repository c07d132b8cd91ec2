"""How a rollout's card ends, or waits, where its own state is not what is told."""

from __future__ import annotations

from bot.domain.changes import Plan
from bot.domain.errors import BotError
from bot.domain.locks import Lock
from bot.domain.message import Button, Icon, Message, Paragraph, code, instant, marked, text
from bot.domain.resources import ObjectRef
from bot.domain.rollouts.snapshot import Progress
from bot.domain.workloads import place
from bot.engine import rollout_buttons as buttons
from bot.engine.cards import Asked, signature

_SILENT_SECONDS = 20.0
"""After so long without an answer of its cluster a card says that it is not of now."""


def overtaken(
    plan: Plan, ref: ObjectRef, asked: Asked, progress: Progress, newer: tuple[str, ...]
) -> Message:
    """The end of a card whose change was made, and then changed again by somebody: it claims nothing more."""
    return Message(
        icon=Icon.WARNING,
        headline=text("{} · overtaken by a later change", plan.doing),
        parts=(
            Paragraph(text=text("The change was made; since then {}.", "; ".join(newer[:3]))),
            Paragraph(text=text("{} of {} available.", progress.available, progress.desired)),
        ),
        buttons=(buttons.status(ref), buttons.why(ref)),
        footer=signature(asked),
    )


def unanswered(card: Message, ref: ObjectRef, seen_at: float, now: float) -> Message | None:
    """The card as it was last true, where its cluster has not answered for a while; it is asked again."""
    if now - seen_at <= _SILENT_SECONDS:
        return None
    since = instant(seen_at, "a while")
    note = text("{} has not answered since {}: what stands here is of then.", code(ref.cluster), since)
    return card.model_copy(update={"icon": Icon.WARNING, "parts": (Paragraph(text=note), *card.parts)})


def locked(card: Message, lock: Lock | None) -> Message:
    """The end of a card whose workload stays locked: who says that it is fixed does it here."""
    if lock is None:
        return card
    fixed = Button(label="Fixed", command=f"unlock {lock.id}")
    headline = text("{} · locked until {} says it is fixed", card.headline, lock.owner_name)
    return card.model_copy(update={"headline": headline, "buttons": (*card.buttons, fixed)})


def lost(plan: Plan, ref: ObjectRef, asked: Asked, error: BotError) -> Message:
    """The change was made, and what becomes of it cannot be seen from here any more."""
    return Message(
        icon=Icon.WARNING,
        headline=text("{} cannot be followed any further: {}", place(ref), marked(error.message)),
        parts=(Paragraph(text=text("The change was made: {}. Its rollout may still go on.", plan.doing)),),
        buttons=(buttons.status(ref),),
        footer=signature(asked),
    )
