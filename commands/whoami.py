"""whoami: who you are here, and what you may do."""

from __future__ import annotations

from bot.domain.access import Effect, Permission
from bot.domain.message import Facts, Message, bold, code, text
from bot.engine.arguments import Args
from bot.engine.command import BotCommand, BotContext


class WhoamiArgs(Args):
    pass


async def run(ctx: BotContext, _args: WhoamiArgs) -> Message:
    may: dict[Effect, list[str]] = {effect: [] for effect in Effect}
    for command in ctx.commands:
        if command.permission is not Permission.BOT_ASK:
            may[ctx.may(command).effect].append(command.name)
    rows = [
        ("Slack id", ctx.actor.id),
        ("user groups", _groups(ctx) or "none of those that the policy names"),
        ("at once", ", ".join(may[Effect.ALLOW]) or "nothing"),
        ("with a confirm", ", ".join(may[Effect.CONFIRM]) or "nothing"),
        *([("not from here", ", ".join(denied))] if (denied := may[Effect.DENY]) else []),
    ]
    return Message(
        headline=text(
            "You are {}, in {} on {}", bold(ctx.actor.name), code(ctx.namespace), code(ctx.cluster)
        ),
        parts=(Facts(rows=tuple(rows)),),
    )


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
