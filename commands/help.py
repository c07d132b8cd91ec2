"""help: what you can do here, and how a verb is spelled."""

from __future__ import annotations

from typing import Annotated

from bot.domain.access import Effect, Permission
from bot.domain.errors import UnknownVerbError
from bot.domain.message import Bullets, Button, Facts, Message, Paragraph, Text, code, text
from bot.domain.resources import nearest
from bot.engine.command import Args, BotCommand, BotContext, Command, Positional
from bot.engine.grammar import flags, usage

_EXAMPLES = 3


class HelpArgs(Args):
    verb: Annotated[tuple[str, ...], Positional("VERB")] = ()


async def run(ctx: BotContext, args: HelpArgs) -> Message:
    if not args.verb:
        return _overview(ctx)
    wanted = " ".join(args.verb).lower()
    command = next((c for c in ctx.commands if wanted in c.names), None)
    if command is None:
        known = [name for c in ctx.commands for name in c.names]
        near = nearest(wanted, known)
        raise UnknownVerbError(
            f"There is no verb `{wanted[:40]}`.",
            hint=f"Did you mean `{near[0]}`?" if near else "",
            suggestions=(f"help {near[0]}" if near else "help",),
        )
    return _one(ctx, command)


def _overview(ctx: BotContext) -> Message:
    """Everything, with what this person may not do here marked, and three examples that work now."""
    rows = []
    for command in ctx.commands:
        denied = command.permission is not Permission.BOT_ASK and ctx.may(command).effect is Effect.DENY
        rows.append((command.name, command.summary + (" (not you, not here)" if denied else "")))
    open_to = [c for c in ctx.commands if c.permission is Permission.BOT_ASK or ctx.may(c).allowed]
    examples = [text("{}", code(f"/k8s {c.examples[0]}")) for c in open_to[:_EXAMPLES]]
    return Message(
        headline=text("What you can do here, in {} on {}", code(ctx.namespace), code(ctx.cluster)),
        parts=(
            Facts(rows=tuple(rows)),
            Paragraph(text=text("For example:")),
            Bullets(items=tuple(examples)),
        ),
        footer=text("{} says more of one. kubectl's own spelling works too.", code("/k8s help VERB")),
    )


def _one(ctx: BotContext, command: Command) -> Message:
    decision = ctx.may(command) if command.permission is not Permission.BOT_ASK else None
    said = (
        _verdict(decision.effect, f"{decision.reason} {decision.near_miss}".strip()) if decision else Text()
    )
    also = f" Also: {', '.join(command.aliases)}." if command.aliases else ""
    return Message(
        headline=text("{}: {}{}", code(command.name), command.summary, also),
        parts=(
            Paragraph(text=text("{}", code(usage(command.name, command.args)))),
            Facts(rows=tuple(flags(command.args))),
            Bullets(items=tuple(text("{}", code(f"/k8s {example}")) for example in command.examples)),
        ),
        buttons=tuple(Button(label=e[:75], command=e) for e in command.examples[:1] if decision is None),
        footer=said,
    )


def _verdict(effect: Effect, why: str) -> Text:
    if effect is Effect.DENY:
        return text("Not from here. {}", why)
    return text("You may, {}.", "after a confirm" if effect is Effect.CONFIRM else "at once")


COMMAND = BotCommand(
    name="help",
    summary="What you can do here, and how a verb is spelled.",
    examples=("help", "help scale"),
    args=HelpArgs,
    permission=Permission.BOT_ASK,
    run=run,
)
