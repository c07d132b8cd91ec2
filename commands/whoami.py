"""whoami: who you are here, and what you may do."""

from __future__ import annotations

from bot.domain.access import Decision, Effect, Permission
from bot.domain.message import Facts, Message, Paragraph, Part, bold, code, text
from bot.domain.verdicts import asked, on_call
from bot.engine.arguments import Args
from bot.engine.command import BotCommand, BotContext
from bot.engine.whereabouts import nothing_there

_HOW = {
    Effect.ALLOW: "at once",
    Effect.CONFIRM: "with a confirm",
    Effect.REVIEW: "signed off later",
    Effect.APPROVE: "approved by others",
    Effect.DENY: "not from here",
}


class WhoamiArgs(Args):
    pass


async def run(ctx: BotContext, _args: WhoamiArgs) -> Message:
    """Of a cluster on which the policy gives somebody nothing it tells them nothing."""
    who = [
        ("Slack id", ctx.actor.id),
        ("user groups", _groups(ctx) or "none of those that the policy names"),
    ]
    if ctx.cluster not in ctx.visible:
        if ctx.cluster != ctx.usual.cluster:
            raise nothing_there(ctx.cluster, ctx.usual, ctx.visible)
        rows = (*who, ("here", "nothing, on the cluster that is meant"))
        parts = (Facts(rows=rows), *_on_call(ctx))
        return Message(headline=text("You are {}", bold(ctx.actor.name)), parts=parts)
    known = [command for command in ctx.commands if command.permission is not Permission.BOT_ASK]
    decided = [(command.name, ctx.may(command)) for command in known]
    told = [
        *who,
        ("at once", _named(decided, Effect.ALLOW) or "nothing"),
        ("with a confirm", _named(decided, Effect.CONFIRM) or "nothing"),
        ("at once, signed off later", _named(decided, Effect.REVIEW)),
        *_approved(decided),
        *_open(decided),
        ("not from here", _named(decided, Effect.DENY)),
    ]
    return Message(
        headline=text(
            "You are {}, in {} on {}", bold(ctx.actor.name), code(ctx.namespace), code(ctx.cluster)
        ),
        parts=(Facts(rows=tuple(row for row in told if row[1])), *_on_call(ctx)),
    )


def _named(decided: list[tuple[str, Decision]], effect: Effect) -> str:
    """Those of which no more is to be known than the verb: each verb is told of once."""
    return ", ".join(name for name, decision in decided if decision.effect is effect and not decision.is_open)


def _open(decided: list[tuple[str, Decision]]) -> list[tuple[str, str]]:
    """By what holds of each unless what it changes decides otherwise."""
    found: dict[Effect, list[str]] = {}
    for name, decision in decided:
        if decision.is_open:
            found.setdefault(decision.effect, []).append(name)
    return [
        (f"{how}, depending on what it changes", ", ".join(found[effect]))
        for effect, how in _HOW.items()
        if effect in found
    ]


def _approved(decided: list[tuple[str, Decision]]) -> list[tuple[str, str]]:
    """By whom, and which verbs."""
    found: dict[str, list[str]] = {}
    for name, decision in decided:
        if decision.effect is Effect.APPROVE and not decision.is_open:
            found.setdefault(asked(decision.needs), []).append(name)
    return [(f"approved by {people}", ", ".join(names)) for people, names in found.items()]


def _on_call(ctx: BotContext) -> tuple[Part, ...]:
    said = on_call(ctx.on_call)
    return (Paragraph(text=said),) if said else ()


def _groups(ctx: BotContext) -> str:
    return ", ".join(
        sorted(f"@{ctx.handles[one]}" if one in ctx.handles else one for one in ctx.actor.groups)
    )


COMMAND = BotCommand(
    name="whoami",
    summary="Who you are here, and what you may do.",
    examples=("whoami", "whoami -n shop"),
    args=WhoamiArgs,
    permission=Permission.BOT_ASK,
    run=run,
)
