"""home: what waits for you, what runs, and where to begin; it is what `/k8s` alone opens."""

from __future__ import annotations

from collections import Counter

from bot.domain.access import Decision, Effect, Permission
from bot.domain.message import (
    Bullets,
    Button,
    Facts,
    Message,
    Paragraph,
    Part,
    Text,
    channel,
    code,
    instant,
    joined,
    plural,
    text,
)
from bot.engine.arguments import Args
from bot.engine.command import BotCommand, BotContext, Command

_FORMS = (("deploy", "Deploy…"), ("scale", "Scale…"), ("expose", "Expose…"), ("logs", "Logs…"),
          ("rollback", "Roll back…"))  # fmt: skip
_LOOKS = (("get", "Pods", "get pods"), ("events", "Events", "events"), ("help", "Help", "help"))
_BUTTONS = 50
"""As many as a message shows; what waits comes before the ways to begin, and leaves them their place."""


class HomeArgs(Args):
    pass


async def run(ctx: BotContext, _args: HomeArgs) -> Message:
    ways = _ways(ctx)
    answers, answered = _answers(ctx, _BUTTONS - len(ways))
    parts: list[Part] = [*_waiting(ctx, answered), *_reviews(ctx), *_under_way(ctx)]
    may = {effect: _names(ctx, effect) for effect in Effect}
    rows = [
        ("at once", ", ".join(may[Effect.ALLOW])),
        ("with a confirm", ", ".join(may[Effect.CONFIRM])),
        ("signed off later", ", ".join(may[Effect.REVIEW])),
        ("once others say yes", ", ".join(may[Effect.APPROVE])),
        ("not from here", ", ".join(may[Effect.DENY])),
    ]
    if not ctx.waiting:  # else what waits stands right above its buttons
        parts.append(Facts(rows=tuple(row for row in rows if row[1])))
    return Message(
        headline=_here(ctx),
        parts=tuple(parts),
        buttons=(*answers, *ways),
        footer=text(
            "Type {} for how a verb is spelled. kubectl's own spelling works too.", code("/k8s help VERB")
        ),
    )


def _here(ctx: BotContext) -> Text:
    """Without the cluster, where the policy gives somebody nothing on it."""
    if ctx.cluster not in ctx.visible:
        return text("What you can do here")
    return text("What you can do in {} on {}", code(ctx.namespace), code(ctx.cluster))


def _may(ctx: BotContext, command: Command) -> Decision:
    if command.permission is Permission.BOT_ASK:
        return Decision(effect=Effect.ALLOW)
    return ctx.may(command)


def _names(ctx: BotContext, effect: Effect) -> list[str]:
    asked = (command for command in ctx.commands if command.permission is not Permission.BOT_ASK)
    return [command.name for command in asked if ctx.may(command).effect is effect]


def _waiting(ctx: BotContext, answered: int) -> tuple[Part, ...]:
    """The questions that a reload may have taken away; of those that have no room, where they are."""
    if not ctx.waiting:
        return ()
    here, more = ctx.waiting[:answered], ctx.waiting[answered:]
    asked = [
        text("{}{} Until {}.", mark, found.said, instant(found.until, "later"))
        for mark, found in zip(_marks(ctx), here, strict=False)
    ]
    parts: list[Part] = [Paragraph(text=text("⏸ Waiting for your answer:")), Bullets(items=tuple(asked))]
    if more:
        places = Counter(found.channel for found in more)
        said = joined((text("{} in {}", n, channel(one, "a channel")) for one, n in places.items()), ", ")
        parts.append(Paragraph(text=text("{} not shown: {}. They come up here once these are answered.",
                                         plural(len(more), "more question"), said)))  # fmt: skip
    return tuple(parts)


def _marks(ctx: BotContext) -> list[str]:
    """Before each question and its buttons: a number where two of them would look the same, else nothing."""
    labels = [found.buttons[0].label for found in ctx.waiting]
    alike = len(set(labels)) < len(labels)
    return [f"{place}. " if alike else "" for place in range(1, len(labels) + 1)]


def _reviews(ctx: BotContext) -> tuple[Part, ...]:
    """What this person may sign off."""
    mine = [found for found in ctx.reviews if found.buttons]
    if not mine:
        return ()
    said = text(
        "⚠️ {} to be signed off: {} lists them.", plural(len(mine), "change"), code("/k8s audit review")
    )
    return (Paragraph(text=said),)


def _under_way(ctx: BotContext) -> tuple[Part, ...]:
    if not ctx.under_way:
        return ()
    items = [text("{}, in {}", found.what, channel(found.channel, "a channel")) for found in ctx.under_way]
    return (Paragraph(text=text("⏳ {} of yours under way:", plural(len(items), "change"))),
            Bullets(items=tuple(items)))  # fmt: skip


def _answers(ctx: BotContext, room: int) -> tuple[tuple[Button, ...], int]:
    """The same buttons as the questions had, as far as there is room, and of how many questions; of several,
    each says to which.
    """
    buttons: list[Button] = []
    for place, (mark, found) in enumerate(zip(_marks(ctx), ctx.waiting, strict=True)):
        if len(buttons) + len(found.buttons) > room:
            return tuple(buttons), place
        first, *others = found.buttons
        buttons.append(first.model_copy(update={"label": f"{mark}{first.label}"[:75]}))
        for other in others:
            which = f"{mark}{other.label.rstrip('…')}: {found.about or first.label}"[:75]
            buttons.append(other.model_copy(update={"label": which}) if len(ctx.waiting) > 1 else other)
    return tuple(buttons), len(ctx.waiting)


def _ways(ctx: BotContext) -> tuple[Button, ...]:
    """A press each: forms for what is done most, and the looks that everything begins with."""
    named = {command.name: command for command in ctx.commands}
    open_to = {name for name, command in named.items() if _may(ctx, command).allowed}
    there = f"-n {ctx.namespace} --context {ctx.cluster}"
    forms = [Button(label=label, form=f"{verb} {there}") for verb, label in _FORMS if verb in open_to]
    looks = [
        Button(label=label, command=line if verb == "help" else f"{line} {there}")
        for verb, label, line in _LOOKS
        if verb in open_to
    ]
    return (*forms, *looks)


COMMAND = BotCommand(
    name="home",
    summary="What waits for you, what runs, and where to begin.",
    examples=("home",),
    args=HomeArgs,
    permission=Permission.BOT_ASK,
    run=run,
)
